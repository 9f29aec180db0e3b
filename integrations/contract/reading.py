"""The powers to look for news at a vendor, to read its past, and to say what is wrong with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from integrations.contract.asking import Http
from integrations.contract.manifest import Connection
from integrations.observation import Observations


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A record that could not be read: it is parked under its key, and does not stop the rest.

    `reason` is in our words; `event` and `body` are what `parse` would be given for it.
    """

    key: str
    event: str
    reason: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Batch:
    """What was found, kept in one transaction with the cursor where it goes on.

    `more` says that there is more now; `progress` is how much of a backfill is done, 0 to 1.
    """

    observations: Observations
    cursor: str
    more: bool = False
    unreadable: Sequence[Unreadable] = ()
    progress: float | None = None


@runtime_checkable
class Polls(Protocol):
    """The power to look for news."""

    async def poll(self, connection: Connection, http: Http, cursor: str | None) -> Batch:
        """What is new after a cursor that an earlier batch gave; None before the first."""
        ...


@runtime_checkable
class Backfills(Protocol):
    """The power to read the past. It may be broken off after any batch, and go on from there."""

    async def backfill(
        self, connection: Connection, http: Http, since: datetime, cursor: str | None
    ) -> Batch:
        """What happened since then, from a cursor on; the first time it is None."""
        ...


@dataclass(frozen=True, slots=True)
class Finding:
    """Whether a connection has what it needs, and, if not, what to click."""

    subject: str
    good: bool
    advice: str = ""


@runtime_checkable
class Checks(Protocol):
    """The power to say what is wrong with a connection."""

    async def check(self, connection: Connection, http: Http) -> Sequence[Finding]:
        """One finding for each right that the manifest needs; it changes nothing."""
        ...
