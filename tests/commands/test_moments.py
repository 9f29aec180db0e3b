"""The moments of an incident, kept as its account changes."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from integrations.observation import PageEvent
from server.commands import hypothesis as hypotheses
from server.commands import incident as incidents
from server.commands import timeline
from server.commands.hypothesis import Raise, Settle
from server.commands.merge_incidents import MergeIncidents, merge_incidents
from server.commands.timeline import AddEntries, Entry, RetractEntry, ReviseEntry
from server.commands.verdict import RecordVerdict, record_verdict
from server.commands.work import Office
from server.domain.attribution import VerdictKind
from server.domain.hypothesis import HypothesisState
from server.domain.incident import Severity
from server.domain.timeline import TimelineKind
from server.domain.viewer import Viewer
from server.store.database import Row
from server.store.tables import moment, timeline_revision
from tests.commands.conftest import MONDAY
from tests.commands.stored import Stored
from tests.commands.told import GRACE, page, tell


async def moments(stored: Stored, incident_id: UUID) -> dict[str, Row]:
    rows = await stored.rows(moment, incident_id=incident_id)
    assert sorted(row["place"] for row in rows) == list(range(7))
    return {row["kind"]: row for row in rows}


async def told(office: Office, viewer: Viewer, incident_id: UUID, *kinds: TimelineKind) -> Any:
    entries = tuple(Entry(kind, MONDAY, f"Told: {kind}") for kind in kinds)
    return await timeline.add(office, viewer, AddEntries(incident_id, entries))


async def test_an_incident_begins_with_its_declaration_alone(
    office: Office, viewer: Viewer, incident_id: UUID, stored: Stored
) -> None:
    (declared,) = await stored.timeline(incident_id)
    found = await moments(stored, incident_id)
    assert {kind for kind, row in found.items() if not row["missing"]} == {"DECLARED"}
    assert found["DECLARED"]["entry_id"] == declared["id"]
    assert found["DECLARED"]["questions"] == [
        "Who was paged, or how else did responders come to know of it?"
    ]


async def test_entries_tell_moments_until_they_are_revised_or_retracted(
    office: Office, viewer: Viewer, incident_id: UUID, stored: Stored
) -> None:
    anomaly, cause = await told(
        office, viewer, incident_id, TimelineKind.ANOMALY, TimelineKind.ROOT_CAUSE
    )
    found = await moments(stored, incident_id)
    assert found["FIRST_ANOMALY"]["entry_id"] == anomaly
    assert found["ROOT_CAUSE"]["entry_id"] == cause
    await timeline.revise(office, viewer, ReviseEntry(cause, {"kind": "MITIGATION"}))
    await timeline.retract(office, viewer, RetractEntry(anomaly))
    found = await moments(stored, incident_id)
    assert found["MITIGATION"]["entry_id"] == cause
    assert found["ROOT_CAUSE"]["missing"]
    assert found["FIRST_ANOMALY"]["missing"]


async def test_what_an_incident_tells_of_itself_answers_questions(
    office: Office, viewer: Viewer, incident_id: UUID, stored: Stored
) -> None:
    await told(office, viewer, incident_id, TimelineKind.ANOMALY, TimelineKind.PAGED)
    found = await moments(stored, incident_id)
    assert found["FIRST_ANOMALY"]["questions"] == ["In which signal did it show first?"]
    assert found["DECLARED"]["questions"] == []
    await incidents.update(
        office, viewer, incidents.Update(incident_id, {"detected_by": "ERROR_RATE"})
    )
    assert (await moments(stored, incident_id))["FIRST_ANOMALY"]["questions"] == []


async def test_hypotheses_are_open_until_each_is_settled(
    office: Office, viewer: Viewer, incident_id: UUID, stored: Stored
) -> None:
    raised = await hypotheses.raise_(office, viewer, Raise(incident_id, "The cache"))
    found = (await moments(stored, incident_id))["HYPOTHESES"]
    assert not found["missing"]
    assert found["questions"]
    await hypotheses.settle(
        office, viewer, Settle(raised, HypothesisState.RULED_OUT, "It was empty")
    )
    assert (await moments(stored, incident_id))["HYPOTHESES"]["questions"] == []


async def test_a_verdict_says_whether_a_deployment_is_missing(
    office: Office, viewer: Viewer, incident_id: UUID, stored: Stored
) -> None:
    assert (await moments(stored, incident_id))["DEPLOYED"]["missing"]
    await record_verdict(office, viewer, RecordVerdict(incident_id, VerdictKind.NOT_A_DEPLOYMENT))
    assert not (await moments(stored, incident_id))["DEPLOYED"]["missing"]
    deployment = await stored.deployment(MONDAY - timedelta(hours=1))
    verdict = RecordVerdict(incident_id, VerdictKind.CAUSED_BY_DEPLOYMENT, deployment)
    await record_verdict(office, viewer, verdict)
    found = (await moments(stored, incident_id))["DEPLOYED"]
    entries = {entry["id"]: entry for entry in await stored.timeline(incident_id)}
    assert entries[found["entry_id"]]["deployment_id"] == deployment
    assert found["questions"] == [
        "Which pull requests did it contain, how large, and merged by whom?"
    ]


async def test_pages_tell_moments_too(office: Office, stored: Stored, paged: UUID) -> None:
    await tell(office, page(PageEvent.RESOLVED, 9, paged=(GRACE,)))
    found = await moments(stored, paged)
    assert found["DECLARED"]["questions"] == []
    assert not found["RECOVERY"]["missing"]


async def test_merged_records_give_one_account(
    office: Office, viewer: Viewer, incident_id: UUID, stored: Stored
) -> None:
    other = await incidents.declare(office, viewer, incidents.Declare("Again", Severity.SEV3))
    (anomaly,) = await told(office, viewer, other, TimelineKind.ANOMALY)
    await merge_incidents(office, viewer, MergeIncidents(other, incident_id))
    assert (await moments(stored, incident_id))["FIRST_ANOMALY"]["entry_id"] == anomaly
    await timeline.retract(office, viewer, RetractEntry(anomaly))
    assert (await moments(stored, incident_id))["FIRST_ANOMALY"]["missing"]


async def test_revisions_keep_when_it_was_known_and_where_it_is_shown(
    office: Office, viewer: Viewer, incident_id: UUID, stored: Stored
) -> None:
    known_at, url = MONDAY + timedelta(minutes=3), "https://example.com/graph"
    entry = Entry(TimelineKind.ANOMALY, MONDAY, "Errors rise", known_at=known_at, url=url)
    (entry_id,) = await timeline.add(office, viewer, AddEntries(incident_id, (entry,)))
    later = known_at + timedelta(minutes=9)
    await timeline.revise(office, viewer, ReviseEntry(entry_id, {"known_at": later, "url": None}))
    (revision,) = await stored.rows(timeline_revision, entry_id=entry_id)
    assert (revision["known_at"], revision["url"]) == (known_at, url)
