"""What an incident's moments derive from, and how they are kept."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, any_, bindparam, exists, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.types import Text

from server.domain.attribution import VerdictKind
from server.domain.hypothesis import HypothesisState
from server.domain.incident import ResponderRole, Signal, Times
from server.domain.moments import TOLD_BY, Account, Contents, Moment, ToldEntry
from server.domain.timeline import TimelineKind
from server.store.database import Transaction
from server.store.incident import times_of
from server.store.statements import find_rows
from server.store.tables import (
    attribution,
    deployment_pull_request,
    hypothesis,
    incident,
    moment,
    pull_request,
    responder,
    timeline_entry,
)

MOST = 5000
"""How many entries are looked at, the earliest first."""

_of_incident = bindparam("incident", type_=incident.c.id.type)

_ENTRIES = (
    select(
        timeline_entry.c.id,
        timeline_entry.c.kind,
        timeline_entry.c.occurred_at,
        timeline_entry.c.deployment_id,
    )
    .where(
        timeline_entry.c.incident_id == _of_incident,
        timeline_entry.c.kind == any_(literal([*TOLD_BY], ARRAY(Text))),
        ~timeline_entry.c.retracted,
    )
    .order_by(timeline_entry.c.occurred_at, timeline_entry.c.id)
    .limit(MOST)
)


def _pull_requests(*, without_merger: bool) -> ColumnElement[int]:
    """How many pull requests the linked deployment contained."""
    of_cause = (
        select(func.count())
        .select_from(deployment_pull_request)
        .join(pull_request, pull_request.c.id == deployment_pull_request.c.pull_request_id)
        .where(deployment_pull_request.c.deployment_id == attribution.c.linked_id)
    )
    if without_merger:
        of_cause = of_cause.where(pull_request.c.merged_by_id.is_(None))
    return of_cause.correlate(attribution).scalar_subquery()


def _hypotheses(*states: HypothesisState) -> ColumnElement[int]:
    """How many hypotheses of the incident are in one of these states."""
    return (
        select(func.count())
        .where(
            hypothesis.c.incident_id == incident.c.id,
            hypothesis.c.state == any_(literal([*states], ARRAY(Text))),
        )
        .correlate(incident)
        .scalar_subquery()
    )


_PAGED = or_(
    exists().where(
        responder.c.incident_id == incident.c.id, responder.c.role == ResponderRole.PAGED.value
    ),
    exists().where(
        timeline_entry.c.incident_id == incident.c.id,
        timeline_entry.c.kind == TimelineKind.PAGED.value,
        ~timeline_entry.c.retracted,
    ),
)

_FACTS = (
    select(
        *(incident.c[name] for name in Times.__dataclass_fields__),
        incident.c.detected_by,
        attribution.c.verdict_kind,
        attribution.c.linked_id,
        _pull_requests(without_merger=False).label("pull_requests"),
        _pull_requests(without_merger=True).label("without_merger"),
        _hypotheses(*HypothesisState).label("hypotheses"),
        _hypotheses(HypothesisState.OPEN).label("open_hypotheses"),
        _PAGED.label("anybody_paged"),
    )
    .select_from(incident.outerjoin(attribution, attribution.c.incident_id == incident.c.id))
    .where(incident.c.id == _of_incident)
)

_new = insert(moment).values(
    {
        name: bindparam(name, type_=moment.c[name].type)
        for name in ("incident_id", "kind", "place", "entry_id", "missing", "questions")
    }
)
_KEPT = {name: _new.excluded[name] for name in ("entry_id", "missing", "questions")}
_PUT = _new.on_conflict_do_update(index_elements=["incident_id", "kind"], set_=_KEPT)


async def account_of(tx: Transaction, incident_id: UUID) -> Account:
    """What is told of an incident."""
    (facts,) = await tx.fetch(_FACTS, incident=incident_id)
    entries = await tx.fetch(_ENTRIES, incident=incident_id)
    cause = Contents(facts["linked_id"], facts["pull_requests"], facts["without_merger"])
    return Account(
        entries=[ToldEntry(**{**row, "kind": TimelineKind(row["kind"])}) for row in entries],
        times=times_of(facts),
        detected_by=facts["detected_by"] and Signal(facts["detected_by"]),
        anybody_paged=facts["anybody_paged"],
        hypotheses=facts["hypotheses"],
        open_hypotheses=facts["open_hypotheses"],
        cause=cause if facts["linked_id"] else None,
        verdict=facts["verdict_kind"] and VerdictKind(facts["verdict_kind"]),
    )


async def put(tx: Transaction, incident_id: UUID, moments: Sequence[Moment]) -> None:
    """Keep an incident's moments; those that stand so already stay."""
    kept = {row["kind"]: row for row in await find_rows(tx, moment, incident_id=incident_id)}
    rows: list[dict[str, object]] = [
        {
            "incident_id": incident_id,
            "kind": each.kind.value,
            "place": place,
            "entry_id": each.entry_id,
            "missing": each.missing,
            "questions": list(each.questions),
        }
        for place, each in enumerate(moments)
    ]
    await tx.each(_PUT, [row for row in rows if dict(kept.get(row["kind"], {})) != row])
