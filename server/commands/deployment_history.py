"""What follows for other deployments, and for incidents, when one of a history changes.

A deployment's commits, its pull requests and whether it was a rollback depend on what ran before
it. So whatever changes a deployment, a push or a pull request holds the repository, stores its
facts, and has the part of the history derived again that may have changed.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
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

_FOREVER = datetime.max.replace(tzinfo=UTC)

_CAME_UP = {DeploymentStatus.SUCCESS.value, DeploymentStatus.ROLLED_BACK.value}


def name_of(repository: str) -> str:
    """What a repository's history is locked by, however its name is written."""
    return f"repository:{repository.lower()}"


async def hold(tx: Transaction, repository: str) -> None:
    """Let nobody else change the repository's history until the transaction ends.

    To be taken before any row is locked.
    """
    await observation.lock(tx, [name_of(repository)])


@dataclass(slots=True)
class Unsettled:
    """What is to be derived anew once all that is news is stored: each history once.

    A batch of the past holds many deployments of one environment, and what follows from one
    follows from its neighbours too.
    """

    _since: dict[tuple[str, str | None], set[datetime]] = field(default_factory=dict)
    _deployments: set[UUID] = field(default_factory=set)
    _moments: set[datetime] = field(default_factory=set)
    _released: set[UUID] = field(default_factory=set)

    def everywhere(self, repository: str, since: datetime) -> None:
        """A push or a revert changed what was deployed from `since` on, wherever it went."""
        self._since.setdefault((repository, None), set()).add(since)

    def deployed(
        self,
        deployments: Collection[UUID],
        states: Sequence[Mapping[str, Any]] = (),
        released: Collection[UUID] = (),
    ) -> None:
        """Deployments changed. `states` are their rows as they are, and as they were: what hangs on
        them hangs there wherever they lie or lay. `released` may have been taken back by one that
        is no more.
        """
        self._deployments |= set(deployments)
        self._released |= set(released)
        for each in states:
            place = each["repository"], each["environment"]
            self._since.setdefault(place, set()).add(each["effective_at"])
            self._moments.add(each["effective_at"])

    async def settle(self, work: Work) -> None:
        """Derive it, and have the incidents attributed anew that it may matter to."""
        changed = set(self._deployments)
        for (repository, environment), moments in sorted((await self._places(work)).items()):
            changed |= await _derive_all(work.tx, repository, environment, sorted(moments))
        if self._released:
            changed |= await history.mark(work.tx, (), self._released)
        if changed or self._moments:
            incidents = await attribution.incidents_near(
                work.tx, changed, self._moments, most=MAX_INCIDENTS
            )
            work.later(*(Job(JobKind.ATTRIBUTE, each) for each in incidents))

    async def _places(self, work: Work) -> dict[tuple[str, str], set[datetime]]:
        """From when on the history of each environment is to be derived."""
        found: dict[tuple[str, str], set[datetime]] = {}
        for (repository, environment), moments in self._since.items():
            named = (
                [environment]
                if environment is not None
                else await history.environments(work.tx, repository, min(moments), MAX_ENVIRONMENTS)
            )
            for each in named:
                found.setdefault((repository, each), set()).update(moments)
        return found


async def _derive_all(
    tx: Transaction, repository: str, environment: str, moments: Sequence[datetime]
) -> set[UUID]:
    """Derive a history from each of these moments on; what lies close together is derived once."""
    changed: set[UUID] = set()
    done: datetime | None = None
    for since in moments:
        if done is None or since > done:
            more, done = await _derive(tx, repository, environment, since)
            changed |= more
    return changed


async def _derive(
    tx: Transaction, repository: str, environment: str, since: datetime
) -> tuple[set[UUID], datetime]:
    """Derive a history from `since` on; the deployments that changed by it, and how far it came."""
    previous = await history.previous(tx, repository, environment, since)
    rows = await history.following(tx, repository, environment, since, MAX_FOLLOWING)
    if not rows:
        return set(), _FOREVER
    changed = await _derive_commits(tx, repository, previous, rows)
    changed |= await history.link_pull_requests(tx, [row["id"] for row in rows])
    changed |= await _derive_rollbacks(tx, repository, environment, previous, rows)
    whole = len(rows) < MAX_FOLLOWING
    return changed, _FOREVER if whole else rows[-1]["effective_at"]


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
