"""A deployment as one delivery tells it, whatever the dialect, and the observations it makes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from integrations.contract import Malformed
from integrations.observation import (
    DeploymentObserved,
    DeploymentState,
    Moment,
    PersonRef,
)

_RANKS = {state: rank for rank, state in enumerate(DeploymentState)}
"""At one time, the end comes last; a failure told with a success is the word that stands."""

_ENDED = {DeploymentState.SUCCESS, DeploymentState.FAILURE}


@dataclass(frozen=True, slots=True)
class Said:
    """What is told of a deployment. `known_as` is what others tell the same one by."""

    known_as: str
    repository: str
    sha: str
    environment: str
    state: DeploymentState
    started_at: datetime | None = None
    finished_at: datetime | None = None
    ref: str | None = None
    url: str | None = None
    deployer: PersonRef | None = None
    pull_requests: tuple[int, ...] = ()

    def observations(
        self, digest: str, received_at: datetime | None
    ) -> tuple[DeploymentObserved, ...]:
        """One for each time that is told. `received_at` stands in for the one of its state.

        Raises:
            Malformed: the times contradict each other or the state, or there is none.
        """
        return tuple(
            self._observed(Moment(at, _RANKS[state], digest), state)
            for state, at in self._course(received_at)
        )

    def _course(self, received_at: datetime | None) -> Iterator[tuple[DeploymentState, datetime]]:
        if self.state not in _ENDED:
            if self.finished_at:
                raise Malformed(f"finishedAt is given although the status is {self.state}")
            yield self.state, _either(self.started_at, received_at, "startedAt")
            return
        end = _either(self.finished_at, received_at, "finishedAt")
        if self.started_at:
            if self.finished_at and self.finished_at < self.started_at:
                raise Malformed("finishedAt lies before startedAt")
            yield DeploymentState.IN_PROGRESS, self.started_at
            end = max(end, self.started_at)
        yield self.state, end

    def _observed(self, moment: Moment, state: DeploymentState) -> DeploymentObserved:
        return DeploymentObserved(
            moment=moment,
            external_id=self.known_as,
            repository=self.repository,
            sha=self.sha,
            environment=self.environment,
            state=state,
            ref=self.ref,
            deployer=self.deployer,
            url=self.url,
            pull_requests=self.pull_requests,
        )


def _either(told: datetime | None, received_at: datetime | None, member: str) -> datetime:
    at = told or received_at
    if at is None:
        raise Malformed(f"{member} is missing")
    return at
