"""Why-chains as the domain sees them, and what derives from them."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import Boolean, bindparam, exists, or_, select, update

from server.domain.action_item import ActionItemState
from server.domain.why import Why, WhyLack
from server.store.database import Transaction
from server.store.statements import delete_rows, find_rows, insert_rows
from server.store.tables import action_item, incident, why, why_open

_ACTED_ON = exists().where(
    action_item.c.why_id == why.c.id, action_item.c.state != ActionItemState.DROPPED.value
)

_CHAIN = (
    select(
        why.c.id,
        why.c.parent_id,
        why.c.depth,
        why.c.systemic,
        why.c.of_a_person,
        or_(_ACTED_ON, why.c.accepted_reason.is_not(None)).label("in_hand"),
    )
    .where(why.c.incident_id == bindparam("incident"))
    .order_by(why.c.depth, why.c.id)
)

_done = bindparam("done", type_=Boolean)
_SET_COMPLETE = (
    update(incident)
    .where(incident.c.id == bindparam("of_id"), incident.c.why_complete != _done)
    .values(why_complete=_done)
)


async def chain_of(tx: Transaction, incident_id: UUID) -> tuple[Why, ...]:
    """The incident's whole chain; its length is bounded by the domain."""
    return tuple(Why(**row) for row in await tx.fetch(_CHAIN, incident=incident_id))


async def put_open(tx: Transaction, incident_id: UUID, lacks: Mapping[UUID, WhyLack]) -> None:
    """Keep what is open in an incident's chain."""
    kept = await find_rows(tx, why_open, incident_id=incident_id)
    if {row["why_id"]: row["lack"] for row in kept} == lacks:
        return
    await delete_rows(tx, why_open, incident_id=incident_id)
    rows: list[dict[str, object]] = [
        {"why_id": why_id, "incident_id": incident_id, "lack": lack.value}
        for why_id, lack in lacks.items()
    ]
    await insert_rows(tx, why_open, rows)


async def put_complete(tx: Transaction, incident_id: UUID, *, done: bool) -> None:
    """Keep whether the chain reached the system."""
    await tx.run(_SET_COMPLETE, of_id=incident_id, done=done)
