"""A running server for each story, and a hand that writes without one."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import date

import pytest

from server.commands.work import Office
from server.demo.door import Address
from server.domain.action_item import Sprints
from server.live.notify import NotifyCarrier
from server.store.database import Database
from tests.house import Served, serving


@pytest.fixture
async def served(database_url: str) -> AsyncIterator[Served]:
    """A real server in its own process, on this test's database."""
    async with serving(database_url=database_url) as served:
        yield served


@pytest.fixture
def server(served: Served) -> Address:
    """The same, as the story's client wants it."""
    keys = served.keys
    return Address(served.url, keys.token, keys.github, keys.pagerduty)


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[Office]:
    """Where this process writes into the same database, as another server would."""
    carrier = NotifyCarrier(database_url, lambda hints: None)
    async with Database.connect(database_url, size=2) as database, carrier.running():
        yield Office(database, carrier.publish, lambda: None, Sprints(date(2026, 1, 5), 14))


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    """Ends what a test enters."""
    async with AsyncExitStack() as stack:
        yield stack
