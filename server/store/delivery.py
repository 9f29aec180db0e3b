"""The inbox: webhooks that were answered, kept until they are processed or parked."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    LargeBinary,
    Text,
    bindparam,
    cast,
    func,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from server.domain.delivery import DeliveryState
from server.store.database import Database, Row, Transaction
from server.store.ids import new_id
from server.store.queue import JOBS, OF_DELIVERY
from server.store.statements import update_row
from server.store.tables import delivery
from server.store.views.delivery import stands

MAX_ERROR = 500
"""Characters of an error that are kept."""

_ADD = (
    insert(delivery)
    .values(
        id=bindparam("id"),
        source=bindparam("source"),
        key=bindparam("key"),
        event=bindparam("event"),
        body=bindparam("body", type_=LargeBinary),
        received_at=bindparam("received_at"),
        state=DeliveryState.PENDING.value,
    )
    .on_conflict_do_nothing()
    .returning(delivery.c.id)
)

_BEGIN = (
    update(delivery)
    .where(delivery.c.id == bindparam("of_id"), delivery.c.state == DeliveryState.PENDING.value)
    .values(attempts=delivery.c.attempts + 1)
    .returning(delivery)
)

_LOCK_PENDING = (
    select(delivery.c.id)
    .where(delivery.c.id == bindparam("id"), delivery.c.state == DeliveryState.PENDING.value)
    .with_for_update()
)

_FORGOTTEN = (
    select(delivery.c.id)
    .where(
        stands(DeliveryState.PENDING),
        delivery.c.received_at < bindparam("before"),
        ~select(literal_column("1"))
        .select_from(JOBS)
        .where(JOBS.c.dedupe_key == func.concat(OF_DELIVERY, cast(delivery.c.id, Text)))
        .exists(),
    )
    .order_by(delivery.c.received_at)
    .limit(bindparam("most"))
)


async def accept(
    tx: Transaction, *, source: str, key: str, event: str, body: bytes, now: datetime
) -> UUID | None:
    """Keep a delivery; its id, or None where its key is known already."""
    kept: UUID | None = await tx.value(
        _ADD, id=new_id(), source=source, key=key, event=event, body=body, received_at=now
    )
    return kept


async def begin(tx: Transaction, delivery_id: UUID) -> Row | None:
    """Count an attempt at a delivery that waits, and give its row; None where none waits."""
    return await tx.one(_BEGIN, of_id=delivery_id)


async def hold(tx: Transaction, delivery_id: UUID) -> bool:
    """Hold a delivery against others who would process it; whether it still waits."""
    return bool(await tx.value(_LOCK_PENDING, id=delivery_id))


async def settle(
    tx: Transaction,
    delivery_id: UUID,
    state: DeliveryState,
    *,
    now: datetime | None = None,
    error: str | None = None,
) -> None:
    """Say how an attempt ended; `now` where it was the last one."""
    kept = None if error is None else error[:MAX_ERROR]
    changes: dict[str, object] = {"state": state.value, "error": kept, "processed_at": now}
    await update_row(tx, delivery, changes, id=delivery_id)


async def forgotten(tx: Transaction, before: datetime, most: int) -> Sequence[UUID]:
    """Up to `most` deliveries that came before that time and wait although no job is theirs."""
    return [row["id"] for row in await tx.fetch(_FORGOTTEN, before=before, most=most)]


_COUNTS = select(delivery.c.state, func.count().label("count")).group_by(delivery.c.state)


async def counts(database: Database) -> dict[DeliveryState, int]:
    """How many deliveries stand in each state."""
    return {DeliveryState(row["state"]): row["count"] for row in await database.fetch(_COUNTS)}
