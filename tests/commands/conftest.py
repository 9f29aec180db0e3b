"""An office to carry out commands in, with a clock that stands still."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from integrations.observation import PageEvent
from server.commands import incident as incidents
from server.commands.work import Office
from server.domain.action_item import Sprints
from server.domain.incident import Severity
from server.domain.viewer import Scope, Viewer
from server.live.hint import Hint
from server.store import tables
from server.store.database import Database
from tests.commands.stored import Stored
from tests.commands.told import GRACE, page, tell

MONDAY = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)


@dataclass
class Clock:
    """A clock that moves when it is told to."""

    now: datetime = MONDAY

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> datetime:
        """Move on; the time it is then."""
        self.now += timedelta(**by)
        return self.now


@pytest.fixture
def clock() -> Clock:
    """The office's clock."""
    return Clock()


@pytest.fixture
def published() -> list[Hint]:
    """The hints that the office gave to subscribers."""
    return []


@pytest.fixture
def office(database: Database, clock: Clock, published: list[Hint]) -> Office:
    """An office on this test's database; its sprints are weeks from Monday to Sunday."""
    return Office(
        database=database,
        publish=lambda hints: published.extend(hints),
        wake=lambda: None,
        sprints=Sprints(date(2026, 11, 2), 7),
        clock=clock,
    )


@pytest.fixture
def viewer() -> Viewer:
    """Somebody who may do everything but administrate."""
    return Viewer("token:test", "test", frozenset(Scope) - {Scope.ADMIN})


@pytest.fixture
def reader() -> Viewer:
    """Somebody who may only read."""
    return Viewer("token:reader", "reader", frozenset({Scope.INCIDENTS_READ}))


@pytest.fixture
def stored(database: Database) -> Stored:
    """What is stored."""
    return Stored(database)


@pytest.fixture
async def incident_id(office: Office, viewer: Viewer) -> UUID:
    """An incident that was just declared."""
    command = incidents.Declare("Checkout fails", Severity.SEV2)
    return await incidents.declare(office, viewer, command)


@pytest.fixture
def by_hand(incident_id: UUID) -> UUID:
    """The record that a person made."""
    return incident_id


@pytest.fixture
async def paged(office: Office, stored: Stored, by_hand: UUID) -> UUID:
    """The record that a page made."""
    await tell(office, page(PageEvent.TRIGGERED, 1, paged=(GRACE,), url="https://pd.example/1"))
    return (await stored.row(tables.incident, external_id="PINC"))["id"]  # type: ignore[no-any-return]
