"""What sources say of a deployment, folded from all that they ever said."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from integrations.observation import DeploymentObserved, DeploymentState, PersonRef
from server.domain.deployment import Course, DeploymentStatus, Step, course

_STATUSES = {
    DeploymentState.PENDING: DeploymentStatus.PENDING,
    DeploymentState.IN_PROGRESS: DeploymentStatus.IN_PROGRESS,
    DeploymentState.SUCCESS: DeploymentStatus.SUCCESS,
    DeploymentState.FAILURE: DeploymentStatus.FAILURE,
}


@dataclass(frozen=True, slots=True)
class Told:
    """A deployment as its sources tell it. `heard_at`: when it was asked for, or first heard of."""

    repository: str
    sha: str
    environment: str
    ref: str | None
    url: str | None
    deployer: PersonRef | None
    heard_at: datetime
    course: Course
    pull_requests: frozenset[int]


def told(seen: Sequence[DeploymentObserved]) -> Told:
    """Fold the observations of one deployment, at least one, given in their order.

    The last word counts for each fact; what an observation leaves out, it does not unsay.
    """
    last = seen[-1]
    created = [each.created_at for each in seen if each.created_at]
    return Told(
        repository=last.repository,
        sha=last.sha,
        environment=last.environment,
        ref=next((each.ref for each in reversed(seen) if each.ref), None),
        url=next((each.url for each in reversed(seen) if each.url), None),
        deployer=next((each.deployer for each in reversed(seen) if each.deployer), None),
        heard_at=min([seen[0].moment.at, *created]),
        course=course([Step(each.moment.at, _STATUSES[each.state]) for each in seen]),
        pull_requests=frozenset(number for each in seen for number in each.pull_requests),
    )


def told_by_all(voices: Sequence[tuple[str, Sequence[DeploymentObserved]]]) -> Told:
    """Fold what several sources, by name, tell of one deployment: at least one, each in its order.

    They are heard in the order of their moments, at one moment in that of their names. How names
    are written is for the first of them to say.
    """
    heard = [(each.moment, source, each) for source, seen in voices for each in seen]
    heard.sort(key=lambda word: word[:2])
    last = voices[0][1][-1]
    return replace(
        told([each for *_, each in heard]),
        repository=last.repository,
        sha=last.sha,
        environment=last.environment,
    )


def effective_at(
    finished_at: datetime | None, started_at: datetime | None, heard_at: datetime
) -> datetime:
    """When a deployment counts as having happened: finished, else started, else heard of."""
    return finished_at or started_at or heard_at
