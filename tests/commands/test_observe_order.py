"""However observations come, and however often, they end in the same state."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integrations.observation import (
    DeploymentState,
    Observation,
    PageEvent,
    PageObserved,
    PageState,
    PersonRef,
)
from server.commands.work import Office
from server.store import tables
from server.store.queue import JobKind
from tests.commands.orders import attribute, forget_everything, settled
from tests.commands.state import Facts
from tests.commands.stored import Stored
from tests.commands.told import (
    GRACE,
    at,
    deployment,
    page,
    pull_request,
    push,
    reference,
    tell,
)

_ALAN = PersonRef("pagerduty", "PALAN", name="Alan Turing")
_IN_PROGRESS = DeploymentState.IN_PROGRESS


def read(event: PageEvent, minute: float, **others: Any) -> PageObserved:
    """What a list of the vendor's says of the page's event."""
    nothing = {"title": None, "state": None, "priority": None, "created_at": None, "service": None}
    told = page(event, minute, **{**nothing, **others})
    return replace(told, event_id=f"L{told.event_id}", listed=True)


STORY: Sequence[Observation] = (
    push("0", "1", minute=-300),
    deployment("first", "1", -290, DeploymentState.PENDING, created_at=at(-290)),
    deployment("first", "1", -280),
    pull_request(41, -200),
    pull_request(41, -190, "2", title="Stop reading the column"),
    pull_request(42, -180, "3", title="Drop the column", depends_on=(41,)),
    push("1", "2", minute=-190),
    push("2", "3", minute=-180),
    deployment("staged", "3", -100, environment="staging"),
    deployment("dropped", "3", -12, _IN_PROGRESS),
    deployment("dropped", "3", -10),
    page(PageEvent.TRIGGERED, 0, paged=(GRACE,)),
    page(PageEvent.ACKNOWLEDGED, 2, actor=GRACE, state=PageState.ACKNOWLEDGED),
    page(PageEvent.PRIORITY_CHANGED, 4, priority="P2", state=PageState.ACKNOWLEDGED),
    reference(PageEvent.RESPONDER_ADDED, 5, paged=(_ALAN,), text="Please look at the database"),
    reference(PageEvent.NOTE, 6, actor=_ALAN, text="It fails since the deployment"),
    deployment("back", "1", 20),
    page(PageEvent.RESOLVED, 25, state=PageState.RESOLVED, priority="P2", actor=GRACE),
    page(PageEvent.REOPENED, 30, priority="P2"),
    page(PageEvent.RESOLVED, 40, state=PageState.RESOLVED, priority="P2"),
    read(PageEvent.TRIGGERED, -0.01, text="Checkout answers 500"),
    read(PageEvent.NOTIFIED, 0.1, paged=(GRACE,), text="by SMS"),
    read(PageEvent.ACKNOWLEDGED, 1.99, actor=GRACE),
    read(PageEvent.NOTE, 5.99, actor=_ALAN, text="It fails since the deployment of noon"),
    read(PageEvent.NOTE, 6.01, actor=_ALAN, text="And I put it back"),
    read(PageEvent.RESOLVED, 39.98),
    read(PageEvent.SEEN, 41, title="Checkout answers 500", state=PageState.RESOLVED, priority="P2"),
    deployment("failed", "4", 50, DeploymentState.FAILURE),
    deployment("again", "3", 60),
    pull_request(45, 65, "5", title="Keep the column", reverts=42),
    push("3", "5", minute=65),
    deployment("reverting", "5", 70),
)


@pytest.fixture
async def in_order(office: Office, stored: Stored) -> Facts:
    """The state after the story was told once, in order."""
    for seen in STORY:
        assert await tell(office, seen) == 1
    state = await settled(office, stored)
    await forget_everything(office.database)
    return state


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    story=st.permutations(STORY),
    repeated=st.lists(st.sampled_from(STORY), max_size=6),
    pauses=st.sets(st.integers(0, len(STORY)), max_size=3),
)
async def test_any_order_and_any_repetition_end_in_one_state(
    office: Office,
    stored: Stored,
    in_order: Facts,
    story: list[Observation],
    repeated: list[Observation],
    pauses: set[int],
) -> None:
    await forget_everything(office.database)
    for index, seen in enumerate([*story, *repeated]):
        assert await tell(office, seen) == (index < len(story))
        if index in pauses:
            await attribute(office, stored)
    assert await settled(office, stored) == in_order


async def test_all_at_once_ends_in_the_same_state(
    office: Office, stored: Stored, in_order: Facts
) -> None:
    for round_ in range(3):
        story = [*STORY, *STORY]
        random.Random(round_).shuffle(story)
        await asyncio.gather(*(tell(office, seen) for seen in story))
        assert await settled(office, stored) == in_order
        await forget_everything(office.database)


async def test_the_story_is_told_as_it_was(in_order: Facts) -> None:
    """The state that all orders end in is the right one, not just the same one."""
    deployments = {row["external_id"]: row for row in in_order["deployment"]}
    assert {name: row["status"] for name, row in deployments.items()} == {
        "first": "SUCCESS",
        "staged": "SUCCESS",
        "dropped": "ROLLED_BACK",
        "back": "SUCCESS",
        "failed": "FAILURE",
        "again": "ROLLED_BACK",
        "reverting": "SUCCESS",
    }
    assert deployments["back"]["rollback_of_id"] == ("deployment", ("github", "dropped"))
    assert deployments["again"]["rollback_of_id"] is None
    assert deployments["reverting"]["rollback_of_id"] == ("deployment", ("github", "again"))
    (incident,) = in_order["incident"]
    assert (incident["status"], incident["severity"]) == ("RESOLVED", "SEV2")
    assert incident["resolved_at"] == at(40)
    assert incident["acknowledged_at"] == at(2)
    ranked = sorted(in_order["attribution_candidate"], key=lambda row: row["rank"])
    assert ranked[0]["deployment_id"] == ("deployment", ("github", "dropped"))
    told = [(row["occurred_at"], row["body"]) for row in in_order["timeline_entry"]]
    assert {when for when, body in told if body == "Resolved in PagerDuty"} == {at(25), at(40)}
    assert sum("PagerDuty opened the incident" in body for _, body in told) == 1
    notes = {row["body"]: row["occurred_at"] for row in in_order["timeline_entry"]}
    assert notes["It fails since the deployment of noon"] == at(6)
    assert "And I put it back" in notes
    assert "It fails since the deployment" not in notes
    bodies = {row["body"] for row in in_order["timeline_entry"] if row["kind"] == "DEPLOYMENT"}
    assert "Deployed 3333333 to production: #41 Stop reading the column, #42 Drop the column" in (
        bodies
    )
    assert "Rolled back to 1111111 in production" in bodies


async def test_a_replay_changes_nothing_and_takes_no_sequence(
    office: Office, stored: Stored
) -> None:
    for seen in STORY:
        await tell(office, seen)
    await attribute(office, stored)
    (before,) = await stored.rows(tables.incident)
    jobs = await stored.jobs(JobKind.ATTRIBUTE)
    for seen in STORY:
        assert await tell(office, seen) == 0
    await attribute(office, stored)
    (after,) = await stored.rows(tables.incident)
    assert dict(after) == dict(before)
    assert await stored.jobs(JobKind.ATTRIBUTE) == jobs == []
