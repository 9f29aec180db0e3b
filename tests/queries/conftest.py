"""The golden queries' database: the rows of `data.sql`, and a watch on what is fetched."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import asyncpg
import pytest

from server.store.database import Database
from tests import postgres
from tests.queries.golden import FOLDER
from tests.queries.statements import Watching, watched
from tests.schema.conftest import graph  # noqa: F401  # a fixture


async def write_sql(url: str, *files: str) -> None:
    """Run files of this folder on a migrated database."""
    connection = await asyncpg.connect(url)
    try:
        for file in files:
            await connection.execute((FOLDER / file).read_text("utf-8"))
    finally:
        await connection.close()


@pytest.fixture(scope="session")
def small_url(database_server: str, database_template: str) -> Iterator[str]:
    """The address of a database with the rows of `data.sql`."""
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        database = postgres.new_database(database_server, database_template)
        url = runner.run(database.__aenter__())
        try:
            runner.run(write_sql(url, "data.sql"))
            yield url
        finally:
            runner.run(database.__aexit__(None, None, None))


@pytest.fixture
async def watching(small_url: str) -> AsyncIterator[Watching]:
    """What `graph` fetches."""
    async with watched(small_url) as watching:
        yield watching


@pytest.fixture
def database(watching: Watching) -> Database:
    """The database that `graph` reads."""
    return watching.database
