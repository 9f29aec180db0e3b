"""Describing teams."""

from dataclasses import dataclass
from uuid import UUID

from server.commands.work import Office, Work
from server.domain.catalog import check_name, check_slug
from server.domain.viewer import Scope, Viewer
from server.errors import ErrorCode, Problem, Refused, refuse
from server.store import catalog, directory
from server.store.ids import new_id
from server.store.statements import find_row, insert_row, update_row
from server.store.tables import person, team


@dataclass(frozen=True, slots=True)
class Upsert:
    """Create or change the team of this slug. None keeps what is there."""

    slug: str
    name: str | None = None
    lead: UUID | None = None


async def upsert(office: Office, viewer: Viewer, command: Upsert) -> UUID:
    """Create or change a team; its id. A new team without a name is called by its slug.

    Raises:
        Refused: every rule that the input breaks.
    """
    viewer.require(Scope.CATALOG_WRITE)
    problems: list[Problem] = [*check_slug(command.slug, "slug")]
    if command.name is not None:
        problems += check_name(command.name, "name")
    if problems:
        raise Refused(*problems)
    async with office.work() as work:
        await catalog.hold(work.tx)
        if command.lead and not await find_row(work.tx, person, id=command.lead):
            message = "There is no such person. A lead is one Person; people(search:) lists them."
            raise refuse(ErrorCode.NOT_FOUND, message, "lead")
        return await _store(work, command)


async def _store(work: Work, command: Upsert) -> UUID:
    old = await find_row(work.tx, team, slug=command.slug)
    if old is None:
        team_id = new_id()
        name = (command.name or command.slug).strip()
        row = {"slug": command.slug, "name": name, "lead_id": command.lead}
        await insert_row(work.tx, team, id=team_id, created_at=work.now, **row)
        return team_id
    changes: dict[str, object] = {"automatic": False}
    if command.name is not None:
        changes["name"] = command.name.strip()
    if command.lead is not None:
        changes["lead_id"] = command.lead
    await update_row(work.tx, team, changes, id=old["id"])
    if changes.get("name", old["name"]) != old["name"]:
        directory.forget(work.tx)
    found: UUID = old["id"]
    return found


async def named_team(work: Work, slug: str | None) -> tuple[UUID | None, list[Problem]]:
    """The team that an input names under `team`, if it names one, and what is wrong with that."""
    if slug is None:
        return None, []
    found = await find_row(work.tx, team, slug=slug)
    if found:
        return found["id"], []
    message = "There is no such team. Create it with upsertTeam."
    return None, [Problem(ErrorCode.NOT_FOUND, message, ("team",))]
