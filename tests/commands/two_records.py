"""What tests of mergers write into their records, and read of them."""

from typing import Any
from uuid import UUID

from server.commands import timeline, why
from server.commands.timeline import AddEntries, Entry
from server.commands.work import Office
from server.domain.timeline import TimelineKind
from server.domain.viewer import Viewer
from server.store import tables
from server.store.database import Row
from tests.commands.stored import Stored
from tests.commands.told import NOON


async def note(office: Office, viewer: Viewer, incident_id: UUID, body: str) -> UUID:
    entries = (Entry(TimelineKind.NOTE, NOON, body),)
    return (await timeline.add(office, viewer, AddEntries(incident_id, entries)))[0]


async def answered(office: Office, viewer: Viewer, incident_id: UUID, **others: Any) -> UUID:
    return await why.answer(office, viewer, why.Answer(incident_id, "Why?", "Because.", **others))


async def row_of(stored: Stored, incident_id: UUID) -> Row:
    return await stored.row(tables.incident, id=incident_id)
