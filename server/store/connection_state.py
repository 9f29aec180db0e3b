"""How far each connection was read, who is reading it, and how that went."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import UUID as SQL_UUID
from sqlalchemy import Boolean, DateTime, and_, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from server.domain.delivery import DeliveryState
from server.store.database import Database, Row, Transaction
from server.store.ids import new_id
from server.store.statements import update_row
from server.store.tables import connection_state as state
from server.store.tables import delivery

POLL = "poll"
"""The stream of a connection's news; those of backfills have names of their own."""


@dataclass(frozen=True, slots=True)
class Stream:
    """What is read of a connection with a cursor of its own."""

    integration: str
    connection: str
    name: str = POLL


_now = bindparam("now", type_=DateTime(timezone=True))

_MINE = {
    "lease": bindparam("lease", type_=SQL_UUID),
    "leased_until": bindparam("until", type_=DateTime(timezone=True)),
}

_NEW = insert(state).values(
    id=bindparam("id", type_=SQL_UUID),
    integration=bindparam("integration"),
    connection=bindparam("connection"),
    stream=bindparam("stream"),
    due_at=_now,
    **_MINE,
)

_IS_FREE = or_(state.c.leased_until.is_(None), state.c.leased_until < _now)
_IS_DUE = or_(
    state.c.due_at <= _now,
    bindparam("anyway", type_=Boolean),
    and_(state.c.stopped, bindparam("stopped_too", type_=Boolean)),
)

_CLAIM = _NEW.on_conflict_do_update(
    index_elements=[state.c.integration, state.c.connection, state.c.stream],
    set_=_MINE,
    where=and_(_IS_FREE, _IS_DUE),
).returning(state)

_HOLD = (
    select(state.c.id)
    .where(state.c.id == bindparam("id"), state.c.lease == bindparam("lease", type_=SQL_UUID))
    .with_for_update()
)

_ALL = select(state).order_by(state.c.integration, state.c.connection, state.c.stream)


async def claim(
    tx: Transaction,
    stream: Stream,
    lease: UUID,
    until: datetime,
    *,
    now: datetime,
    anyway: bool,
    stopped_too: bool,
) -> Row | None:
    """Lease a stream that is due and that nobody else holds; its row, or None.

    A stream that is new is due at once. `anyway` is for one that is due when somebody asks,
    `stopped_too` for one that stopped before its trouble may have been mended.
    """
    return await tx.one(
        _CLAIM,
        id=new_id(),
        integration=stream.integration,
        connection=stream.connection,
        stream=stream.name,
        lease=lease,
        until=until,
        now=now,
        anyway=anyway,
        stopped_too=stopped_too,
    )


async def hold(tx: Transaction, state_id: UUID, lease: UUID) -> bool:
    """Hold a stream's row until the transaction ends; whether the lease is still good."""
    return bool(await tx.value(_HOLD, id=state_id, lease=lease))


async def change(tx: Transaction, state_id: UUID, lease: UUID, changes: dict[str, object]) -> None:
    """Set columns of a stream's row, if the lease is still good."""
    await update_row(tx, state, changes, id=state_id, lease=lease)


async def note(tx: Transaction, stream: Stream, changes: dict[str, object]) -> None:
    """Set columns of a stream's row, whoever reads it; nothing where it was never read."""
    whose = {"integration": stream.integration, "connection": stream.connection}
    await update_row(tx, state, changes, **whose, stream=stream.name)


async def every(database: Database) -> Sequence[Row]:
    """All streams that were ever read."""
    return await database.fetch(_ALL)


_PARKED = (
    select(delivery.c.source, func.count().label("count"))
    .where(delivery.c.state == DeliveryState.PARKED.value)
    .group_by(delivery.c.source)
)

# Keys grow with time, so the newest is found at their end.
_LAST_DONE = (
    select(delivery.c.processed_at)
    .where(delivery.c.source == bindparam("source"), delivery.c.state == DeliveryState.DONE.value)
    .order_by(delivery.c.id.desc())
    .limit(1)
)


async def parked(database: Database) -> dict[str, int]:
    """How many deliveries of each source are parked."""
    return {row["source"]: row["count"] for row in await database.fetch(_PARKED)}


async def last_delivery(database: Database, source: str) -> datetime | None:
    """When the newest webhook of a source that was processed was."""
    row = await database.one(_LAST_DONE, source=source)
    return row["processed_at"] if row else None
