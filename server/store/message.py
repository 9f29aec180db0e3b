"""Which messages there are, which incident each belongs to, and whom they mention by name."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    Interval,
    Text,
    any_,
    bindparam,
    delete,
    func,
    literal,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY

from server.domain.channel import AFTERWARDS
from server.store.database import Row, Transaction
from server.store.statements import insert_rows
from server.store.tables import (
    identity,
    incident,
    incident_channel,
    message,
    message_mention,
    person,
)

PAGE = 500

SUBJECT = "message:"
"""What the subject of a message's observations begins with, before the message's id."""

_TEXTS = ARRAY(Text)

_over = incident.c.resolved_at + literal(AFTERWARDS, Interval)

_wanted = (
    select(func.coalesce(incident.c.merged_into_id, incident.c.id).label("incident_id"))
    .select_from(incident_channel)
    .join(incident, incident.c.id == incident_channel.c.incident_id)
    .where(
        incident_channel.c.source == message.c.source,
        incident_channel.c.external_id == message.c.channel,
        incident_channel.c.starts_at <= message.c.posted_at,
        or_(
            func.least(incident_channel.c.ends_at, _over).is_(None),
            func.least(incident_channel.c.ends_at, _over) > message.c.posted_at,
        ),
    )
    .order_by(incident_channel.c.starts_at.desc())
    .limit(1)
    .lateral("wanted")
)

_PLACED = select(
    message.c.external_id, message.c.incident_id, _wanted.c.incident_id.label("wanted")
).select_from(message.outerjoin(_wanted, true()))

_OF_NAMES = _PLACED.where(
    message.c.source == bindparam("source"),
    message.c.external_id == any_(bindparam("names", type_=_TEXTS)),
)

_MISPLACED = (
    _PLACED.where(
        message.c.source == bindparam("source"),
        message.c.channel == bindparam("channel"),
        message.c.incident_id.is_distinct_from(_wanted.c.incident_id),
    )
    .order_by(message.c.posted_at, message.c.external_id)
    .limit(PAGE)
)

_PLACE = (
    update(message)
    .where(
        message.c.source == bindparam("of_source"),
        message.c.external_id == any_(bindparam("names", type_=_TEXTS)),
    )
    .values(incident_id=bindparam("to_incident", type_=message.c.incident_id.type))
)

_MISNAMED = (
    select(message.c.source, message.c.channel, message.c.external_id)
    .distinct()
    .join(
        message_mention,
        (message_mention.c.source == message.c.source)
        & (message_mention.c.message == message.c.external_id),
    )
    .join(
        identity,
        (identity.c.provider == message_mention.c.provider)
        & (identity.c.external_id == message_mention.c.external_id),
    )
    .join(person, person.c.id == identity.c.person_id)
    .where(person.c.name != message_mention.c.name, message.c.incident_id.is_not(None))
    .order_by(message.c.source, message.c.channel, message.c.external_id)
    .limit(PAGE)
)

_FORGET_NAMES = delete(message_mention).where(
    message_mention.c.source == bindparam("of_source"),
    message_mention.c.message == any_(bindparam("messages", type_=_TEXTS)),
)


async def put(
    tx: Transaction, source: str, channel: str, posted: Sequence[tuple[str, datetime]]
) -> None:
    """Know of these messages."""
    rows: list[dict[str, object]] = [
        {"source": source, "external_id": name, "channel": channel, "posted_at": at}
        for name, at in posted
    ]
    await insert_rows(tx, message, rows, ignore=True)


async def placed(tx: Transaction, source: str, names: Sequence[str]) -> list[Row]:
    """Which incident these messages are told in, and which one they are wanted in."""
    return await tx.fetch(_OF_NAMES, source=source, names=list(names))


async def misplaced(tx: Transaction, source: str, channel: str) -> list[Row]:
    """Up to `PAGE` messages of a channel that are wanted in another incident than they are in."""
    return await tx.fetch(_MISPLACED, source=source, channel=channel)


async def misnamed(tx: Transaction) -> list[Row]:
    """Up to `PAGE` messages that are told with a name that somebody has no more."""
    return await tx.fetch(_MISNAMED)


async def place(
    tx: Transaction, source: str, names: Sequence[str], incident_id: UUID | None
) -> None:
    """Note that these messages are told in this incident, or in none."""
    await tx.run(_PLACE, of_source=source, names=list(names), to_incident=incident_id)


async def put_names(
    tx: Transaction, source: str, messages: Sequence[str], rows: list[dict[str, object]]
) -> None:
    """Note how those are called whom these messages mention."""
    await tx.run(_FORGET_NAMES, of_source=source, messages=list(messages))
    await insert_rows(tx, message_mention, rows)
