"""The embedded PostgreSQL of several processes, and what is left when they are killed."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import asyncpg
import pytest

from server.store.embedded import EmbeddedPostgres
from tests.store.embedded_processes import (
    LOST,
    child,
    cluster_of,
    eventually,
    execute,
    fetch,
    postmaster_of,
    until,
)

ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")


async def test_four_processes_racing_on_a_fresh_directory_share_one_server(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        racers = [await stack.enter_async_context(child(tmp_path / "data")) for _ in range(4)]
        said = await asyncio.gather(*(racer.says() for racer in racers))
        assert sorted(each["owner"] for each in said) == [False, False, False, True]
        (url,) = {each["url"] for each in said}
        assert await fetch(url, "select 1") == 1


async def test_attached_process_takes_over_when_the_owner_is_killed(tmp_path: Path) -> None:
    async with child(tmp_path) as owner, AsyncExitStack() as stack:
        url = (await owner.says())["url"]
        heir = await stack.enter_async_context(child(tmp_path))
        assert await heir.says() == {"owner": False, "url": url}
        pool = await stack.enter_async_context(asyncpg.create_pool(url, min_size=4))
        await pool.execute("create table kept (i int); insert into kept values (42)")
        await owner.kill()
        assert await heir.says() == {"owner": True, "url": url}
        assert await eventually(lambda: pool.fetchval("select i from kept")) == 42


async def test_attached_process_takes_over_when_the_owner_leaves(tmp_path: Path) -> None:
    async with child(tmp_path) as owner:
        url = (await owner.says())["url"]
        async with child(tmp_path) as heir:
            assert not (await heir.says())["owner"]
            assert await owner.leave() == 0
            assert (await heir.says())["owner"]
            assert await eventually(lambda: fetch(url, "select 1")) == 1
    assert not (cluster_of(tmp_path) / "postmaster.pid").exists()


async def test_server_stops_with_its_killed_owner(tmp_path: Path) -> None:
    async with child(tmp_path) as owner:
        url = (await owner.says())["url"]
        async with broken_off(url, "select pg_sleep(1000)"):
            await owner.kill()
        await until(lambda: not (cluster_of(tmp_path) / "postmaster.pid").exists())
    with pytest.raises(OSError, match=r"."):
        await fetch(url, "select 1")


async def test_killed_server_is_started_again_past_a_busy_backend(tmp_path: Path) -> None:
    async with EmbeddedPostgres.start(tmp_path) as server:
        await execute(server.url, "create table kept (i int); insert into kept values (42)")
        # Such a backend does not notice that its server is gone, and would keep a new one out.
        async with broken_off(server.url, "do $$ begin loop end loop; end $$"):
            killed = postmaster_of(tmp_path)
            os.kill(killed, signal.SIGKILL)
        assert await eventually(lambda: fetch(server.url, "select i from kept")) == 42
        assert server.is_owner
        assert postmaster_of(tmp_path) != killed


@ON_LINUX
async def test_killed_guardian_takes_the_server_along_and_both_come_back(tmp_path: Path) -> None:
    async with EmbeddedPostgres.start(tmp_path, durable=False) as server:
        async with broken_off(server.url, "select pg_sleep(1000)"):
            os.kill(parent_of(postmaster_of(tmp_path)), signal.SIGKILL)
        assert await eventually(lambda: fetch(server.url, "select 1")) == 1


async def test_every_acknowledged_row_survives_repeated_kills(tmp_path: Path) -> None:
    acknowledged: list[int] = []

    async def fifty_more() -> None:
        enough = len(acknowledged) + 50
        await until(lambda: len(acknowledged) >= enough)

    async with child(tmp_path) as owner, child(tmp_path) as other:
        url = (await owner.says())["url"]
        await execute(url, "create table kept (i int primary key)")
        await other.says()
        writing = asyncio.create_task(write(url, acknowledged))
        await fifty_more()
        os.kill(postmaster_of(tmp_path), signal.SIGKILL)
        await fifty_more()
        await owner.kill()
        await fifty_more()
        writing.cancel()
        kept = await fetch(url, "select array_agg(i) from kept")
    assert set(acknowledged) <= set(kept)


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


async def write(url: str, acknowledged: list[int]) -> None:
    """Insert numbers one by one for ever, each on its own, and note those answered with success."""
    async with asyncpg.create_pool(url, min_size=1) as pool:
        number = 0
        while True:
            number += 1
            try:
                await pool.execute("insert into kept values ($1)", number)
            except LOST:
                await asyncio.sleep(0.01)
            else:
                acknowledged.append(number)


@contextlib.asynccontextmanager
async def broken_off(url: str, statement: str) -> AsyncIterator[None]:
    """A statement that runs when the block begins and is broken off by what the block does."""
    connection = await asyncpg.connect(url)
    running = asyncio.create_task(connection.execute(statement))
    busy = "select true from pg_stat_activity where state = 'active' and pid = $1"
    backend = connection.get_server_pid()
    await eventually(lambda: fetch(url, busy, backend))
    yield
    with pytest.raises(LOST):
        await asyncio.wait_for(running, 20)
