"""Which incidents were mentioned in a channel, what people said of it, and where it belongs."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Text, bindparam, func, literal, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY, insert

from server.domain.channel import MOST_BEFOREHAND, Lifetime, Mention, Span, Word
from server.store.database import Row, Transaction
from server.store.ids import new_id
from server.store.statements import delete_rows, find_rows, insert_rows
from server.store.tables import (
    channel_mention,
    channel_word,
    incident,
    incident_channel,
    message,
)

MAX_MENTIONS = 1_000
"""How many mentions of incidents are folded, the newest."""

MAX_CHANNELS = 100
"""In how many channels one incident is looked for."""

_NAMES = ("source", "channel", "at", "message", "place", "mentioned")

_hash = func.hashtextextended(bindparam("address", type_=Text), literal(0))

_NOTE = (
    insert(channel_mention)
    .values(
        {name: bindparam(name, type_=channel_mention.c[name].type) for name in _NAMES}
        | {"address": _hash}
    )
    .on_conflict_do_nothing()
)

_standing = incident.alias("standing")
_stands = _standing.c.id == func.coalesce(incident.c.merged_into_id, incident.c.id)
_began = func.least(_standing.c.started_at, _standing.c.detected_at, _standing.c.declared_at)
_LIFETIME = (
    _standing.c.id.label("incident_id"),
    _began.label("began"),
    _standing.c.resolved_at,
)

_MENTIONS = (
    select(channel_mention.c.at, channel_mention.c.place, *_LIFETIME)
    .join(
        incident,
        or_(
            incident.c.id == channel_mention.c.mentioned,
            func.hashtextextended(incident.c.url, literal(0)) == channel_mention.c.address,
        ),
    )
    .join(_standing, _stands)
    .where(
        channel_mention.c.source == bindparam("source"),
        channel_mention.c.channel == bindparam("channel"),
    )
    .order_by(channel_mention.c.at.desc(), channel_mention.c.place, channel_mention.c.message)
    .limit(MAX_MENTIONS)
)

_WORDS = (
    select(channel_word.c.at, channel_word.c.linked, *_LIFETIME)
    .join(incident, incident.c.id == channel_word.c.incident_id)
    .join(_standing, _stands)
    .where(
        channel_word.c.source == bindparam("source"),
        channel_word.c.channel == bindparam("channel"),
    )
)

_SAY = insert(channel_word).values(
    {column.name: bindparam(column.name, type_=column.type) for column in channel_word.columns}
)
_SAY = _SAY.on_conflict_do_update(
    index_elements=list(channel_word.primary_key.columns),
    set_={name: _SAY.excluded[name] for name in ("linked", "at", "by_id")},
)

_TIMES = ARRAY(DateTime(timezone=True))
_reach = (
    func.unnest(bindparam("starts", type_=_TIMES), bindparam("ends", type_=_TIMES))
    .table_valued("starts_at", "ends_at")
    .render_derived("reach")
)
_oldest = (
    select(message.c.posted_at)
    .where(
        message.c.source == bindparam("source"),
        message.c.channel == bindparam("channel"),
        message.c.posted_at >= _reach.c.starts_at,
        message.c.posted_at < _reach.c.ends_at,
    )
    .order_by(message.c.posted_at.desc())
    .offset(MOST_BEFOREHAND - 1)
    .limit(1)
    .lateral("oldest")
)
_BOUNDS = select(_reach.c.starts_at, _oldest.c.posted_at).join(_oldest, true())

_SINCE = select(func.max(incident_channel.c.since)).where(
    incident_channel.c.source == bindparam("source"),
    incident_channel.c.external_id == bindparam("channel"),
)


_MENTIONING = (
    select(channel_mention.c.source, channel_mention.c.channel)
    .join(
        incident,
        func.hashtextextended(incident.c.url, literal(0)) == channel_mention.c.address,
    )
    .where(incident.c.id == bindparam("incident"))
    .union(
        select(incident_channel.c.source, incident_channel.c.external_id).where(
            incident_channel.c.incident_id == bindparam("incident")
        )
    )
    .limit(MAX_CHANNELS)
)


async def of_incident(tx: Transaction, incident_id: UUID) -> list[tuple[str, str]]:
    """The channels that belong to an incident or mention its page, in the order of their locks."""
    rows = await tx.fetch(_MENTIONING, incident=incident_id)
    return sorted((row["source"], row["channel"]) for row in rows)


async def note(tx: Transaction, rows: Sequence[dict[str, object]]) -> None:
    """Keep that these texts mention what may be incidents: an id, or a page's address."""
    await tx.each(_NOTE, rows)


async def say(tx: Transaction, **word: object) -> None:
    """Keep a person's last word on a channel; the columns of the table by name."""
    await tx.run(_SAY, **word)


async def mentions(tx: Transaction, source: str, channel: str) -> list[Mention]:
    """The incidents that were mentioned in a channel, each as the one that stands for it."""
    rows = await tx.fetch(_MENTIONS, source=source, channel=channel)
    return [Mention(row["at"], row["place"], row["incident_id"], _lifetime(row)) for row in rows]


async def said(tx: Transaction, source: str, channel: str) -> list[Word]:
    """What people said of a channel."""
    rows = await tx.fetch(_WORDS, source=source, channel=channel)
    return [Word(row["at"], row["incident_id"], _lifetime(row), row["linked"]) for row in rows]


def _lifetime(row: Row) -> Lifetime:
    return Lifetime(row["began"], row["resolved_at"])


async def bounds(
    tx: Transaction, source: str, channel: str, reaches: Sequence[tuple[datetime, datetime]]
) -> dict[datetime, datetime]:
    """Where to begin instead, by the beginning of each of these spans that hold too much."""
    starts, ends = ([each[index] for each in reaches] for index in (0, 1))
    rows = await tx.fetch(_BOUNDS, source=source, channel=channel, starts=starts, ends=ends)
    return {row["starts_at"]: row["posted_at"] for row in rows}


async def linked_last(tx: Transaction, source: str, channel: str) -> datetime | None:
    """When the channel was last linked to an incident."""
    found: datetime | None = await tx.value(_SINCE, source=source, channel=channel)
    return found


async def put_spans(
    tx: Transaction, source: str, channel: str, found: Sequence[Span], shown: dict[str, object]
) -> set[UUID]:
    """Make these the spans of a channel; the incidents that have other ones now.

    `shown` is its name and address.
    """
    known = {"source": source, "external_id": channel}
    wanted = [{**known, **shown, **_columns(each)} for each in found]
    old = [dict(row) for row in await find_rows(tx, incident_channel, **known)]
    kept = [{name: row[name] for name in row if name != "id"} for row in old]
    changed = [each for each in wanted if each not in kept]
    gone = [row for row, plain in zip(old, kept, strict=True) if plain not in wanted]
    for row in gone:
        await delete_rows(tx, incident_channel, id=row["id"])
    await insert_rows(tx, incident_channel, [{"id": new_id(), **each} for each in changed])
    return {each["incident_id"] for each in (*changed, *gone)}


def _columns(span: Span) -> dict[str, Any]:
    return {
        "incident_id": span.incident,
        "since": span.since,
        "starts_at": span.starts_at,
        "ends_at": span.ends_at,
        "by_person": span.by_person,
    }
