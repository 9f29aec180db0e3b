"""A running server for each story."""

from collections.abc import AsyncIterator

import pytest

from server.demo.door import Address
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
