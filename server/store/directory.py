"""The people whom redaction knows, and the renderings that it makes for the tables."""

from collections.abc import Sequence
from weakref import WeakKeyDictionary, WeakSet

from sqlalchemy import ColumnElement, FromClause, Text, cast, func, select
from sqlalchemy.dialects.postgresql import insert

from server.domain.catalog import OtherName
from server.domain.redaction import Directory, KnownPerson, redact, role_of
from server.store.database import Database, Row, Transaction
from server.store.tables import address, identity, other_name, people_version, person, team


def _version(table: FromClause, *columns: ColumnElement[object]) -> ColumnElement[object]:
    """A number that is another one when a row comes, goes or changes in these columns."""
    written = func.concat_ws("\x1f", *(func.coalesce(cast(each, Text), "") for each in columns))
    sums = func.sum(func.hashtextextended(written, 0))
    return select(func.coalesce(sums, 0)).select_from(table).scalar_subquery()


_VERSION = select(
    _version(person, person.c.id, person.c.name, person.c.email, person.c.team_id),
    _version(identity, identity.c.external_id, identity.c.handle, identity.c.person_id),
    _version(other_name, other_name.c.person_id, other_name.c.kind, other_name.c.name),
    _version(team, team.c.id, team.c.name),
    _version(address, address.c.email, address.c.provider, address.c.external_id),
)

_TURN = (
    insert(people_version)
    .values(version=1)
    .on_conflict_do_update(
        index_elements=[people_version.c.single], set_={"version": people_version.c.version + 1}
    )
    .returning(people_version.c.version)
)

_TURNED = select(people_version.c.version)

_PEOPLE = (
    select(person.c.id, person.c.name, person.c.email, team.c.name.label("team"))
    .select_from(person.outerjoin(team, team.c.id == person.c.team_id))
    .order_by(person.c.id)
)

_ADDRESSES = (
    select(func.array_agg(address.c.email))
    .where(
        address.c.provider == identity.c.provider,
        address.c.external_id == identity.c.external_id,
    )
    .scalar_subquery()
)

_IDENTITIES = select(
    identity.c.person_id,
    identity.c.external_id,
    identity.c.handle,
    _ADDRESSES.label("addresses"),
)

_OTHER_NAMES = select(other_name.c.person_id, other_name.c.kind, other_name.c.name).order_by(
    other_name.c.person_id, other_name.c.name
)

_in_use: "WeakKeyDictionary[Transaction, Directory]" = WeakKeyDictionary()
_changed_by: "WeakSet[Transaction]" = WeakSet()
_latest: dict[str, tuple[tuple[object, ...], Directory]] = {}
"""The newest directory and the version it was made of, under one key: making one is costly."""


async def directory_of(tx: Transaction) -> Directory:
    """Everybody who is known in this transaction; read once for each, until `forget`."""
    if tx not in _in_use:
        _in_use[tx] = await _directory(tx)
    return _in_use[tx]


def forget(tx: Transaction) -> None:
    """Have the directory read again: to be called by whoever wrote people, identities or teams."""
    _in_use.pop(tx, None)
    _changed_by.add(tx)


def changed(tx: Transaction) -> bool:
    """Whether people, identities or teams were written in this transaction."""
    return tx in _changed_by


async def turn(tx: Transaction) -> int:
    """Note that people are told of otherwise from now on; the new version."""
    version: int = await tx.value(_TURN)
    return version


async def version(database: Database) -> int:
    """How often it was turned: what was told of people at another version is outdated."""
    row = await database.one(_TURNED)
    return row["version"] if row else 0


def words(name: str, text: str | None, directory: Directory) -> dict[str, object]:
    """The two columns of a text that somebody wrote: as it is, and without names."""
    redacted = None if text is None else redact(text, directory)
    return {name: text, f"{name}_redacted": redacted}


async def _directory(tx: Transaction) -> Directory:
    row = await tx.one(_VERSION)
    made_of = tuple(row or ())
    known = _latest.get("directory")
    if known and known[0] == made_of:
        return known[1]
    identities = _by_person(await tx.fetch(_IDENTITIES))
    others = _by_person(await tx.fetch(_OTHER_NAMES))
    people = [
        _known(each, identities.get(each["id"], ()), others.get(each["id"], ()))
        for each in await tx.fetch(_PEOPLE)
    ]
    directory = Directory(tuple(people))
    _latest["directory"] = (made_of, directory)
    return directory


def _by_person(rows: Sequence[Row]) -> dict[object, list[Row]]:
    found: dict[object, list[Row]] = {}
    for each in rows:
        found.setdefault(each["person_id"], []).append(each)
    return found


def _known(row: Row, identities: Sequence[Row], others: Sequence[Row]) -> KnownPerson:
    handles = {each["handle"] for each in identities if each["handle"]}
    # A provider's own id stands in mentions (<@U024BE7LH>); a mere number stands for anything.
    handles |= {each["external_id"] for each in identities if not each["external_id"].isdecimal()}
    emails = {row["email"], *(email for each in identities for email in each["addresses"] or ())}
    former = [each["name"] for each in others if each["kind"] == OtherName.FORMER]
    return KnownPerson(
        id=row["id"],
        # Who is called by nothing but a provider's number is called by no name.
        names=tuple(each for each in (row["name"], *former) if not each.isdecimal()),
        role=role_of(row["team"]),
        handles=tuple(sorted(handles)),
        emails=tuple(sorted(filter(None, emails))),
        nicknames=tuple(each["name"] for each in others if each["kind"] == OtherName.NICKNAME),
    )
