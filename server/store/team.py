"""How teams are kept that sources name: found by their id there, by their name, or made."""

from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert

from integrations.observation import TeamRef
from server.domain.slug import slugs
from server.store.database import Transaction
from server.store.ids import new_id
from server.store.statements import find_row
from server.store.tables import team, team_source

_FIND = select(team_source.c.team_id).where(
    team_source.c.source == bindparam("source"),
    team_source.c.external_id == bindparam("external_id"),
)

_ADD = (
    insert(team)
    .values({name: bindparam(name) for name in ("id", "slug", "name", "automatic")})
    .on_conflict_do_nothing()
    .returning(team.c.id)
)

_ADD_SOURCE = (
    insert(team_source)
    .values({name: bindparam(name) for name in ("source", "external_id", "team_id")})
    .on_conflict_do_nothing()
)


async def of_reference(tx: Transaction, reference: TeamRef) -> UUID:
    """The team that a source means; made under the name it has there, where none is called so.

    Unlike people, teams of one name are one: within a company names of teams are chosen to tell.
    """
    known = {"source": reference.provider, "external_id": reference.external_id}
    found: UUID | None = await tx.value(_FIND, **known)
    if found is None:
        named = await _named(tx, reference.name)
        await tx.run(_ADD_SOURCE, **known, team_id=named)
        found = await tx.value(_FIND, **known)
    if found is None:
        raise LookupError(f"the team {reference.external_id} came and went")
    return found


async def _named(tx: Transaction, name: str) -> UUID:
    """The team with the slug of this name, or one that is made under the first that is free."""
    team_id = new_id()
    for slug in (*slugs(name, otherwise="team"), str(team_id)):
        if await tx.value(_ADD, id=team_id, slug=slug, name=name, automatic=True):
            break
        taken = await find_row(tx, team, slug=slug)
        # A slug keeps only the ASCII of a name, so of other names it tells too little.
        if taken and (name.isascii() or taken["name"].casefold() == name.casefold()):
            found: UUID = taken["id"]
            return found
    return team_id
