"""Asking a vendor: the client that the host lends, and what may come of it."""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from integrations.contract.manifest import Connection, Secret
from integrations.contract.webhooks import Malformed


@dataclass(frozen=True, slots=True)
class Reply:
    """A vendor's answer with a status below 400; header names are in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body, read as JSON.

        Raises:
            Malformed: it is none.
        """
        try:
            return json.loads(self.body)
        except ValueError:
            raise Malformed("The vendor's answer is not JSON.") from None


class Denied(Exception):
    """401 or 403: the credential is wrong or lacks a right. Asking again changes nothing."""


class Missing(Exception):
    """404 or 410: what was asked for is not there, or not for this credential."""


class Rejected(Exception):
    """Any other 4xx: the vendor does not accept the request. Its message names the status."""


class Unwell(Exception):
    """The vendor answered 5xx, too slowly, or not at all, however often the host tried.

    `again_in` is how many seconds it wants to be left alone, where it said so.
    """

    def __init__(self, message: str = "", again_in: float | None = None) -> None:
        super().__init__(message)
        self.again_in = again_in


class Http(Protocol):
    """The client that the host gives an integration for one connection.

    It keeps to the connection's origin, bounds bodies and time, waits as the vendor tells it to
    (429, secondary limits, every form of Retry-After), tries again what may be tried again, and
    asks with the ETag that it has. All raise `Denied`, `Missing`, `Rejected` and `Unwell`.
    """

    async def get(
        self,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Ask for what is at a path of the connection's base URL."""
        ...

    async def send(
        self, method: str, path: str, body: Any, *, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """Send JSON. It is tried again only where that cannot do anything twice."""
        ...

    def pages(
        self,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> AsyncIterator[Reply]:
        """Follow `Link: rel="next"`, as far as it stays at the connection's origin.

        Raises:
            Rejected: it leads elsewhere; the credential is not sent there.
        """
        ...


@dataclass(frozen=True, slots=True)
class Credential:
    """Headers that carry a connection's rights; `until` is when they end (aware), if they do."""

    headers: Mapping[str, Secret]
    until: datetime | None = None


@runtime_checkable
class Authorises(Protocol):
    """The power to put a connection's credential on its requests, so that no other power has to.

    The host keeps what it gives, and asks anew shortly before it ends and where the vendor
    answers 401.
    """

    async def authorise(self, connection: Connection, http: Http) -> Credential:
        """The headers of every request from now on. `http` sends none of them."""
        ...
