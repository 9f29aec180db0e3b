"""In whatever order several sources tell of deployments, the same rows come of it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integrations.observation import DeploymentState, Observation, PageEvent
from server.commands import deployment as deployments
from server.commands.deployment import Record
from server.commands.observe import Source, observe
from server.commands.work import Office
from server.domain.deployment import DeploymentStatus
from server.domain.viewer import Viewer
from tests.commands.conftest import Clock
from tests.commands.orders import attribute, forget_everything, settled
from tests.commands.state import Facts
from tests.commands.stored import Stored
from tests.commands.told import (
    GITHUB,
    GRACE,
    PAGERDUTY,
    REPOSITORY,
    at,
    deployment,
    page,
    pull_request,
    push,
    sha,
)
from tests.commands.two_sources import ARGO, BOB, INTAKE

IN_PROGRESS, FAILURE = DeploymentState.IN_PROGRESS, DeploymentState.FAILURE
PENDING = DeploymentState.PENDING

Told = tuple[Source, Observation] | Record

RECORDED = Record(
    REPOSITORY,
    sha("2"),
    DeploymentStatus.SUCCESS,
    environment="PRODUCTION",
    started_at=at(-62),
    finished_at=at(-58),
    pull_requests=(7,),
    ref="v2",
)
TAKEN_BACK = replace(
    RECORDED, sha=sha("4"), status=DeploymentStatus.ROLLED_BACK, started_at=at(4), finished_at=at(9)
)

STORY: Sequence[Told] = (
    (GITHUB, push("0", "1", minute=-300)),
    (GITHUB, push("1", "2", minute=-190)),
    (GITHUB, push("2", "3", minute=-180)),
    (GITHUB, pull_request(42, -190, "2", title="Drop the column")),
    # One deployment, in the words of three.
    (GITHUB, deployment("g1", "1", -290, PENDING, created_at=at(-291))),
    (GITHUB, deployment("g1", "1", -280)),
    (INTAKE, deployment("i1", "1", -279, deployer=BOB, environment="Production")),
    (ARGO, deployment("a1", "1", -270, url="https://argo.example/1")),
    # A chain, and what somebody recorded: the ends of it are known to be one by the middle.
    (GITHUB, deployment("g2", "2", -75, IN_PROGRESS)),
    (INTAKE, deployment("i2", "2", -66, FAILURE, pull_requests=(7, 8))),
    (ARGO, deployment("a2", "2", -57)),
    RECORDED,
    # What one source tells apart, and the other's go with what is closest to each.
    (GITHUB, deployment("g3", "3", -20, IN_PROGRESS)),
    (GITHUB, deployment("g3", "3", -18, FAILURE)),
    (GITHUB, deployment("g4", "3", -12)),
    (INTAKE, deployment("i3", "3", -17, pull_requests=(9,))),
    (INTAKE, deployment("i4", "3", -11, pull_requests=(10,))),
    (ARGO, deployment("a3", "3", -14, environment="production")),
    (PAGERDUTY, page(PageEvent.TRIGGERED, 0, paged=(GRACE,))),
    # It was taken back, in the words of one, and made again.
    (INTAKE, deployment("i5", "1", 12)),
    (GITHUB, deployment("g5", "1", 11)),
    TAKEN_BACK,
    (INTAKE, deployment("i6", "4", 8)),
    # It moves away from the others, and comes to another.
    (GITHUB, deployment("g7", "3", 30)),
    (INTAKE, deployment("i7", "3", 31)),
    (GITHUB, deployment("g7", "3", 33, environment="staging")),
    (ARGO, deployment("a7", "3", 35, environment="staging")),
)


@pytest.fixture
def tell(office: Office, viewer: Viewer, clock: Clock) -> Callable[[Told], Awaitable[None]]:
    """Tells of something, in a transaction of its own, when all of it is past."""
    clock.forward(hours=1)

    async def tell(told: Told) -> None:
        if isinstance(told, Record):
            await deployments.record(office, viewer, told)
            return
        source, seen = told
        async with office.work() as work:
            await observe(work, source, [seen])

    return tell


Tell = Callable[[Told], Awaitable[None]]


@pytest.fixture
async def in_order(office: Office, stored: Stored, tell: Tell) -> Facts:
    """The state after the story was told once, in order."""
    for told in STORY:
        await tell(told)
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
async def test_any_order_and_any_repetition_end_in_the_same_rows(
    office: Office,
    stored: Stored,
    in_order: Facts,
    tell: Tell,
    story: list[Told],
    repeated: list[Told],
    pauses: set[int],
) -> None:
    await forget_everything(office.database)
    for index, told in enumerate([*story, *repeated]):
        await tell(told)
        if index in pauses:
            await attribute(office, stored)
    assert await settled(office, stored) == in_order


async def test_all_at_once_end_in_the_same_rows(
    office: Office, stored: Stored, in_order: Facts, tell: Tell
) -> None:
    for round_ in range(3):
        story = [*STORY, *STORY]
        Random(round_).shuffle(story)
        await asyncio.gather(*map(tell, story))
        assert await settled(office, stored) == in_order
        await forget_everything(office.database)


_OBSERVED = st.builds(
    lambda source, number, minute, state, commit, environment: (
        source,
        deployment(
            f"{source.name}{number}",
            commit,
            minute,
            state,
            environment=environment,
            pull_requests=(number, minute) if state is FAILURE else (),
        ),
    ),
    st.sampled_from((GITHUB, INTAKE, ARGO)),
    st.integers(1, 3),
    st.integers(1, 50),
    st.sampled_from(DeploymentState),
    st.sampled_from("1112"),
    st.sampled_from(("production", "Production")),
)

_STORIES = st.lists(
    _OBSERVED, min_size=2, max_size=9, unique_by=lambda told: (told[0].name, told[1].moment)
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(story=_STORIES, random=st.randoms())
async def test_any_story_ends_in_the_same_rows(
    office: Office,
    stored: Stored,
    tell: Tell,
    story: list[tuple[Source, Observation]],
    random: Random,
) -> None:
    states = []
    for _ in range(2):
        await forget_everything(office.database)
        for told in story:
            await tell(told)
        states.append(await settled(office, stored))
        random.shuffle(story)
    assert states[0] == states[1]


async def test_the_rows_are_the_right_ones(in_order: Facts) -> None:
    joined: dict[str, list[str]] = {}
    for row in in_order["deployment_source"]:
        _, (_, led_by) = row["deployment_id"]
        joined.setdefault(led_by, []).append(row["external_id"])
    known_as = {
        RECORDED.known_as: "recorded",
        TAKEN_BACK.known_as: "taken back",
    }
    assert {
        " ".join(sorted(known_as.get(each, each) for each in names)) for names in joined.values()
    } == {
        "a1 g1 i1",
        "a2 g2 i2 recorded",
        "g3 i3",
        "a3 g4 i4",
        "g5 i5",
        "i6 taken back",
        "i7",
        "a7 g7",
    }
    rows = {row["external_id"]: row for row in in_order["deployment"]}
    assert {name for name, row in rows.items() if row["status"] != "SUCCESS"} == {"i6"}
    assert rows["i6"]["status"] == "ROLLED_BACK"
    assert rows["g5"]["rollback_of_id"] == ("deployment", ("intake", "i6"))
    assert (rows["a2"]["started_at"], rows["a2"]["finished_at"]) == (at(-62), at(-58))


async def test_the_timeline_tells_each_once(in_order: Facts) -> None:
    bodies = [row["body"] for row in in_order["timeline_entry"] if row["kind"] == "DEPLOYMENT"]
    assert sorted(bodies) == [
        "Deployed 1111111 to production",
        "Deployed 2222222 to production: #7, #8, #42 Drop the column",
        "Deployed 3333333 to production: #10",
        "Deployed 3333333 to production: #42 Drop the column",
        "Deployed 3333333 to production: #9",
        "Deployed 4444444 to production: #7",
        "Rolled back to 1111111 in production",
    ]
    candidates = [row["deployment_id"] for row in in_order["attribution_candidate"]]
    assert len(candidates) == len(set(candidates))
