"""The past arrives in the database once, at the times it happened."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Table, func, select

from server.commands.work import Office
from server.demo.history import history
from server.demo.load import Loaded, load
from server.demo.organisation import acme
from server.demo.plan import SPAN
from server.domain.action_item import Sprints
from server.live.hint import DIRECTORY, Hint
from server.store.database import Database, Row
from server.store.tables import (
    action_item,
    attribution,
    deployment,
    feed,
    hypothesis,
    incident,
    person,
    pull_request,
    service,
    timeline_entry,
    why,
)
from tests import postgres

NOW = datetime(2026, 11, 23, 15, 7, 9, tzinfo=UTC)
SEED = 7
COUNTED = (
    person,
    service,
    deployment,
    pull_request,
    incident,
    timeline_entry,
    hypothesis,
    why,
    action_item,
    feed,
)


def ignore(done: int, total: int, about: str) -> None:
    """Watch no progress."""


def office_at(database: Database, now: datetime, hints: list[Hint] | None = None) -> Office:
    """An office whose clock stands still."""
    told = [] if hints is None else hints

    def publish(hints: Sequence[Hint]) -> None:
        told.extend(hints)

    return Office(
        database=database,
        publish=publish,
        wake=lambda: None,
        sprints=Sprints(date(2026, 1, 5), 14),
        clock=lambda: now,
    )


@dataclass(frozen=True)
class FirstLoad:
    """A database that the past was loaded into, and what was told meanwhile."""

    url: str
    loaded: Loaded
    hints: list[Hint]
    progress: list[tuple[int, int]]


@pytest.fixture(scope="module")
def first_load(database_server: str, database_template: str) -> Iterator[FirstLoad]:
    """One load for all tests that only look: it takes seconds."""
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        copy = postgres.new_database(database_server, database_template)
        url = runner.run(copy.__aenter__())
        yield runner.run(load_into(url))
        runner.run(copy.__aexit__(None, None, None))


async def load_into(url: str) -> FirstLoad:
    """Load the past into an empty database."""
    hints: list[Hint] = []
    progress: list[tuple[int, int]] = []
    async with Database.connect(url, size=2) as database:
        office = office_at(database, NOW, hints)
        loaded = await load(office, SEED, lambda done, total, _: progress.append((done, total)))
    return FirstLoad(url, loaded, hints, progress)


@pytest.fixture
async def full(first_load: FirstLoad) -> AsyncIterator[Database]:
    """The database with the past in it."""
    async with Database.connect(first_load.url, size=2) as database:
        yield database


async def counts(database: Database) -> dict[str, int]:
    """How many rows each table has."""
    return {table.name: await count(database, table) for table in COUNTED}


async def count(database: Database, table: Table) -> int:
    """How many rows the table has."""
    row = await database.one(select(func.count()).select_from(table))
    assert row is not None
    return int(row[0])


async def rows(database: Database, table: Table) -> list[Row]:
    """All rows of a table."""
    return list(await database.fetch(select(table)))


async def test_the_whole_past_arrives(full: Database, first_load: FirstLoad) -> None:
    past, stored = history(SEED, NOW), await counts(full)
    loaded, progress = first_load.loaded, first_load.progress

    assert (loaded.releases, loaded.incidents) == (len(past.releases), len(past.incidents))
    assert stored["person"] == len(acme().people)
    assert stored["service"] == len(acme().services)
    assert stored["deployment"] == len(past.releases)
    assert stored["pull_request"] == sum(len(each.pull_requests) for each in past.releases)
    assert stored["incident"] == len(past.incidents)
    assert stored["hypothesis"] == sum(len(each.hypotheses) for each in past.incidents)
    assert stored["why"] == sum(len(each.whys) for each in past.incidents)
    assert stored["action_item"] == sum(len(each.actions) for each in past.incidents)
    assert progress[-1] == (len(progress) - 1, len(progress) - 1)


async def test_subscribers_hear_of_every_incident(full: Database, first_load: FirstLoad) -> None:
    heads = {row["id"]: row["sequence"] for row in await rows(full, incident)}

    heard = {hint.incident: hint.sequence for hint in first_load.hints}
    assert heard.pop(DIRECTORY, 0) > 0, "people were made, and are told of otherwise now"
    assert heard == heads


async def test_loading_again_changes_nothing(full: Database) -> None:
    before = await counts(full)

    await load(office_at(full, NOW + timedelta(days=7)), SEED + 1, ignore)

    assert await counts(full) == before


class BrokenOff(Exception):
    """Somebody pressed Ctrl-C."""


async def test_a_load_that_was_broken_off_goes_on(database: Database) -> None:
    def break_off(done: int, total: int, _: str) -> None:
        if done == total - 25:
            raise BrokenOff

    with pytest.raises(BrokenOff):
        await load(office_at(database, NOW), SEED, break_off)
    await load(office_at(database, NOW + timedelta(days=1)), SEED, ignore)

    past, stored = history(SEED, NOW), await counts(database)
    assert stored["incident"] == len(past.incidents)
    assert stored["deployment"] == len(past.releases)
    assert stored["action_item"] == sum(len(each.actions) for each in past.incidents)


async def test_everything_keeps_its_time(full: Database) -> None:
    earliest = NOW - SPAN - timedelta(days=1)
    planned = {each.course.declared_at: each for each in history(SEED, NOW).incidents}

    for row in await rows(full, incident):
        course = planned[row["declared_at"]].course
        assert row["title"] == planned[row["declared_at"]].texts.title
        assert row["started_at"] == course.started_at
        assert row["acknowledged_at"] == course.acknowledged_at
        assert row["identified_at"] == course.identified_at
        assert row["mitigated_at"] == course.mitigated_at
        assert row["resolved_at"] == course.resolved_at
        assert row["time_to_resolve"] == course.resolved_at - course.started_at
    for table, column in (
        (action_item, "created_at"),
        (action_item, "updated_at"),
        (timeline_entry, "recorded_at"),
        (feed, "at"),
        (why, "created_at"),
        (hypothesis, "raised_at"),
    ):
        assert all(earliest < row[column] < NOW for row in await rows(full, table))


async def test_action_items_are_done_in_time_done_late_and_overdue(full: Database) -> None:
    fates: Counter[str] = Counter()

    for row in await rows(full, action_item):
        if row["completed_at"]:
            in_time = row["completed_at"].date() <= row["due_on"]
            fates["in time" if in_time else "late"] += 1
        elif row["state"] != "DROPPED":
            fates["overdue" if row["due_on"] < NOW.date() else "open"] += 1
        assert row["created_at"].date() <= row["due_on"]

    assert min(fates[fate] for fate in ("in time", "late", "overdue", "open")) >= 3


async def test_incidents_are_attributed_to_the_releases_behind_them(full: Database) -> None:
    past = history(SEED, NOW)
    culprits = {each.course.declared_at: each.culprit for each in past.incidents}
    sources = {row["id"]: row["external_id"] for row in await rows(full, deployment)}
    declared = {row["id"]: row["declared_at"] for row in await rows(full, incident)}

    linked = 0
    for row in await rows(full, attribution):
        culprit = culprits[declared[row["incident_id"]]]
        if row["linked_id"]:
            linked += 1
            assert culprit is not None
            assert sources[row["linked_id"]] == culprit.external_id
    assert linked >= sum(culprit is not None for culprit in culprits.values()) - 2
