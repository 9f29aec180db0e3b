"""A connection from `whychain.toml` to the timeline's data: polled, backfilled, examined, shown."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator, Awaitable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web

from server.commands import polling
from server.commands.work import Office
from server.domain.action_item import Sprints
from server.jobs.look import Look
from server.outbound.clients import Clients
from server.store import tables
from server.store.database import Database
from tests.commands.stored import Stored
from tests.house import ROOT, eventually, serving
from tests.polled import Deployments, Toy, deployments
from tests.vendor import says

HEALTH = "{ integrations { name connection health lastSuccessAt lastFailure { code } } }"


@pytest.fixture
async def there() -> AsyncIterator[Deployments]:
    """The vendor."""
    async with deployments() as found:
        yield found


@pytest.fixture
def config(there: Deployments, tmp_path: Path) -> Path:
    """A file with one connection to it."""
    file = tmp_path / "whychain.toml"
    file.write_text(
        f"""
        [[connection]]
        integration = "toy"
        name = "acme"
        base_url = "{there.vendor.url}"
        token = {{ file = "token" }}
        """
    )
    (tmp_path / "token").write_text("s3cret\n")
    return file


@pytest.fixture
def stored(database: Database) -> Stored:
    """What is stored."""
    return Stored(database)


async def started(config: Path, url: str, *arguments: str) -> Process:
    """The command, running."""
    settings = {"WHYCHAIN_CONFIG": str(config), "WHYCHAIN_DATABASE_URL": url}
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.toy_command", *arguments),
        cwd=ROOT,
        env={**os.environ, **settings},
        stdout=PIPE,
        stderr=STDOUT,
    )


async def ended(process: Process) -> tuple[int | None, str]:
    """Its exit code and what it said, without a secret."""
    said, _ = await asyncio.wait_for(process.communicate(), 60)
    assert b"s3cret" not in said
    return process.returncode, said.decode()


async def test_a_connection_of_the_file_is_polled_by_the_server(
    there: Deployments, config: Path, database_url: str
) -> None:
    there.add(5)
    settings = {"module": "tests.toy_command", "config": str(config)}
    async with serving(database_url=database_url, **settings) as server:

        async def total() -> bool:
            found = await server("{ deployments { totalCount } }")
            return bool(found["deployments"]["totalCount"] == 5)

        await eventually(total)
        (acme,) = (await server(HEALTH))["integrations"]
        assert (acme["name"], acme["connection"], acme["health"]) == ("toy", "acme", "OK")
        assert acme["lastFailure"] is None


async def stuck_in_the_second_page(there: Deployments, start: Awaitable[Process]) -> Process:
    """The process, when it waits for a page that never comes."""
    stuck = asyncio.Event()

    async def never(request: web.Request) -> web.StreamResponse:
        stuck.set()
        await asyncio.sleep(60)
        return web.Response()

    there.vendor.line = [there.answer, never]
    process = await start
    await asyncio.wait_for(stuck.wait(), 30)
    return process


async def test_a_backfill_that_is_killed_is_taken_over_after_a_silence(
    there: Deployments, config: Path, database: Database, stored: Stored
) -> None:
    there.add(6)
    arguments = ("backfill", "acme", "--since", "2026-08-01")
    killed = await stuck_in_the_second_page(there, started(config, database.url, *arguments))
    killed.kill()
    await ended(killed)
    sprints = Sprints(date(2026, 11, 2), 7)
    office = Office(database, lambda _: None, lambda: None, sprints)
    later = replace(office, clock=lambda: datetime.now(UTC) + polling.LEASE)
    toy, connection = Toy(), there.connection()
    async with Clients.open() as clients:
        client = clients.of(toy, connection)
        look = Look.for_the_past(later, toy, connection, client, date(2026, 8, 1))
        assert look is not None
        assert await polling.claim(office, look.stream) is None
        held = await polling.claim(later, look.stream)
        assert held is not None
        assert held.cursor == "2"
        assert await look.take(held) is None
    assert len(await stored.rows(tables.observation)) == 6


async def test_a_backfill_that_is_interrupted_goes_on_and_ends(
    there: Deployments, config: Path, database_url: str, stored: Stored
) -> None:
    there.add(6)
    backfill = ("backfill", "toy", "--since", "90d")
    first = await stuck_in_the_second_page(there, started(config, database_url, *backfill))
    first.send_signal(signal.SIGINT)
    code, said = await ended(first)
    assert (code, "The same command goes on from here." in said) == (130, True), said
    day = (datetime.now(UTC) - timedelta(days=90)).date()
    row = await stored.row(tables.connection_state, stream=f"backfill:{day}")
    assert (row["cursor"], row["lease"], row["finished_at"]) == ("2", None, None)
    code, said = await ended(await started(config, database_url, *backfill))
    assert (code, "100%" in said) == (0, True), said
    assert len(await stored.rows(tables.deployment)) == 6
    assert [each.path.partition("&")[0] for each in there.vendor.heard] == [
        f"/deployments?after={number}" for number in (0, 2, 2, 4)
    ]
    code, said = await ended(await started(config, database_url, *backfill))
    assert (code, "It was read to the end on" in said, len(there.vendor.heard)) == (0, True, 4)


async def test_a_backfill_says_what_is_wrong(
    there: Deployments, config: Path, database_url: str
) -> None:
    there.vendor.line = [says(status=401), says(status=401)]
    code, said = await ended(
        await started(config, database_url, "backfill", "acme", "--since", "2026-08-01")
    )
    assert (code, "GET /deployments was answered 401." in said) == (1, True), said
    code, said = await ended(
        await started(config, database_url, "backfill", "nobody", "--since", "1d")
    )
    assert (code, "there are: acme." in said) == (1, True), said
    code, said = await ended(
        await started(config, database_url, "backfill", "acme", "--since", "soon")
    )
    assert (code, "Give a number of days" in said) == (2, True), said


async def test_the_doctor_examines_every_connection(
    there: Deployments, config: Path, database_url: str
) -> None:
    code, said = await ended(await started(config, database_url, "doctor"))
    assert "ok  Toy, connection acme: deployments:read: fine" in said
    (config.parent / "token").write_text("s3cret-that-was-revoked")
    code, said = await ended(await started(config, database_url, "doctor"))
    assert code == 1
    assert "no  Toy, connection acme: GET /deployments was answered 401." in said
    (config.parent / "token").unlink()
    code, said = await ended(await started(config, database_url, "doctor"))
    assert code == 1
    assert "connection 1 (acme): token: " in said
    code, said = await ended(await started(config, database_url, "worker"))
    assert (code, "connection 1 (acme): token: " in said) == (1, True)
