"""What the tests of the embedded PostgreSQL do to other processes, and to databases that fail."""

import asyncio
import contextlib
import json
import os
import sys
import sysconfig
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import asyncpg

ROOT = Path(__file__).parents[2]
CHILD = Path(__file__).with_name("embedded_child.py")
ENVIRONMENT = {
    "PYTHONPATH": os.pathsep.join([str(ROOT), sysconfig.get_path("purelib")]),
    "PATH": os.defpath,
}
PATIENCE = 20.0
"""Seconds until a test gives up; a hundred times what things take."""

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Child:
    """A process that runs `embedded_child.py`."""

    process: Process

    async def says(self) -> dict[str, Any]:
        """What it has become: {"owner": …, "url": …}."""
        assert self.process.stdout is not None
        line = await asyncio.wait_for(self.process.stdout.readline(), PATIENCE)
        assert line, "the child has ended"
        said: dict[str, Any] = json.loads(line)
        return said

    async def kill(self) -> None:
        self.process.kill()
        await self.process.wait()

    async def leave(self) -> int:
        assert self.process.stdin is not None
        self.process.stdin.close()
        return await asyncio.wait_for(self.process.wait(), PATIENCE)


@contextlib.asynccontextmanager
async def child(
    data_dir: Path, *, python: str = sys.executable, **options: Any
) -> AsyncIterator[Child]:
    process = await asyncio.create_subprocess_exec(
        *(python, "-B", CHILD, data_dir), stdin=PIPE, stdout=PIPE, env=ENVIRONMENT, **options
    )
    running = Child(process)
    try:
        yield running
    finally:
        if process.returncode is None:
            await running.leave()


def cluster_of(data_dir: Path) -> Path:
    (found,) = data_dir.glob("postgres-*/")
    return found


def postmaster_of(data_dir: Path) -> int:
    return int((cluster_of(data_dir) / "postmaster.pid").read_text().split()[0])


async def execute(url: str, statements: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statements)
    finally:
        await connection.close()


async def fetch(url: str, query: str, *arguments: object) -> Any:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(query, *arguments)
    finally:
        await connection.close()


LOST = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""What a query may raise while its server goes away; the last when the pool finds out late."""


async def eventually(look: Callable[[], Awaitable[Found | None]]) -> Found:
    """The first answer that is neither None nor a failure of the database."""
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while True:
        try:
            if (found := await look()) is not None:
                return found
            failure: Exception = AssertionError("it never came true")
        except LOST as error:
            failure = error
        if asyncio.get_running_loop().time() > deadline:
            raise failure
        await asyncio.sleep(0.01)


async def until(condition: Callable[[], bool]) -> None:
    async def look() -> bool | None:
        return condition() or None

    await eventually(look)
