"""Which deployment caused an incident: found from what is stored, overruled by people."""

from uuid import UUID

import pytest

from integrations.observation import DeploymentState, Observation, PageEvent, PageState
from server.commands import timeline
from server.commands.attribution import recompute
from server.commands.verdict import RecordVerdict, record_verdict
from server.commands.work import Office
from server.domain.attribution import LINK_THRESHOLD, VerdictKind
from server.domain.viewer import Viewer
from server.errors import ErrorCode, Forbidden
from server.store import tables
from server.store.database import Row
from server.store.ids import new_id
from server.store.queue import JobKind
from server.store.statements import delete_rows, insert_row, update_row
from tests.commands.stored import Stored, refusal
from tests.commands.told import (
    GRACE,
    deployment,
    page,
    pull_request,
    push,
    tell,
    the_incident,
)

CAUSED = VerdictKind.CAUSED_BY_DEPLOYMENT
NOT_ONE = VerdictKind.NOT_A_DEPLOYMENT

COLUMN_DROPPED: tuple[Observation, ...] = (
    push("0", "1", minute=-300),
    deployment("first", "1", -290),
    push("1", "2", minute=-60),
    push("2", "3", minute=-50),
    pull_request(41, -60, "2", title="Stop reading the column"),
    pull_request(42, -50, "3", title="Drop the column", depends_on=(40,)),
    deployment("dropped", "3", -5),
    page(PageEvent.TRIGGERED, 0, paged=(GRACE,)),
)


async def make_services_one(office: Office, stored: Stored) -> None:
    """Let the repository's service be the page's, as somebody would with `upsertService`."""
    built = await stored.row(tables.service_source, source="repository")
    (linked,) = await stored.rows(tables.incident_service)
    async with office.work() as work:
        owner: dict[str, object] = {"service_id": built["service_id"]}
        await update_row(work.tx, tables.service_source, owner, source="pagerduty")
        await delete_rows(work.tx, tables.incident_service, incident_id=linked["incident_id"])
        await insert_row(
            work.tx,
            tables.incident_service,
            incident_id=linked["incident_id"],
            service_id=built["service_id"],
        )


@pytest.fixture
async def caused(office: Office, stored: Stored) -> UUID:
    """An incident five minutes after a column was dropped; attributed."""
    await tell(office, *COLUMN_DROPPED)
    await make_services_one(office, stored)
    incident_id = await the_incident(stored)
    await recompute(office, incident_id)
    return incident_id


async def ranked(stored: Stored, incident_id: UUID) -> list[str]:
    """The candidates' names, the likeliest first."""
    rows = await stored.rows(tables.attribution_candidate, incident_id=incident_id)
    names = {row["id"]: row["external_id"] for row in await stored.rows(tables.deployment)}
    return [names[row["deployment_id"]] for row in sorted(rows, key=lambda row: row["rank"])]


async def id_of(stored: Stored, external_id: str) -> UUID:
    found: UUID = (await stored.row(tables.deployment, external_id=external_id))["id"]
    return found


async def kept(stored: Stored, incident_id: UUID) -> Row:
    return await stored.row(tables.attribution, incident_id=incident_id)


async def test_the_deployment_that_dropped_the_column_comes_first_and_says_why(
    stored: Stored, caused: UUID
) -> None:
    assert await ranked(stored, caused) == ["dropped", "first"]
    row = await stored.row(
        tables.attribution_candidate, deployment_id=await id_of(stored, "dropped")
    )
    told = {line["kind"]: line["detail"] for line in row["evidence"]}
    assert told["OUT_OF_ORDER"] == "The deployment was to follow #40, which was not deployed yet"
    assert told["SCHEMA_CHANGE"] == "Title of #42 speaks of dropping a column"
    assert told["SERVICE_AFFECTED"] == "Runs on the affected service shop"
    answer = await kept(stored, caused)
    candidates = await stored.rows(tables.attribution_candidate, incident_id=caused)
    total = answer["not_a_deployment"] + sum(each["probability"] for each in candidates)
    assert total == pytest.approx(1)
    linked = row["probability"] >= LINK_THRESHOLD
    assert answer["linked_id"] == (row["deployment_id"] if linked else None)
    suspects = await stored.rows(tables.suspect, incident_id=caused)
    assert {each["deployment_id"] for each in suspects} == {
        each["deployment_id"] for each in candidates
    }


async def test_names_in_the_evidence_get_a_rendering_without_them(
    office: Office, stored: Stored
) -> None:
    titled = {"title": "Hopper queue stalls"}
    await tell(
        office,
        push("0", "1", minute=-9),
        pull_request(7, -9, "1", title="Shrink the Hopper queue"),
        deployment("d", "1", -5),
        page(PageEvent.TRIGGERED, 0, paged=(GRACE,), **titled),
    )
    await recompute(office, await the_incident(stored))
    (row,) = await stored.rows(tables.attribution_candidate)
    told, redacted = (
        {line["kind"]: line["detail"] for line in row[name]}["SHARED_WORDS"]
        for name in ("evidence", "evidence_redacted")
    )
    assert told == "Words shared with the incident: Hopper, queue"
    assert redacted == "Words shared with the incident: an engineer, queue"


async def test_a_dependency_that_was_deployed_before_is_no_evidence(
    office: Office, stored: Stored, caused: UUID
) -> None:
    await tell(office, push("0", "9", minute=-301, ref="refs/heads/old"))
    await tell(office, deployment("earlier", "9", -295), pull_request(40, -301, "9"))
    await recompute(office, caused)
    row = await stored.row(
        tables.attribution_candidate, deployment_id=await id_of(stored, "dropped")
    )
    assert "OUT_OF_ORDER" not in {line["kind"] for line in row["evidence"]}


async def test_a_rollback_that_ended_it_makes_it_certain(
    office: Office, stored: Stored, caused: UUID
) -> None:
    before = await kept(stored, caused)
    await tell(
        office, deployment("back", "1", 20), page(PageEvent.RESOLVED, 25, state=PageState.RESOLVED)
    )
    await recompute(office, caused)
    after = await kept(stored, caused)
    assert after["not_a_deployment"] < before["not_a_deployment"]
    assert after["linked_id"] == await id_of(stored, "dropped")


async def test_its_deployments_stand_in_the_timeline_as_they_are(
    office: Office, stored: Stored, caused: UUID
) -> None:
    async def told() -> list[str]:
        entries = await stored.timeline(caused)
        return [each["body"] for each in entries if each["kind"] == "DEPLOYMENT"]

    assert await told() == [
        "Deployed 1111111 to production",
        "Deployed 3333333 to production: #41 Stop reading the column, #42 Drop the column",
    ]
    await tell(office, pull_request(41, -59, "2", title="Read less"))
    await tell(office, deployment("next", "4", 5, DeploymentState.IN_PROGRESS))
    await recompute(office, caused)
    assert (await told())[1:] == [
        "Deployed 3333333 to production: #41 Read less, #42 Drop the column",
        "Deploying 4444444 to production",
    ]
    (revision,) = await stored.rows(tables.timeline_revision)
    assert "Stop reading" in revision["body"]


async def test_an_entry_goes_when_its_deployment_has_nothing_to_do_with_it_any_more(
    office: Office, stored: Stored, caused: UUID, viewer: Viewer
) -> None:
    entries = [each for each in await stored.timeline(caused) if each["kind"] == "DEPLOYMENT"]
    touched = timeline.ReviseEntry(entries[0]["id"], {"body": "We deployed the first one"})
    await timeline.revise(office, viewer, touched)
    await record_verdict(office, viewer, RecordVerdict(caused, NOT_ONE))
    async with office.work() as work:
        await delete_rows(work.tx, tables.incident_service, incident_id=caused)
    await recompute(office, caused)
    stand = {each["id"]: each for each in await stored.timeline(caused)}
    assert not stand[entries[0]["id"]]["retracted"]
    assert stand[entries[1]["id"]]["retracted"]
    assert (await stored.feed(caused))[-1] == ("TIMELINE", "RETRACTED")
    await record_verdict(
        office, viewer, RecordVerdict(caused, CAUSED, await id_of(stored, "dropped"))
    )
    again = {each["id"]: each for each in await stored.timeline(caused)}[entries[1]["id"]]
    assert not again["retracted"]
    assert again["body"] == entries[1]["body"]


async def test_computing_it_again_changes_nothing_and_takes_no_sequence(
    office: Office, stored: Stored, caused: UUID
) -> None:
    before = await kept(stored, caused), await stored.feed(caused)
    await recompute(office, caused)
    assert (await kept(stored, caused), await stored.feed(caused)) == before


async def test_one_computation_does_the_work_of_all_that_wait(
    office: Office, stored: Stored, caused: UUID
) -> None:
    await tell(office, *(deployment(f"d{number}", "5", number) for number in range(4)))
    assert len(await stored.jobs(JobKind.ATTRIBUTE)) == 4
    await recompute(office, caused)
    assert await stored.jobs(JobKind.ATTRIBUTE) == []


async def test_an_incident_that_is_gone_is_nobodys_trouble(office: Office) -> None:
    await recompute(office, new_id())


# ── verdicts ─────────────────────────────────────────────────────────────────


async def test_a_verdict_stands_above_the_model_and_survives_it(
    office: Office, stored: Stored, viewer: Viewer, caused: UUID
) -> None:
    first = await id_of(stored, "first")
    command = RecordVerdict(caused, CAUSED, first, "The cache was filled by it")
    assert await record_verdict(office, viewer, command) == caused
    await tell(office, pull_request(41, -59, "2", title="Read much less"))
    await recompute(office, caused)
    row = await kept(stored, caused)
    assert (row["verdict_kind"], row["verdict_deployment_id"]) == (CAUSED.value, first)
    assert (row["verdict_reason"], row["linked_id"]) == ("The cache was filled by it", first)
    (suspect,) = await stored.rows(tables.suspect, incident_id=caused)
    assert (suspect["deployment_id"], suspect["probability"]) == (first, 1.0)
    assert await ranked(stored, caused) == ["dropped", "first"]


async def test_a_verdict_that_it_was_no_deployment_unlinks_them_all(
    office: Office, stored: Stored, viewer: Viewer, caused: UUID
) -> None:
    await record_verdict(
        office, viewer, RecordVerdict(caused, CAUSED, await id_of(stored, "dropped"))
    )
    await record_verdict(office, viewer, RecordVerdict(caused, NOT_ONE))
    row = await kept(stored, caused)
    assert (row["verdict_kind"], row["linked_id"]) == (NOT_ONE.value, None)
    assert row["verdict_deployment_id"] is None
    assert await stored.rows(tables.suspect, incident_id=caused) == []


async def test_the_same_verdict_twice_is_one_change(
    office: Office, stored: Stored, viewer: Viewer, caused: UUID
) -> None:
    command = RecordVerdict(caused, NOT_ONE, reason="Grace Hopper saw the disk fill up")
    await record_verdict(office, viewer, command)
    feed = await stored.feed(caused)
    await record_verdict(office, viewer, command)
    assert await stored.feed(caused) == feed
    row = await kept(stored, caused)
    assert row["verdict_reason_redacted"] == "an engineer saw the disk fill up"


async def test_verdicts_that_make_no_sense_are_refused(
    office: Office, stored: Stored, viewer: Viewer, caused: UUID
) -> None:
    first = await id_of(stored, "first")

    async def refused(*command: object) -> set[tuple[ErrorCode, tuple[str, ...]]]:
        return await refusal(record_verdict(office, viewer, RecordVerdict(*command)))  # type: ignore[arg-type]  # positions

    assert await refused(new_id(), NOT_ONE) == {(ErrorCode.NOT_FOUND, ("incident",))}
    assert await refused(caused, CAUSED) == {(ErrorCode.INVALID, ("deployment",))}
    assert await refused(caused, NOT_ONE, first) == {(ErrorCode.INVALID, ("deployment",))}
    assert await refused(caused, CAUSED, new_id()) == {(ErrorCode.NOT_FOUND, ("deployment",))}
    assert await refused(caused, CAUSED, first, "x" * 20_001) == {(ErrorCode.TOO_MANY, ("reason",))}
    assert (await kept(stored, caused))["verdict_kind"] is None


async def test_a_verdict_needs_the_right_to_write(
    office: Office, reader: Viewer, caused: UUID
) -> None:
    with pytest.raises(Forbidden):
        await record_verdict(office, reader, RecordVerdict(caused, NOT_ONE))
