"""The carrier between processes on one database: PostgreSQL's NOTIFY, sent after the commit.

Inside the writing transaction a NOTIFY makes commits five times rarer; on a connection of its
own it costs the writers nothing. Hints wait coalesced, one for each incident.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from uuid import UUID

import asyncpg
import orjson
import structlog

from server.live.hint import Hint

log = structlog.get_logger()

CHANNEL = "whychain_feed"
MAX_WAITING = 10_000
MAX_HINTS_AT_ONCE = 100
"""About 5,000 of the 8,000 bytes that a NOTIFY may carry."""
RETRY_SECONDS = 0.5


class NotifyCarrier:
    """Sends this process's hints, and hears those of all others."""

    def __init__(self, url: str, hear: Callable[[Sequence[Hint]], None]) -> None:
        self._url, self._hear = url, hear
        self._waiting: dict[UUID, int] = {}
        self._some = asyncio.Event()

    def publish(self, hints: Sequence[Hint]) -> None:
        """Send hints soon; where too many wait, the poll of the others makes up for it."""
        self._hear(hints)
        for hint in hints:
            if len(self._waiting) < MAX_WAITING or hint.incident in self._waiting:
                self._waiting[hint.incident] = hint.sequence
        self._some.set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Carry hints while the block runs, over every loss of the database."""
        task = asyncio.create_task(self._carry(), name="live notify")
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _carry(self) -> None:
        while True:
            try:
                await self._connected()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as lost:
                log.info("the hints' connection is lost", error=type(lost).__name__)
            await asyncio.sleep(RETRY_SECONDS)

    async def _connected(self) -> None:
        connection = await asyncpg.connect(self._url, timeout=10)
        try:
            await connection.add_listener(CHANNEL, self._heard)
            gone = asyncio.Event()
            connection.add_termination_listener(lambda _: gone.set())
            while not gone.is_set():
                await _first(self._some.wait(), gone.wait())
                await self._send(connection)
        finally:
            connection.terminate()

    async def _send(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        while self._waiting:
            some = dict(list(self._waiting.items())[:MAX_HINTS_AT_ONCE])
            payload = orjson.dumps([[key.hex, value] for key, value in some.items()]).decode()
            await connection.execute("select pg_notify($1, $2)", CHANNEL, payload)
            for key, value in some.items():
                if self._waiting.get(key) == value:
                    del self._waiting[key]
        self._some.clear()

    def _heard(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        try:
            pairs = orjson.loads(str(payload))
            hints = [Hint(UUID(key), int(value)) for key, value in pairs]
        except (ValueError, TypeError):
            log.warning("a hint could not be read")
            return
        self._hear(hints)


async def _first(*waits: Coroutine[object, object, object]) -> None:
    """Wait until one of these is done, and stop waiting for the others."""
    tasks = [asyncio.create_task(wait) for wait in waits]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
