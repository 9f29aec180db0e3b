"""One row for each deployment, however many sources tell of it.

Which tellings are of one deployment is a function of all of them, and the state of a deployment is
one of all that was said of it: so both are the same whatever the order in which it came. What
comes late may show that two rows are one, or that one is two.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from server.commands import tell_deployment
from server.commands.deployment_history import Unsettled
from server.commands.deployment_told import State, fold
from server.commands.work import Work
from server.domain.deployment_same import Deployment, Telling, deployments_told
from server.store import deployment as deployments
from server.store import deployment_same as same
from server.store import pull_request as pull_requests
from server.store.database import Row
from server.store.ids import new_id
from server.store.queue import Job, JobKind
from server.store.statements import insert_row, update_row
from server.store.tables import deployment

Name = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Plan:
    """A deployment that is to be brought to its state, and its rows, the oldest first.

    The oldest stays; where there is none, one is made. `lost` says that it stood for tellings
    that are of another deployment now.
    """

    tellings: Deployment
    rows: Sequence[UUID]
    lost: bool

    @property
    def merged(self) -> Sequence[UUID]:
        """The rows that become one with the oldest."""
        return self.rows[1:]


async def settle(work: Work, telling: Telling, unsettled: Unsettled) -> UUID:
    """Keep what is known of a telling by now, and bring each deployment that this touches to its
    state; the telling's own. What follows for others is left to `unsettled`.

    To be called with the repository's history held, when what is told of it is stored.
    """
    plans = await _plans(work, telling)
    merged = [row for plan in plans for row in plan.merged]
    if merged:
        incidents = await same.hold_incidents(work.tx, merged)
        work.later(*(Job(JobKind.ATTRIBUTE, each) for each in incidents))
    rows = await same.lock(work.tx, [row for plan in plans for row in plan.rows])
    for plan in plans:
        for loser in plan.merged:
            await same.join(work.tx, loser, plan.rows[0])
    brought = [await _bring(work, plan, [rows[each] for each in plan.rows]) for plan in plans]
    changed = [each for each in brought if each.states]
    if changed:
        states = [state for each in changed for state in each.states]
        released = _released(plans, rows)
        unsettled.deployed({each.id for each in changed}, states, released)
        for each in changed:
            tell_deployment.later(work, each.id, each.states[-1])
    return next(each.id for each in brought if telling in each.tellings)


# ── which deployments there are ──────────────────────────────────────────────


async def _plans(work: Work, telling: Telling) -> Sequence[_Plan]:
    """What is to be done now that this telling stands as it does."""
    known = dict(await same.near(work.tx, telling))
    old = await same.find(work.tx, telling.source, telling.external_id)
    if old and old.place != telling.place:
        known |= await same.near(work.tx, old)
    before = {each.name: deployment_id for each, deployment_id in known.items()}
    tellings = [*(each for each in known if each.name != telling.name), telling]
    led = await same.led_by(work.tx, tellings)
    return list(_planned(deployments_told(tellings), telling, before, led))


def _planned(
    found: Sequence[Deployment],
    telling: Telling,
    before: Mapping[Name, UUID],
    led: Mapping[Name, UUID],
) -> Iterator[_Plan]:
    """The deployments that are new, or others than `before`, and the one that is told of.

    A row goes with the telling that gave it its name: so each has one deployment that it is of.
    """
    for each in found:
        names = {one.name for one in each}
        rows = sorted(led[name] for name in names & led.keys())
        stood_for = {name for name, row in before.items() if row in rows[:1]}
        if telling in each or len(rows) != 1 or stood_for != names:
            yield _Plan(each, rows, lost=not stood_for <= names)


def _released(plans: Sequence[_Plan], rows: Mapping[UUID, Row]) -> Sequence[UUID]:
    """The deployments that rows took back which are merged, and those that these became."""
    taken = [rows[loser]["rollback_of_id"] for plan in plans for loser in plan.merged]
    return [*filter(None, taken), *(plan.rows[0] for plan in plans if plan.merged)]


# ── the state of one ─────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Brought:
    """A deployment in its state; `states`: its rows before and now, none where nothing changed."""

    id: UUID
    tellings: Deployment
    states: Sequence[Mapping[str, Any]]


async def _bring(work: Work, plan: _Plan, rows: Sequence[Row]) -> _Brought:
    """Bring a deployment to the state that all that was said of it adds up to."""
    state = await fold(work.tx, plan.tellings, rows)
    id_ = rows[0]["id"] if rows else new_id()
    changes = _changes(state, rows)
    if not rows:
        await insert_row(work.tx, deployment, id=id_, **changes)
    else:
        await update_row(work.tx, deployment, changes, id=id_)
    await same.put(work.tx, plan.tellings, id_)
    renamed = bool(rows and changes.keys() & {"source", "external_id"})
    await _link(work, id_, state, exactly=plan.lost or bool(plan.merged) or renamed)
    before = [dict(row) for row in rows]
    now = {**before[0], **changes} if before else changes
    told = changes or plan.merged or plan.lost or state.pull_requests
    return _Brought(id_, plan.tellings, [*before, now] if told else [])


def _changes(state: State, rows: Sequence[Row]) -> dict[str, Any]:
    """The columns that are other ones than before."""
    if not rows:
        return dict(state.columns)
    return {name: value for name, value in state.columns.items() if rows[0][name] != value}


async def _link(work: Work, id_: UUID, state: State, *, exactly: bool) -> None:
    """Link the pull requests that are said to be in it, whatever the commits tell.

    `exactly`: what was said of others, which it stood for, no longer counts.
    """
    repository = state.columns["repository"]
    ids = await pull_requests.ids_of(work.tx, repository, state.pull_requests)
    if exactly:
        await deployments.forget_recorded(work.tx, id_, ids)
    await deployments.link_recorded(work.tx, id_, ids)
