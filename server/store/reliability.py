"""What reliability is measured by, summed up by the database: for a period, or for its parts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    CTE,
    ColumnElement,
    DateTime,
    Double,
    FromClause,
    Select,
    Text,
    and_,
    any_,
    bindparam,
    case,
    exists,
    func,
    literal,
    null,
    select,
    tuple_,
)

from server.domain.attribution import VerdictKind
from server.domain.deployment import PRODUCTION
from server.domain.reliability import (
    REACHED_USERS,
    Bucket,
    Deployments,
    Incidents,
    Period,
    Rate,
    Reliability,
    Statistic,
    buckets,
    statistic,
)
from server.store.attribution import ONSET
from server.store.database import Database, Row
from server.store.tables import (
    deployment,
    deployment_pull_request,
    incident,
    incident_service,
    pull_request,
    service,
    suspect,
    team,
)
from server.store.views.incident import STANDS
from server.store.views.sight import SEES_DEPLOYMENTS, SEES_INCIDENTS, moment


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose reliability, by slugs: of all, or of a service, or a team's; and what binds the asker's
    rights."""

    rights: Mapping[str, object]
    service: str | None = None
    team: str | None = None


@dataclass(frozen=True, slots=True)
class _Shape:
    """What a statement is made for; values of the same shape share it."""

    service: bool
    team: bool
    bucket: Bucket | None

    def services(self) -> Select[Any] | None:
        """The services that are asked for; None for all, and for what is of no service."""
        if not (self.service or self.team):
            return None
        found = select(service.c.id)
        if self.service:
            found = found.where(service.c.slug == bindparam("service", type_=Text))
        if self.team:
            of_team = service.c.team_id == team.c.id
            found = found.join(team, of_team).where(team.c.slug == bindparam("team", type_=Text))
        return found

    def part(self, at: ColumnElement[Any]) -> ColumnElement[Any]:
        """When the part of the period that holds this moment begins; null for the whole."""
        if self.bucket is None:
            return null().label("part")
        unit = literal(self.bucket.value.lower(), Text)
        start = func.date_trunc(unit, at, literal("UTC", Text), type_=DateTime(timezone=True))
        return start.label("part")

    def summed(self, source: Any, at: ColumnElement[Any], *sums: Any) -> Select[Any]:
        """These sums, for each part that has rows; of the whole also where there are none."""
        found = select(self.part(at), *sums).select_from(source)
        return found if self.bucket is None else found.group_by("part")


def _within(at: ColumnElement[Any]) -> ColumnElement[bool]:
    return and_(at >= moment("since"), at < moment("until"))


_COUNT = func.count().label("n")
_DURATIONS = {
    "resolve": incident.c.time_to_resolve,
    "detect": incident.c.time_to_detect,
    "acknowledge": incident.c.time_to_acknowledge,
    "mitigate": incident.c.time_to_mitigate,
}


def _statistic(name: str, length: ColumnElement[Any]) -> tuple[ColumnElement[Any], ...]:
    """The columns that `_told` reads a statistic from."""
    return (
        func.count(length).label(f"{name}_n"),
        func.avg(length).label(f"{name}_mean"),
        func.percentile_cont(literal(0.5, Double)).within_group(length).label(f"{name}_median"),
        func.percentile_cont(literal(0.9, Double)).within_group(length).label(f"{name}_p90"),
    )


def _told(row: Row | None, name: str) -> Statistic:
    if row is None:
        return Statistic(0)
    names = (f"{name}_{each}" for each in ("mean", "median", "p90"))
    return statistic(row[f"{name}_n"], *(row[each] for each in names))


# ── incidents ────────────────────────────────────────────────────────────────


@cache
def _incidents(shape: _Shape) -> Select[Any]:
    every = [column for name, length in _DURATIONS.items() for column in _statistic(name, length)]
    found = shape.summed(incident, ONSET, _COUNT, *every)
    found = found.where(SEES_INCIDENTS, STANDS, _within(ONSET))
    services = shape.services()
    if services is None:
        return found
    hurt = select(incident_service.c.incident_id).where(incident_service.c.service_id.in_(services))
    return found.where(incident.c.id.in_(hurt))


def _incidents_of(row: Row | None) -> Incidents:
    """What a row of `incidents` says; None for a part without any."""
    return Incidents(row["n"] if row else 0, *(_told(row, name) for name in _DURATIONS))


# ── deployments ──────────────────────────────────────────────────────────────


_REACHED = literal(sorted(status.value for status in REACHED_USERS), ARRAY(Text))


def _reached_users(of: FromClause) -> ColumnElement[bool]:
    """Whether a deployment came up in production."""
    return and_(
        of.c.status == any_(_REACHED),
        of.c.environment.regexp_match(PRODUCTION, flags="i"),
        of.c.finished_at.is_not(None),
    )


def _counted(shape: _Shape) -> CTE:
    """The deployments that count. `effective_at` is when they finished, and has the index."""
    found = select(deployment.c.id, deployment.c.service_id, deployment.c.effective_at)
    found = found.where(
        SEES_DEPLOYMENTS, _reached_users(deployment), _within(deployment.c.effective_at)
    )
    services = shape.services()
    if services is not None:
        found = found.where(deployment.c.service_id.in_(services))
    return found.cte("counted")


_sure = func.max(suspect.c.probability) >= literal(1.0, Double)
_doubt = func.nullif(literal(1.0, Double) - suspect.c.probability, literal(0.0, Double))
_CAUSED = case((_sure, 1.0), else_=1.0 - func.exp(func.sum(func.ln(_doubt)))).label("caused")
"""How likely a deployment caused any of the incidents that it is suspected of: one less the
product of the doubts. So no deployment counts for more than one."""


@cache
def _deployments(shape: _Shape) -> Select[Any]:
    counted = _counted(shape)
    confirmed = suspect.c.verdict == VerdictKind.CAUSED_BY_DEPLOYMENT.value
    failed = (
        select(counted.c.id, _CAUSED, func.bool_or(confirmed).label("confirmed"))
        .join(suspect, suspect.c.deployment_id == counted.c.id)
        .group_by(counted.c.id)
        .subquery("failed")
    )
    return shape.summed(
        counted.outerjoin(failed, failed.c.id == counted.c.id),
        counted.c.effective_at,
        func.count().label("n"),
        func.coalesce(func.sum(failed.c.caused), 0.0).label("caused"),
        func.count().filter(failed.c.confirmed).label("confirmed"),
    )


def _deployments_of(row: Row | None) -> Deployments:
    if row is None:
        return Deployments(0, Rate(0.0, 0, 0))
    return Deployments(row["n"], Rate(round(row["caused"], 6), row["n"], row["confirmed"]))


# ── lead times ───────────────────────────────────────────────────────────────

_earlier = deployment.alias("earlier")
_brought_earlier = deployment_pull_request.alias("brought_earlier")


@cache
def _lead_times(shape: _Shape) -> Select[Any]:
    counted, brought = _counted(shape), deployment_pull_request
    brought_before = exists().where(
        _brought_earlier.c.pull_request_id == brought.c.pull_request_id,
        _brought_earlier.c.deployment_id == _earlier.c.id,
        _earlier.c.service_id.is_not_distinct_from(counted.c.service_id),
        tuple_(_earlier.c.effective_at, _earlier.c.id)
        < tuple_(counted.c.effective_at, counted.c.id),
        _reached_users(_earlier),
    )
    source = counted.join(brought, brought.c.deployment_id == counted.c.id).join(
        pull_request, pull_request.c.id == brought.c.pull_request_id
    )
    length = counted.c.effective_at - pull_request.c.merged_at
    return shape.summed(source, counted.c.effective_at, *_statistic("lead", length)).where(
        pull_request.c.merged_at <= counted.c.effective_at, ~brought_before
    )


# ── all of it ────────────────────────────────────────────────────────────────


async def measure(database: Database, asked: Asked, whole: Period) -> Reliability:
    """The reliability in a period."""
    return (await _measured(database, asked, whole, {None: whole}))[0]


async def trend(
    database: Database, asked: Asked, whole: Period, bucket: Bucket
) -> Sequence[Reliability]:
    """The reliability in each part of a period, also where nothing happened."""
    parts = {bucket.start(part.since): part for part in buckets(whole, bucket)}
    return await _measured(database, asked, whole, parts, bucket)


async def _measured(
    database: Database,
    asked: Asked,
    whole: Period,
    parts: Mapping[datetime, Period] | Mapping[None, Period],
    bucket: Bucket | None = None,
) -> Sequence[Reliability]:
    shape = _Shape(asked.service is not None, asked.team is not None, bucket)
    binds = {**asked.rights, "service": asked.service, "team": asked.team}

    async def summed(statement: Select[Any]) -> Mapping[datetime | None, Row]:
        rows = await database.fetch(statement, since=whole.since, until=whole.until, **binds)
        return {row["part"]: row for row in rows}

    incidents = await summed(_incidents(shape))
    deployments = await summed(_deployments(shape))
    lead_times = await summed(_lead_times(shape))
    return [
        Reliability(
            part,
            _incidents_of(incidents.get(start)),
            _deployments_of(deployments.get(start)),
            _told(lead_times.get(start), "lead"),
        )
        for start, part in parts.items()
    ]
