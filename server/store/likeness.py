"""Incidents that may be records of one: what is compared, and what came of it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import any_, bindparam, delete, extract, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as SQL_UUID
from sqlalchemy.types import DateTime, Interval

from server.domain.likeness import WINDOW, Dependencies, Likeness, Sighting
from server.store import observation
from server.store.database import Row, Transaction
from server.store.statements import find_rows, insert_rows
from server.store.tables import incident, incident_service, likely_same, service_dependency

MAX_COMPARED = 100
"""With how many incidents around its time, the nearest first, one is compared."""

_IDS = ARRAY(SQL_UUID)
_declared = bindparam("declared_at", type_=DateTime(timezone=True))
_window = literal(WINDOW, Interval)

_NEAR = (
    select(
        incident.c.id,
        incident.c.title,
        incident.c.declared_at,
        incident.c.resolved_at,
        incident.c.source,
    )
    .where(
        incident.c.declared_at >= _declared - _window,
        incident.c.declared_at <= _declared + _window,
        incident.c.id != bindparam("incident"),
        incident.c.merged_into_id.is_(None),
    )
    .order_by(func.abs(extract("epoch", incident.c.declared_at - _declared)), incident.c.id)
    .limit(MAX_COMPARED)
)

_SERVICES = select(incident_service).where(
    incident_service.c.incident_id == any_(bindparam("incidents", type_=_IDS))
)

_DEPENDENCIES = select(service_dependency).where(
    service_dependency.c.service_id == any_(bindparam("services", type_=_IDS)),
    service_dependency.c.depends_on_id == any_(bindparam("services", type_=_IDS)),
)

_HOLD_STANDING = (
    select(incident.c.id)
    .where(
        incident.c.id == any_(bindparam("incidents", type_=_IDS)),
        incident.c.merged_into_id.is_(None),
    )
    .order_by(incident.c.id)
    .with_for_update()
)

_ours, _theirs = likely_same.c.incident_id, likely_same.c.other_id

_FORGET = delete(likely_same).where(
    or_(
        (_ours == bindparam("incident")) & (_theirs == any_(bindparam("others", type_=_IDS))),
        (_theirs == bindparam("incident")) & (_ours == any_(bindparam("others", type_=_IDS))),
    )
)


@dataclass(frozen=True, slots=True)
class Compared:
    """An incident, those around its time, and the dependencies among their services."""

    itself: Sighting
    others: Mapping[UUID, Sighting]
    depends_on: Dependencies


async def hold(tx: Transaction) -> None:
    """Let nobody else compare incidents until the transaction ends: a pair belongs to two."""
    await observation.lock(tx, ["likely same"])


async def compared(tx: Transaction, row: Row) -> Compared:
    """What an incident is compared with, given its row."""
    near = await tx.fetch(_NEAR, incident=row["id"], declared_at=row["declared_at"])
    services: dict[UUID, set[UUID]] = {each["id"]: set() for each in (row, *near)}
    for pair in await tx.fetch(_SERVICES, incidents=list(services)):
        services[pair["incident_id"]].add(pair["service_id"])
    every = set().union(*services.values())
    depends_on: dict[UUID, set[UUID]] = {}
    for edge in await tx.fetch(_DEPENDENCIES, services=list(every)):
        depends_on.setdefault(edge["service_id"], set()).add(edge["depends_on_id"])
    seen = {each["id"]: _sighting(each, services[each["id"]]) for each in (row, *near)}
    return Compared(seen.pop(row["id"]), seen, depends_on)


def _sighting(row: Row, services: Collection[UUID]) -> Sighting:
    return Sighting(
        row["title"],
        row["declared_at"],
        row["resolved_at"],
        frozenset(services),
        row["source"] is not None,
    )


async def kept(tx: Transaction, incident_id: UUID) -> dict[UUID, Likeness]:
    """The incidents that are shown as likely the same as this one."""
    rows = await find_rows(tx, likely_same, incident_id=incident_id)
    return {row["other_id"]: Likeness(row["score"], row["reason"]) for row in rows}


async def keep(
    tx: Transaction, incident_id: UUID, others: Mapping[UUID, Likeness | None]
) -> Sequence[UUID]:
    """Keep what is thought of these others now, on both sides; all whom that changes, locked.

    An incident that became part of another meanwhile is like no other, and changes no more.
    """
    standing = [
        row["id"] for row in await tx.fetch(_HOLD_STANDING, incidents=[incident_id, *others])
    ]
    await tx.run(_FORGET, incident=incident_id, others=list(others))
    pairs = [
        (*ids, told)
        for other_id, told in others.items()
        if told and {incident_id, other_id} <= set(standing)
        for ids in ((incident_id, other_id), (other_id, incident_id))
    ]
    rows: list[dict[str, object]] = [
        {"incident_id": one, "other_id": other, "score": told.score, "reason": told.reason}
        for one, other, told in pairs
    ]
    await insert_rows(tx, likely_same, rows)
    return standing
