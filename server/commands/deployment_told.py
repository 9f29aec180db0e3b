"""The columns of a deployment, folded from all that sources and people ever said of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from integrations.observation import DeploymentObserved
from server.domain.deployment import DeploymentStatus
from server.domain.deployment_recorded import Recorded, upheld
from server.domain.deployment_same import RECORDED, Deployment
from server.domain.deployment_told import effective_at, told_by_all
from server.store import directory, observation, person, service
from server.store.database import Row, Transaction
from server.store.statements import find_row
from server.store.tables import deployment_recorded

_TAKEN_BACK = DeploymentStatus.ROLLED_BACK

_NAMES = ("repository", "sha", "environment")
_DETAILS = ("ref", "url", "deployer_id")


@dataclass(frozen=True, slots=True)
class State:
    """A deployment's columns, and the numbers of the pull requests that it is said to bring."""

    columns: Mapping[str, Any]
    pull_requests: frozenset[int]


@dataclass(frozen=True, slots=True)
class _Word:
    """What is known from one side, the sources or the people; `details` as far as it is given."""

    names: Mapping[str, str]
    details: Mapping[str, Any]
    course: Recorded
    heard_at: datetime
    pull_requests: frozenset[int]
    service_id: UUID | None = None


def subject_of(external_id: str) -> str:
    """What observations of a deployment are about."""
    return f"deployment:{external_id}"


async def said(tx: Transaction, source: str, external_id: str) -> Sequence[DeploymentObserved]:
    """All that a source said of a deployment, in order."""
    seen = await observation.of_subject(tx, source, subject_of(external_id))
    return [each for each in seen if isinstance(each, DeploymentObserved)]


async def fold(tx: Transaction, deployment: Deployment, rows: Sequence[Row]) -> State:
    """The state of a deployment; `rows` are what is kept of it already, the oldest first."""
    told, recorded = await _told(tx, deployment), await _recorded(tx, deployment)
    words = [word for word in (told, recorded) if word]
    names, course = words[0].names, words[0].course
    if told and recorded:
        course = upheld(recorded.course, told.course)
    owner = recorded.service_id if recorded else None
    columns = {
        "source": deployment[0].source,
        "external_id": deployment[0].external_id,
        **names,
        **dict.fromkeys(_DETAILS),
        **{name: value for word in words for name, value in word.details.items()},
        "service_id": owner or await service.of_repository(tx, names["repository"]),
        "started_at": course.started_at,
        "finished_at": course.finished_at,
        "status": _status(course.status, rows),
        **_edited(rows),
    }
    columns |= directory.words("ref", columns["ref"], await directory.directory_of(tx))
    # That it was taken back derives from later deployments, and one that is not known would undo
    # it where somebody says so.
    if recorded and recorded.course.status is _TAKEN_BACK:
        columns["edited"] = sorted({*columns["edited"], "status"})
    heard_at = min(word.heard_at for word in words)
    at = effective_at(columns["finished_at"], columns["started_at"], heard_at)
    numbers = frozenset(number for word in words for number in word.pull_requests)
    return State({**columns, "effective_at": at}, numbers)


async def _told(tx: Transaction, deployment: Deployment) -> _Word | None:
    """What the sources tell."""
    voices = [
        (each.source, await said(tx, each.source, each.external_id))
        for each in deployment
        if each.source != RECORDED
    ]
    if not voices:
        return None
    # Everybody who is named is made, so that who there is hangs on no order.
    named = [each.deployer for _, seen in voices for each in seen if each.deployer]
    people = await person.find_or_create(tx, list(dict.fromkeys(named)))
    told = told_by_all(voices)
    who = told.deployer
    return _Word(
        names={name: getattr(told, name) for name in _NAMES},
        details={
            "ref": told.ref,
            "url": told.url,
            "deployer_id": people[who.provider, who.external_id] if who else None,
        },
        course=Recorded(told.course.status, told.course.started_at, told.course.finished_at),
        heard_at=told.heard_at,
        pull_requests=told.pull_requests,
    )


async def _recorded(tx: Transaction, deployment: Deployment) -> _Word | None:
    """What somebody recorded."""
    external_id = next((each.external_id for each in deployment if each.source == RECORDED), None)
    row = await find_row(tx, deployment_recorded, external_id=external_id) if external_id else None
    if row is None:
        return None
    return _Word(
        names={name: row[name] for name in _NAMES},
        details={name: row[name] for name in _DETAILS if row[name] is not None},
        course=Recorded(DeploymentStatus(row["status"]), row["started_at"], row["finished_at"]),
        heard_at=row["created_at"],
        pull_requests=frozenset(row["pull_requests"]),
        service_id=row["service_id"],
    )


def _status(told: DeploymentStatus, rows: Sequence[Row]) -> str:
    """The word on it; that it was taken back since is derived, and stays until it is not."""
    taken_back = any(row["status"] == _TAKEN_BACK.value for row in rows)
    return _TAKEN_BACK.value if taken_back and told is DeploymentStatus.SUCCESS else told.value


def _edited(rows: Sequence[Row]) -> dict[str, Any]:
    """The columns that a person set by hand, and which they are; of the status, only a record."""
    by_hand = [(name, row) for row in reversed(rows) for name in row["edited"] if name != "status"]
    return {
        **{name: row[name] for name, row in by_hand},
        "edited": sorted({name for name, _ in by_hand}),
    }
