"""Pages that were merged at the paging system are one incident here, in any order of the news."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from integrations.observation import PageEvent, PageObserved, PageState, PersonRef, ServiceRef
from server.commands import incident as incidents
from server.commands.hypothesis import Raise, raise_
from server.commands.merge_incidents import MergeIncidents, merge_incidents
from server.commands.merge_pages import merge_pages
from server.commands.work import Office
from server.domain.viewer import Viewer
from server.store import tables
from server.store.database import Row
from server.store.queue import JobKind
from tests.commands.stored import Stored
from tests.commands.told import GRACE, at, page, tell

ALAN = PersonRef("pagerduty", "PALAN", name="Alan Turing")
PAY = ServiceRef("pagerduty", "PPAY", "Payments")


def of(name: str, event: PageEvent, minute: float, **others: Any) -> PageObserved:
    """An event of the page of that name."""
    told = page(event, minute, created_at=at(ord(name) - ord("C")), title=f"Page {name}", **others)
    return replace(
        told,
        external_id=name,
        event_id=f"{name}:{told.event_id}",
        moment=replace(told.moment, digest=f"{name}:{told.event_id}"),
    )


def merged(name: str, into: str, minute: float) -> PageObserved:
    """That one page became part of another, which resolves it."""
    state = PageState.RESOLVED
    return of(name, PageEvent.MERGED, minute, state=state, merged_into=into, service=None)


STORY: Sequence[PageObserved] = (
    of("A", PageEvent.TRIGGERED, 0, paged=(GRACE,), priority="P3"),
    of("A", PageEvent.ACKNOWLEDGED, 2, actor=GRACE, state=PageState.ACKNOWLEDGED, priority="P3"),
    of("B", PageEvent.TRIGGERED, 5, service=PAY, priority="P2"),
    merged("A", "B", 6),
    of("A", PageEvent.RESOLVED, 6, state=PageState.RESOLVED),
    of("C", PageEvent.TRIGGERED, 8, paged=(ALAN,), priority="P1"),
    of("B", PageEvent.NOTE, 9, text="It is the database", service=PAY, priority="P2"),
    merged("B", "C", 10),
    of("C", PageEvent.ACKNOWLEDGED, 12, actor=ALAN, state=PageState.ACKNOWLEDGED),
)


async def run_jobs(office: Office, stored: Stored) -> None:
    """Do what the worker would do of these jobs."""
    waiting = await stored.jobs(JobKind.MERGE_PAGES)
    await stored.lose_jobs()
    for incident_id in waiting:
        await merge_pages(office, incident_id)


async def standing(stored: Stored) -> list[Row]:
    """The incidents that are part of no other."""
    rows = await stored.rows(tables.incident)
    return [row for row in rows if row["merged_into_id"] is None]


async def facts(stored: Stored) -> dict[str, Any]:
    """What is known of the one incident that there is, without ids and sequences."""
    (row,) = await standing(stored)
    of_it = {"incident_id": row["id"]}
    entries = await stored.rows(tables.timeline_entry, **of_it)
    return {
        **{name: row[name] for name in _COLUMNS},
        "services": {
            (await stored.row(tables.service, id=each["service_id"]))["name"]
            for each in await stored.rows(tables.incident_service, **of_it)
        },
        "responders": {
            (await stored.row(tables.person, id=each["person_id"]))["name"]
            for each in await stored.rows(tables.responder, **of_it)
        },
        "timeline": sorted((each["occurred_at"], each["body"]) for each in entries),
    }


_COLUMNS = (
    *("external_id", "title", "severity", "status", "url", "edited"),
    *("declared_at", "detected_at", "acknowledged_at", "resolved_at", "time_to_acknowledge"),
)


async def forget_everything(office: Office) -> None:
    tables_ = "observation, incident, page_merge, service, person, jobs.pgqueuer"
    async with office.database.transaction() as tx:
        await tx.run(text(f"truncate {tables_} cascade"))


@pytest.fixture
async def in_order(office: Office, stored: Stored) -> dict[str, Any]:
    """What is known after the story was told once, in order, each merger done at once."""
    for seen in STORY:
        await tell(office, seen)
        await run_jobs(office, stored)
    found = await facts(stored)
    await forget_everything(office)
    return found


async def test_the_story_is_told_as_it_was(in_order: dict[str, Any]) -> None:
    assert (in_order["external_id"], in_order["title"]) == ("C", "Page C")
    assert (in_order["severity"], in_order["status"]) == ("SEV1", "INVESTIGATING")
    assert (in_order["declared_at"], in_order["acknowledged_at"]) == (at(-2), at(2))
    assert in_order["resolved_at"] is None
    assert in_order["services"] == {"Shop", "Payments"}
    assert in_order["responders"] == {"Grace Hopper", "Alan Turing"}
    bodies = [body for _, body in in_order["timeline"]]
    assert bodies.count("Merged into another incident in PagerDuty") == 2
    assert "It is the database" in bodies


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    story=st.permutations(STORY),
    repeated=st.lists(st.sampled_from(STORY), max_size=3),
    pauses=st.sets(st.integers(0, len(STORY)), max_size=3),
)
async def test_any_order_ends_in_the_same_incident(
    office: Office,
    stored: Stored,
    in_order: dict[str, Any],
    story: list[PageObserved],
    repeated: list[PageObserved],
    pauses: set[int],
) -> None:
    await forget_everything(office)
    for index, seen in enumerate([*story, *repeated]):
        await tell(office, seen)
        if index in pauses:
            await run_jobs(office, stored)
    await run_jobs(office, stored)
    assert await facts(stored) == in_order


async def test_all_at_once_ends_in_the_same_incident(
    office: Office, stored: Stored, in_order: dict[str, Any]
) -> None:
    await asyncio.gather(*(tell(office, seen) for seen in STORY))
    await run_jobs(office, stored)
    assert await facts(stored) == in_order


async def test_a_circle_is_one_incident_that_goes_on(office: Office, stored: Stored) -> None:
    await tell(office, of("A", PageEvent.TRIGGERED, 0), of("B", PageEvent.TRIGGERED, 1))
    await tell(office, merged("A", "B", 2), merged("B", "A", 3), merged("B", "B", 4))
    await run_jobs(office, stored)
    assert len(await standing(stored)) == 1
    assert await merge_pages(office, (await standing(stored))[0]["id"]) == 0


async def incident_of(stored: Stored, name: str) -> UUID:
    return (await stored.row(tables.incident, external_id=name))["id"]  # type: ignore[no-any-return]


async def test_what_a_person_did_is_kept(office: Office, viewer: Viewer, stored: Stored) -> None:
    await tell(office, of("A", PageEvent.TRIGGERED, 0))
    a = await incident_of(stored, "A")
    await incidents.update(office, viewer, incidents.Update(a, {"title": "No money comes in"}))
    await raise_(office, viewer, Raise(a, "The pool is empty"))
    await tell(office, of("B", PageEvent.TRIGGERED, 1), merged("A", "B", 2))
    await run_jobs(office, stored)
    (row,) = await standing(stored)
    assert (row["external_id"], row["title"]) == ("B", "No money comes in")
    assert row["merged_by_id"] is None
    (hypothesis,) = await stored.rows(tables.hypothesis)
    assert hypothesis["incident_id"] == row["id"]
    await tell(office, of("B", PageEvent.PRIORITY_CHANGED, 5, priority="P4"))
    (row,) = await standing(stored)
    assert (row["title"], row["severity"]) == ("No money comes in", "SEV4")


async def test_who_was_joined_by_a_person_goes_along(
    office: Office, viewer: Viewer, stored: Stored, by_hand: UUID
) -> None:
    await tell(office, of("A", PageEvent.TRIGGERED, 0))
    a = await incident_of(stored, "A")
    await merge_incidents(office, viewer, MergeIncidents(a, by_hand))
    await tell(office, of("B", PageEvent.TRIGGERED, 1), merged("A", "B", 2))
    await run_jobs(office, stored)
    (row,) = await standing(stored)
    assert (row["external_id"], row["title"]) == ("B", "Checkout fails")
