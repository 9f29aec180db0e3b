"""What is not kept for ever: bodies of webhooks, their keys, and idempotency keys."""

from datetime import datetime

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Text,
    and_,
    any_,
    bindparam,
    delete,
    literal,
    null,
    select,
    tuple_,
    update,
)

from server.domain.delivery import DeliveryState
from server.store.database import Transaction
from server.store.tables import delivery, idempotency
from server.store.views.delivery import stands
from server.store.views.sight import moment

_OVER = literal([DeliveryState.DONE.value, DeliveryState.DISCARDED.value], ARRAY(Text))


def _oldest(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Some of the deliveries before a time, passing over those that others have in hand."""
    some = (
        select(delivery.c.id)
        .where(and_(*conditions), delivery.c.received_at < moment("before"))
        .order_by(delivery.c.received_at)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True)
    )
    return delivery.c.id.in_(some)


_EMPTY = (
    update(delivery)
    .where(_oldest(stands(DeliveryState.DONE), delivery.c.body.is_not(None)))
    .values(body=null())
)

_FORGET = delete(delivery).where(_oldest(delivery.c.state == any_(_OVER)))

_KEY = tuple_(idempotency.c.subject, idempotency.c.command, idempotency.c.key)

_FORGET_KEYS = delete(idempotency).where(
    _KEY.in_(
        select(idempotency.c.subject, idempotency.c.command, idempotency.c.key)
        .where(idempotency.c.created_at < moment("before"))
        .order_by(idempotency.c.created_at)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True)
    )
)


async def empty_deliveries(tx: Transaction, before: datetime, most: int) -> int:
    """Delete the bodies of up to `most` that are done and came in before that time; how many."""
    return await tx.run(_EMPTY, before=before, most=most)


async def forget_deliveries(tx: Transaction, before: datetime, most: int) -> int:
    """Delete up to `most` that are done or discarded and came in before that time; how many."""
    return await tx.run(_FORGET, before=before, most=most)


async def forget_keys(tx: Transaction, before: datetime, most: int) -> int:
    """Delete up to `most` idempotency keys that were first used before that time; how many."""
    return await tx.run(_FORGET_KEYS, before=before, most=most)
