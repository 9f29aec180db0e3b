"""How services are kept that sources name: found by their name there, or made."""

from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert

from integrations.observation import ServiceRef
from server.domain.catalog import repository_name
from server.domain.slug import slugs
from server.store.database import Transaction
from server.store.ids import new_id
from server.store.statements import delete_rows
from server.store.tables import service, service_source

REPOSITORY = "repository"
"""The `source` of services known by their repository, whoever hosts it."""

_FIND = select(service_source.c.service_id).where(
    service_source.c.source == bindparam("source"),
    service_source.c.external_id == bindparam("external_id"),
)

_ADD = (
    insert(service)
    .values({name: bindparam(name) for name in ("id", "slug", "name", "automatic")})
    .on_conflict_do_nothing()
    .returning(service.c.id)
)

_ADD_SOURCE = (
    insert(service_source)
    .values({name: bindparam(name) for name in ("source", "external_id", "service_id")})
    .on_conflict_do_nothing()
    .returning(service_source.c.service_id)
)


async def of_repository(tx: Transaction, repository: str) -> UUID:
    """The service that a repository ("owner/name") holds; made under the name if it is unknown."""
    owner = repository.rpartition("/")[0] or None
    name = repository_name(repository) or repository
    return await _find_or_create(tx, REPOSITORY, repository, name, owner)


async def of_reference(tx: Transaction, reference: ServiceRef) -> UUID:
    """The service that a paging system means; made under the name it has there."""
    return await _find_or_create(
        tx, reference.provider, reference.external_id, reference.name, None
    )


async def _find_or_create(
    tx: Transaction, source: str, external_id: str, name: str, owner: str | None
) -> UUID:
    known = {"source": source, "external_id": external_id}
    found: UUID | None = await tx.value(_FIND, **known)
    if found is None:
        made = await _create(tx, name, owner)
        found = await tx.value(_ADD_SOURCE, **known, service_id=made)
        if found is None:
            # Another transaction was first, and its service is the one.
            await delete_rows(tx, service, id=made)
            found = await tx.value(_FIND, **known)
    if found is None:
        raise LookupError(f"the service of {source} {external_id} came and went")
    return found


async def _create(tx: Transaction, name: str, owner: str | None) -> UUID:
    """Make a service under the first slug that is free."""
    service_id = new_id()
    for slug in (*slugs(name, owner), str(service_id)):
        if await tx.value(_ADD, id=service_id, slug=slug, name=name, automatic=True):
            break
    return service_id
