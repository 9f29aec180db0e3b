"""Creating and updating action items. The clock stands on Monday, 2 November 2026."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from server.commands import action_item as action_items
from server.commands import why as whys
from server.commands.action_item import Create, Update
from server.commands.incident import Declare, declare
from server.commands.incident import Update as UpdateIncident
from server.commands.incident import update as update_incident
from server.commands.work import Office
from server.domain.action_item import ActionItemKind, Priority
from server.domain.incident import Severity
from server.domain.viewer import Viewer
from server.errors import ErrorCode, Forbidden
from server.store.database import Row
from server.store.ids import new_id
from server.store.tables import action_item
from tests.commands.conftest import MONDAY, Clock
from tests.commands.stored import Stored, refusal, twice_at_once

INVALID, NOT_FOUND = ErrorCode.INVALID, ErrorCode.NOT_FOUND
TOO_MANY, CONFLICT = ErrorCode.TOO_MANY, ErrorCode.CONFLICT
TODAY = MONDAY.date()


@pytest.fixture
async def owner(stored: Stored) -> UUID:
    """A person who can own work."""
    return await stored.person("Ada Lovelace")


@pytest.fixture
def sound(incident_id: UUID, owner: UUID) -> Create:
    """An action item that breaks no rule."""
    return Create(incident_id, "Alert on lock waits", ActionItemKind.MONITORING, owner)


async def created(office: Office, viewer: Viewer, stored: Stored, command: Create) -> Row:
    return await stored.row(action_item, id=await action_items.create(office, viewer, command))


async def updated(office: Office, viewer: Viewer, item_id: UUID, **changes: Any) -> UUID:
    return await action_items.update(office, viewer, Update(item_id, changes))


async def resolved(office: Office, viewer: Viewer, incident_id: UUID) -> None:
    await update_incident(office, viewer, UpdateIncident(incident_id, {"status": "RESOLVED"}))


@pytest.mark.parametrize(
    ("kind", "due_on", "priority"),
    [
        (ActionItemKind.IMMEDIATE_MITIGATION, TODAY, "P0"),
        (ActionItemKind.PROCESS_CHANGE, date(2026, 11, 6), "P1"),
        (ActionItemKind.MONITORING, date(2026, 11, 13), "P2"),
        (ActionItemKind.TOOLING_IMPROVEMENT, date(2026, 11, 20), "P2"),
        (ActionItemKind.ARCHITECTURAL_CHANGE, date(2026, 12, 31), "P3"),
    ],
)
async def test_the_kind_gives_due_date_and_priority(
    office: Office,
    viewer: Viewer,
    stored: Stored,
    sound: Create,
    kind: ActionItemKind,
    due_on: date,
    priority: str,
) -> None:
    row = await created(office, viewer, stored, replace(sound, kind=kind))
    assert (row["due_on"], row["priority"]) == (due_on, priority)
    assert (row["state"], row["completed_at"]) == ("OPEN", None)


async def test_what_is_given_wins_over_the_defaults(
    office: Office, viewer: Viewer, stored: Stored, sound: Create
) -> None:
    answer = whys.Answer(sound.incident, "Why?", "No alert")
    root = await whys.answer(office, viewer, answer)
    due_on = TODAY + timedelta(days=40)
    description = "Ask Ada Lovelace"
    command = replace(sound, why=root, priority=Priority.P0, due_on=due_on, description=description)
    row = await created(office, viewer, stored, command)
    assert (row["why_id"], row["priority"], row["due_on"]) == (root, "P0", due_on)
    assert (row["description"], row["description_redacted"]) == (description, "Ask an engineer")
    assert (await stored.feed(sound.incident))[-1] == ("ACTION_ITEM", "ADDED")


async def test_a_mitigation_written_down_after_the_incident_is_done(
    office: Office, viewer: Viewer, stored: Stored, sound: Create
) -> None:
    await resolved(office, viewer, sound.incident)
    command = replace(sound, kind=ActionItemKind.IMMEDIATE_MITIGATION, title="Roll back")
    row = await created(office, viewer, stored, command)
    assert (row["state"], row["completed_at"]) == ("DONE", MONDAY)
    record = await created(office, viewer, stored, replace(command, due_on=date(2026, 11, 1)))
    assert (record["state"], record["due_on"]) == ("DONE", date(2026, 11, 1))
    promise = await created(office, viewer, stored, replace(command, due_on=date(2026, 11, 3)))
    assert promise["state"] == "OPEN"
    other_kind = await created(office, viewer, stored, sound)
    assert other_kind["state"] == "OPEN"


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"title": " "}, (INVALID, ("title",))),
        ({"title": "t" * 256}, (INVALID, ("title",))),
        ({"title": "a\nb"}, (INVALID, ("title",))),
        ({"description": "d" * 20_001}, (TOO_MANY, ("description",))),
        ({"description": "\0"}, (INVALID, ("description",))),
        ({"owner": new_id()}, (NOT_FOUND, ("owner",))),
        ({"why": new_id()}, (NOT_FOUND, ("why",))),
        ({"due_on": TODAY - timedelta(days=1)}, (INVALID, ("dueOn",))),
        ({"incident": new_id()}, (NOT_FOUND, ("incident",))),
    ],
)
async def test_an_unsound_item_is_refused(
    office: Office,
    viewer: Viewer,
    stored: Stored,
    sound: Create,
    changes: dict[str, Any],
    problem: Any,
) -> None:
    attempt = action_items.create(office, viewer, replace(sound, **changes))
    assert await refusal(attempt) == {problem}
    assert not await stored.rows(action_item)


async def test_a_why_is_one_of_the_same_incident(
    office: Office, viewer: Viewer, sound: Create
) -> None:
    other = await declare(office, viewer, Declare("Other", Severity.SEV4))
    elsewhere = await whys.answer(office, viewer, whys.Answer(other, "Why?", "No alert"))
    attempt = action_items.create(office, viewer, replace(sound, why=elsewhere))
    assert await refusal(attempt) == {(NOT_FOUND, ("why",))}


async def test_its_course_is_followed_to_the_end(
    office: Office, viewer: Viewer, stored: Stored, sound: Create, clock: Clock
) -> None:
    item = await action_items.create(office, viewer, sound)
    await updated(office, viewer, item, state="BLOCKED", reason="Waits for Ada Lovelace")
    row = await stored.row(action_item, id=item)
    assert (row["state"], row["reason_redacted"]) == ("BLOCKED", "Waits for an engineer")
    done_at = clock.forward(days=1)
    await updated(office, viewer, item, state="DONE")
    row = await stored.row(action_item, id=item)
    assert (row["completed_at"], row["reason"], row["updated_at"]) == (done_at, None, done_at)
    verified_at = clock.forward(days=1)
    grace = await stored.person("Grace Hopper")
    await updated(office, replace(viewer, person_id=grace), item, state="VERIFIED")
    row = await stored.row(action_item, id=item)
    assert row["completed_at"] == done_at
    assert (row["verified_at"], row["verified_by_id"]) == (verified_at, grace)
    await updated(office, viewer, item, state="OPEN", reason="It alerts too late")
    row = await stored.row(action_item, id=item)
    assert (row["completed_at"], row["reason"]) == (None, "It alerts too late")
    assert (row["verified_at"], row["verified_by_id"]) == (None, None)
    assert (await stored.feed(sound.incident))[-4:] == [("ACTION_ITEM", "REVISED")] * 4


async def test_an_update_keeps_what_it_does_not_mention(
    office: Office, viewer: Viewer, stored: Stored, sound: Create
) -> None:
    grace = await stored.person("Grace Hopper")
    item = await action_items.create(office, viewer, replace(sound, description="How"))
    await updated(office, viewer, item, owner_id=grace, kind="PROCESS_CHANGE", priority="P0")
    await updated(office, viewer, item, title="Ask Grace Hopper", due_on=date(2026, 12, 1))
    await updated(office, viewer, item, description=None)
    row = await stored.row(action_item, id=item)
    assert (row["owner_id"], row["kind"], row["priority"]) == (grace, "PROCESS_CHANGE", "P0")
    assert (row["title"], row["title_redacted"]) == ("Ask Grace Hopper", "Ask an engineer")
    assert (row["due_on"], row["description"]) == (date(2026, 12, 1), None)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"title": None}, (INVALID, ("title",))),
        ({"kind": None}, (INVALID, ("kind",))),
        ({"owner_id": None}, (INVALID, ("owner",))),
        ({"priority": None}, (INVALID, ("priority",))),
        ({"due_on": None}, (INVALID, ("dueOn",))),
        ({"state": None}, (INVALID, ("state",))),
        ({"title": ""}, (INVALID, ("title",))),
        ({"owner_id": new_id()}, (NOT_FOUND, ("owner",))),
        ({"due_on": date(2026, 11, 1)}, (INVALID, ("dueOn",))),
        ({"state": "VERIFIED"}, (INVALID, ("state",))),
        ({"state": "DROPPED"}, (INVALID, ("reason",))),
        ({"state": "DROPPED", "reason": " "}, (INVALID, ("reason",))),
        ({"state": "DROPPED", "reason": "r" * 2001}, (TOO_MANY, ("reason",))),
    ],
)
async def test_an_unsound_update_is_refused(
    office: Office,
    viewer: Viewer,
    stored: Stored,
    sound: Create,
    changes: dict[str, Any],
    problem: Any,
) -> None:
    item = await action_items.create(office, viewer, sound)
    before = await stored.row(action_item, id=item)
    assert await refusal(updated(office, viewer, item, **changes)) == {problem}
    assert await stored.row(action_item, id=item) == before


async def test_what_is_overdue_keeps_its_date_while_it_changes(
    office: Office, viewer: Viewer, stored: Stored, sound: Create, clock: Clock
) -> None:
    item = await action_items.create(office, viewer, sound)
    clock.forward(days=100)
    await updated(office, viewer, item, state="IN_PROGRESS", due_on=date(2026, 11, 13))
    assert (await stored.row(action_item, id=item))["state"] == "IN_PROGRESS"


async def test_an_unknown_item_is_not_found(office: Office, viewer: Viewer) -> None:
    attempt = updated(office, viewer, new_id(), title="x")
    assert await refusal(attempt) == {(NOT_FOUND, ("id",))}


async def test_readers_promise_nothing(
    office: Office, viewer: Viewer, reader: Viewer, sound: Create
) -> None:
    item = await action_items.create(office, viewer, sound)
    with pytest.raises(Forbidden, match="actions:write"):
        await action_items.create(office, reader, sound)
    with pytest.raises(Forbidden, match="actions:write"):
        await updated(office, reader, item, title="x")


async def test_a_key_creates_it_once(
    office: Office, viewer: Viewer, stored: Stored, sound: Create
) -> None:
    first, second = await twice_at_once(
        action_items.create(office, viewer, sound, "k"),
        action_items.create(office, viewer, sound, "k"),
    )
    assert first == second
    assert len(await stored.rows(action_item)) == 1
    other = action_items.create(office, viewer, replace(sound, title="Other"), "k")
    assert await refusal(other) == {(CONFLICT, ("idempotencyKey",))}


async def test_the_digest_of_a_date_is_the_same_every_time(
    office: Office, viewer: Viewer, sound: Create
) -> None:
    command = replace(sound, due_on=date(2026, 12, 1), priority=Priority.P1)
    first = await action_items.create(office, viewer, command, "k")
    assert await action_items.create(office, viewer, command, "k") == first


async def test_what_a_title_leaves_open_is_kept_beside_it(
    office: Office, viewer: Viewer, stored: Stored, sound: Create
) -> None:
    row = await created(office, viewer, stored, replace(sound, title="Better monitoring"))
    missing = [finding["missing"] for finding in row["findings"]]
    assert missing == ["WHAT", "WHERE", "DONE_WHEN"]
    await updated(office, viewer, row["id"], description="More")
    assert (await stored.row(action_item, id=row["id"]))["findings"] == row["findings"]
    title = "Alert the on-call when the pool of orders-db is full"
    await updated(office, viewer, row["id"], title=title)
    assert (await stored.row(action_item, id=row["id"]))["findings"] == []
