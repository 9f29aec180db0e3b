"""Recording deployments that no integration sees."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from server.commands import deployment_history as history
from server.commands.deployment_same import settle
from server.commands.once import once
from server.commands.work import Office, Work
from server.domain.catalog import check_repository
from server.domain.deployment import DeploymentStatus, check_recorded
from server.domain.deployment_recorded import Recorded, joined, times
from server.domain.deployment_same import RECORDED, Place, Telling
from server.domain.incident import CLOCK_SKEW
from server.domain.text import check_text, check_url
from server.domain.viewer import Scope, Viewer
from server.errors import ErrorCode, Problem, Refused
from server.store import deployment as deployments
from server.store import observation
from server.store.database import Row
from server.store.statements import find_row
from server.store.tables import deployment, deployment_recorded, person, service

PRODUCTION = "production"
"""The environment where none is given."""

MAX_NAME = 200
"""Characters of an environment, a ref, or an external id."""

MAX_PULL_REQUESTS = 250
MAX_NUMBER = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Record:
    """Say that a deployment was made, or how far it has come. `service` is a slug."""

    repository: str
    sha: str
    status: DeploymentStatus
    environment: str | None = None
    service: str | None = None
    ref: str | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    url: str | None = None
    deployer: UUID | None = None
    pull_requests: tuple[int, ...] = ()
    external_id: str | None = None

    @property
    def where(self) -> str:
        """The environment."""
        return self.environment if self.environment is not None else PRODUCTION

    @property
    def known_as(self) -> str:
        """What it is told by when it is recorded again: its id, else commit, place and start."""
        if self.external_id is not None:
            return self.external_id
        start = self.started_at.isoformat() if self.started_at else ""
        return f"{self.repository}@{self.sha.lower()}@{self.where}@{start}"


async def record(office: Office, viewer: Viewer, command: Record, key: str | None = None) -> UUID:
    """Record a deployment, or what is newly known of one; its id.

    It is the same deployment where `external_id` is the same, or without one the repository,
    commit, environment and start; and it is the one that sources tell of at that place and time.
    What is left out stays as it was, and a status that comes late does not undo a later one. The
    service is the given one, else the one that the repository belongs to, which is made if there
    is none.

    Raises:
        Refused: every rule that the input breaks; CONFLICT, the external id is another
            deployment's.
    """
    viewer.require(Scope.DEPLOYMENTS_WRITE)
    problems = _shape_problems(command)
    if problems:
        raise Refused(*problems)
    async with office.work() as work:

        async def create() -> Sequence[UUID]:
            return [await _record(work, command)]

        return (await once(work, viewer, command, key, create))[0]


def _shape_problems(command: Record) -> list[Problem]:
    problems = [
        *check_repository(command.repository, "repository"),
        *check_text(command.where, MAX_NAME, "environment", what="name"),
        *check_url(command.url, "url"),
    ]
    if command.ref is not None:
        problems += check_text(command.ref, MAX_NAME, "ref", what="ref")
    if command.external_id is not None:
        problems += check_text(command.external_id, MAX_NAME, "externalId", what="id")
    problems += _number_problems(command.pull_requests)
    message = "Give the number of a pull request: 1 or more."
    problems += [
        Problem(ErrorCode.INVALID, message, ("pullRequests", str(index)))
        for index, number in enumerate(command.pull_requests[:MAX_PULL_REQUESTS])
        if not 0 < number <= MAX_NUMBER
    ]
    return problems


def _number_problems(numbers: Collection[int]) -> list[Problem]:
    if len(numbers) <= MAX_PULL_REQUESTS:
        return []
    message = f"A deployment records at most {MAX_PULL_REQUESTS} pull requests."
    return [Problem(ErrorCode.TOO_MANY, message, ("pullRequests",))]


async def _record(work: Work, command: Record) -> UUID:
    known_as = command.known_as
    names = (history.name_of(command.repository), f"deployment:{RECORDED}:{known_as}")
    await observation.lock(work.tx, names)
    old = await _found(work, known_as)
    course = joined(_before(old), _said(command), work.now)
    service_id, problems = await _service(work, command.service)
    values = _values(command, service_id, old, course)
    problems += [
        *check_recorded(command.sha, course.started_at, course.finished_at, work.now + CLOCK_SKEW),
        *_identity_problems(command, old),
        *await _deployer_problems(work, command.deployer),
        *_number_problems(values["pull_requests"]),
    ]
    if problems:
        raise Refused(*problems)
    heard_at = old["created_at"] if old else work.now
    await deployments.put_recorded(work.tx, external_id=known_as, created_at=heard_at, **values)
    place = Place.of(command.repository, command.sha, command.where)
    unsettled = history.Unsettled()
    telling = Telling(RECORDED, known_as, place, *times(course, heard_at))
    deployment_id = await settle(work, telling, unsettled)
    await unsettled.settle(work)
    return deployment_id


async def _found(work: Work, known_as: str) -> Row | None:
    """What was recorded of it before; a release that kept no records of it kept a row alone."""
    old = await find_row(work.tx, deployment_recorded, external_id=known_as)
    return old or await find_row(work.tx, deployment, source=RECORDED, external_id=known_as)


def _before(old: Row | None) -> Recorded | None:
    if old is None:
        return None
    return Recorded(DeploymentStatus(old["status"]), old["started_at"], old["finished_at"])


def _said(command: Record) -> Recorded:
    return Recorded(command.status, command.started_at, command.finished_at)


def _identity_problems(command: Record, old: Row | None) -> list[Problem]:
    """What it deployed and where is what it is: another commit is another deployment."""
    said = (command.repository, command.sha.lower(), command.where)
    if old is None or said == (old["repository"], old["sha"], old["environment"]):
        return []
    message = (
        f"This externalId is of the deployment of {old['sha']} from {old['repository']} to "
        f"{old['environment']}. Give another deployment another one."
    )
    return [Problem(ErrorCode.CONFLICT, message, ("externalId",))]


async def _service(work: Work, slug: str | None) -> tuple[UUID | None, list[Problem]]:
    if slug is None:
        return None, []
    found = await find_row(work.tx, service, slug=slug)
    if found:
        return found["id"], []
    message = "There is no such service. Create it with upsertService."
    return None, [Problem(ErrorCode.NOT_FOUND, message, ("service",))]


async def _deployer_problems(work: Work, deployer: UUID | None) -> list[Problem]:
    if deployer is None or await find_row(work.tx, person, id=deployer):
        return []
    return [Problem(ErrorCode.NOT_FOUND, "There is no such person.", ("deployer",))]


def _values(
    command: Record, service_id: UUID | None, old: Row | None, course: Recorded
) -> dict[str, Any]:
    """The columns: what is given, else what was there."""
    optional = {
        "ref": command.ref,
        "url": command.url,
        "deployer_id": command.deployer,
        "service_id": service_id,
    }
    numbers = {*command.pull_requests, *(old.get("pull_requests", ()) if old else ())}
    return {
        "repository": command.repository,
        "sha": command.sha.lower(),
        "environment": command.where,
        "status": course.status.value,
        "started_at": course.started_at,
        "finished_at": course.finished_at,
        "pull_requests": sorted(numbers),
        **{name: given or (old[name] if old else None) for name, given in optional.items()},
    }
