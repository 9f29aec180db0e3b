"""The carrier between processes on one database: PostgreSQL's NOTIFY, sent after the commit.

Inside the writing transaction a NOTIFY makes commits five times rarer; on a connection of its
own it costs the writers nothing.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence

import asyncpg

from server.live.carrier import Carrier
from server.live.hint import Hint

CHANNEL = "whychain_feed"


class NotifyCarrier(Carrier):
    """Carries hints over the database that everybody is connected to anyway."""

    def __init__(self, url: str, hear: Callable[[Sequence[Hint]], None]) -> None:
        super().__init__(hear)
        self._url = url

    async def _connected(self) -> None:
        connection = await asyncpg.connect(self._url, timeout=10)

        async def notify(payload: bytes) -> None:
            await connection.execute("select pg_notify($1, $2)", CHANNEL, payload.decode())

        try:
            await connection.add_listener(CHANNEL, self._notified)
            gone = asyncio.Event()
            connection.add_termination_listener(lambda _: gone.set())
            while not gone.is_set():
                await _first(self._some.wait(), gone.wait())
                await self._send(notify)
        finally:
            connection.terminate()

    def _notified(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        self._received(str(payload))


async def _first(*waits: Coroutine[object, object, object]) -> None:
    """Wait until one of these is done, and stop waiting for the others."""
    tasks = [asyncio.create_task(wait) for wait in waits]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
