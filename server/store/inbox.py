"""The inbox as an operator sees it: pages of it, one delivery, and what may be done with that."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from uuid import UUID

from sqlalchemy import UUID as SQL_UUID
from sqlalchemy import Text, bindparam, func, null, or_, select, tuple_, update
from sqlalchemy.sql import Executable

from server.domain.delivery import DeliveryState
from server.store.database import Database, Row, Transaction
from server.store.statements import update_row
from server.store.tables import delivery
from server.store.views.delivery import DELIVERIES, stands
from server.store.views.sight import moment

_KNOWN = (
    *(column for column in delivery.c if column is not delivery.c.body),
    func.octet_length(delivery.c.body).label("body_bytes"),
)
"""All but the body, of which only the length is read."""

_PLACE = tuple_(delivery.c.received_at, delivery.c.id)

_ONE = select(*_KNOWN).where(delivery.c.id == bindparam("id"))
_HELD = _ONE.with_for_update()
_BODY = select(delivery.c.body).where(delivery.c.id == bindparam("id"))

_SOME_PARKED = (
    select(delivery.c.id)
    .where(
        stands(DeliveryState.PARKED),
        or_(
            bindparam("source", type_=Text).is_(None),
            delivery.c.source == bindparam("source", type_=Text),
        ),
        delivery.c.id > bindparam("beyond", type_=SQL_UUID),
    )
    .order_by(delivery.c.id)
    .limit(bindparam("most"))
    .with_for_update()
)

_REOPEN = update(delivery).values(
    state=DeliveryState.PENDING.value, attempts=0, error=null(), processed_at=null()
)
_REOPEN_ONE = _REOPEN.where(delivery.c.id == bindparam("of_id"))
_REOPEN_PARKED = _REOPEN.where(delivery.c.id.in_(_SOME_PARKED)).returning(
    delivery.c.id, delivery.c.source
)


@lru_cache(maxsize=64)
def _page(conditions: tuple[str, ...], resumed: bool) -> Executable:
    found = select(*_KNOWN).where(*(DELIVERIES[name] for name in conditions))
    if resumed:
        place = tuple_(moment("at_time"), bindparam("at_id", type_=SQL_UUID))
        found = found.where(place > _PLACE)
    newest = (delivery.c.received_at.desc(), delivery.c.id.desc())
    return found.order_by(*newest).limit(bindparam("most"))


async def page(
    database: Database, wanted: Mapping[str, object], *, after: Row | None, most: int
) -> Sequence[Row]:
    """Up to `most` deliveries, the newest first, for which these conditions hold.

    `after` is the last one of the page before.
    """
    at = {"at_time": after["received_at"], "at_id": after["id"]} if after else {}
    statement = _page(tuple(sorted(wanted)), after is not None)
    return await database.fetch(statement, **wanted, **at, most=most)


async def find(database: Database, delivery_id: UUID) -> Row | None:
    """One delivery without its body."""
    return await database.one(_ONE, id=delivery_id)


async def body(database: Database, delivery_id: UUID) -> bytes | None:
    """The body of a delivery; None where it is gone."""
    row = await database.one(_BODY, id=delivery_id)
    return row["body"] if row else None


async def hold(tx: Transaction, delivery_id: UUID) -> Row | None:
    """One delivery, held against others who would change it."""
    return await tx.one(_HELD, id=delivery_id)


async def reopen(tx: Transaction, delivery_id: UUID) -> None:
    """Let a delivery be as it was when it came in."""
    await tx.run(_REOPEN_ONE, of_id=delivery_id)


async def reopen_parked(
    tx: Transaction, source: str | None, beyond: UUID, most: int
) -> Sequence[Row]:
    """Reopen up to `most` parked deliveries of a source, or of all, whose ids lie beyond one."""
    return await tx.fetch(_REOPEN_PARKED, source=source, beyond=beyond, most=most)


async def discard(tx: Transaction, delivery_id: UUID) -> None:
    """Give a delivery up: its body goes, its key stays."""
    changes: dict[str, object] = {"state": DeliveryState.DISCARDED.value, "body": None}
    await update_row(tx, delivery, changes, id=delivery_id)
