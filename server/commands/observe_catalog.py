"""What sources say of people, teams and services, brought into the catalogue.

What a person described is only added to where it says nothing. Of what a source made, the last
word of the source that described it counts.
"""

from collections.abc import Sequence
from typing import Any, TypeVar
from uuid import UUID

from integrations.observation import (
    Observation,
    PersonObserved,
    PersonRef,
    ServiceObserved,
    ServiceRef,
    TeamObserved,
    TeamRef,
)
from server.commands.work import Work
from server.store import directory, observation, service, team
from server.store import person as people
from server.store.database import Row
from server.store.statements import find_row, find_rows, update_row
from server.store.tables import identity, person
from server.store.tables import service as services
from server.store.tables import team as teams

Described = TypeVar("Described", PersonObserved, TeamObserved, ServiceObserved)


def subject_of(seen: PersonObserved | TeamObserved | ServiceObserved) -> str:
    """What an observation of the catalogue is about."""
    kind, about = _about(seen)
    return f"{kind}:{about.provider}:{about.external_id}"


def _about(
    seen: PersonObserved | TeamObserved | ServiceObserved,
) -> tuple[str, PersonRef | TeamRef | ServiceRef]:
    match seen:
        case PersonObserved():
            return "person", seen.person
        case TeamObserved():
            return "team", seen.team
        case ServiceObserved():
            return "service", seen.service


async def apply(work: Work, source: str, news: Sequence[Observation]) -> None:
    """Bring one of the catalogue, of which there are these news, to what the source says of it."""
    match news[0]:
        case PersonObserved():
            people_told = [each for each in news if isinstance(each, PersonObserved)]
            await _apply_person(work, source, people_told)
        case TeamObserved() as seen:
            await _apply_team(work, source, seen)
        case ServiceObserved() as seen:
            await _apply_service(work, source, seen)


async def _told(work: Work, source: str, seen: Described) -> list[Described]:
    """All that the source said of it, in order."""
    everything = await observation.of_subject(work.tx, source, subject_of(seen))
    return [each for each in everything if isinstance(each, type(seen))]


async def _apply_person(work: Work, source: str, fresh: Sequence[PersonObserved]) -> None:
    """Bring a person to what the source says of them; every address of the news is noted."""
    told = await _told(work, source, fresh[0])
    last = told[-1]
    found = await people.find_or_create(work.tx, [*(each.person for each in fresh), last.person])
    ref = last.person
    row = await find_row(work.tx, person, id=found[ref.provider, ref.external_id])
    if row is None:
        raise LookupError("a person who was just found is not there")
    known = await find_rows(work.tx, identity, person_id=row["id"])
    stopgaps = {each[name] for each in known for name in ("handle", "external_id")}
    names = {each.person.name for each in told} | stopgaps
    changes = {
        **_name(row, ref.name, names),
        **await _team(work, row, [each.teams for each in told]),
    }
    handle = await _handle(work, row, ref)
    await update_row(work.tx, person, changes, id=row["id"])
    if changes or handle:
        directory.forget(work.tx)


async def _handle(work: Work, row: Row, ref: PersonRef) -> bool:
    """Let the identity have the handle that it has now; whether that is another one."""
    key: dict[str, Any] = {"provider": ref.provider, "external_id": ref.external_id}
    known = await find_row(work.tx, identity, **key)
    if not row["automatic"] or not ref.handle or not known or known["handle"] == ref.handle:
        return False
    await update_row(work.tx, identity, {"handle": ref.handle}, **key)
    return True


async def _apply_team(work: Work, source: str, seen: TeamObserved) -> None:
    """Bring a team to what the source says of it."""
    told = await _told(work, source, seen)
    row = await find_row(work.tx, teams, id=await team.of_reference(work.tx, told[-1].team))
    changes = _name(row, told[-1].team.name, {each.team.name for each in told}) if row else {}
    if row and changes:
        await update_row(work.tx, teams, changes, id=row["id"])
        directory.forget(work.tx)


async def _apply_service(work: Work, source: str, seen: ServiceObserved) -> None:
    """Bring a service to what the source says of it."""
    told = await _told(work, source, seen)
    last = told[-1].service
    row = await find_row(work.tx, services, id=await service.of_reference(work.tx, last))
    if row:
        changes = {
            **_name(row, last.name, {row["name"]}),
            **await _team(work, row, [(each.team,) if each.team else () for each in told]),
        }
        await update_row(work.tx, services, changes, id=row["id"])


def _name(row: Row, name: str | None, replaced: set[str | None]) -> dict[str, Any]:
    """The name, where a source made it and it is called by one of those that are replaced."""
    better = row["automatic"] and name and name != row["name"] and row["name"] in replaced
    return {"name": name} if better else {}


async def _team(work: Work, row: Row, told: Sequence[Sequence[TeamRef]]) -> dict[str, Any]:
    """The one team that the source has it in now; where it has none, or had it from this source."""
    if len(told[-1]) != 1:
        return {}
    wanted = await team.of_reference(work.tx, told[-1][0])
    replaced: set[UUID | None] = {None}
    if row["automatic"]:
        once = {each[0] for each in told if len(each) == 1}
        replaced |= {await team.of_reference(work.tx, each) for each in once}
    stays = row["team_id"] not in replaced or row["team_id"] == wanted
    return {} if stays else {"team_id": wanted}
