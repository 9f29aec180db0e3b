"""Describing services, and joining those that sources named apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from server.commands.team import named_team
from server.commands.work import Office, Work
from server.domain.catalog import (
    check_name,
    check_repository,
    check_slug,
    check_vendor_id,
    repository_name,
)
from server.domain.feed import FeedChange, FeedSubject
from server.domain.viewer import Scope, Viewer
from server.errors import ErrorCode, Problem, Refused
from server.store import catalog
from server.store import incident as incidents
from server.store.catalog import PAGERDUTY, Owner
from server.store.database import Row
from server.store.ids import new_id
from server.store.merging import SERVICES, merge
from server.store.queue import Job, JobKind
from server.store.service import REPOSITORY
from server.store.statements import delete_rows, find_row, insert_row, insert_rows, update_row
from server.store.tables import service, service_dependency, service_source

MAX_LISTED = 100
"""Repositories, paging services or dependencies of one service."""

MAX_TOLD = 1000
"""Incidents, newest first, whose feeds tell that their service has become another."""

MAX_ATTRIBUTED = 100
"""Incidents, newest first, that are attributed anew."""

ATTRIBUTED_SINCE = timedelta(days=7)
"""How old a resolved incident may be and still be attributed anew."""


@dataclass(frozen=True, slots=True)
class Upsert:
    """Create or change the service of this slug. None keeps what is there; a list replaces."""

    slug: str
    name: str | None = None
    team: str | None = None
    repositories: tuple[str, ...] | None = None
    pagerduty_services: tuple[str, ...] | None = None
    depends_on: tuple[str, ...] | None = None


async def upsert(office: Office, viewer: Viewer, command: Upsert) -> UUID:
    """Create or change a service; its id.

    Services that were made automatically for one of its repositories or paging services become
    part of it, with their deployments and incidents. Services may depend on each other.

    Raises:
        Refused: every rule that the input breaks; CONFLICT, a person gave a repository or a
            paging service to another service.
    """
    viewer.require(Scope.CATALOG_WRITE)
    problems = _shape_problems(command)
    if problems:
        raise Refused(*problems)
    async with office.work() as work:
        await catalog.hold(work.tx)
        return await _upsert(work, command)


def _shape_problems(command: Upsert) -> list[Problem]:
    problems = [*check_slug(command.slug, "slug")]
    if command.name is not None:
        problems += check_name(command.name, "name")
    for field, values, check in (
        ("repositories", command.repositories, check_repository),
        ("pagerdutyServices", command.pagerduty_services, check_vendor_id),
        ("dependsOn", command.depends_on, check_slug),
    ):
        if len(values or ()) > MAX_LISTED:
            message = f"A service has at most {MAX_LISTED} of them."
            problems.append(Problem(ErrorCode.TOO_MANY, message, (field,)))
            continue
        for index, value in enumerate(values or ()):
            problems += check(value, field, str(index))
    return problems


async def _upsert(work: Work, command: Upsert) -> UUID:
    old = await find_row(work.tx, service, slug=command.slug)
    repositories = await catalog.owners(work.tx, REPOSITORY, command.repositories or ())
    paging = await catalog.owners(work.tx, PAGERDUTY, command.pagerduty_services or ())
    absorbed = _absorbed((*repositories.values(), *paging.values()), command.slug)
    team_id, team_problems = await named_team(work, command.team)
    dependencies, dependency_problems = await _dependencies(work, command, absorbed)
    problems = [
        *team_problems,
        *dependency_problems,
        *_owner_problems(command, repositories, "repositories", command.repositories),
        *_owner_problems(command, paging, "pagerdutyServices", command.pagerduty_services),
    ]
    if problems:
        raise Refused(*problems)
    name = _name(command, old, paging)
    service_id = await _store(work, command, old, name=name, team_id=team_id)
    await _absorb(work, service_id, absorbed)
    await _set_sources(work, service_id, REPOSITORY, command.repositories)
    await _set_sources(work, service_id, PAGERDUTY, command.pagerduty_services)
    if command.depends_on is not None:
        await _set_dependencies(work, service_id, dependencies)
    if absorbed or command.depends_on is not None:
        await _attribute_anew(work, service_id)
    return service_id


def _absorbed(owners: Sequence[Owner], slug: str) -> list[Owner]:
    """The services under other slugs that only a source made."""
    found = {owner.id: owner for owner in owners if owner.automatic and owner.slug != slug}
    return list(found.values())


def _owner_problems(
    command: Upsert, owners: Mapping[str, Owner], field: str, wanted: Sequence[str] | None
) -> list[Problem]:
    """What a person gave to another service stays there until a person takes it away."""
    return [
        Problem(
            ErrorCode.CONFLICT,
            f"{external_id} belongs to the service {owner.slug!r}. Take it away there first: "
            f"call upsertService for {owner.slug!r} with {field} that leave it out.",
            (field, str(index)),
        )
        for index, external_id in enumerate(wanted or ())
        if (owner := owners.get(external_id)) and not owner.automatic
        if owner.slug != command.slug
    ]


async def _dependencies(
    work: Work, command: Upsert, absorbed: Sequence[Owner]
) -> tuple[list[UUID], list[Problem]]:
    """The ids of the services it depends on, and what is wrong with them."""
    wanted = command.depends_on or ()
    known = await incidents.services_by_slug(work.tx, wanted)
    itself = {command.slug, *(owner.slug for owner in absorbed)}
    problems = []
    for index, slug in enumerate(wanted):
        field = ("dependsOn", str(index))
        if slug in itself:
            message = "A service does not depend on itself. Leave it out."
            problems.append(Problem(ErrorCode.INVALID, message, field))
        elif slug not in known:
            message = "There is no such service. Create it first."
            problems.append(Problem(ErrorCode.NOT_FOUND, message, field))
    return list(known.values()), problems


def _name(command: Upsert, old: Row | None, paging: Mapping[str, Owner]) -> str:
    """The name as given, as it was, or the best that sources know."""
    if command.name is not None:
        return command.name.strip()
    if old:
        return str(old["name"])
    if command.repositories:
        return repository_name(command.repositories[0])
    named = (owner.name for owner in paging.values() if owner.automatic)
    return next(named, command.slug)


async def _store(
    work: Work, command: Upsert, old: Row | None, *, name: str, team_id: UUID | None
) -> UUID:
    if old is None:
        service_id = new_id()
        row = {"slug": command.slug, "name": name, "team_id": team_id, "automatic": False}
        await insert_row(work.tx, service, id=service_id, created_at=work.now, **row)
        return service_id
    changes = {"name": name, "team_id": team_id or old["team_id"], "automatic": False}
    await update_row(work.tx, service, changes, id=old["id"])
    found: UUID = old["id"]
    return found


async def _absorb(work: Work, service_id: UUID, absorbed: Sequence[Owner]) -> None:
    """Make the absorbed services part of this one, and tell the incidents that they move."""
    ids = [owner.id for owner in absorbed]
    moved = await catalog.lock_incidents_of_services(work.tx, ids, MAX_TOLD) if ids else []
    for loser in ids:
        await merge(work.tx, SERVICES, loser, service_id)
    for incident_id in moved:
        await work.changed(incident_id, FeedSubject.INCIDENT, incident_id, FeedChange.REVISED)


async def _set_sources(
    work: Work, service_id: UUID, source: str, ids: Sequence[str] | None
) -> None:
    if ids is None:
        return
    await delete_rows(work.tx, service_source, service_id=service_id, source=source)
    rows: list[dict[str, object]] = [
        {"source": source, "external_id": external_id, "service_id": service_id}
        for external_id in dict.fromkeys(ids)
    ]
    await insert_rows(work.tx, service_source, rows)


async def _set_dependencies(work: Work, service_id: UUID, ids: Sequence[UUID]) -> None:
    await delete_rows(work.tx, service_dependency, service_id=service_id)
    rows: list[dict[str, object]] = [
        {"service_id": service_id, "depends_on_id": depends_on} for depends_on in ids
    ]
    await insert_rows(work.tx, service_dependency, rows)


async def _attribute_anew(work: Work, service_id: UUID) -> None:
    """Let recent incidents be attributed with what is now known of their service."""
    since = work.now - ATTRIBUTED_SINCE
    found = await catalog.recent_incidents(work.tx, service_id, since, MAX_ATTRIBUTED)
    work.later(*(Job(JobKind.ATTRIBUTE, incident_id) for incident_id in found))
