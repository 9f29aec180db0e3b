"""A real NATS server on a port of its own, for tests that kill the bus and bring it back."""

from __future__ import annotations

import asyncio
import re
import sysconfig
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

SERVER = Path(sysconfig.get_path("scripts"), "nats-server")
STARTING_SECONDS = 20


@dataclass
class Bus:
    """The server; after `kill`, `start` brings it back at the same address."""

    port: int = -1
    process: Process | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"nats://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Start it, and wait until it listens."""
        self.process = await asyncio.create_subprocess_exec(
            SERVER, "--addr", "127.0.0.1", "--port", str(self.port), stderr=PIPE
        )
        async with asyncio.timeout(STARTING_SECONDS):
            await self._listening(self.process)

    async def _listening(self, process: Process) -> None:
        assert process.stderr
        while line := (await process.stderr.readline()).decode():
            if found := re.search(r"client connections on [\d.]+:(\d+)", line):
                self.port = int(found[1])
            if "Server is ready" in line:
                return
        raise AssertionError(f"the bus ended with {await process.wait()}")

    async def kill(self) -> None:
        """End it without a word to anybody."""
        assert self.process
        self.process.kill()
        await self.process.communicate()


@asynccontextmanager
async def running_bus() -> AsyncIterator[Bus]:
    """A bus that runs beside the block."""
    bus = Bus()
    await bus.start()
    try:
        yield bus
    finally:
        if bus.process and bus.process.returncode is None:
            await bus.kill()
