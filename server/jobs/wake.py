"""The message that jobs wait, sent after the commit on a connection of its own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Self

import asyncpg
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.domain.models import TableChangedEvent, utc_now
from pgqueuer.domain.settings import DBSettings

from server.store.queue import SCHEMA

_CHANNEL = DBSettings(db_schema=SCHEMA).channel

RECONNECT_SECONDS = 0.5


class Wake:
    """Wakes the workers, here and elsewhere; `Office.wake`.

    Many calls at once make one message. One that is lost costs the workers' poll interval.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._rung = asyncio.Event()

    @classmethod
    @asynccontextmanager
    async def running(cls, url: str) -> AsyncIterator[Self]:
        """Send messages beside the block."""
        wake = cls(url)
        sending = asyncio.create_task(wake._send_forever(), name="wake")
        try:
            yield wake
        finally:
            sending.cancel()
            with suppress(asyncio.CancelledError):
                await sending

    def __call__(self) -> None:
        """Tell the workers that jobs wait; never blocks, never fails."""
        self._rung.set()

    async def _send_forever(self) -> None:
        while True:
            await self._rung.wait()
            try:
                await self._send()
            except Exception:  # noqa: BLE001  # asyncpg has many words for a lost connection
                self._rung.set()
                await asyncio.sleep(RECONNECT_SECONDS)

    async def _send(self) -> None:
        """Send a message each time that it was called, until the connection is lost."""
        connection = await asyncpg.connect(self._url, timeout=5, command_timeout=5)
        try:
            driver = AsyncpgDriver(connection)
            while True:
                await self._rung.wait()
                self._rung.clear()
                await driver.notify(_CHANNEL, _message())
        finally:
            connection.terminate()


def _message() -> str:
    """What pgqueuer's own trigger would have said."""
    event = TableChangedEvent(
        channel=_CHANNEL,
        sent_at=utc_now(),
        type="table_changed_event",
        operation="insert",
        table="pgqueuer",
    )
    return event.model_dump_json(exclude={"received_at"})
