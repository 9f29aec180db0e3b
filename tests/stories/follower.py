"""Somebody who follows a timeline over a bad line, and resumes after what was seen last."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from random import Random
from typing import Any
from uuid import UUID

from websockets.exceptions import WebSocketException

from tests.stories.live_socket import LiveSocket

MOST_SECONDS = 3.0
"""How long an operation lasts at most while the line is not calm."""


async def close(line: LiveSocket) -> None:
    """Take leave with a close frame."""
    await line.frames.close()


async def reset(line: LiveSocket) -> None:
    """Cut the connection: the server gets a RST."""
    tcp = line.frames.transport.get_extra_info("socket")
    tcp.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    line.frames.transport.abort()


async def stall(line: LiveSocket) -> None:
    """Read nothing for a while, and then never again."""
    line.frames.transport.pause_reading()
    await asyncio.sleep(MOST_SECONDS / 2)
    line.frames.transport.abort()


async def offend(line: LiveSocket) -> None:
    """Break the protocol, and be sent away."""
    await line.frames.send("{")
    async for _ in line.frames:
        pass


DROPS: tuple[Callable[[LiveSocket], Awaitable[None]], ...] = (close, reset, stall, offend)


class Follower:
    """One client of one incident, at whichever of the servers is there.

    Whatever comes twice or out of order fails at once; what is missing shows at the end.
    """

    def __init__(self, urls: Sequence[str], token: str, incident: UUID, seed: int) -> None:
        self._urls, self._token, self.incident = urls, token, incident
        self._chance = Random(seed)
        self._operations = 0
        self._moved = asyncio.Event()
        self.calm = False
        self.after = 0
        self.changes: list[tuple[int, str]] = []
        self.bodies: dict[str, str] = {}
        self.left: Counter[str] = Counter()

    async def follow(self) -> None:
        """Follow until cancelled."""
        while True:
            with suppress(OSError, EOFError, WebSocketException):
                url = self._chance.choice(self._urls)
                async with LiveSocket.open(url, self._token) as line:
                    await self._stay(line)
            await asyncio.sleep(self._chance.uniform(0, 0.1))

    async def reached(self, sequence: int) -> None:
        """Wait until it has seen this."""
        while self.after < sequence:
            self._moved.clear()
            await self._moved.wait()

    async def _stay(self, line: LiveSocket) -> None:
        """Follow on one connection, perhaps with several operations, until it is dropped."""
        while True:
            self._operations += 1
            operation = str(self._operations)
            await line.follow(f"inc_{self.incident.hex}", self.after, operation)
            with suppress(TimeoutError):
                async with asyncio.timeout(self._patience()):
                    await self._read(line, operation)
            drop = self._chance.choice((None, *DROPS))
            self.left[drop.__name__ if drop else "complete"] += 1
            if drop:
                await drop(line)
                return
            await line.send(id=operation, type="complete")

    def _patience(self) -> float | None:
        return None if self.calm else self._chance.uniform(0.1, MOST_SECONDS)

    async def _read(self, line: LiveSocket, operation: str) -> None:
        """Take what comes, until it is said that something was left out."""
        while True:
            event: Any = await line.event(operation)
            if "resumeAfter" in event:
                assert event["resumeAfter"] >= self.after, event
                self.after = event["resumeAfter"]
                return
            sequence, entry = event["sequence"], event["entry"]
            assert sequence > self.after, f"{sequence} came after {self.after}"
            self.after = sequence
            self._moved.set()
            self.changes.append((sequence, event["change"]))
            self.bodies[entry["id"]] = entry["body"]
