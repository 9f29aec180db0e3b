"""What a deployment is, and how what sources say of it is folded into one state."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from uuid import UUID

from server.errors import ErrorCode, Problem
from server.term import Term


class DeploymentStatus(Term):
    """How far it has come."""

    PENDING = "PENDING", "Asked for, not begun."
    IN_PROGRESS = "IN_PROGRESS", "Rolling out."
    SUCCESS = "SUCCESS", "It runs."
    FAILURE = "FAILURE", "It did not come up, or was aborted."
    ROLLED_BACK = "ROLLED_BACK", "It ran, and a later deployment took it back."


ENDED = frozenset(
    {DeploymentStatus.SUCCESS, DeploymentStatus.FAILURE, DeploymentStatus.ROLLED_BACK}
)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing a source said: this state, at this time."""

    at: datetime
    status: DeploymentStatus


@dataclass(frozen=True, slots=True)
class Course:
    """The state that the steps add up to."""

    status: DeploymentStatus
    started_at: datetime | None
    finished_at: datetime | None


def course(steps: Sequence[Step]) -> Course:
    """Fold steps, given in their order, into one course.

    It starts with its first step in progress (or its end, where nothing was heard before), and
    finishes with the last step that ended it. A source that repeats itself changes nothing.
    """
    state = Course(DeploymentStatus.PENDING, None, None)
    for step in steps:
        state = _after(state, step)
    return state


def _after(state: Course, step: Step) -> Course:
    if step.status is DeploymentStatus.PENDING:
        return replace(state, status=step.status) if state.started_at is None else state
    started_at = state.started_at or step.at
    if step.status is DeploymentStatus.IN_PROGRESS:
        return Course(step.status, started_at, None)
    repeated = state.status is step.status
    return Course(step.status, started_at, state.finished_at if repeated else step.at)


PRODUCTION = r"^\s*((production|prod|live)\s*$|(production|prod)[-_])"
"""Names of environments that users meet: production, prod, live, prod-eu … in any case.

A pattern, because the database asks the same question with it.
"""


def is_production(environment: str) -> bool:
    """Whether users meet this environment, by its name."""
    return re.match(PRODUCTION, environment, re.IGNORECASE) is not None


def check_recorded(
    sha: str,
    started_at: datetime | None,
    finished_at: datetime | None,
    latest: datetime,
) -> tuple[Problem, ...]:
    """What forbids recording a deployment; `latest` is the newest time that may be given."""
    problems = []
    if not 7 <= len(sha) <= 64 or not all(c in "0123456789abcdef" for c in sha.lower()):
        message = "Give the commit's sha: 7 to 64 hexadecimal digits."
        problems.append(Problem(ErrorCode.INVALID, message, ("sha",)))
    if started_at and finished_at and finished_at < started_at:
        message = "finishedAt lies before startedAt. Correct one of the two."
        problems.append(Problem(ErrorCode.INVALID, message, ("finishedAt",)))
    for name, at in (("startedAt", started_at), ("finishedAt", finished_at)):
        if at and at > latest:
            message = f"{name} lies in the future. Record what has happened."
            problems.append(Problem(ErrorCode.INVALID, message, (name,)))
    return tuple(problems)


@dataclass(frozen=True, slots=True)
class Push:
    """Commits that moved a branch from `before` to `after`."""

    before: str
    after: str
    commits: tuple[str, ...]


MAX_PUSHES_BACK = 500
"""How many pushes one deployment may span before its older commits are left out."""


def commits_brought(sha: str, previous: str | None, pushes: Iterable[Push]) -> frozenset[str]:
    """The commits that deploying `sha` brought, when `previous` ran before.

    Walks back from `sha` along the pushes until `previous`. With no earlier deployment known it
    brought every push that was seen; a deployment of something older than `previous` brought
    only itself.
    """
    by_commit = _pushes_by_commit(pushes)
    if previous == sha or (previous and sha in _history(previous, None, by_commit)):
        return frozenset({sha})
    return frozenset({sha, *_history(sha, previous, by_commit)})


def _history(sha: str, until: str | None, by_commit: Mapping[str, Push]) -> Iterator[str]:
    """The commits from `sha` back to `until`, which is not among them, newest push first."""
    push = by_commit.get(sha)
    for _ in range(MAX_PUSHES_BACK):
        if push is None or sha == until:
            return
        out = _up_to(push, sha)
        if until in out:
            yield from out[out.index(until) + 1 :]
            return
        yield from out
        sha = push.before
        push = by_commit.get(sha)


def _pushes_by_commit(pushes: Iterable[Push]) -> Mapping[str, Push]:
    """Each commit's push; deterministic where two pushes hold the same commit."""
    ordered = sorted(pushes, key=lambda push: (push.after, push.before, push.commits))
    return {sha: push for push in ordered for sha in (*push.commits, push.after)}


def _up_to(push: Push, sha: str) -> tuple[str, ...]:
    """The commits of a push up to the one deployed: later ones of it are not out yet."""
    return push.commits[: push.commits.index(sha) + 1] if sha in push.commits else push.commits


@dataclass(frozen=True, slots=True)
class Release:
    """A deployment that came up, in the history of its repository and environment.

    `first` is where the first success of the same commit stands in that history: a key that
    sorts as the history is sorted.
    """

    id: UUID
    sha: str
    first: tuple[datetime, str, str]


def rollbacks(history: Iterable[Release]) -> dict[UUID, UUID]:
    """Each rollback with the deployment that it took back, of a history in its order.

    A rollback deploys again what ran before the current one was first deployed. Deploying the
    taken back commit once more is no rollback of the rollback: it goes forward again.
    """
    return {
        now.id: current.id
        for current, now in pairwise(history)
        if now.sha != current.sha and now.first < current.first
    }
