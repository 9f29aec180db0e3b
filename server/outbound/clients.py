"""The clients of all connections of this process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Self

import aiohttp

from integrations.contract import Authorises, Connection, Integration
from server.outbound.addresses import origin
from server.outbound.client import Client
from server.outbound.credential import Keyring
from server.outbound.lane import Lane
from server.outbound.timing import Timing

USER_AGENT = "whychain"


class Clients:
    """Makes clients; connections with the same credential at the same vendor share its queue."""

    def __init__(self, session: aiohttp.ClientSession, timing: Timing) -> None:
        self._session, self._timing = session, timing
        self._lanes: dict[object, Lane] = {}

    @classmethod
    @asynccontextmanager
    async def open(cls, timing: Timing | None = None) -> AsyncIterator[Self]:
        """Keep connections to vendors open while the block runs."""
        async with aiohttp.ClientSession(
            cookie_jar=aiohttp.DummyCookieJar(), headers={"user-agent": USER_AGENT}
        ) as session:
            yield cls(session, timing or Timing())

    def of(self, integration: Integration, connection: Connection) -> Client:
        """A client of this connection."""
        lane = self._lane(integration, connection)
        plain = Client(self._session, connection, lane, self._timing)
        if not isinstance(integration, Authorises):
            return plain
        keyring = Keyring(integration, connection, plain, self._timing)
        return Client(self._session, connection, lane, self._timing, keyring)

    def _lane(self, integration: Integration, connection: Connection) -> Lane:
        secrets = sorted(secret.value for secret in connection.secrets.values())
        # Without secrets nothing says that two connections are one account.
        whose: object = tuple(secrets) or (connection.integration, connection.name)
        key = (origin(connection.base_url), whose)
        if key not in self._lanes:
            self._lanes[key] = Lane(integration.manifest.rate, self._timing)
        return self._lanes[key]
