"""A deployment that several sources tell of is one row, however it is told."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from integrations.observation import DeploymentState, PageEvent
from server.commands import deployment as deployments
from server.commands import hypothesis
from server.commands.attribution import recompute
from server.commands.deployment import Record
from server.commands.observe import Source, observe
from server.commands.timeline import AddEntries, Entry, ReviseEntry, add, revise
from server.commands.verdict import RecordVerdict, record_verdict
from server.commands.work import Office
from server.domain.attribution import VerdictKind
from server.domain.deployment import DeploymentStatus
from server.domain.timeline import TimelineKind
from server.domain.viewer import Viewer
from server.store import tables
from server.store.database import Row
from server.store.queue import JobKind
from tests.commands.conftest import Clock
from tests.commands.stored import Stored, refusal
from tests.commands.told import (
    GITHUB,
    REPOSITORY,
    at,
    deployment,
    page,
    pull_request,
    push,
    sha,
    tell,
    the_incident,
)
from tests.commands.two_sources import ARGO, BOB, INTAKE

IN_PROGRESS, FAILURE = DeploymentState.IN_PROGRESS, DeploymentState.FAILURE


async def say(office: Office, source: Source, *seen: Any) -> None:
    """Observe these as one source's, each in a delivery of its own."""
    for each in seen:
        async with office.work() as work:
            await observe(work, source, [each])


async def names_of(stored: Stored) -> set[frozenset[str]]:
    """The deployments, each by what its sources call it."""
    found: dict[UUID, set[str]] = {row["id"]: set() for row in await stored.rows(tables.deployment)}
    for row in await stored.rows(tables.deployment_source):
        found[row["deployment_id"]].add(f"{row['source']} {row['external_id']}")
    return set(map(frozenset, found.values()))


async def the_deployment(stored: Stored) -> Row:
    (row,) = await stored.rows(tables.deployment)
    return row


async def test_three_sources_tell_of_one(
    office: Office, viewer: Viewer, stored: Stored, clock: Clock
) -> None:
    told = deployment("7", "1", 0, IN_PROGRESS, ref="main"), deployment("7", "1", 5)
    await say(office, GITHUB, *told)
    before = await the_deployment(stored)
    pipeline = deployment("run-1", "1", 6, url="https://ci.example/1", deployer=BOB)
    await say(office, INTAKE, replace(pipeline, environment="Production", pull_requests=(12,)))
    clock.forward(minutes=7)
    command = Record(REPOSITORY.upper(), sha("1"), DeploymentStatus.SUCCESS, pull_requests=(13,))
    assert await deployments.record(office, viewer, command, "key") == before["id"]
    assert await deployments.record(office, viewer, command, "key") == before["id"]
    row = await the_deployment(stored)
    assert (row["source"], row["external_id"]) == ("github", "7")
    assert (row["repository"], row["environment"]) == (REPOSITORY, "production")
    assert (row["started_at"], row["finished_at"]) == (at(0), at(5))
    assert (row["ref"], row["url"]) == ("main", "https://ci.example/1")
    deployer = await stored.row(tables.person, id=row["deployer_id"])
    assert deployer["name"] == "Bob"
    links = await stored.rows(tables.deployment_pull_request, deployment_id=row["id"])
    assert len(links) == 2
    assert all(each["recorded"] for each in links)


async def test_one_that_is_made_again_an_hour_later_is_another(
    office: Office, stored: Stored
) -> None:
    for minute, name in ((0, "1"), (60, "2")):
        await say(office, GITHUB, deployment(f"g{name}", "1", minute))
        await say(office, INTAKE, deployment(f"i{name}", "1", minute + 1))
    assert await names_of(stored) == {
        frozenset({"github g1", "intake i1"}),
        frozenset({"github g2", "intake i2"}),
    }


async def test_what_comes_late_shows_that_two_are_one(office: Office, stored: Stored) -> None:
    await say(office, GITHUB, deployment("g", "1", 0, FAILURE))
    await say(office, INTAKE, deployment("i", "1", 18))
    first, second = sorted(row["id"] for row in await stored.rows(tables.deployment))
    await say(office, ARGO, deployment("a", "1", 9, IN_PROGRESS))
    row = await the_deployment(stored)
    assert (row["id"], row["source"], row["status"]) == (first, "argo", "SUCCESS")
    (redirect,) = await stored.rows(tables.deployment_redirect)
    assert (redirect["id"], redirect["deployment_id"]) == (second, first)


async def test_what_comes_late_shows_that_one_is_two(office: Office, stored: Stored) -> None:
    await say(office, GITHUB, deployment("g1", "1", 0, FAILURE))
    await say(office, INTAKE, deployment("i", "1", 9, pull_requests=(12,)))
    kept = (await the_deployment(stored))["id"]
    await say(office, GITHUB, deployment("g2", "1", 8))
    assert await names_of(stored) == {
        frozenset({"github g1"}),
        frozenset({"github g2", "intake i"}),
    }
    alone = await stored.row(tables.deployment, external_id="g1")
    assert (alone["id"], alone["status"], alone["finished_at"]) == (kept, "FAILURE", at(0))
    assert await stored.rows(tables.deployment_pull_request, deployment_id=kept) == []
    both = await stored.row(tables.deployment, external_id="g2")
    assert len(await stored.rows(tables.deployment_pull_request, deployment_id=both["id"])) == 1


async def test_one_that_moves_leaves_the_others(office: Office, stored: Stored) -> None:
    await say(office, GITHUB, deployment("g", "1", 0))
    await say(office, INTAKE, deployment("i", "1", 1))
    await say(office, GITHUB, deployment("g", "2", 2))
    rows = {row["external_id"]: row["sha"] for row in await stored.rows(tables.deployment)}
    assert rows == {"g": sha("2"), "i": sha("1")}
    await say(office, INTAKE, deployment("i", "2", 3))
    assert await names_of(stored) == {frozenset({"github g", "intake i"})}


async def test_those_who_tell_at_once_tell_of_one(
    office: Office, viewer: Viewer, stored: Stored, clock: Clock
) -> None:
    clock.forward(minutes=3)
    for _ in range(3):
        await asyncio.gather(
            say(office, GITHUB, deployment("g", "1", 0, IN_PROGRESS), deployment("g", "1", 5)),
            say(office, INTAKE, deployment("i", "1", 4)),
            deployments.record(office, viewer, Record("ACME/shop", sha("1"), SUCCESS)),
        )
    assert len(await stored.rows(tables.deployment)) == 1


# ── what a person said ───────────────────────────────────────────────────────

SUCCESS = DeploymentStatus.SUCCESS
SAID = Record(REPOSITORY, sha("1"), SUCCESS, external_id="run-1", finished_at=at(-1), ref="v1")


async def test_what_a_person_said_no_source_overwrites(
    office: Office, viewer: Viewer, stored: Stored
) -> None:
    shop = await stored.add(tables.service, slug="cart", name="Cart", automatic=False)
    await deployments.record(office, viewer, replace(SAID, service="cart"))
    await say(office, GITHUB, deployment("g", "1", -9, IN_PROGRESS, ref="main"))
    await say(office, GITHUB, deployment("g", "1", 3, FAILURE, url="https://ci.example/1"))
    row = await the_deployment(stored)
    assert (row["status"], row["finished_at"], row["ref"]) == ("SUCCESS", at(-1), "v1")
    assert (row["started_at"], row["url"]) == (at(-9), "https://ci.example/1")
    assert row["service_id"] == shop


async def test_a_person_says_that_it_was_taken_back(
    office: Office, viewer: Viewer, stored: Stored
) -> None:
    taken_back = DeploymentStatus.ROLLED_BACK
    await say(office, GITHUB, deployment("g", "1", -2))
    await deployments.record(office, viewer, replace(SAID, status=taken_back))
    await say(office, GITHUB, deployment("g", "1", 2))
    row = await the_deployment(stored)
    assert (row["status"], row["edited"]) == ("ROLLED_BACK", ["status"])


async def test_sources_see_an_end_that_nobody_recorded(
    office: Office, viewer: Viewer, stored: Stored
) -> None:
    begun = replace(SAID, status=DeploymentStatus.IN_PROGRESS, finished_at=None, started_at=at(-9))
    await deployments.record(office, viewer, begun)
    await say(office, GITHUB, deployment("g", "1", -2, FAILURE))
    row = await the_deployment(stored)
    assert (row["status"], row["started_at"], row["finished_at"]) == ("FAILURE", at(-9), at(-2))


async def test_a_row_of_a_release_that_kept_no_tellings_is_found_and_kept(
    office: Office, viewer: Viewer, stored: Stored
) -> None:
    known = {"repository": REPOSITORY, "sha": sha("1"), "ref": "main"}
    by_hand = await stored.deployment(at(0), source="api", external_id="run-1", **known)
    told = await stored.deployment(at(60), source="github", external_id="g", **known)
    assert await deployments.record(office, viewer, replace(SAID, ref=None)) == by_hand
    await say(office, GITHUB, deployment("g", "1", 60))
    rows = {row["id"]: row["ref"] for row in await stored.rows(tables.deployment)}
    assert rows == {by_hand: "main", told: None}
    refused = deployments.record(office, viewer, replace(SAID, sha=sha("2")))
    assert len(await refusal(refused)) == 1


# ── what hangs on it ─────────────────────────────────────────────────────────


async def two_that_are_one(office: Office, stored: Stored) -> tuple[UUID, UUID]:
    """An incident's deployment that is held to be two; the older, and the younger."""
    await tell(office, push("0", "1", minute=-300), deployment("before", "1", -290))
    await tell(office, push("1", "2", minute=-60), pull_request(42, -60, "2"))
    await say(office, GITHUB, deployment("g", "2", -30))
    await say(office, INTAKE, deployment("i", "2", -12))
    await tell(office, page(PageEvent.TRIGGERED, 0))
    incident_id = await the_incident(stored)
    (built,) = await stored.rows(tables.service_source, source="repository")
    await stored.put(
        tables.incident_service, incident_id=incident_id, service_id=built["service_id"]
    )
    await recompute(office, incident_id)
    ids = [(await stored.row(tables.deployment, external_id=name))["id"] for name in ("g", "i")]
    return ids[0], ids[1]


async def join_them(office: Office, stored: Stored) -> UUID:
    """Let it be seen that the two are one, and the incident be attributed anew; the incident."""
    incident_id = await the_incident(stored)
    await say(office, GITHUB, deployment("g", "2", -20))
    await recompute(office, incident_id)
    return incident_id


async def told_of(stored: Stored, incident_id: UUID) -> list[Row]:
    """The entries that stand in the timeline for deployments of the second commit."""
    rows = await stored.timeline(incident_id)
    return [row for row in rows if row["kind"] == "DEPLOYMENT" and sha("2")[:7] in row["body"]]


async def test_all_that_refers_to_one_refers_to_the_other(
    office: Office, viewer: Viewer, stored: Stored
) -> None:
    older, younger = await two_that_are_one(office, stored)
    incident_id = await the_incident(stored)
    kind = VerdictKind.CAUSED_BY_DEPLOYMENT
    await record_verdict(office, viewer, RecordVerdict(incident_id, kind, younger))
    first, second = await told_of(stored, incident_id)
    raised = hypothesis.Raise(incident_id, "The column is gone", (second["id"],))
    hypothesis_id = await hypothesis.raise_(office, viewer, raised)
    note = Entry(TimelineKind.NOTE, at(1), "It was this one", deployment=younger)
    (noted,) = await add(office, viewer, AddEntries(incident_id, (note,)))
    await join_them(office, stored)

    assert [row["id"] for row in await told_of(stored, incident_id) if not row["retracted"]] == [
        first["id"]
    ]
    evidence = await stored.row(tables.hypothesis_evidence, hypothesis_id=hypothesis_id)
    assert evidence["entry_id"] == first["id"]
    assert (await stored.row(tables.timeline_entry, id=noted))["deployment_id"] == older
    kept = await stored.row(tables.attribution, incident_id=incident_id)
    assert kept["verdict_deployment_id"] == kept["linked_id"] == older
    candidates = await stored.rows(tables.attribution_candidate, incident_id=incident_id)
    assert [row["deployment_id"] for row in candidates].count(older) == 1
    assert len(candidates) == 2
    await stored.feed(incident_id)


async def test_an_id_that_led_to_one_leads_to_the_other(
    office: Office, viewer: Viewer, stored: Stored
) -> None:
    older, younger = await two_that_are_one(office, stored)
    incident_id = await join_them(office, stored)
    kind = VerdictKind.CAUSED_BY_DEPLOYMENT
    await record_verdict(office, viewer, RecordVerdict(incident_id, kind, younger))
    kept = await stored.row(tables.attribution, incident_id=incident_id)
    assert kept["verdict_deployment_id"] == older
    note = Entry(TimelineKind.NOTE, at(1), "It was this one", deployment=younger)
    (noted,) = await add(office, viewer, AddEntries(incident_id, (note,)))
    assert (await stored.row(tables.timeline_entry, id=noted))["deployment_id"] == older


async def test_an_entry_that_a_person_revised_is_the_one_that_stays(
    office: Office, viewer: Viewer, stored: Stored
) -> None:
    await two_that_are_one(office, stored)
    incident_id = await the_incident(stored)
    _, second = await told_of(stored, incident_id)
    body = f"Deployed {sha('2')[:7]} by hand"
    await revise(office, viewer, ReviseEntry(second["id"], {"body": body}))
    await join_them(office, stored)
    (standing,) = [row for row in await told_of(stored, incident_id) if not row["retracted"]]
    assert (standing["id"], standing["body"]) == (second["id"], body)


async def test_rollbacks_are_seen_through_what_is_one(office: Office, stored: Stored) -> None:
    await two_that_are_one(office, stored)
    await say(office, INTAKE, deployment("back", "1", 20))
    back = await stored.row(tables.deployment, external_id="back")
    assert back["rollback_of_id"] == (await stored.row(tables.deployment, external_id="i"))["id"]
    await join_them(office, stored)
    joined = await stored.row(tables.deployment, external_id="g")
    back = await stored.row(tables.deployment, external_id="back")
    assert (joined["status"], back["rollback_of_id"]) == ("ROLLED_BACK", joined["id"])
    commits = await stored.rows(tables.deployment_commit, deployment_id=joined["id"])
    assert [row["sha"] for row in commits] == [sha("2")]


async def test_what_took_a_deployment_back_by_mistake_releases_it(
    office: Office, stored: Stored
) -> None:
    """A telling that is far too late looks like a rollback, until it is seen to be no other."""
    await say(office, GITHUB, deployment("old", "1", 0))
    await say(office, GITHUB, deployment("new", "2", 4))
    late = deployment("i", "1", 12)
    await say(office, INTAKE, late)
    assert (await stored.row(tables.deployment, external_id="new"))["status"] == "ROLLED_BACK"
    await say(office, GITHUB, deployment("old", "1", 3, url="https://ci.example/1"))
    new = await stored.row(tables.deployment, external_id="new")
    assert new["status"] == "SUCCESS"
    assert {row["rollback_of_id"] for row in await stored.rows(tables.deployment)} == {None}


async def test_the_incidents_of_both_are_attributed_anew(
    office: Office, viewer: Viewer, stored: Stored, clock: Clock
) -> None:
    await two_that_are_one(office, stored)
    clock.now = at(0) + timedelta(minutes=30)
    incident_id = await the_incident(stored)
    async with office.work() as work:
        await work.tx.run(tables.incident.update().values(resolved_at=at(1)))
    await recompute(office, incident_id)
    assert await stored.jobs(JobKind.ATTRIBUTE) == []
    await say(office, GITHUB, deployment("g", "2", -20))
    assert await stored.jobs(JobKind.ATTRIBUTE) == [incident_id]
