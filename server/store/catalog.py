"""How the descriptions of services and people are found and held while they are changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import any_, bindparam, or_, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as SQL_UUID
from sqlalchemy.types import Text

from server.domain.incident import IncidentStatus
from server.store.database import Row, Transaction
from server.store.tables import incident, incident_service, responder, service, service_source

PAGERDUTY = "pagerduty"
"""The `source` under which a service owns a PagerDuty service."""

_CATALOG = (
    "lock table team, team_source, person, identity, service, service_source, service_dependency"
)

_HOLD = text(f"{_CATALOG} in share row exclusive mode")
_SHARE = text(f"{_CATALOG} in row exclusive mode")

_OWNERS = (
    select(
        service_source.c.external_id,
        service.c.id,
        service.c.slug,
        service.c.name,
        service.c.automatic,
    )
    .join(service, service.c.id == service_source.c.service_id)
    .where(
        service_source.c.source == bindparam("source"),
        service_source.c.external_id == any_(bindparam("ids", type_=ARRAY(Text))),
    )
)

_OF_SERVICES = (
    select(incident.c.id)
    .join(incident_service, incident_service.c.incident_id == incident.c.id)
    .where(incident_service.c.service_id == any_(bindparam("owners", type_=ARRAY(SQL_UUID))))
    .group_by(incident.c.id)
    .order_by(incident.c.declared_at.desc(), incident.c.id)
    .limit(bindparam("most"))
)

_OF_PEOPLE = (
    select(incident.c.id)
    .join(responder, responder.c.incident_id == incident.c.id)
    .where(responder.c.person_id == any_(bindparam("owners", type_=ARRAY(SQL_UUID))))
    .group_by(incident.c.id)
    .order_by(incident.c.declared_at.desc(), incident.c.id)
    .limit(bindparam("most"))
)

_LOCK_ALL = (
    select(incident.c.id)
    .where(incident.c.id == any_(bindparam("incidents", type_=ARRAY(SQL_UUID))))
    .order_by(incident.c.id)
    .with_for_update()
)

_RECENT = (
    select(incident.c.id)
    .join(incident_service, incident_service.c.incident_id == incident.c.id)
    .where(
        incident_service.c.service_id == bindparam("owner"),
        or_(
            incident.c.status != IncidentStatus.RESOLVED.value,
            incident.c.declared_at > bindparam("since"),
        ),
    )
    .order_by(incident.c.declared_at.desc(), incident.c.id)
    .limit(bindparam("most"))
)


async def hold(tx: Transaction) -> None:
    """Let nobody else change the catalog until the transaction ends; reading goes on.

    Descriptions change rarely, and sources create services and people all the time: without
    this, two who name the same one at once would make two of it.
    """
    await tx.run(_HOLD)


async def share(tx: Transaction) -> None:
    """Let nobody hold the catalog until the transaction ends; others may share it too.

    So whom a source names is not merged away between being found and being referred to. To be
    called before any row is locked.
    """
    await tx.run(_SHARE)


@dataclass(frozen=True, slots=True)
class Owner:
    """The service that a repository or a paging system's service belongs to."""

    id: UUID
    slug: str
    name: str
    automatic: bool


async def owners(tx: Transaction, source: str, ids: Sequence[str]) -> dict[str, Owner]:
    """The owner of each of these ids of a source that has one."""
    rows = await tx.fetch(_OWNERS, source=source, ids=list(ids))
    return {
        row["external_id"]: Owner(row["id"], row["slug"], row["name"], row["automatic"])
        for row in rows
    }


async def lock_incidents_of_services(
    tx: Transaction, services: Sequence[UUID], most: int
) -> list[UUID]:
    """The newest incidents of these services, locked in one order for all who lock several."""
    return await _locked(tx, await tx.fetch(_OF_SERVICES, owners=list(services), most=most))


async def lock_incidents_of_people(
    tx: Transaction, people: Sequence[UUID], most: int
) -> list[UUID]:
    """The newest incidents that these people responded to, locked in the same order."""
    return await _locked(tx, await tx.fetch(_OF_PEOPLE, owners=list(people), most=most))


async def _locked(tx: Transaction, found: Sequence[Row]) -> list[UUID]:
    ids = [row["id"] for row in found]
    return [row["id"] for row in await tx.fetch(_LOCK_ALL, incidents=ids)]


async def recent_incidents(
    tx: Transaction, service_id: UUID, since: datetime, most: int
) -> list[UUID]:
    """The service's incidents that are open or were declared after `since`, newest first."""
    rows = await tx.fetch(_RECENT, owner=service_id, since=since, most=most)
    return [row["id"] for row in rows]
