"""Driving the integration against the fake: whole rounds, or one that is cut at every page."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from integrations.contract import Batch, Connection, Secret
from integrations.github import plugin
from integrations.observation import Observation
from integrations.testing.road import Road
from tests.integrations.asking import asking
from tests.integrations.fake_github import REPOSITORY, TOKEN, FakeGitHub, running
from tests.integrations.github_records import deployment, pull_request, sha


def a_history(length: int = 10, page_size: int = 25) -> FakeGitHub:
    """As many commits, each of a pull request; every second one was deployed."""
    numbers = range(1, length + 1)
    return FakeGitHub(
        page_size=page_size,
        records={
            "deployments": [deployment(each, "SUCCESS") for each in numbers if each % 2 == 0],
            "pullRequests": [pull_request(each) for each in numbers],
        },
        history=[sha(each) for each in numbers],
    )


def grow(fake: FakeGitHub, first: int, last: int) -> None:
    """As many commits more, as in `a_history`."""
    numbers = range(first, last + 1)
    fake.history += [sha(each) for each in numbers]
    fake.records["pullRequests"] += [pull_request(each) for each in numbers]
    fake.records["deployments"] += [
        deployment(each, "SUCCESS") for each in numbers if each % 2 == 0
    ]


@dataclass(frozen=True, slots=True)
class Reader:
    """The integration, a connection, and the fake behind it."""

    fake: FakeGitHub
    connection: Connection
    http: Road

    async def poll(self, cursor: str | None = None) -> Batch:
        return await plugin.poll(self.connection, self.http, cursor)

    async def round(self, cursor: str | None = None) -> tuple[list[Observation], str]:
        """Batches until there are no more."""
        seen: list[Observation] = []
        while True:
            batch = await self.poll(cursor)
            seen += batch.observations
            cursor = batch.cursor
            if not batch.more:
                return seen, cursor

    async def backfill(self, since: datetime) -> list[Batch]:
        batches: list[Batch] = []
        cursor: str | None = None
        while not batches or batches[-1].more:
            batches.append(await plugin.backfill(self.connection, self.http, since, cursor))
            cursor = batches[-1].cursor
        return batches


@asynccontextmanager
async def reading(
    fake: FakeGitHub,
    repositories: tuple[str, ...] = (REPOSITORY,),
    token: str = TOKEN,
    **settings: Any,
) -> AsyncIterator[Reader]:
    """A reader of the fake for the time of the block."""
    async with running(fake):
        connection = Connection(
            "github",
            "acme",
            fake.base_url,
            {"repositories": list(repositories), **settings},
            {"token": Secret(token)},
        )
        yield Reader(fake, connection, await asking(plugin, connection))


def only(seen: list[Observation], cls: type[Any], **fields: Any) -> list[Any]:
    """The observations of a class that have these values."""
    return [
        each
        for each in seen
        if isinstance(each, cls)
        and all(getattr(each, name) == value for name, value in fields.items())
    ]
