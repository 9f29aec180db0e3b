"""Commands that belong together are kept together, each at its own time."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from server.commands import incident as incidents
from server.commands.work import Office
from server.demo.load import LOADER
from server.demo.whole import Whole
from server.domain.action_item import Sprints
from server.domain.incident import Severity
from server.live.hint import Hint
from server.store.database import Database
from server.store.tables import incident

NOW = datetime(2026, 11, 23, 15, 7, tzinfo=UTC)
COMMAND = incidents.Declare("Checkout fails", Severity.SEV2)


class Told:
    """What an office tells others, in the order of telling."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    def publish(self, hints: Sequence[Hint]) -> None:
        """Take note of the hints."""
        self.calls.append(f"{len(hints)} hints")

    def wake(self) -> None:
        """Take note of the call."""
        self.calls.append("wake")


@pytest.fixture
def told() -> Told:
    """What was told."""
    return Told()


@pytest.fixture
def office(database: Database, told: Told) -> Office:
    """An office that takes note of what it tells."""
    sprints = Sprints(date(2026, 1, 5), 14)
    return Office(database, told.publish, told.wake, sprints, clock=lambda: NOW)


async def declared(database: Database) -> list[datetime]:
    """When the stored incidents were declared."""
    rows = await database.fetch(select(incident.c.declared_at).order_by(incident.c.declared_at))
    return [row["declared_at"] for row in rows]


async def test_each_command_has_its_time_and_subscribers_hear_at_the_end(
    office: Office, told: Told
) -> None:
    yesterday = NOW - timedelta(days=1)

    async with Whole.of(office) as whole:
        await incidents.declare(whole.at(yesterday), LOADER, COMMAND)
        await incidents.declare(whole.at(NOW), LOADER, COMMAND)
        assert told.calls == []
        assert await declared(office.database) == []

    assert await declared(office.database) == [yesterday, NOW]
    assert told.calls == ["2 hints", "wake"]


async def test_what_fails_leaves_nothing(office: Office, told: Told) -> None:
    async def fail() -> None:
        async with Whole.of(office) as whole:
            await incidents.declare(whole.at(NOW), LOADER, COMMAND)
            raise LookupError

    with pytest.raises(LookupError):
        await fail()

    assert await declared(office.database) == []
    assert told.calls == []
