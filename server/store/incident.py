"""How incidents are kept: their row, their services and responders."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from server.domain.incident import Times
from server.store.database import Row, Transaction
from server.store.redirect import standing
from server.store.statements import delete_rows, insert_row, insert_rows
from server.store.tables import incident, incident_service, responder, service

_TEXTS = ARRAY(Text)

_SERVICES_BY_SLUG = select(service.c.slug, service.c.id).where(
    service.c.slug == any_(bindparam("slugs", type_=_TEXTS))
)

_SERVICES_OF = select(incident_service.c.service_id).where(
    incident_service.c.incident_id == bindparam("incident")
)

_SLUGS_OF = (
    select(service.c.slug)
    .join(incident_service, incident_service.c.service_id == service.c.id)
    .where(incident_service.c.incident_id == bindparam("incident"))
    .order_by(service.c.slug)
)

_LOCK = (
    select(incident)
    .where(incident.c.id == standing(bindparam("incident", type_=incident.c.id.type)))
    .with_for_update()
)


async def lock(tx: Transaction, incident_id: UUID) -> Row | None:
    """The incident's row, held against other writers of it until the transaction ends.

    Of an incident that is part of another one it is the row of that: also where it became so
    while this waited for it.
    """
    row = await tx.one(_LOCK, incident=incident_id)
    while row and row["merged_into_id"]:
        row = await tx.one(_LOCK, incident=row["merged_into_id"])
    return row


async def services_by_slug(tx: Transaction, slugs: Sequence[str]) -> dict[str, UUID]:
    """The ids of those services that exist, by slug."""
    rows = await tx.fetch(_SERVICES_BY_SLUG, slugs=list(slugs))
    return {row["slug"]: row["id"] for row in rows}


async def slugs_of(tx: Transaction, incident_id: UUID) -> list[str]:
    """The slugs of the incident's services, sorted."""
    return [row["slug"] for row in await tx.fetch(_SLUGS_OF, incident=incident_id)]


async def set_services(tx: Transaction, incident_id: UUID, services: Sequence[UUID]) -> None:
    """Make these the incident's services."""
    await delete_rows(tx, incident_service, incident_id=incident_id)
    rows: list[dict[str, object]] = [
        {"incident_id": incident_id, "service_id": service_id}
        for service_id in dict.fromkeys(services)
    ]
    await insert_rows(tx, incident_service, rows)


async def set_responders(
    tx: Transaction, incident_id: UUID, responders: Sequence[tuple[UUID, str]]
) -> None:
    """Make these people, each in a role, the incident's responders."""
    await delete_rows(tx, responder, incident_id=incident_id)
    for person_id, role in dict.fromkeys(responders):
        await insert_row(tx, responder, incident_id=incident_id, person_id=person_id, role=role)


def durations(times: Times) -> dict[str, object]:
    """The columns that derive from the moments."""
    return {
        "time_to_detect": times.time_to_detect,
        "time_to_acknowledge": times.time_to_acknowledge,
        "time_to_mitigate": times.time_to_mitigate,
        "time_to_resolve": times.time_to_resolve,
    }


def times_of(row: Row | dict[str, object]) -> Times:
    """The moments as an incident's row holds them."""
    return Times(**{name: row[name] for name in Times.__dataclass_fields__})  # type: ignore[arg-type]
