"""What carriers between processes have in common: hints that wait, and a bus that may be lost."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

import orjson
import structlog

from server.live.hint import Hint

log = structlog.get_logger()

MAX_WAITING = 10_000
MAX_HINTS_AT_ONCE = 100
"""About 5,000 bytes: a NOTIFY may carry 8,000."""
RETRY_SECONDS = 0.5


class Carrier(ABC):
    """Sends this process's hints, and hears those of all others, over some bus.

    Hints wait coalesced, one for each incident. A carrier that hears its own does no harm.
    """

    def __init__(self, hear: Callable[[Sequence[Hint]], None]) -> None:
        self._hear = hear
        self._waiting: dict[UUID, int] = {}
        self._some = asyncio.Event()

    def publish(self, hints: Sequence[Hint]) -> None:
        """Send hints soon; where too many wait, the poll of the others makes up for it."""
        self._hear(hints)
        for hint in hints:
            newest = self._waiting.get(hint.incident, 0)
            if newest or len(self._waiting) < MAX_WAITING:
                self._waiting[hint.incident] = max(newest, hint.sequence)
        self._some.set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Carry hints while the block runs, over every loss of the bus."""
        task = asyncio.create_task(self._carry(), name="live carrier")
        try:
            yield
        finally:
            # Once is not enough: `wait_for`, which clients use, loses a cancellation that comes
            # in the same turn as its result.
            while not task.done():
                task.cancel()
                await asyncio.wait([task], timeout=0.1)

    @abstractmethod
    async def _connected(self) -> None:
        """Carry hints over one connection until it is lost."""

    async def _carry(self) -> None:
        while True:
            try:
                await self._connected()
            except Exception as lost:  # noqa: BLE001  # clients have many words for a lost bus
                log.info("the hints' connection is lost", error=type(lost).__name__)
            await asyncio.sleep(RETRY_SECONDS)

    async def _send(self, send: Callable[[bytes], Awaitable[object]]) -> None:
        """Send all that waits; what is not sent waits on."""
        while self._waiting:
            some = dict(list(self._waiting.items())[:MAX_HINTS_AT_ONCE])
            await send(orjson.dumps([[key.hex, value] for key, value in some.items()]))
            for key, value in some.items():
                if self._waiting.get(key) == value:
                    del self._waiting[key]
        self._some.clear()

    def _received(self, payload: bytes | str) -> None:
        try:
            hints = [Hint(UUID(str(key)), int(value)) for key, value in orjson.loads(payload)]
        except (ValueError, TypeError):
            log.warning("a hint could not be read")
            return
        self._hear(hints)
