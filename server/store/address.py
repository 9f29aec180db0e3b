"""The addresses by which identities are joined: what sources verified, and who has it."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from uuid import UUID

from sqlalchemy import bindparam, exists, func, literal, or_, select, union
from sqlalchemy.dialects.postgresql import insert

from integrations.observation import PersonRef
from server.domain.catalog import plain_email
from server.domain.joining import Known
from server.store.database import Row, Transaction
from server.store.tables import address, identity, person

_ADD = (
    insert(address)
    .values({name: bindparam(name) for name in ("email", "provider", "external_id")})
    .on_conflict_do_nothing()
    .returning(address.c.email)
)

_of_identity = (address.c.provider == identity.c.provider) & (
    address.c.external_id == identity.c.external_id
)

_OWNER = select(person.c.id).where(person.c.email == bindparam("email"))

_BEARER = (
    select(identity.c.person_id)
    .join(address, _of_identity)
    .where(address.c.email == bindparam("email"))
    .order_by(identity.c.person_id)
    .limit(1)
)

_having = union(
    select(address.c.email, identity.c.person_id).join(identity, _of_identity),
    select(person.c.email, person.c.id).where(person.c.email.in_(select(address.c.email))),
).subquery()

_is_shared = select(_having.c.email).group_by(_having.c.email).having(func.count() > 1)

_called_by_a_handle = exists().where(
    identity.c.person_id == person.c.id,
    or_(identity.c.handle == person.c.name, identity.c.external_id == person.c.name),
)

_SHARED = (
    select(
        _having.c.email,
        person.c.id,
        person.c.automatic,
        (~_called_by_a_handle).label("named"),
        func.coalesce(person.c.email == _having.c.email, literal(False)).label("owns"),
    )
    .join(person, person.c.id == _having.c.person_id)
    .where(_having.c.email.in_(_is_shared))
    .order_by(_having.c.email, person.c.id)
)

_owner = person.alias("owner")

_FREE = (
    select(person.c.id, func.min(address.c.email).label("email"))
    .join(identity, identity.c.person_id == person.c.id)
    .join(address, _of_identity)
    .where(person.c.email.is_(None), ~exists().where(_owner.c.email == address.c.email))
    .group_by(person.c.id)
    .order_by(person.c.id)
)


async def add(tx: Transaction, people: Iterable[PersonRef]) -> bool:
    """Note the addresses of these people, whose identities are known; whether any is new."""
    told = {
        (plain_email(each.email), each.provider, each.external_id) for each in people if each.email
    }
    new = False
    for email, provider, external_id in sorted(told):
        who = {"provider": provider, "external_id": external_id}
        new |= bool(await tx.value(_ADD, email=email, **who))
    return new


async def person_with(tx: Transaction, email: str) -> UUID | None:
    """Who has this address: as their own, else by an identity."""
    found: UUID | None = await tx.value(_OWNER, email=email)
    return found or await tx.value(_BEARER, email=email)


async def shared(tx: Transaction) -> Sequence[Sequence[Known]]:
    """Everybody who has an address that others have too, by address."""
    rows = await tx.fetch(_SHARED)
    by_email = groupby(rows, key=lambda row: row["email"])
    return [[_known(row) for row in group] for _, group in by_email]


def _known(row: Row) -> Known:
    return Known(row["id"], row["automatic"], row["named"], row["owns"])


async def free(tx: Transaction) -> dict[UUID, str]:
    """An address for each who has none, among those that only their identities have."""
    found: dict[str, UUID] = {}
    for row in await tx.fetch(_FREE):
        found.setdefault(row["email"], row["id"])
    return {person_id: email for email, person_id in found.items()}
