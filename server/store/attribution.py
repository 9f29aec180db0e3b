"""What attribution reads of an incident and of the deployments around it, and what it keeps."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import UUID as SQL_UUID
from sqlalchemy import (
    DateTime,
    Interval,
    any_,
    bindparam,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY

from server.domain.attribution import WINDOW
from server.domain.attribution_evidence import CLOCK_SKEW
from server.domain.deployment import DeploymentStatus
from server.store.database import Row, Transaction
from server.store.tables import (
    attribution,
    deployment,
    deployment_pull_request,
    incident,
    incident_service,
    pull_request,
    pull_request_dependency,
    service,
    service_dependency,
)

ROLLOUT = timedelta(days=1)
"""The longest that a deployment is held to roll out: so long after the onset it may finish."""

MAX_CANDIDATES = 2_000
MAX_PULL_REQUESTS = 20_000

_IDS = ARRAY(SQL_UUID)

ONSET = func.coalesce(incident.c.started_at, incident.c.detected_at, incident.c.declared_at)
"""When an incident began as far as is known: `Times.onset` in SQL."""

# ── which incidents a deployment may matter to ───────────────────────────────

_ids = bindparam("deployments", type_=_IDS)

_moments = union_all(
    select(deployment.c.effective_at.label("at")).where(deployment.c.id == any_(_ids)),
    select(
        func.unnest(
            bindparam("moments", type_=ARRAY(DateTime(timezone=True))),
            type_=DateTime(timezone=True),
        ).label("at")
    ),
).subquery("moments")

_NEAR = (
    select(incident.c.id)
    .where(
        incident.c.merged_into_id.is_(None),
        or_(
            exists().where(
                _moments.c.at >= ONSET - literal(WINDOW + CLOCK_SKEW, Interval),
                or_(
                    incident.c.resolved_at.is_(None),
                    _moments.c.at <= incident.c.resolved_at + literal(ROLLOUT, Interval),
                ),
            ),
            exists().where(
                attribution.c.incident_id == incident.c.id, attribution.c.linked_id == any_(_ids)
            ),
        ),
    )
    .order_by(incident.c.declared_at.desc(), incident.c.id)
    .limit(bindparam("most"))
)


async def incidents_near(
    tx: Transaction, deployments: Collection[UUID], moments: Collection[datetime], most: int
) -> Sequence[UUID]:
    """Up to `most` incidents, the newest first, that these deployments may have to do with.

    Those whose onset a deployment preceded by no more than attribution's window, or that went on
    when it happened; and those that it is linked to.
    """
    rows = await tx.fetch(_NEAR, deployments=list(deployments), moments=list(moments), most=most)
    return [row["id"] for row in rows]


# ── the services around an incident ──────────────────────────────────────────

FURTHEST = 3
"""How many dependencies away from an affected service a cause is looked for."""

_affected = select(incident_service.c.service_id).where(
    incident_service.c.incident_id == bindparam("incident")
)
_start = _affected.add_columns(literal_column("0").label("hops")).cte("around", recursive=True)
_around = _start.union(
    select(service_dependency.c.depends_on_id, _start.c.hops + literal_column("1"))
    .join(_start, _start.c.service_id == service_dependency.c.service_id)
    .where(_start.c.hops < literal_column(str(FURTHEST)))
)

_AFFECTED = _affected.order_by(incident_service.c.service_id)

_EDGES = select(service_dependency.c.service_id, service_dependency.c.depends_on_id).where(
    or_(
        service_dependency.c.service_id.in_(select(_around.c.service_id)),
        service_dependency.c.depends_on_id.in_(_affected),
    )
)


async def affected(tx: Transaction, incident_id: UUID) -> Sequence[UUID]:
    """The services that the incident affects."""
    return [row["service_id"] for row in await tx.fetch(_AFFECTED, incident=incident_id)]


async def dependencies_around(tx: Transaction, incident_id: UUID) -> Mapping[UUID, set[UUID]]:
    """What the services around the incident depend on."""
    found: dict[UUID, set[UUID]] = {}
    for row in await tx.fetch(_EDGES, incident=incident_id):
        found.setdefault(row["service_id"], set()).add(row["depends_on_id"])
    return found


# ── deployments, and what is in them ─────────────────────────────────────────

_later = deployment.alias("later")

_rolled_back_at = (
    select(func.min(_later.c.effective_at))
    .where(_later.c.rollback_of_id == deployment.c.id)
    .scalar_subquery()
    .label("rolled_back_at")
)

_deployments = select(
    deployment, service.c.name.label("service_name"), _rolled_back_at
).select_from(deployment.outerjoin(service, service.c.id == deployment.c.service_id))

_CANDIDATES = (
    _deployments.where(
        deployment.c.effective_at >= bindparam("since"),
        deployment.c.effective_at <= bindparam("until"),
        func.coalesce(deployment.c.started_at, deployment.c.effective_at) <= bindparam("latest"),
    )
    .order_by(deployment.c.effective_at.desc(), deployment.c.id)
    .limit(MAX_CANDIDATES)
)

_OF_SERVICES = (
    _deployments.where(
        or_(
            deployment.c.id == bindparam("linked", type_=SQL_UUID),
            (deployment.c.service_id == any_(bindparam("services", type_=_IDS)))
            & (deployment.c.effective_at >= bindparam("since"))
            & (deployment.c.effective_at <= bindparam("until")),
        )
    )
    .order_by(deployment.c.effective_at.desc(), deployment.c.id)
    .limit(bindparam("most"))
)

_PULL_REQUESTS = (
    select(
        deployment_pull_request.c.deployment_id,
        pull_request.c.id,
        pull_request.c.number,
        pull_request.c.title,
        pull_request.c.additions,
        pull_request.c.deletions,
        pull_request.c.changed_files,
    )
    .join(pull_request, pull_request.c.id == deployment_pull_request.c.pull_request_id)
    .where(deployment_pull_request.c.deployment_id == any_(_ids))
    .order_by(deployment_pull_request.c.deployment_id, pull_request.c.number)
    .limit(MAX_PULL_REQUESTS)
)

_needed = pull_request.alias("needed")
_brings = deployment_pull_request.alias("brings")

_NEEDS = (
    select(
        pull_request_dependency.c.pull_request_id,
        _needed.c.number,
        deployment.c.id.label("deployment_id"),
        deployment.c.environment,
        deployment.c.effective_at,
        _rolled_back_at,
    )
    .join(_needed, _needed.c.id == pull_request_dependency.c.depends_on_id)
    .outerjoin(_brings, _brings.c.pull_request_id == _needed.c.id)
    .outerjoin(
        deployment,
        (deployment.c.id == _brings.c.deployment_id)
        & (
            deployment.c.status
            == any_(
                literal(
                    [DeploymentStatus.SUCCESS.value, DeploymentStatus.ROLLED_BACK.value],
                    ARRAY(deployment.c.status.type),
                )
            )
        ),
    )
    .where(
        pull_request_dependency.c.pull_request_id == any_(bindparam("pull_requests", type_=_IDS))
    )
    .order_by(pull_request_dependency.c.pull_request_id, _needed.c.number)
    .limit(MAX_PULL_REQUESTS)
)


async def candidates(tx: Transaction, onset: datetime) -> list[Row]:
    """The deployments that began within attribution's window before the onset, newest first."""
    return await tx.fetch(
        _CANDIDATES, since=onset - WINDOW, until=onset + ROLLOUT, latest=onset + CLOCK_SKEW
    )


async def of_services(
    tx: Transaction,
    services: Collection[UUID],
    since: datetime,
    until: datetime,
    linked: UUID | None,
    most: int,
) -> list[Row]:
    """Up to `most` deployments of these services in that time, and the linked one, newest first."""
    return await tx.fetch(
        _OF_SERVICES, services=list(services), since=since, until=until, linked=linked, most=most
    )


async def pull_requests_of(
    tx: Transaction, deployments: Collection[UUID]
) -> Mapping[UUID, Sequence[Row]]:
    """The pull requests in each of these deployments, by number."""
    found: dict[UUID, list[Row]] = {}
    for row in await tx.fetch(_PULL_REQUESTS, deployments=list(deployments)):
        found.setdefault(row["deployment_id"], []).append(row)
    return found


async def needs_of(
    tx: Transaction, pull_requests: Collection[UUID]
) -> Mapping[UUID, Sequence[Row]]:
    """What each of these pull requests depends on: a row for each deployment that brought it,
    or one without a deployment where none did."""
    found: dict[UUID, list[Row]] = {}
    for row in await tx.fetch(_NEEDS, pull_requests=list(pull_requests)):
        found.setdefault(row["pull_request_id"], []).append(row)
    return found
