"""What follows for other deployments, and for incidents, when one of a history changes.

A deployment's commits, its pull requests and whether it was a rollback depend on what ran before
it. So whatever changes a deployment, a push or a pull request holds the repository, stores its
facts, and has the part of the history derived again that may have changed.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from server.commands.work import Work
from server.domain.deployment import DeploymentStatus, Release, commits_brought, rollbacks
from server.store import attribution, observation
from server.store import deployment_history as history
from server.store.database import Row, Transaction
from server.store.queue import Job, JobKind

MAX_FOLLOWING = 50
"""How many deployments after a change are derived again: what comes later seldom hangs on it."""

MAX_ENVIRONMENTS = 50
MAX_PUSHES = 1_000
"""How many of a repository's pushes are searched for the commits of those deployments."""

MAX_INCIDENTS = 100
"""For how many incidents, the newest first, the attribution is computed anew after a change."""

PUSH_SKEW = timedelta(minutes=5)
"""How much later than a deployment the push that brought its commits may be dated."""

_CAME_UP = {DeploymentStatus.SUCCESS.value, DeploymentStatus.ROLLED_BACK.value}


def name_of(repository: str) -> str:
    """What a repository's history is locked by, however its name is written."""
    return f"repository:{repository.lower()}"


async def hold(tx: Transaction, repository: str) -> None:
    """Let nobody else change the repository's history until the transaction ends.

    To be taken before any row is locked.
    """
    await observation.lock(tx, [name_of(repository)])


async def derive(
    work: Work, repository: str, environment: str, since: datetime
) -> Collection[UUID]:
    """Derive again the history from `since` on; the deployments that changed by it."""
    tx = work.tx
    previous = await history.previous(tx, repository, environment, since)
    rows = await history.following(tx, repository, environment, since, MAX_FOLLOWING)
    if not rows:
        return set()
    changed = await _derive_commits(tx, repository, previous, rows)
    changed |= await history.link_pull_requests(tx, [row["id"] for row in rows])
    return changed | await _derive_rollbacks(tx, repository, environment, previous, rows)


async def derive_everywhere(work: Work, repository: str, since: datetime) -> Collection[UUID]:
    """Derive again the history in every environment; the deployments that changed by it."""
    changed: set[UUID] = set()
    for environment in await history.environments(work.tx, repository, since, MAX_ENVIRONMENTS):
        changed |= set(await derive(work, repository, environment, since))
    return changed


async def follow(
    work: Work,
    deployments: Collection[UUID],
    states: Sequence[Mapping[str, Any]],
    released: Collection[UUID] = (),
) -> None:
    """Derive what hangs on deployments that changed, and tell the incidents near.

    `states` are their rows as they are, and as they were: it is derived wherever they lie or lay.
    `released` may have been taken back by one that is no more.
    """
    moments = [each["effective_at"] for each in states]
    places = dict.fromkeys((each["repository"], each["environment"]) for each in states)
    changed = set(deployments)
    for repository, environment in places:
        changed |= set(await derive(work, repository, environment, min(moments)))
    if released:
        changed |= await history.mark(work.tx, (), released)
    await reconsider(work, changed, *moments)


async def reconsider(work: Work, deployments: Collection[UUID], *moments: datetime) -> None:
    """Have the incidents attributed anew that these deployments may matter to.

    `moments` are times that one of them counted for before it changed.
    """
    if deployments or moments:
        incidents = await attribution.incidents_near(
            work.tx, deployments, moments, most=MAX_INCIDENTS
        )
        work.later(*(Job(JobKind.ATTRIBUTE, each) for each in incidents))


async def _derive_rollbacks(
    tx: Transaction, repository: str, environment: str, previous: Row | None, rows: Sequence[Row]
) -> set[UUID]:
    came_up = [row for row in (previous, *rows) if row and row["status"] in _CAME_UP]
    firsts = await history.firsts(tx, repository, environment, {row["sha"] for row in came_up})
    forward = await history.reverted(tx, [row["id"] for row in came_up])
    back = rollbacks(Release(row["id"], row["sha"], firsts[row["sha"]]) for row in came_up)
    found = {**forward, **back}
    judged = {row["id"]: row for row in rows if "rollback_of_id" not in row["edited"]}
    targets = {
        id_: found.get(id_)
        for id_, row in judged.items()
        if row["rollback_of_id"] != found.get(id_)
    }
    await history.point(tx, targets)
    taken = {found[id_] for id_ in judged.keys() & found.keys()}
    released = {row["rollback_of_id"] for row in judged.values()} - taken - {None}
    return set(targets) | await history.mark(tx, taken, released)


async def _derive_commits(
    tx: Transaction, repository: str, previous: Row | None, rows: Sequence[Row]
) -> set[UUID]:
    until = rows[-1]["effective_at"] + PUSH_SKEW
    pushes = await history.pushes(tx, repository, until, MAX_PUSHES)
    running: str | None = previous["sha"] if previous else None
    brought = {}
    for row in rows:
        brought[row["id"]] = commits_brought(row["sha"], running, pushes)
        if row["status"] in _CAME_UP:
            running = row["sha"]
    return await history.set_commits(tx, brought)
