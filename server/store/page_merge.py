"""Which pages were merged at their paging system, and whether their incidents are one already."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import UUID as SQL_UUID
from sqlalchemy import bindparam, func, or_, select

from server.store.database import Transaction
from server.store.redirect import standing
from server.store.statements import find_rows, insert_rows
from server.store.tables import incident, page_merge

_merged, _target = incident.alias("merged"), incident.alias("target")
_from = func.coalesce(_merged.c.merged_into_id, _merged.c.id)
_into = func.coalesce(_target.c.merged_into_id, _target.c.id)
_it = standing(bindparam("incident", type_=SQL_UUID))

_APART = (
    select(_from.label("from_id"), _into.label("into_id"))
    .select_from(page_merge)
    .join(
        _merged,
        (_merged.c.source == page_merge.c.source)
        & (_merged.c.external_id == page_merge.c.external_id),
    )
    .join(
        _target,
        (_target.c.source == page_merge.c.source) & (_target.c.external_id == page_merge.c.into_id),
    )
    .where(_from != _into, or_(_from == _it, _into == _it))
    .order_by(_from, _into)
    .limit(1)
)


async def keep(tx: Transaction, source: str, external_id: str, into: Iterable[str]) -> None:
    """Note what a page became part of."""
    page = {"source": source, "external_id": external_id}
    rows: list[dict[str, object]] = [{**page, "into_id": each} for each in sorted(into)]
    await insert_rows(tx, page_merge, rows, ignore=True)


async def is_awaited(tx: Transaction, source: str, external_id: str) -> bool:
    """Whether another page became part of this one."""
    return bool(await find_rows(tx, page_merge, source=source, into_id=external_id))


async def apart(tx: Transaction, incident_id: UUID) -> tuple[UUID, UUID] | None:
    """An incident that shall become part of another one, and that one, of which this is either."""
    row = await tx.one(_APART, incident=incident_id)
    return (row["from_id"], row["into_id"]) if row else None
