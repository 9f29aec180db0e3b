"""What tests of every folder share: a real database each."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from server.store.database import Database
from tests import postgres


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of pytest-xdist where the server is."""
    node.workerinput["server_url"] = postgres.server_url(node.config)


@pytest.fixture(scope="session")
def database_server(pytestconfig: pytest.Config) -> str:
    """The address of the session's PostgreSQL, with the right to create databases."""
    return postgres.server_url(pytestconfig)


@pytest.fixture(scope="session")
def database_template(database_server: str) -> str:
    """The name of the migrated database that tests get copies of."""
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        return runner.run(postgres.migrated_template(database_server))


@pytest.fixture
async def database_url(database_server: str, database_template: str) -> AsyncIterator[str]:
    """The address of a migrated database without rows, this test's own."""
    async with postgres.new_database(database_server, database_template) as url:
        yield url


@pytest.fixture
async def empty_database_url(database_server: str) -> AsyncIterator[str]:
    """The address of a database with nothing in it, this test's own."""
    async with postgres.new_database(database_server) as url:
        yield url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A connected, migrated database without rows, this test's own."""
    async with Database.connect(database_url, size=5) as database:
        yield database
