"""A worker on this test's database, and integrations that do what a test wants."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TypeAlias

import pytest

from integrations.contract import (
    Delivery,
    Envelope,
    Headers,
    Manifest,
    ReceivesWebhooks,
    Role,
    Secret,
)
from integrations.observation import Observations
from server.backoff import Backoff
from server.commands import incident as incidents
from server.commands.incident import Declare
from server.commands.work import Office
from server.domain.action_item import Sprints
from server.domain.incident import Severity
from server.domain.viewer import Scope, Viewer
from server.jobs.attribute import Attribute
from server.jobs.compare import Compare
from server.jobs.link import Link
from server.jobs.process_delivery import ProcessDelivery
from server.jobs.redact import Redact
from server.jobs.sweep import Sweep
from server.jobs.wake import Wake
from server.jobs.worker import Worker
from server.store import tables
from server.store.database import Database
from tests.commands.conftest import Clock
from tests.commands.stored import Stored
from tests.commands.told import deployment
from tests.jobs.ticketing import Ticketing
from tests.ticketed import Board, ToyTracker, ref

QUICKLY = Backoff(first=timedelta(milliseconds=20), factor=2, longest=timedelta(milliseconds=100))
"""Eight attempts in less than a second."""


@dataclass
class Parrot:
    """An integration that says of each delivery what a test has it say, or raises it."""

    name: str = "parrot"
    says: Callable[[Delivery], Observations] = lambda _: (deployment("d1", "1", 0),)
    heard: list[Delivery] = field(default_factory=list)

    @property
    def manifest(self) -> Manifest:
        return Manifest(self.name, self.name.title(), frozenset({Role.DEPLOYMENTS}))

    def verify(self, headers: Headers, body: bytes, secrets: tuple[Secret, ...]) -> None:
        raise AssertionError("the worker verifies nothing: the door did")

    def open(self, headers: Headers, body: bytes) -> Envelope:
        raise AssertionError("the worker opens nothing: the door did")

    def parse(self, delivery: Delivery) -> Observations:
        self.heard.append(delivery)
        return self.says(delivery)


RunWorker: TypeAlias = Callable[..., AbstractAsyncContextManager[Office]]


@asynccontextmanager
async def working(
    database: Database, *integrations: ReceivesWebhooks, sweeps: bool = False
) -> AsyncIterator[Office]:
    """A worker that runs beside the block, and the office that gives it work."""
    async with Wake.running(database.url) as wake:
        office = Office(database, lambda _: None, wake, Sprints(date(2026, 11, 2), 7))
        by_name = {each.manifest.name: each for each in integrations}
        worker = Worker(
            database.url,
            (
                ProcessDelivery(office, by_name, QUICKLY),
                Attribute(office),
                Compare(office),
                Link(office),
                Redact(office),
            ),
            [Sweep(office, timedelta(0), timedelta(seconds=0.1))] if sweeps else [],
            QUICKLY,
        )
        async with worker.running():
            yield office


@pytest.fixture
def stored(database: Database) -> Stored:
    """What is stored."""
    return Stored(database)


async def until(done: Callable[[], object], seconds: float = 30) -> None:
    """Wait until an awaitable or plain condition holds; fail after so long."""
    async with asyncio.timeout(seconds):
        while True:
            result = done()
            if await result if asyncio.iscoroutine(result) else result:
                return
            await asyncio.sleep(0.02)


@pytest.fixture
async def ticketing(database: Database, stored: Stored) -> Ticketing:
    """An incident, three people, and a tracker that knows two of them."""
    clock = Clock()
    office = Office(database, lambda _: None, lambda: None, Sprints(date(2026, 11, 2), 7), clock)
    viewer = Viewer("token:test", "test", frozenset(Scope) - {Scope.ADMIN})
    incident_id = await incidents.declare(office, viewer, Declare("Checkout fails", Severity.SEV2))
    team = await stored.add(tables.team, slug="payments", name="Payments")
    people = {
        "ann": await stored.person("Ann Example", team_id=team),
        "bob": await stored.person("Bob Builder", email="bob@acme.example"),
        "cleo": await stored.person("Cleo Patra"),
    }
    await stored.put(
        tables.identity, provider="toy", external_id="ann-there", person_id=people["ann"]
    )
    board = Board(clock)
    board.people = {
        "ann": ref("ann-there"),
        "bob": ref("bob-there", email="bob@acme.example"),
    }
    return Ticketing(office, clock, stored, ToyTracker(board), incident_id, people, viewer)
