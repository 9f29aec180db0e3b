"""Which deployments stand in an incident's timeline, and what their entries say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import assert_never
from uuid import UUID

from server.domain.deployment import DeploymentStatus, is_production

BEFORE_ONSET = timedelta(hours=24)
"""How long before the onset a deployment may lie and still stand in the timeline."""

MAX_NAMED = 5
"""How many pull requests an entry names; it counts the others."""

_SHA_SHOWN = 7


@dataclass(frozen=True, slots=True)
class DeploymentEntry:
    """A deployment as a timeline tells it. Pull requests are numbers and titles, by number."""

    sha: str
    environment: str
    status: DeploymentStatus
    is_rollback: bool
    pull_requests: Sequence[tuple[int, str]]

    @property
    def body(self) -> str:
        """One sentence and what it brought: "Deployed 1a2b3c4 to production: #42 Drop it"."""
        return f"{self._sentence()}{self._contents()}"

    def _sentence(self) -> str:
        sha = self.sha[:_SHA_SHOWN]
        match self.status:
            case DeploymentStatus.PENDING | DeploymentStatus.IN_PROGRESS:
                return f"Deploying {sha} to {self.environment}"
            case DeploymentStatus.FAILURE:
                return f"Failed to deploy {sha} to {self.environment}"
            case DeploymentStatus.SUCCESS | DeploymentStatus.ROLLED_BACK:
                if self.is_rollback:
                    return f"Rolled back to {sha} in {self.environment}"
                return f"Deployed {sha} to {self.environment}"
            case _:
                assert_never(self.status)

    def _contents(self) -> str:
        if self.is_rollback or not self.pull_requests:
            return ""
        named = [_named(*each) for each in self.pull_requests[:MAX_NAMED]]
        left = len(self.pull_requests) - len(named)
        named += [f"and {left} more"] if left else []
        return ": " + ", ".join(named)


def _named(number: int, title: str) -> str:
    """The number and title; the number alone where no title is known."""
    return f"#{number} {title}" if title != f"#{number}" else title


def stands_in_timeline(
    service_hops: Mapping[UUID, int],
    service_id: UUID | None,
    environment: str,
    status: DeploymentStatus,
) -> bool:
    """Whether a deployment around an incident's time is told in its timeline.

    It is where users may have met it: begun, in production, on an affected service or on one
    that an affected service depends on directly.
    """
    near = service_id is not None and service_hops.get(service_id) in (0, 1)
    return near and is_production(environment) and status is not DeploymentStatus.PENDING
