"""What is done at vendors because of what happened here: once, and without an echo."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

import pytest

from integrations.contract import (
    Connection,
    Denied,
    DeploymentNews,
    Http,
    Missing,
    ResolvesPages,
    TellsDeployments,
    Unwell,
)
from integrations.observation import DeploymentState, PageEvent, PageState
from server.commands import incident as incidents
from server.commands.merge_incidents import MergeIncidents, merge_incidents
from server.commands.work import Office
from server.domain.incident import IncidentStatus
from server.domain.viewer import Viewer
from server.jobs.resolve_page import ResolvePage
from server.jobs.tell_deployment import TellDeployment
from server.outbound.agents import Agent
from server.store import tables
from server.store.connection_state import POLL
from server.store.queue import JobKind
from tests.commands.conftest import Clock
from tests.commands.stored import Stored
from tests.commands.told import NOON, at, deployment, page, tell, the_incident

OUTWARD = frozenset({JobKind.RESOLVE_PAGE, JobKind.TELL_DEPLOYMENT})


@dataclass
class Toy:
    """A plugin that remembers what it was asked for, and raises what a test has it raise."""

    raises: list[Exception] = field(default_factory=list)
    resolved: list[tuple[str, str]] = field(default_factory=list)
    told: list[tuple[str, DeploymentNews]] = field(default_factory=list)

    async def resolve_page(self, connection: Connection, http: Http, external_id: str) -> None:
        if self.raises:
            raise self.raises.pop(0)
        self.resolved.append((connection.name, external_id))

    async def tell_deployment(
        self, connection: Connection, http: Http, news: DeploymentNews
    ) -> None:
        if self.raises:
            raise self.raises.pop(0)
        self.told.append((connection.name, news))

    def at(self, *names: str) -> list[Agent[Any]]:
        """Accounts at the paging system whose plugin this is."""
        http = cast("Http", None)
        return [
            Agent(self, Connection("pagerduty", each, "https://x"), http, "PagerDuty")
            for each in names
        ]


@pytest.fixture
def office(office: Office) -> Office:
    """An office of a house with a connection for everything."""
    return replace(office, outward=OUTWARD)


@pytest.fixture
def toy() -> Toy:
    return Toy()


async def run(office: Office, stored: Stored, toy: Toy, *names: str) -> list[timedelta | None]:
    """Run the jobs that wait, once."""
    jobs = (
        ResolvePage(office, toy.at(*names or ("acme",))),
        TellDeployment(office, toy.at(*names or ("acme",))),
    )
    waiting = [(job, each) for job in jobs for each in await stored.jobs(job.kind)]
    await stored.lose_jobs()
    return [await job.run(each, 1) for job, each in waiting]


async def resolve(office: Office, viewer: Viewer, incident_id: UUID) -> None:
    """Resolve an incident, as a person does."""
    changes = {"status": IncidentStatus.RESOLVED.value}
    await incidents.update(office, viewer, incidents.Update(incident_id, changes))


@pytest.fixture
async def opened(office: Office, stored: Stored) -> UUID:
    """The incident of a page that is open."""
    await tell(office, page(PageEvent.TRIGGERED, -30, created_at=at(-30)))
    return await the_incident(stored)


def test_the_toy_has_the_powers(toy: Toy) -> None:
    assert isinstance(toy, ResolvesPages)
    assert isinstance(toy, TellsDeployments)


async def test_who_resolves_here_resolves_there_once(
    office: Office, viewer: Viewer, stored: Stored, clock: Clock, toy: Toy, opened: UUID
) -> None:
    await resolve(office, viewer, opened)
    waiting = await stored.jobs(JobKind.RESOLVE_PAGE)
    await run(office, stored, toy)
    assert toy.resolved == [("acme", "PINC")]
    job = ResolvePage(office, toy.at("acme"))
    assert [await job.run(each, 1) for each in waiting] == [None]
    before = await stored.row(tables.incident, id=opened)
    echo = page(PageEvent.RESOLVED, 1, state=PageState.RESOLVED, created_at=at(-30))
    await tell(office, echo, echo)
    assert not await stored.jobs(JobKind.RESOLVE_PAGE)
    after = await stored.row(tables.incident, id=opened)
    assert (after["status"], after["resolved_at"]) == (before["status"], before["resolved_at"])
    await tell(office, page(PageEvent.REOPENED, 5, created_at=at(-30)))
    assert (await stored.row(tables.incident, id=opened))["status"] == "INVESTIGATING"
    assert await job.run(opened, 1) is None
    assert toy.resolved == [("acme", "PINC")]
    clock.forward(minutes=10)
    await resolve(office, viewer, opened)
    await run(office, stored, toy)
    assert toy.resolved == [("acme", "PINC")] * 2


async def test_what_was_resolved_there_is_not_resolved_again(
    office: Office, viewer: Viewer, stored: Stored, toy: Toy, opened: UUID
) -> None:
    await tell(office, page(PageEvent.RESOLVED, -1, state=PageState.RESOLVED))
    assert not await stored.jobs(JobKind.RESOLVE_PAGE)
    assert await ResolvePage(office, toy.at("acme")).run(opened, 1) is None
    assert toy.resolved == []


async def test_all_pages_of_an_incident_are_resolved_at_their_account(
    office: Office, viewer: Viewer, stored: Stored, toy: Toy, opened: UUID
) -> None:
    other = replace(page(PageEvent.TRIGGERED, -20, created_at=at(-20)), external_id="POTHER")
    await tell(office, other)
    second = await stored.row(tables.incident, external_id="POTHER")
    await merge_incidents(office, viewer, MergeIncidents(second["id"], opened))
    await resolve(office, viewer, opened)
    toy.raises = [Missing()]
    await run(office, stored, toy, "one", "two")
    assert {name for _, name in toy.resolved} == {"PINC", "POTHER"}
    assert {account for account, _ in toy.resolved} == {"one", "two"}


async def test_a_vendor_that_is_unwell_is_asked_again(
    office: Office, viewer: Viewer, stored: Stored, toy: Toy, opened: UUID
) -> None:
    await resolve(office, viewer, opened)
    toy.raises = [Unwell("GET / answered 503.", again_in=90)]
    assert await run(office, stored, toy) == [timedelta(seconds=90)]
    assert await ResolvePage(office, toy.at("acme")).run(opened, 2) is None
    assert toy.resolved == [("acme", "PINC")]


async def test_what_a_vendor_refuses_is_told_and_not_tried_again(
    office: Office, viewer: Viewer, stored: Stored, clock: Clock, toy: Toy, opened: UUID
) -> None:
    await stored.add(
        tables.connection_state,
        integration="pagerduty",
        connection="acme",
        stream=POLL,
        due_at=clock.now,
    )
    await resolve(office, viewer, opened)
    toy.raises = [Denied("PUT /incidents was answered 403.")]
    assert await run(office, stored, toy) == [None]
    (state,) = await stored.rows(tables.connection_state)
    assert (state["failure_code"], state["failures"]) == ("DENIED", 0)
    assert state["failure_message"] == "PUT /incidents was answered 403."


async def test_a_deployment_that_ended_is_told_each_connection_once(
    office: Office, stored: Stored, toy: Toy
) -> None:
    url = "https://ci.example/1"
    await tell(office, deployment("d1", "1", -5, DeploymentState.IN_PROGRESS, url=url))
    assert not await stored.jobs(JobKind.TELL_DEPLOYMENT)
    await tell(office, deployment("d1", "1", -4, url=url))
    (waiting,) = await stored.jobs(JobKind.TELL_DEPLOYMENT)
    toy.raises = [Unwell()]
    (wait,) = await run(office, stored, toy, "one", "two")
    assert wait is not None
    assert [name for name, _ in toy.told] == ["two"]
    job = TellDeployment(office, toy.at("one", "two"))
    assert [await job.run(waiting, each) for each in (2, 3)] == [None, None]
    assert [name for name, _ in toy.told] == ["two", "one"]
    assert toy.told[0][1] == DeploymentNews(
        key=waiting.hex,
        repository="acme/shop",
        sha="1" * 40,
        environment="production",
        state=DeploymentState.SUCCESS,
        finished_at=at(-4),
        service="shop",
        url=url,
    )


async def test_the_past_is_no_news(office: Office, stored: Stored, clock: Clock, toy: Toy) -> None:
    await tell(office, deployment("old", "1", -90))
    assert not await stored.jobs(JobKind.TELL_DEPLOYMENT)
    await tell(office, deployment("new", "2", -1, DeploymentState.FAILURE))
    clock.now = NOON + timedelta(hours=2)
    await run(office, stored, toy)
    assert toy.told == []


async def test_nothing_waits_where_no_connection_would_do_it(
    office: Office, viewer: Viewer, stored: Stored, opened: UUID
) -> None:
    alone = replace(office, outward=frozenset())
    await resolve(alone, viewer, opened)
    await tell(alone, deployment("d1", "1", -1))
    for kind in OUTWARD:
        assert not await stored.jobs(kind)
