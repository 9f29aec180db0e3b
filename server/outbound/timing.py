"""Time as the client lives in it, so that a test can live faster."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from server.backoff import Backoff

_BACKOFF = Backoff(timedelta(seconds=0.5), factor=2, longest=timedelta(seconds=10), most=4)


@dataclass(frozen=True, slots=True)
class Timing:
    """A clock in seconds since 1970, a way to let time pass, and how patient the client is.

    `patience` is how many seconds a request may wait for its turn: a vendor that wants to be left
    alone for longer is asked again by whoever wanted it. `request_seconds` bound one attempt.
    """

    clock: Callable[[], float] = time.time
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    patience: float = 60.0
    request_seconds: float = 30.0
    backoff: Backoff = _BACKOFF

    @property
    def now(self) -> datetime:
        """The time."""
        return datetime.fromtimestamp(self.clock(), UTC)
