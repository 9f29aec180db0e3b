"""The credential of a connection, kept until shortly before it ends."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta

from integrations.contract import Authorises, Connection, Credential, Http
from server.outbound.timing import Timing

MARGIN = timedelta(minutes=1)
"""How long before its end a credential is given up: a request takes a while."""


class Keyring:
    """The headers that an integration authorises a connection's requests with."""

    def __init__(
        self, authorises: Authorises, connection: Connection, http: Http, timing: Timing
    ) -> None:
        self._authorises, self._connection, self._http = authorises, connection, http
        self._timing = timing
        self._making = asyncio.Lock()
        self._credential: Credential | None = None

    async def headers(self) -> Mapping[str, str]:
        """The headers, made anew where there are none that last."""
        async with self._making:
            if self._credential is None or self._ends(self._credential):
                self._credential = await self._authorises.authorise(self._connection, self._http)
            return {name: each.value for name, each in self._credential.headers.items()}

    def refused(self, headers: Mapping[str, str]) -> bool:
        """The vendor answered 401 to these headers; whether there were any to give up."""
        self._credential = None
        return bool(headers)

    def _ends(self, credential: Credential) -> bool:
        return credential.until is not None and credential.until - MARGIN <= self._timing.now
