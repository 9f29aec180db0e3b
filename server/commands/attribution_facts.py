"""The facts that attribution weighs, gathered from what is stored."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from server.domain.attribution import (
    DeploymentFacts,
    IncidentFacts,
    PullRequestFacts,
    service_hops,
)
from server.domain.attribution_history import Brought, Ran, is_met, superseded
from server.domain.deployment import DeploymentStatus
from server.domain.incident import Times
from server.store import attribution
from server.store.database import Row, Transaction
from server.store.incident import times_of

_CAME_UP = {DeploymentStatus.SUCCESS.value, DeploymentStatus.ROLLED_BACK.value}


@dataclass(frozen=True, slots=True)
class Facts:
    """An incident, its times, and the deployments that may have caused it."""

    times: Times
    incident: IncidentFacts
    deployments: Sequence[DeploymentFacts]


async def facts_of(tx: Transaction, row: Row) -> Facts:
    """Gather the facts of one incident, given its row."""
    times = times_of(row)
    affected = await attribution.affected(tx, row["id"])
    depends_on = await attribution.dependencies_around(tx, row["id"])
    hops = service_hops(affected, depends_on, attribution.FURTHEST)
    ends = [end for end in (times.mitigated_at, times.resolved_at) if end]
    incident = IncidentFacts(
        onset=times.onset,
        title=row["title"],
        summary=row["summary"],
        service_hops=hops,
        recovered_at=min(ends, default=None),
    )
    return Facts(times, incident, await _deployments(tx, incident))


async def _deployments(tx: Transaction, incident: IncidentFacts) -> Sequence[DeploymentFacts]:
    rows = await attribution.candidates(tx, incident.onset)
    inside = await attribution.pull_requests_of(tx, [row["id"] for row in rows])
    needs = await attribution.needs_of(
        tx, {each["id"] for brought in inside.values() for each in brought}
    )
    replaced = superseded(map(_ran, filter(_came_up, rows)), incident.onset)
    return [_deployment(row, inside.get(row["id"], ()), needs, replaced) for row in rows]


def _came_up(row: Row) -> bool:
    return row["status"] in _CAME_UP


def _ran(row: Row) -> Ran:
    runs = row["service_id"] or row["repository"]
    return Ran(row["id"], (runs, row["environment"]), row["effective_at"])


def _deployment(
    row: Row,
    inside: Sequence[Row],
    needs: Mapping[UUID, Sequence[Row]],
    replaced: Collection[UUID],
) -> DeploymentFacts:
    needed = [need for each in inside for need in needs.get(each["id"], ())]
    return DeploymentFacts(
        id=row["id"],
        service_id=row["service_id"],
        service_name=row["service_name"],
        repository=row["repository"],
        environment=row["environment"],
        status=DeploymentStatus(row["status"]),
        started_at=row["started_at"],
        finished_at=row["finished_at"],
        pull_requests=tuple(map(_pull_request, inside)),
        unmet_dependencies=_unmet(row, needed),
        is_latest_of_service=row["id"] not in replaced,
        rolled_back_at=row["rolled_back_at"],
        is_rollback=row["rollback_of_id"] is not None,
    )


def _pull_request(row: Row) -> PullRequestFacts:
    return PullRequestFacts(
        row["number"], row["title"], row["additions"], row["deletions"], row["changed_files"]
    )


def _unmet(row: Row, needs: Sequence[Row]) -> tuple[int, ...]:
    """The numbers of needed pull requests that did not run yet when the deployment went out."""
    brought: dict[int, list[Brought]] = {}
    for need in needs:
        runs = brought.setdefault(need["number"], [])
        if need["deployment_id"]:
            runs.append(
                Brought(
                    need["deployment_id"],
                    need["environment"],
                    need["effective_at"],
                    need["rolled_back_at"],
                )
            )
    place = row["environment"], row["id"], row["effective_at"]
    return tuple(sorted(number for number, runs in brought.items() if not is_met(*place, runs)))
