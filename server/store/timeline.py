"""How timeline entries are kept: the entry as it is now, and every text it had before."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as SQL_UUID

from server.store.database import Row, Transaction
from server.store.ids import new_id
from server.store.statements import insert_row, insert_rows, update_row, update_rows
from server.store.tables import timeline_entry, timeline_revision

_LOCK = select(timeline_entry).where(timeline_entry.c.id == bindparam("entry")).with_for_update()

_KNOWN = select(timeline_entry.c.id).where(
    timeline_entry.c.incident_id == bindparam("incident"),
    timeline_entry.c.id == any_(bindparam("entries", type_=ARRAY(SQL_UUID))),
)

_FIND = select(timeline_entry.c.incident_id).where(timeline_entry.c.id == bindparam("entry"))


_TOLD = ("kind", "occurred_at", "known_at", "body", "body_redacted", "url")
"""What an entry tells, and a revision keeps."""


async def find_entry(tx: Transaction, entry_id: UUID) -> Row | None:
    """Which incident the entry belongs to, if there is such an entry."""
    return await tx.one(_FIND, entry=entry_id)


async def known_entries(tx: Transaction, incident_id: UUID, entries: Sequence[UUID]) -> set[UUID]:
    """Those of these entries that stand in this incident's timeline."""
    rows = await tx.fetch(_KNOWN, incident=incident_id, entries=list(entries))
    return {row["id"] for row in rows}


async def lock_entry(tx: Transaction, entry_id: UUID) -> Row | None:
    """The entry's row, held against other writers of it."""
    return await tx.one(_LOCK, entry=entry_id)


async def revise_entry(
    tx: Transaction, old: Row, changes: dict[str, object], *, revision: dict[str, object]
) -> None:
    """Change an entry, keeping what it said before as a revision (its id, time and author)."""
    await insert_row(tx, timeline_revision, **_before(old), **revision)
    await update_row(tx, timeline_entry, changes, id=old["id"])


async def revise_entries(
    tx: Transaction, revised: Sequence[tuple[Row, dict[str, object]]], now: datetime
) -> None:
    """Change entries, each to new values of the same columns, as `revise_entry` does for one."""
    kept: list[dict[str, object]] = [
        {**_before(old), "id": new_id(), "at": now, "by_id": None} for old, _ in revised
    ]
    await insert_rows(tx, timeline_revision, kept)
    await update_rows(
        tx, timeline_entry, [{"id": old["id"], **changes} for old, changes in revised]
    )


def _before(old: Row) -> dict[str, object]:
    return {"entry_id": old["id"], **{name: old[name] for name in _TOLD}}
