"""Growing and cutting why-chains."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from server.commands import action_item as action_items
from server.commands import timeline
from server.commands import why as whys
from server.commands.incident import Declare, declare
from server.commands.timeline import AddEntries, Entry
from server.commands.why import Answer, Remove
from server.commands.work import Office
from server.domain.action_item import ActionItemKind
from server.domain.incident import Severity
from server.domain.timeline import TimelineKind
from server.domain.viewer import Viewer
from server.domain.why import MAX_DEPTH
from server.errors import ErrorCode, Forbidden
from server.store.ids import new_id
from server.store.tables import action_item, incident, why, why_evidence
from tests.commands.conftest import MONDAY
from tests.commands.stored import Stored, refusal, twice_at_once

INVALID, NOT_FOUND = ErrorCode.INVALID, ErrorCode.NOT_FOUND
TOO_MANY, CONFLICT = ErrorCode.TOO_MANY, ErrorCode.CONFLICT


async def answered(office: Office, viewer: Viewer, incident_id: UUID, **more: Any) -> UUID:
    command = Answer(incident_id, "Why did it fail?", "The table was locked")
    return await whys.answer(office, viewer, replace(command, **more))


async def is_complete(stored: Stored, incident_id: UUID) -> bool:
    return bool((await stored.row(incident, id=incident_id))["why_complete"])


async def test_a_chain_grows_until_it_reaches_the_system(
    office: Office, viewer: Viewer, incident_id: UUID, stored: Stored
) -> None:
    await stored.person("Ada Lovelace")
    first = await answered(office, viewer, incident_id, answer="Ada Lovelace ran a migration")
    assert not await is_complete(stored, incident_id)
    second = await answered(office, viewer, incident_id, parent=first, systemic=True)
    rows = {row["id"]: row for row in await stored.rows(why, incident_id=incident_id)}
    assert rows[first]["answer_redacted"] == "an engineer ran a migration"
    assert (rows[first]["depth"], rows[first]["systemic"]) == (1, False)
    assert (rows[second]["depth"], rows[second]["parent_id"]) == (2, first)
    assert await is_complete(stored, incident_id)
    assert (await stored.feed(incident_id))[2:] == [("WHY", "ADDED")] * 2


async def test_a_new_branch_makes_it_incomplete_again(
    office: Office, viewer: Viewer, incident_id: UUID, stored: Stored
) -> None:
    first = await answered(office, viewer, incident_id, systemic=True)
    branch = await answered(office, viewer, incident_id, parent=first)
    assert not await is_complete(stored, incident_id)
    assert await whys.remove(office, viewer, Remove(branch)) == incident_id
    assert await is_complete(stored, incident_id)
    assert (await stored.feed(incident_id))[-1] == ("WHY", "RETRACTED")


async def test_an_edit_keeps_what_it_does_not_mention(
    office: Office, viewer: Viewer, incident_id: UUID, stored: Stored
) -> None:
    entries = (Entry(TimelineKind.NOTE, MONDAY, "Seen"),) * 2
    one, two = await timeline.add(office, viewer, AddEntries(incident_id, entries))
    first = await answered(office, viewer, incident_id, systemic=True, evidence=(one,))
    child = await answered(office, viewer, incident_id, parent=first, systemic=True)
    await answered(office, viewer, incident_id, id=first, answer="The table was huge")
    row = await stored.row(why, id=first)
    assert (row["answer"], row["systemic"]) == ("The table was huge", True)
    assert [each["entry_id"] for each in await stored.rows(why_evidence, why_id=first)] == [one]
    await answered(office, viewer, incident_id, id=child, systemic=False, parent=first)
    await answered(office, viewer, incident_id, id=first, evidence=(two,))
    assert [each["entry_id"] for each in await stored.rows(why_evidence, why_id=first)] == [two]
    assert not await is_complete(stored, incident_id)
    assert (await stored.feed(incident_id))[-3:] == [("WHY", "REVISED")] * 3


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"question": " "}, (INVALID, ("question",))),
        ({"question": "q" * 4001}, (TOO_MANY, ("question",))),
        ({"answer": ""}, (INVALID, ("answer",))),
        ({"answer": "a" * 4001}, (TOO_MANY, ("answer",))),
        ({"answer": "\0"}, (INVALID, ("answer",))),
        ({"parent": new_id()}, (NOT_FOUND, ("parent",))),
        ({"id": new_id()}, (NOT_FOUND, ("id",))),
        ({"evidence": (new_id(),)}, (NOT_FOUND, ("evidence", "0"))),
        ({"incident": new_id()}, (NOT_FOUND, ("incident",))),
    ],
)
async def test_an_unsound_answer_is_refused(
    office: Office,
    viewer: Viewer,
    incident_id: UUID,
    stored: Stored,
    changes: dict[str, Any],
    problem: Any,
) -> None:
    assert await refusal(answered(office, viewer, incident_id, **changes)) == {problem}
    assert not await stored.rows(why)


async def test_parents_and_edits_are_of_the_same_incident(
    office: Office, viewer: Viewer, incident_id: UUID
) -> None:
    other = await declare(office, viewer, Declare("Other", Severity.SEV4))
    elsewhere = await answered(office, viewer, other)
    attempt = answered(office, viewer, incident_id, parent=elsewhere)
    assert await refusal(attempt) == {(NOT_FOUND, ("parent",))}
    attempt = answered(office, viewer, incident_id, id=elsewhere)
    assert await refusal(attempt) == {(NOT_FOUND, ("id",))}


async def test_an_answer_keeps_its_parent(
    office: Office, viewer: Viewer, incident_id: UUID
) -> None:
    first = await answered(office, viewer, incident_id)
    second = await answered(office, viewer, incident_id)
    attempt = answered(office, viewer, incident_id, id=second, parent=first)
    assert await refusal(attempt) == {(CONFLICT, ("parent",))}


async def test_a_chain_has_a_depth(office: Office, viewer: Viewer, incident_id: UUID) -> None:
    parent = None
    for _ in range(MAX_DEPTH):
        parent = await answered(office, viewer, incident_id, parent=parent)
    attempt = answered(office, viewer, incident_id, parent=parent)
    assert await refusal(attempt) == {(TOO_MANY, ("parent",))}


async def test_what_others_follow_from_is_not_removed(
    office: Office, viewer: Viewer, incident_id: UUID, stored: Stored
) -> None:
    first = await answered(office, viewer, incident_id)
    await answered(office, viewer, incident_id, parent=first)
    assert await refusal(whys.remove(office, viewer, Remove(first))) == {(CONFLICT, ("id",))}
    assert len(await stored.rows(why)) == 2
    assert await refusal(whys.remove(office, viewer, Remove(new_id()))) == {(NOT_FOUND, ("id",))}


async def test_action_items_outlive_the_answer_they_came_from(
    office: Office, viewer: Viewer, incident_id: UUID, stored: Stored
) -> None:
    ada = await stored.person("Ada Lovelace")
    root = await answered(office, viewer, incident_id)
    item = await action_items.create(
        office,
        viewer,
        action_items.Create(incident_id, "Check DDL", ActionItemKind.MONITORING, ada, why=root),
    )
    await whys.remove(office, viewer, Remove(root))
    assert (await stored.row(action_item, id=item))["why_id"] is None
    assert (await stored.feed(incident_id))[-2:] == [
        ("WHY", "RETRACTED"),
        ("ACTION_ITEM", "REVISED"),
    ]


async def test_readers_answer_nothing(
    office: Office, viewer: Viewer, reader: Viewer, incident_id: UUID
) -> None:
    first = await answered(office, viewer, incident_id)
    with pytest.raises(Forbidden, match="incidents:write"):
        await answered(office, reader, incident_id)
    with pytest.raises(Forbidden, match="incidents:write"):
        await whys.remove(office, reader, Remove(first))


async def test_a_key_answers_once(
    office: Office, viewer: Viewer, incident_id: UUID, stored: Stored
) -> None:
    command = Answer(incident_id, "Why?", "It was locked")
    first, second = await twice_at_once(
        whys.answer(office, viewer, command, "k"), whys.answer(office, viewer, command, "k")
    )
    assert first == second
    assert len(await stored.rows(why)) == 1
    other = whys.answer(office, viewer, replace(command, systemic=True), "k")
    assert await refusal(other) == {(CONFLICT, ("idempotencyKey",))}
