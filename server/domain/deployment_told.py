"""What a source says of a deployment, folded from all that it ever said."""

from collections.abc import Sequence
from dataclasses import dataclass
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
    """A deployment as its source tells it. `heard_at`: when it was asked for, or first heard of."""

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


def effective_at(
    finished_at: datetime | None, started_at: datetime | None, heard_at: datetime
) -> datetime:
    """When a deployment counts as having happened: finished, else started, else heard of."""
    return finished_at or started_at or heard_at
