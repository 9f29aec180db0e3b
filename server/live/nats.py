"""The carrier between many replicas: NATS core, which spares the database their listening.

Core NATS delivers at most once and keeps nothing; hints need no more.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial

import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg

from server.live.carrier import RETRY_SECONDS, Carrier
from server.live.hint import Hint

log = structlog.get_logger()

SUBJECT = "whychain.feed"
MAX_UNSENT_BYTES = 64 * 1024
"""What the client keeps for a bus that does not read; then hints coalesce here."""
MAX_UNHEARD_BYTES = 1024 * 1024
"""What may wait to be heard; the client drops what comes beyond it."""
PULSE_SECONDS = 1
"""How often the connection is tried; after three silent ones it counts as lost."""
ANSWER_SECONDS = 2


class NatsCarrier(Carrier):
    """Carries hints over a NATS server, or a cluster of them."""

    def __init__(self, servers: Sequence[str], hear: Callable[[Sequence[Hint]], None]) -> None:
        super().__init__(hear)
        self._servers = list(servers)

    async def _connected(self) -> None:
        client = Client()
        try:
            await self._connect(client)
            while client.is_connected:
                with suppress(TimeoutError):
                    async with asyncio.timeout(PULSE_SECONDS):
                        await self._some.wait()
                await self._send(partial(client.publish, SUBJECT))
        finally:
            await _close(client)

    async def _connect(self, client: Client) -> None:
        # Not to reconnect by itself is one way less to be lost: the carrier begins anew anyway.
        await client.connect(
            self._servers,
            name="whychain",
            allow_reconnect=False,
            max_reconnect_attempts=1,
            reconnect_time_wait=RETRY_SECONDS,  # type: ignore[arg-type]
            connect_timeout=ANSWER_SECONDS,
            pending_size=MAX_UNSENT_BYTES,
            flush_timeout=ANSWER_SECONDS,
            ping_interval=PULSE_SECONDS,
            no_echo=True,
            error_cb=_note,
            closed_cb=self._wake,
        )
        await client.subscribe(SUBJECT, cb=self._delivered, pending_bytes_limit=MAX_UNHEARD_BYTES)

    async def _wake(self) -> None:
        self._some.set()

    async def _delivered(self, message: Msg) -> None:
        self._received(message.data)


async def _note(trouble: Exception) -> None:
    log.info("the NATS client has trouble", error=type(trouble).__name__)


async def _close(client: Client) -> None:
    if client.is_connected or client.is_connecting:
        with suppress(TimeoutError):
            async with asyncio.timeout(ANSWER_SECONDS):
                await client.close()
