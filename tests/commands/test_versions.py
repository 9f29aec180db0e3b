"""Two edits of one text at once: the second gets both texts, and nothing is written."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import pytest

from server.commands import action_item as action_items
from server.commands import incident as incidents
from server.commands import timeline
from server.commands import why as whys
from server.commands.timeline import AddEntries, Entry, ReviseEntry
from server.commands.why import Answer
from server.commands.work import Office
from server.domain.action_item import ActionItemKind
from server.domain.timeline import TimelineKind
from server.domain.viewer import Scope, Viewer
from server.errors import ErrorCode, Refused
from server.store import tables
from tests.commands.conftest import MONDAY
from tests.commands.stored import Stored

BEFORE, FIRST, SECOND = "As it was", "As Ada Lovelace says", "As Grace says"


@dataclass(frozen=True)
class Text:
    """A text that is edited: where it is kept, and how it is changed from a version."""

    table: Any
    row: UUID
    column: str
    version: str
    edit: Callable[[Viewer, str, int | None], Awaitable[Any]]


@pytest.fixture(params=["summary", "body", "answer", "title"])
async def text(
    request: pytest.FixtureRequest,
    office: Office,
    viewer: Viewer,
    incident_id: UUID,
    stored: Stored,
) -> Text:
    """Each text in turn, written once."""
    owner = await stored.person("Ada Lovelace")
    match request.param:
        case "summary":
            return await _summary(office, viewer, incident_id)
        case "body":
            return await _body(office, viewer, incident_id)
        case "answer":
            return await _answer(office, viewer, incident_id)
        case _:
            return await _title(office, viewer, incident_id, owner)


async def _summary(office: Office, viewer: Viewer, incident_id: UUID) -> Text:
    def edit(viewer: Viewer, text: str, version: int | None) -> Awaitable[Any]:
        command = incidents.Update(incident_id, {"summary": text}, version=version)
        return incidents.update(office, viewer, command)

    await edit(viewer, BEFORE, None)
    return Text(tables.incident, incident_id, "summary", "version", edit)


async def _body(office: Office, viewer: Viewer, incident_id: UUID) -> Text:
    entries = (Entry(TimelineKind.NOTE, MONDAY, BEFORE),)
    (row,) = await timeline.add(office, viewer, AddEntries(incident_id, entries))

    def edit(viewer: Viewer, text: str, version: int | None) -> Awaitable[Any]:
        return timeline.revise(office, viewer, ReviseEntry(row, {"body": text}, version))

    return Text(tables.timeline_entry, row, "body", "sequence", edit)


async def _answer(office: Office, viewer: Viewer, incident_id: UUID) -> Text:
    command = Answer(incident_id, "Why?", BEFORE)
    row = await whys.answer(office, viewer, command)

    def edit(viewer: Viewer, text: str, version: int | None) -> Awaitable[Any]:
        return whys.answer(office, viewer, replace(command, id=row, answer=text, version=version))

    return Text(tables.why, row, "answer", "version", edit)


async def _title(office: Office, viewer: Viewer, incident_id: UUID, owner: UUID) -> Text:
    command = action_items.Create(incident_id, BEFORE, ActionItemKind.MONITORING, owner)
    row = await action_items.create(office, viewer, command)

    def edit(viewer: Viewer, text: str, version: int | None) -> Awaitable[Any]:
        return action_items.update(
            office, viewer, action_items.Update(row, {"title": text}, version)
        )

    return Text(tables.action_item, row, "title", "version", edit)


async def refused(attempt: Awaitable[Any]) -> list[Any]:
    with pytest.raises(Refused) as found:
        await attempt
    return [(each.code, each.field, each.current, each.yours) for each in found.value.problems]


async def test_the_second_edit_of_a_version_gets_both_texts(
    text: Text, viewer: Viewer, stored: Stored
) -> None:
    read = (await stored.row(text.table, id=text.row))[text.version]
    await text.edit(viewer, FIRST, read)
    assert await refused(text.edit(viewer, SECOND, read)) == [
        (ErrorCode.CONFLICT, (text.column,), FIRST, SECOND)
    ]
    row = await stored.row(text.table, id=text.row)
    assert row[text.column] == FIRST
    await text.edit(viewer, SECOND, row[text.version])
    assert (await stored.row(text.table, id=text.row))[text.column] == SECOND


async def test_an_edit_that_says_the_same_conflicts_all_the_same(
    text: Text, viewer: Viewer, stored: Stored
) -> None:
    read = (await stored.row(text.table, id=text.row))[text.version]
    await text.edit(viewer, FIRST, None)
    assert await refused(text.edit(viewer, FIRST, read)) == [
        (ErrorCode.CONFLICT, ("version",), None, None)
    ]


async def test_who_may_not_see_people_is_told_of_roles(
    text: Text, viewer: Viewer, stored: Stored
) -> None:
    unseeing = replace(viewer, scopes=viewer.scopes - {Scope.PEOPLE_READ})
    read = (await stored.row(text.table, id=text.row))[text.version]
    await text.edit(viewer, FIRST, read)
    assert await refused(text.edit(unseeing, SECOND, read)) == [
        (ErrorCode.CONFLICT, (text.column,), "As an engineer says", SECOND)
    ]
