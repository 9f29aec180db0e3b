"""Adding, revising and retracting timeline entries."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from server.commands import hypothesis, timeline
from server.commands.incident import Declare, declare
from server.commands.timeline import AddEntries, Entry, RetractEntry, ReviseEntry
from server.commands.work import Office
from server.domain.incident import Severity
from server.domain.timeline import TimelineKind
from server.domain.viewer import Viewer
from server.errors import ErrorCode, Forbidden
from server.live.hint import Hint
from server.store.ids import new_id
from server.store.tables import timeline_entry, timeline_revision
from tests.commands.conftest import MONDAY, Clock
from tests.commands.stored import Stored, refusal, twice_at_once

INVALID, NOT_FOUND = ErrorCode.INVALID, ErrorCode.NOT_FOUND
TOO_MANY, CONFLICT = ErrorCode.TOO_MANY, ErrorCode.CONFLICT
NOTE = Entry(TimelineKind.NOTE, MONDAY, "Errors rise")


async def added(office: Office, viewer: Viewer, incident_id: UUID, *entries: Entry) -> list[UUID]:
    return list(await timeline.add(office, viewer, AddEntries(incident_id, entries)))


async def revised(office: Office, viewer: Viewer, entry_id: UUID, **changes: Any) -> UUID:
    return await timeline.revise(office, viewer, ReviseEntry(entry_id, changes))


async def test_entries_are_added_in_order_with_one_sequence_each(
    office: Office,
    viewer: Viewer,
    incident_id: UUID,
    stored: Stored,
    published: list[Hint],
) -> None:
    ada = await stored.person("Ada Lovelace")
    known_at = MONDAY + timedelta(minutes=1)
    entries = (
        replace(NOTE, body="Ada Lovelace looks", known_at=known_at, url="https://example.com/x"),
        replace(NOTE, kind=TimelineKind.ANOMALY, actor=ada),
    )
    ids = await added(office, replace(viewer, person_id=ada), incident_id, *entries)
    first, second = (await stored.timeline(incident_id))[1:]
    assert ids == [first["id"], second["id"]]
    assert (first["sequence"], second["sequence"]) == (3, 4)
    assert (first["body_redacted"], second["body_redacted"]) == ("an engineer looks", None)
    assert (first["source"], first["actor_id"], second["actor_id"]) == ("person", ada, ada)
    assert (first["known_at"], first["recorded_at"]) == (known_at, MONDAY)
    assert (await stored.feed(incident_id))[2:] == [("TIMELINE", "ADDED")] * 2
    assert published[-1] == Hint(incident_id, 4)


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"body": " "}, INVALID, "body"),
        ({"body": "a" * 20_001}, TOO_MANY, "body"),
        ({"body": "\0"}, INVALID, "body"),
        ({"body": "half \ud83d"}, INVALID, "body"),
        ({"occurred_at": MONDAY + timedelta(minutes=6)}, INVALID, "occurredAt"),
        ({"known_at": MONDAY - timedelta(seconds=1)}, INVALID, "knownAt"),
        ({"url": "javascript:alert(1)"}, INVALID, "url"),
        ({"url": "https://"}, INVALID, "url"),
        ({"url": "https://example.com/" + "a" * 2000}, INVALID, "url"),
        ({"actor": new_id()}, NOT_FOUND, "actor"),
        ({"deployment": new_id()}, NOT_FOUND, "deployment"),
        ({"hypothesis": new_id()}, NOT_FOUND, "hypothesis"),
    ],
)
async def test_one_unsound_entry_refuses_them_all(
    office: Office,
    viewer: Viewer,
    incident_id: UUID,
    stored: Stored,
    changes: dict[str, Any],
    code: ErrorCode,
    field: str,
) -> None:
    attempt = added(office, viewer, incident_id, NOTE, replace(NOTE, **changes), NOTE)
    assert await refusal(attempt) == {(code, ("entries", "1", field))}
    assert len(await stored.timeline(incident_id)) == 1


async def test_every_problem_of_every_entry_is_told(
    office: Office, viewer: Viewer, incident_id: UUID
) -> None:
    bad = replace(NOTE, body="", actor=new_id())
    assert await refusal(added(office, viewer, incident_id, bad, NOTE, bad)) == {
        (INVALID, ("entries", "0", "body")),
        (NOT_FOUND, ("entries", "0", "actor")),
        (INVALID, ("entries", "2", "body")),
        (NOT_FOUND, ("entries", "2", "actor")),
    }


async def test_a_call_holds_1_to_500_entries(
    office: Office, viewer: Viewer, incident_id: UUID
) -> None:
    assert await refusal(added(office, viewer, incident_id)) == {(INVALID, ("entries",))}
    many = added(office, viewer, incident_id, *[NOTE] * 501)
    assert await refusal(many) == {(TOO_MANY, ("entries",))}
    assert len(await added(office, viewer, incident_id, *[NOTE] * 500)) == 500


async def test_entries_refer_to_what_exists(
    office: Office, viewer: Viewer, incident_id: UUID, stored: Stored
) -> None:
    deployed = await stored.deployment(MONDAY)
    raised = await hypothesis.raise_(office, viewer, hypothesis.Raise(incident_id, "The cache"))
    entry = replace(NOTE, deployment=deployed, hypothesis=raised)
    (entry_id,) = await added(office, viewer, incident_id, entry)
    row = await stored.row(timeline_entry, id=entry_id)
    assert (row["deployment_id"], row["hypothesis_id"]) == (deployed, raised)


async def test_a_hypothesis_is_one_of_the_same_incident(
    office: Office, viewer: Viewer, incident_id: UUID
) -> None:
    other = await declare(office, viewer, Declare("Other", Severity.SEV4))
    raised = await hypothesis.raise_(office, viewer, hypothesis.Raise(other, "The cache"))
    attempt = added(office, viewer, incident_id, replace(NOTE, hypothesis=raised))
    assert await refusal(attempt) == {(NOT_FOUND, ("entries", "0", "hypothesis"))}


async def test_an_unknown_incident_or_entry_is_not_found(office: Office, viewer: Viewer) -> None:
    nowhere = new_id()
    assert await refusal(added(office, viewer, nowhere, NOTE)) == {(NOT_FOUND, ("incident",))}
    assert await refusal(revised(office, viewer, nowhere, body="x")) == {(NOT_FOUND, ("id",))}
    attempt = timeline.retract(office, viewer, RetractEntry(nowhere))
    assert await refusal(attempt) == {(NOT_FOUND, ("id",))}


async def test_readers_write_no_timeline(
    office: Office, viewer: Viewer, reader: Viewer, incident_id: UUID
) -> None:
    (entry_id,) = await added(office, viewer, incident_id, NOTE)
    with pytest.raises(Forbidden, match="timeline:write"):
        await added(office, reader, incident_id, NOTE)
    with pytest.raises(Forbidden, match="timeline:write"):
        await revised(office, reader, entry_id, body="x")
    with pytest.raises(Forbidden, match="timeline:write"):
        await timeline.retract(office, reader, RetractEntry(entry_id))


async def test_a_key_adds_entries_once(
    office: Office, viewer: Viewer, incident_id: UUID, stored: Stored
) -> None:
    command = AddEntries(incident_id, (NOTE, NOTE))
    first, second = await twice_at_once(
        timeline.add(office, viewer, command, "k"), timeline.add(office, viewer, command, "k")
    )
    assert list(first) == list(second)
    assert len(await stored.timeline(incident_id)) == 3
    other = timeline.add(office, viewer, AddEntries(incident_id, (NOTE,)), "k")
    assert await refusal(other) == {(CONFLICT, ("idempotencyKey",))}


async def test_a_revision_keeps_what_was_said_before(
    office: Office, viewer: Viewer, incident_id: UUID, stored: Stored, clock: Clock
) -> None:
    ada = await stored.person("Ada Lovelace")
    (entry_id,) = await added(office, viewer, incident_id, replace(NOTE, body="Ada Lovelace looks"))
    later = clock.forward(minutes=5)
    editor = replace(viewer, person_id=ada)
    await revised(office, editor, entry_id, body="Somebody looks", kind="ANOMALY")
    await revised(office, editor, entry_id, occurred_at=MONDAY - timedelta(minutes=1))
    row = await stored.row(timeline_entry, id=entry_id)
    assert (row["body"], row["body_redacted"], row["kind"]) == ("Somebody looks", None, "ANOMALY")
    assert (row["sequence"], row["touched"], row["retracted"]) == (5, True, False)
    first, second = sorted(
        await stored.rows(timeline_revision, entry_id=entry_id), key=lambda row: row["id"]
    )
    assert (first["body"], first["body_redacted"], first["kind"]) == (
        "Ada Lovelace looks",
        "an engineer looks",
        "NOTE",
    )
    assert (first["at"], first["by_id"]) == (later, ada)
    assert (second["body"], second["occurred_at"]) == ("Somebody looks", MONDAY)
    assert (await stored.feed(incident_id))[-2:] == [("TIMELINE", "REVISED")] * 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"body": ""}, "body"),
        ({"body": None}, "body"),
        ({"kind": None}, "kind"),
        ({"occurred_at": None}, "occurredAt"),
        ({"occurred_at": MONDAY + timedelta(hours=1)}, "occurredAt"),
        ({"known_at": MONDAY - timedelta(hours=1)}, "knownAt"),
        ({"url": "ftp://example.com"}, "url"),
    ],
)
async def test_an_unsound_revision_is_refused(
    office: Office,
    viewer: Viewer,
    incident_id: UUID,
    stored: Stored,
    changes: dict[str, Any],
    field: str,
) -> None:
    (entry_id,) = await added(office, viewer, incident_id, NOTE)
    assert await refusal(revised(office, viewer, entry_id, **changes)) == {(INVALID, (field,))}
    assert not await stored.rows(timeline_revision, entry_id=entry_id)


async def test_a_retracted_entry_gives_way_to_the_reason(
    office: Office, viewer: Viewer, incident_id: UUID, stored: Stored
) -> None:
    await stored.person("Ada Lovelace")
    (entry_id,) = await added(office, viewer, incident_id, NOTE)
    retraction = RetractEntry(entry_id, "It was Ada Lovelace's test")
    await timeline.retract(office, viewer, retraction)
    await timeline.retract(office, viewer, retraction)
    row = await stored.row(timeline_entry, id=entry_id)
    assert row["retracted"]
    assert row["body"] == "Retracted: It was Ada Lovelace's test"
    assert row["body_redacted"] == "Retracted: It was an engineer's test"
    (revision,) = await stored.rows(timeline_revision, entry_id=entry_id)
    assert revision["body"] == "Errors rise"
    assert (await stored.feed(incident_id))[2:] == [
        ("TIMELINE", "ADDED"),
        ("TIMELINE", "RETRACTED"),
    ]
    assert await refusal(revised(office, viewer, entry_id, body="x")) == {(CONFLICT, ())}


async def test_a_retraction_needs_no_reason_but_a_short_one(
    office: Office, viewer: Viewer, incident_id: UUID, stored: Stored
) -> None:
    (entry_id,) = await added(office, viewer, incident_id, NOTE)
    long = RetractEntry(entry_id, "r" * 2001)
    assert await refusal(timeline.retract(office, viewer, long)) == {(TOO_MANY, ("reason",))}
    await timeline.retract(office, viewer, RetractEntry(entry_id))
    assert (await stored.row(timeline_entry, id=entry_id))["body"] == "Retracted"


async def test_writers_at_once_leave_no_hole_in_the_feed(
    office: Office, viewer: Viewer, incident_id: UUID, stored: Stored
) -> None:
    (entry_id,) = await added(office, viewer, incident_id, NOTE)
    await twice_at_once(
        added(office, viewer, incident_id, NOTE, NOTE),
        revised(office, viewer, entry_id, body="x"),
    )
    assert len(await stored.feed(incident_id)) == 6
