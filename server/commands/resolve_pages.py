"""Resolving an incident's pages at their paging systems, once a person resolved it here.

Each page is resolved once for each such word. What the paging system says of it then changes
nothing here, and a page that is reopened there is not resolved again.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from server.commands.observe_page import told_of
from server.commands.work import Office, Work
from server.domain.incident import IncidentStatus
from server.domain.page import fold
from server.store import incident as incidents
from server.store import incident_parts
from server.store.statements import delete_rows, find_row, insert_row
from server.store.tables import page_resolved

_RESOLVED = IncidentStatus.RESOLVED


@dataclass(frozen=True, slots=True)
class OpenPage:
    """A page that is open there, and a person's word that it shall not be."""

    source: str
    external_id: str
    word_at: datetime


async def due(office: Office, incident_id: UUID) -> list[OpenPage]:
    """The pages of an incident that are to be resolved."""
    async with office.work() as work:
        row = await incidents.lock(work.tx, incident_id)
        if row is None or {row["status"], row["status_set_to"]} != {_RESOLVED}:
            return []
        pages = await incident_parts.pages_of(work.tx, row["id"])
        found = [OpenPage(*page, row["status_set_at"]) for page in pages]
        return [page for page in found if await _is_due(work, page)]


async def _is_due(work: Work, page: OpenPage) -> bool:
    key = {"source": page.source, "external_id": page.external_id}
    done = await find_row(work.tx, page_resolved, lock=False, **key)
    if done and done["word_at"] >= page.word_at:
        return False
    told = await told_of(work, page.source, page.external_id)
    return bool(told) and fold(told).status is not _RESOLVED


async def note(office: Office, page: OpenPage) -> None:
    """Note that a page was resolved for this word."""
    key = {"source": page.source, "external_id": page.external_id}
    async with office.work() as work:
        await delete_rows(work.tx, page_resolved, **key)
        await insert_row(work.tx, page_resolved, **key, word_at=page.word_at)
