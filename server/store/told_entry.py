"""Timeline entries that follow from facts, found by what their source knows them by."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Text, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY

from server.store.database import Row, Transaction
from server.store.statements import update_row
from server.store.tables import timeline_entry

_entry = timeline_entry.c

_NAMED = select(timeline_entry).where(
    _entry.incident_id == bindparam("incident"),
    _entry.external_id == any_(bindparam("names", type_=ARRAY(Text))),
)

_BEGINNING = (
    select(timeline_entry)
    .where(
        _entry.incident_id == bindparam("incident"),
        _entry.external_id.startswith(bindparam("prefix")),
    )
    .order_by(_entry.occurred_at, _entry.id)
)


async def named(tx: Transaction, incident_id: UUID, names: Sequence[str]) -> list[Row]:
    """The incident's entries that any source knows by these ids."""
    return await tx.fetch(_NAMED, incident=incident_id, names=list(names))


async def rename(tx: Transaction, row: Row, external_id: str) -> None:
    """Have an entry known under another id of its source's."""
    await update_row(tx, timeline_entry, {"external_id": external_id}, id=row["id"])


async def beginning(tx: Transaction, incident_id: UUID, prefix: str) -> list[Row]:
    """The incident's entries whose id at their source begins so, also those that were retracted."""
    return await tx.fetch(_BEGINNING, incident=incident_id, prefix=prefix)
