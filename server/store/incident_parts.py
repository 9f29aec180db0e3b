"""What belongs to an incident, and how it is moved to the one that the incident became part of.

Each part keeps its id, so whatever refers to it goes on doing so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Table, any_, bindparam, delete, exists, func, null, select, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.dialects.postgresql import UUID as SQL_UUID

from server.domain.feed import FeedSubject
from server.store.database import Row, Transaction
from server.store.statements import delete_rows, find_rows, insert_rows, update_row
from server.store.tables import (
    action_item,
    channel_word,
    hypothesis,
    hypothesis_evidence,
    idempotency,
    incident,
    incident_channel,
    incident_service,
    message,
    postmortem,
    recurrence,
    responder,
    timeline_entry,
    why,
    why_evidence,
)

PARTS = {
    FeedSubject.HYPOTHESIS: hypothesis,
    FeedSubject.WHY: why,
    FeedSubject.ACTION_ITEM: action_item,
}
"""The parts that are moved as they are, by what the feed calls them, in the order of the moves."""

UNITED = (incident_service, responder, channel_word, recurrence)
"""What an incident has each of once: its services, the people in their roles, what people said
of a channel, and what it is a recurrence of."""

CHAT = (incident_channel, message)
"""What moves along silently: where the incident is talked about."""


_twin = timeline_entry.alias("twin")

_ENTRIES = (
    select(timeline_entry.c.id, timeline_entry.c.touched, _twin.c.id.label("twin_id"))
    .select_from(
        timeline_entry.outerjoin(
            _twin,
            (_twin.c.incident_id == bindparam("target", type_=SQL_UUID))
            & (_twin.c.source == timeline_entry.c.source)
            & (_twin.c.external_id == timeline_entry.c.external_id),
        )
    )
    .where(timeline_entry.c.incident_id == bindparam("merged"))
    .order_by(timeline_entry.c.sequence)
)

_FREE = (
    update(timeline_entry)
    .where(timeline_entry.c.id == any_(bindparam("entries", type_=ARRAY(SQL_UUID))))
    .values(external_id=null())
)

_MOVE_ENTRY = (
    update(timeline_entry)
    .where(timeline_entry.c.id == bindparam("of_id"))
    .values(incident_id=bindparam("target"), sequence=bindparam("to_sequence"))
)

_double, _twin_of = bindparam("double", type_=SQL_UUID), bindparam("twin", type_=SQL_UUID)

_STAND_ON_TWINS = tuple(
    statement
    for owner in (hypothesis_evidence.c.hypothesis_id, why_evidence.c.why_id)
    for statement in (
        insert(owner.table)
        .from_select(
            [owner.name, "entry_id"],
            select(owner, _twin_of).where(owner.table.c.entry_id == _double),
        )
        .on_conflict_do_nothing(),
        delete(owner.table).where(owner.table.c.entry_id == _double),
    )
)
"""What stood on a double stands on its twin, which tells the same."""

_MOVE = {
    table: update(table)
    .where(table.c.incident_id == bindparam("merged"))
    .values(incident_id=bindparam("target"))
    .returning(table.c.id)
    for table in PARTS.values()
}

_own = postmortem.alias("own")

_MOVE_POSTMORTEM = (
    update(postmortem)
    .where(
        postmortem.c.incident_id == bindparam("merged"),
        ~exists().where(_own.c.incident_id == bindparam("target")),
    )
    .values(incident_id=bindparam("target"))
    .returning(postmortem.c.id)
)

_PAGES = select(incident.c.source, incident.c.external_id).where(
    (incident.c.id == bindparam("target")) | (incident.c.merged_into_id == bindparam("target")),
    incident.c.source.is_not(None),
)

_TAKE_ALONG = (
    update(incident)
    .where(incident.c.merged_into_id == bindparam("merged"))
    .values(merged_into_id=bindparam("target"))
)

_ANSWER_WITH = (
    update(idempotency)
    .where(bindparam("merged", type_=SQL_UUID) == any_(idempotency.c.result))
    .values(
        result=func.array_replace(
            idempotency.c.result,
            bindparam("merged", type_=SQL_UUID),
            bindparam("target", type_=SQL_UUID),
        )
    )
)


@dataclass(frozen=True, slots=True)
class Entries:
    """The entries of a timeline that is moved into another one.

    `moving` are in the order of their feed. `doubles` are told in the other timeline by the same
    source already, and stay where they are; each with its twin there. `freed` move, but under no
    name of their source: they have a twin, and a person made something else of them.
    """

    moving: Sequence[UUID]
    doubles: Sequence[tuple[UUID, UUID]]
    freed: Sequence[UUID]


def _entries(rows: Sequence[Row]) -> Entries:
    doubles = [(row["id"], row["twin_id"]) for row in rows if row["twin_id"] and not row["touched"]]
    staying = {entry_id for entry_id, _ in doubles}
    return Entries(
        moving=[row["id"] for row in rows if row["id"] not in staying],
        doubles=doubles,
        freed=[row["id"] for row in rows if row["twin_id"] and row["touched"]],
    )


async def entries_of(tx: Transaction, merged: UUID, target: UUID) -> Entries:
    """The entries of one incident's timeline, as they fit into the other's."""
    return _entries(await tx.fetch(_ENTRIES, merged=merged, target=target))


async def move_entries(
    tx: Transaction, target: UUID, entries: Entries, sequences: Sequence[int]
) -> None:
    """Move entries, each to its new position in the target's feed; doubles give their place up."""
    await tx.run(_FREE, entries=list(entries.freed))
    moves = zip(entries.moving, sequences, strict=True)
    await tx.each(
        _MOVE_ENTRY,
        [{"of_id": entry, "target": target, "to_sequence": place} for entry, place in moves],
    )
    pairs: list[dict[str, object]] = [
        {"double": double, "twin": twin} for double, twin in entries.doubles
    ]
    for statement in _STAND_ON_TWINS:
        await tx.each(statement, pairs)


async def move(tx: Transaction, table: Table, merged: UUID, target: UUID) -> list[UUID]:
    """Move all parts of one kind; their ids in the order in which they were made."""
    rows = await tx.fetch(_MOVE[table], merged=merged, target=target)
    return sorted(row["id"] for row in rows)


async def move_postmortem(tx: Transaction, merged: UUID, target: UUID) -> list[UUID]:
    """Move the post-mortem, unless the target has one: then it stays with its record."""
    rows = await tx.fetch(_MOVE_POSTMORTEM, merged=merged, target=target)
    return [row["id"] for row in rows]


async def unite(tx: Transaction, table: Table, merged: UUID, target: UUID) -> None:
    """Add one of the sets to the target's."""
    rows = [
        {**row, "incident_id": target} for row in await find_rows(tx, table, incident_id=merged)
    ]
    await insert_rows(tx, table, rows, ignore=True)
    await delete_rows(tx, table, incident_id=merged)


async def lead(tx: Transaction, merged: UUID, target: UUID, by: Mapping[str, object]) -> None:
    """Let the merged incident lead to the target, with whatever led to it: earlier mergers, and
    the answers that clients with an idempotency key are given again."""
    await update_row(tx, incident, {"merged_into_id": target, **by}, id=merged)
    await tx.run(_TAKE_ALONG, merged=merged, target=target)
    await tx.run(_ANSWER_WITH, merged=merged, target=target)


async def pages_of(tx: Transaction, incident_id: UUID) -> Sequence[tuple[str, str]]:
    """The pages that were sent for an incident, as source and external id."""
    rows = await tx.fetch(_PAGES, target=incident_id)
    return [(row["source"], row["external_id"]) for row in rows]
