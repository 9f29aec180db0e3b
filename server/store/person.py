"""How people are kept whom sources name: found by their identity there, or made."""

from collections.abc import Iterable, Mapping
from typing import TypeAlias
from uuid import UUID

from sqlalchemy import Text, any_, bindparam, func, select, tuple_
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.dialects.postgresql import UUID as SQL_UUID

from integrations.observation import PersonRef
from server.domain.catalog import plain_email
from server.store import address, directory
from server.store.database import Row, Transaction
from server.store.ids import new_id
from server.store.queue import Job, JobKind, enqueue
from server.store.statements import delete_rows, update_row
from server.store.tables import identity, person

JOIN = Job(JobKind.JOIN_PEOPLE, UUID(int=0))
"""The job that joins people: one for everybody, so that those that wait count as one."""

Key: TypeAlias = tuple[str, str]
"""Who somebody is to a provider: the provider, and its id of them."""


def key_of(ref: PersonRef) -> Key:
    """Who somebody is whom a source names."""
    return ref.provider, ref.external_id


_TEXTS = ARRAY(Text)

_wanted = select(
    func.unnest(bindparam("providers", type_=_TEXTS), type_=Text).label("provider"),
    func.unnest(bindparam("external_ids", type_=_TEXTS), type_=Text).label("external_id"),
).subquery()

_FIND = (
    select(
        identity.c.provider,
        identity.c.external_id,
        identity.c.handle,
        identity.c.person_id,
        person.c.name,
        person.c.automatic,
    )
    .join(person, person.c.id == identity.c.person_id)
    .where(
        tuple_(identity.c.provider, identity.c.external_id).in_(
            select(_wanted.c.provider, _wanted.c.external_id)
        )
    )
)

_ADD_PERSON = (
    insert(person)
    .values({name: bindparam(name) for name in ("id", "name", "email", "automatic")})
    .on_conflict_do_nothing(index_elements=["email"])
    .returning(person.c.id)
)

_ADD_IDENTITY = (
    insert(identity)
    .values({name: bindparam(name) for name in ("provider", "external_id", "person_id", "handle")})
    .on_conflict_do_nothing()
    .returning(identity.c.person_id)
)


_NAMES = select(person.c.id, person.c.name).where(
    person.c.id == any_(bindparam("ids", type_=ARRAY(SQL_UUID)))
)


async def names(tx: Transaction, people: Iterable[UUID]) -> Mapping[UUID, str]:
    """The names of these people."""
    rows = await tx.fetch(_NAMES, ids=list(people))
    return {row["id"]: row["name"] for row in rows}


async def find_or_create(tx: Transaction, people: Iterable[PersonRef]) -> Mapping[Key, UUID]:
    """The ids of these people by who they are to their providers; the unknown ones are made.

    A source's address joins somebody to the person who has it: a stranger at once, else with the
    job that this leaves. In a fixed order, so that two transactions that meet the same strangers
    wait for each other instead of deadlocking.
    """
    people = list(people)
    wanted = _merged(people)
    found = await _known(tx, list(wanted))
    for key in sorted(wanted.keys() - found.keys()):
        if await _create(tx, wanted[key]):
            directory.forget(tx)
    if wanted.keys() - found.keys():
        found = await _known(tx, list(wanted))
    for key, row in found.items():
        await _improve(tx, row, wanted[key])
    if await address.add(tx, people):
        directory.forget(tx)
        await enqueue(tx, [JOIN])
    return {key: row["person_id"] for key, row in found.items()}


def _merged(people: Iterable[PersonRef]) -> dict[Key, PersonRef]:
    """One reference a person: what any of them tells, the last word counting."""
    merged: dict[Key, PersonRef] = {}
    for each in people:
        key = key_of(each)
        old = merged.get(key, each)
        merged[key] = PersonRef(
            *key, each.handle or old.handle, each.name or old.name, each.email or old.email
        )
    return merged


async def _known(tx: Transaction, keys: list[Key]) -> dict[Key, Row]:
    if not keys:
        return {}
    providers, external_ids = (list(column) for column in zip(*keys, strict=True))
    rows = await tx.fetch(_FIND, providers=providers, external_ids=external_ids)
    return {(row["provider"], row["external_id"]): row for row in rows}


async def _create(tx: Transaction, who: PersonRef) -> bool:
    """Make a person of a stranger, or join them to who has their address; False: another did."""
    name = who.name or who.handle or who.external_id
    email = plain_email(who.email) if who.email else None
    person_id = await address.person_with(tx, email) if email else None
    made = None
    if person_id is None:
        person_id = new_id()
        made = await tx.value(_ADD_PERSON, id=person_id, name=name, email=email, automatic=True)
        if email and not made:
            person_id = await address.person_with(tx, email)
    joined = await tx.value(
        _ADD_IDENTITY,
        provider=who.provider,
        external_id=who.external_id,
        person_id=person_id,
        handle=who.handle,
    )
    if made and not joined:
        # Another transaction was first, and its person is the one.
        await delete_rows(tx, person, id=person_id)
    return bool(joined)


async def _improve(tx: Transaction, row: Row, who: PersonRef) -> None:
    """Give a person that a source made a better name, and an identity its handle."""
    stopgaps = {row["handle"], row["external_id"], who.handle}
    better = who.name or (who.handle if row["name"] == row["external_id"] else None)
    if row["automatic"] and better and better != row["name"] and row["name"] in stopgaps:
        await update_row(tx, person, {"name": better}, id=row["person_id"])
        directory.forget(tx)
    if who.handle and row["handle"] is None:
        key = {"provider": row["provider"], "external_id": row["external_id"]}
        await update_row(tx, identity, {"handle": who.handle}, **key)
        directory.forget(tx)
