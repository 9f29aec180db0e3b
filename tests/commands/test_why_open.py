"""What is open in a why-chain: what its last answers lack."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from server.commands import action_item as action_items
from server.commands import why as whys
from server.commands.accept_why import AcceptWhy, accept
from server.commands.incident import Declare, declare
from server.commands.merge_incidents import MergeIncidents, merge_incidents
from server.commands.why import Answer, Remove
from server.commands.work import Office
from server.domain.action_item import ActionItemKind
from server.domain.incident import Severity
from server.domain.viewer import Viewer
from server.errors import ErrorCode, Forbidden
from server.store.ids import new_id
from server.store.tables import incident, why, why_open
from tests.commands.conftest import MONDAY
from tests.commands.stored import Stored, refusal

INVALID, NOT_FOUND = ErrorCode.INVALID, ErrorCode.NOT_FOUND
TOO_MANY, CONFLICT = ErrorCode.TOO_MANY, ErrorCode.CONFLICT

LOCKED = "The table was locked"
UNCHECKED = "The review had no automated DDL detection"


async def answered(office: Office, viewer: Viewer, incident_id: UUID, **more: Any) -> UUID:
    return await whys.answer(
        office, viewer, replace(Answer(incident_id, "Why?", UNCHECKED, systemic=True), **more)
    )


async def left(stored: Stored, incident_id: UUID) -> dict[UUID, str]:
    rows = await stored.rows(why_open, incident_id=incident_id)
    return {row["why_id"]: row["lack"] for row in rows}


async def is_complete(stored: Stored, incident_id: UUID) -> bool:
    return bool((await stored.row(incident, id=incident_id))["why_complete"])


async def test_a_last_answer_is_asked_further_and_then_acted_on(
    office: Office, viewer: Viewer, incident_id: UUID, stored: Stored
) -> None:
    owner = await stored.person("Ada Lovelace")
    root = await answered(office, viewer, incident_id, answer=LOCKED, systemic=False)
    assert await left(stored, incident_id) == {root: "NOT_SYSTEMIC"}
    leaf = await answered(office, viewer, incident_id, parent=root)
    assert await left(stored, incident_id) == {leaf: "NO_ACTION_ITEM"}
    assert await is_complete(stored, incident_id)
    item = action_items.Create(
        incident_id, "Detect DDL before a merge", ActionItemKind.TOOLING_IMPROVEMENT, owner, leaf
    )
    item_id = await action_items.create(office, viewer, item)
    assert await left(stored, incident_id) == {}
    dropped = {"state": "DROPPED", "reason": "The table is gone"}
    await action_items.update(office, viewer, action_items.Update(item_id, dropped))
    assert await left(stored, incident_id) == {leaf: "NO_ACTION_ITEM"}


async def test_a_person_as_the_cause_is_no_end(
    office: Office, viewer: Viewer, incident_id: UUID, stored: Stored
) -> None:
    await stored.person("Ada Lovelace")
    blame = "Ada Lovelace broke the build, which had no automated check"
    leaf = await answered(office, viewer, incident_id, answer=blame, systemic=None)
    row = await stored.row(why, id=leaf)
    assert row["of_a_person"]
    assert not row["systemic_proposed"]
    assert "broke" not in row["next_questions"]
    assert row["next_questions"].endswith("?")
    assert await left(stored, incident_id) == {leaf: "HUMAN_ERROR"}
    confirm = answered(office, viewer, incident_id, answer="Human error", parent=leaf)
    assert await refusal(confirm) == {(INVALID, ("systemic",))}
    assert await refusal(accept(office, viewer, AcceptWhy(leaf, "It happens"))) == {
        (CONFLICT, ("id",))
    }


async def test_an_answer_that_becomes_one_of_a_person_is_confirmed_no_longer(
    office: Office, viewer: Viewer, incident_id: UUID, stored: Stored
) -> None:
    leaf = await answered(office, viewer, incident_id)
    await accept(office, viewer, AcceptWhy(leaf, "The table is gone"))
    await answered(office, viewer, incident_id, id=leaf, answer="Operator error", systemic=None)
    row = await stored.row(why, id=leaf)
    assert (row["systemic"], row["accepted_reason"]) == (False, None)
    assert await left(stored, incident_id) == {leaf: "HUMAN_ERROR"}
    assert not await is_complete(stored, incident_id)


async def test_what_an_answer_says_derives_from_it(
    office: Office, viewer: Viewer, incident_id: UUID, stored: Stored
) -> None:
    await stored.person("Ada Lovelace")
    root = await answered(
        office, viewer, incident_id, answer="Ada Lovelace's review took a week", systemic=None
    )
    row = await stored.row(why, id=root)
    assert row["next_questions"].startswith("Why did Ada Lovelace's review take a week?\n")
    assert row["next_questions_redacted"].startswith("Why did an engineer's review take a week?\n")
    assert not row["systemic_proposed"]
    await answered(office, viewer, incident_id, id=root, systemic=None)
    row = await stored.row(why, id=root)
    assert row["next_questions"].startswith("Why did the review have no automated DDL detection?")
    assert (row["systemic_proposed"], row["systemic"]) == (True, False)


async def test_accepting_takes_a_reason_and_says_who_and_when(
    office: Office, viewer: Viewer, incident_id: UUID, stored: Stored
) -> None:
    ada = await stored.person("Ada Lovelace")
    leaf = await answered(office, viewer, incident_id)
    by_ada = replace(viewer, person_id=ada)
    await accept(office, by_ada, AcceptWhy(leaf, " Ada Lovelace retires the table in June "))
    row = await stored.row(why, id=leaf)
    assert row["accepted_reason"] == "Ada Lovelace retires the table in June"
    assert row["accepted_reason_redacted"] == "an engineer retires the table in June"
    assert (row["accepted_by_id"], row["accepted_at"]) == (ada, MONDAY)
    assert await left(stored, incident_id) == {}
    assert (await stored.feed(incident_id))[-1] == ("WHY", "REVISED")


@pytest.mark.parametrize(
    ("reason", "code"), [(" ", INVALID), ("\0", INVALID), ("r" * 1_000_000, TOO_MANY)]
)
async def test_an_unsound_reason_accepts_nothing(
    office: Office, viewer: Viewer, incident_id: UUID, stored: Stored, reason: str, code: ErrorCode
) -> None:
    leaf = await answered(office, viewer, incident_id)
    assert await refusal(accept(office, viewer, AcceptWhy(leaf, reason))) == {(code, ("reason",))}
    assert await left(stored, incident_id) == {leaf: "NO_ACTION_ITEM"}


async def test_only_what_is_there_is_accepted_by_who_may_write(
    office: Office, viewer: Viewer, reader: Viewer, incident_id: UUID
) -> None:
    unknown = accept(office, viewer, AcceptWhy(new_id(), "It is fine"))
    assert await refusal(unknown) == {(NOT_FOUND, ("id",))}
    with pytest.raises(Forbidden, match="incidents:write"):
        await accept(office, reader, AcceptWhy(new_id(), "It is fine"))


async def test_what_is_open_moves_with_the_chain(
    office: Office, viewer: Viewer, incident_id: UUID, stored: Stored
) -> None:
    other = await declare(office, viewer, Declare("Again", Severity.SEV3))
    leaf = await answered(office, viewer, other)
    await merge_incidents(office, viewer, MergeIncidents(other, incident_id))
    assert await left(stored, incident_id) == {leaf: "NO_ACTION_ITEM"}
    assert await left(stored, other) == {}
    assert await is_complete(stored, incident_id)
    await whys.remove(office, viewer, Remove(leaf))
    assert await left(stored, incident_id) == {}
    assert not await is_complete(stored, incident_id)


@pytest.mark.parametrize("name", ["question", "answer"])
async def test_a_megabyte_of_text_is_refused(
    office: Office, viewer: Viewer, incident_id: UUID, name: str
) -> None:
    attempt = answered(office, viewer, incident_id, **{name: "w" * 1_000_000})
    assert await refusal(attempt) == {(TOO_MANY, (name,))}
