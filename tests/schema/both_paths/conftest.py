"""One database of tricky rows for all tests of this folder, which only read."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from server.store.database import Database
from tests import postgres
from tests.schema.both_paths import tricky
from tests.schema.both_paths.stock import Stock, gathered
from tests.schema.conftest import Graph

_STOCKS: dict[str, Stock] = {}


@pytest.fixture(scope="session")
def tricky_url(database_server: str, database_template: str) -> Iterator[str]:
    """The address of a database of tricky rows."""
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        database = postgres.new_database(database_server, database_template)
        url = runner.run(database.__aenter__())
        try:
            runner.run(tricky.write(url))
            yield url
        finally:
            runner.run(database.__aexit__(None, None, None))


@pytest.fixture
def database_url(tricky_url: str) -> str:
    """The address of the database that `graph` reads."""
    return tricky_url


@pytest.fixture
async def stock(database: Database, graph: Graph, tricky_url: str) -> Stock:
    """The real ids, words and cursors of that database, gathered once."""
    if tricky_url not in _STOCKS:
        _STOCKS[tricky_url] = await gathered(database, graph)
    return _STOCKS[tricky_url]
