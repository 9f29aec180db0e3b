"""Who could facilitate a post-mortem: everybody who is known, and when they were last asked."""

from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, exists, func, or_, select, union

from server.domain.facilitator import Colleague
from server.store.database import Transaction
from server.store.tables import (
    facilitator_asked,
    incident_service,
    person,
    responder,
    service,
    service_dependency,
    team,
)

MOST = 10_000
"""How many people are considered, those first who were asked longest ago."""

_of_incident = bindparam("incident", type_=incident_service.c.incident_id.type)

_hurt = select(incident_service.c.service_id).where(incident_service.c.incident_id == _of_incident)

_near = union(
    select(service_dependency.c.depends_on_id).where(service_dependency.c.service_id.in_(_hurt)),
    select(service_dependency.c.service_id).where(service_dependency.c.depends_on_id.in_(_hurt)),
)

_owners = select(service.c.team_id).where(service.c.id.in_(_hurt), service.c.team_id.is_not(None))

_adjacent_teams = select(service.c.team_id).where(
    service.c.id.in_(_near), service.c.team_id.is_not(None), service.c.team_id.not_in(_owners)
)
"""Teams around the affected services, without those whose own services these are."""

_asked_at = (
    select(func.max(facilitator_asked.c.at))
    .where(facilitator_asked.c.person_id == person.c.id)
    .correlate(person)
    .scalar_subquery()
)


def _leads() -> ColumnElement[bool]:
    led = team.alias("led")
    return exists().where(led.c.lead_id == person.c.id).correlate(person)


# Whoever a source made and nobody placed in a team may be a robot, or a customer.
_IS_COLLEAGUE = or_(~person.c.automatic, person.c.team_id.is_not(None))

_COLLEAGUES = (
    select(
        person.c.id,
        team.c.name.label("team"),
        _leads().label("leads"),
        func.coalesce(person.c.team_id.in_(_adjacent_teams), False).label("adjacent"),
        _asked_at.label("asked_at"),
    )
    .select_from(person.outerjoin(team, team.c.id == person.c.team_id))
    .where(_IS_COLLEAGUE)
    .order_by(_asked_at.asc().nulls_first(), person.c.id)
    .limit(MOST)
)

_TOOK_PART = select(responder.c.person_id).where(responder.c.incident_id == _of_incident)


async def colleagues(tx: Transaction, incident_id: UUID) -> tuple[Colleague, ...]:
    """Everybody who could be asked, as they stand to this incident."""
    rows = await tx.fetch(_COLLEAGUES, incident=incident_id)
    return tuple(Colleague(**row) for row in rows)


async def took_part(tx: Transaction, incident_id: UUID) -> frozenset[UUID]:
    """Who responded to the incident in any role, or was paged."""
    rows = await tx.fetch(_TOOK_PART, incident=incident_id)
    return frozenset(row["person_id"] for row in rows)
