"""The feed of an incident: a sequence without holes, taken from its row inside the transaction."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Integer, any_, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as SQL_UUID

from server.domain.feed import FeedChange, FeedSubject
from server.store.database import Database, Row, Transaction
from server.store.statements import insert_rows
from server.store.tables import feed, incident

_TAKE = (
    update(incident)
    .where(incident.c.id == bindparam("of_id"))
    .values(
        sequence=incident.c.sequence + bindparam("many", type_=Integer),
        updated_at=func.clock_timestamp(),
    )
    .returning(incident.c.sequence)
)

_AFTER = (
    select(feed.c.sequence, feed.c.subject, feed.c.subject_id, feed.c.change)
    .where(
        feed.c.incident_id == bindparam("incident"),
        feed.c.sequence > bindparam("after"),
        feed.c.sequence <= bindparam("upto"),
    )
    .order_by(feed.c.sequence)
    .limit(bindparam("most"))
)

_HEADS = select(incident.c.id, incident.c.sequence).where(
    incident.c.id == any_(bindparam("incidents", type_=ARRAY(SQL_UUID)))
)

_MOVED = (
    select(incident.c.id, incident.c.sequence, incident.c.updated_at)
    .where(incident.c.updated_at > bindparam("since"))
    .order_by(incident.c.updated_at, incident.c.id)
    .limit(1000)
)


_OF_SUBJECT = (
    select(feed.c.incident_id, feed.c.sequence, feed.c.subject_id)
    .where(
        feed.c.incident_id == any_(bindparam("incidents", type_=ARRAY(SQL_UUID))),
        feed.c.subject == bindparam("subject"),
        feed.c.at > bindparam("since"),
    )
    .order_by(feed.c.incident_id, feed.c.sequence)
)


async def append(
    tx: Transaction,
    incident_id: UUID,
    subject: FeedSubject,
    subject_ids: Sequence[UUID],
    change: FeedChange,
    now: datetime,
) -> Sequence[int]:
    """Take the incident's next sequences, one for each subject, and write the changes at them."""
    newest: int = await tx.value(_TAKE, of_id=incident_id, many=len(subject_ids))
    sequences = range(newest - len(subject_ids) + 1, newest + 1)
    told = {
        "incident_id": incident_id,
        "subject": subject.value,
        "change": change.value,
        "at": now,
    }
    rows: list[dict[str, object]] = [
        {**told, "sequence": sequence, "subject_id": subject_id}
        for sequence, subject_id in zip(sequences, subject_ids, strict=True)
    ]
    await insert_rows(tx, feed, rows)
    return sequences


async def changes_after(
    database: Database, incident_id: UUID, after: int, upto: int, most: int
) -> Sequence[Row]:
    """Up to `most` changes with after < sequence <= upto, in order."""
    return await database.fetch(_AFTER, incident=incident_id, after=after, upto=upto, most=most)


async def changes_of(
    database: Database, subject: FeedSubject, incidents: Sequence[UUID], since: datetime
) -> Sequence[Row]:
    """What changed of one kind in these incidents since a time, in the order of their feeds."""
    return await database.fetch(
        _OF_SUBJECT, subject=subject.value, incidents=list(incidents), since=since
    )


async def heads(database: Database, incidents: Sequence[UUID]) -> dict[UUID, int]:
    """The newest sequence of each of these incidents."""
    rows = await database.fetch(_HEADS, incidents=list(incidents))
    return {row["id"]: row["sequence"] for row in rows}


async def moved_since(database: Database, since: datetime) -> Sequence[Row]:
    """Incidents whose feed moved after `since`, oldest first: id, sequence, updated_at."""
    return await database.fetch(_MOVED, since=since)
