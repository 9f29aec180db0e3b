"""What is not kept for ever: bodies of webhooks, their keys, idempotency keys, and what was said
where no incident was talked about."""

from datetime import datetime

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Text,
    and_,
    any_,
    bindparam,
    delete,
    exists,
    func,
    literal,
    null,
    select,
    tuple_,
    update,
)

from server.domain.delivery import DeliveryState
from server.store.database import Transaction
from server.store.message import SUBJECT
from server.store.tables import (
    channel_mention,
    delivery,
    idempotency,
    incident_channel,
    message,
    observation,
)
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


_gone = (
    delete(message)
    .where(
        tuple_(message.c.source, message.c.external_id).in_(
            select(message.c.source, message.c.external_id)
            .where(message.c.incident_id.is_(None), message.c.posted_at < moment("before"))
            .order_by(message.c.posted_at)
            .limit(bindparam("most"))
            .with_for_update(skip_locked=True)
        )
    )
    .returning(message.c.source, message.c.external_id)
    .cte("gone")
)

_unsaid = (
    delete(observation)
    .where(
        observation.c.source == _gone.c.source,
        observation.c.subject == literal(SUBJECT).concat(_gone.c.external_id),
    )
    .cte("unsaid")
)

_FORGET_MESSAGES = select(func.count()).select_from(_gone).add_cte(_unsaid)

_FORGET_MENTIONS = delete(channel_mention).where(
    channel_mention.c.at < moment("before"),
    ~exists().where(
        incident_channel.c.source == channel_mention.c.source,
        incident_channel.c.external_id == channel_mention.c.channel,
    ),
)


async def forget_messages(tx: Transaction, before: datetime, most: int) -> int:
    """Delete up to `most` messages that were posted before that time and belong to no incident,
    with all that was said of them; how many."""
    found: int = await tx.value(_FORGET_MESSAGES, before=before, most=most)
    return found


async def forget_mentions(tx: Transaction, before: datetime) -> int:
    """Delete what was mentioned before that time in channels that belong to no incident."""
    return await tx.run(_FORGET_MENTIONS, before=before)


async def empty_deliveries(tx: Transaction, before: datetime, most: int) -> int:
    """Delete the bodies of up to `most` that are done and came in before that time; how many."""
    return await tx.run(_EMPTY, before=before, most=most)


async def forget_deliveries(tx: Transaction, before: datetime, most: int) -> int:
    """Delete up to `most` that are done or discarded and came in before that time; how many."""
    return await tx.run(_FORGET, before=before, most=most)


async def forget_keys(tx: Transaction, before: datetime, most: int) -> int:
    """Delete up to `most` idempotency keys that were first used before that time; how many."""
    return await tx.run(_FORGET_KEYS, before=before, most=most)
