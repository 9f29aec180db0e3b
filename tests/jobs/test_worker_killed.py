"""What was answered survives: the worker's death, and the database's."""

import asyncio
import os
import signal
import sys
import sysconfig
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from server.commands.delivery import Inbox
from server.commands.work import Office
from server.errors import Unavailable
from server.store import tables
from server.store.database import Database
from server.store.embedded import EmbeddedPostgres
from server.store.migrate import migrate
from tests.commands.stored import Stored
from tests.jobs.conftest import Parrot, until, working

_ROOT = Path(__file__).parents[2]
_CHILD = Path(__file__).with_name("worker_process.py")


async def accept(office: Office, key: str) -> None:
    await Inbox(office)(source="parrot", key=key, event="said", body=b"{}")


@asynccontextmanager
async def worker_process(url: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A worker that hangs in its first delivery, killed at the end at the latest."""
    path = os.pathsep.join([str(_ROOT), sysconfig.get_path("purelib")])
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-B", _CHILD, url), stdout=PIPE, env={"PYTHONPATH": path}
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def says(process: asyncio.subprocess.Process) -> bytes:
    """Its next line."""
    assert process.stdout is not None
    return await asyncio.wait_for(process.stdout.readline(), 60)


async def is_done(stored: Stored, key: str) -> bool:
    try:
        return bool((await stored.row(tables.delivery, key=key))["state"] == "DONE")
    except Unavailable:
        return False


async def test_a_delivery_of_a_killed_worker_is_processed_by_the_next_one(
    database: Database, stored: Stored
) -> None:
    async with worker_process(database.url) as process:
        assert await says(process) == b"ready\n"
        async with working(database) as office:
            pass  # an office alone: its worker has stopped
        await accept(office, "k1")
        assert await says(process) == b"begun\n"
        process.send_signal(signal.SIGKILL)
        await process.wait()
    row = await stored.row(tables.delivery, key="k1")
    assert (row["state"], row["attempts"]) == ("PENDING", 1)
    async with working(database, Parrot()):
        await until(lambda: is_done(stored, "k1"), seconds=60)
    assert (await stored.row(tables.delivery, key="k1"))["attempts"] == 2
    assert len(await stored.rows(tables.deployment)) == 1


async def test_a_worker_outlives_a_killed_database(tmp_path: Path) -> None:
    async with EmbeddedPostgres.start(tmp_path) as server:
        await migrate(server.url)
        async with Database.connect(server.url) as database:
            stored = Stored(database)
            async with working(database, Parrot(), sweeps=True) as office:
                await accept(office, "before")
                await until(lambda: is_done(stored, "before"))
                _kill_server(tmp_path)
                await until(lambda: _accepted(office, "after"))
                await until(lambda: is_done(stored, "after"))
                assert await is_done(stored, "before")


def _kill_server(data_dir: Path) -> None:
    (file,) = data_dir.rglob("postmaster.pid")
    os.kill(int(file.read_text().split()[0]), signal.SIGKILL)


async def _accepted(office: Office, key: str) -> bool:
    """Whether it could be stored, as a sender would find out."""
    try:
        await accept(office, key)
    except Unavailable:
        return False
    return True
