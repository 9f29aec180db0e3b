"""What a post-mortem's document is made of, as one snapshot: with names, or without."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, select

from server.domain.attribution import VerdictKind
from server.domain.incident import ResponderRole
from server.domain.postmortem_markdown import (
    Cause,
    Promise,
    Snapshot,
    Step,
    Suspicion,
    Thought,
    ToldMoment,
)
from server.domain.redaction import role_of
from server.store.database import Row, Transaction
from server.store.redaction import REDACTED
from server.store.tables import (
    action_item,
    attribution,
    attribution_candidate,
    deployment,
    hypothesis,
    incident,
    incident_service,
    person,
    postmortem,
    responder,
    service,
    team,
    ticket,
    timeline_entry,
    why,
)

MOST_ENTRIES = 2000
"""How many entries a document tells: the earliest."""

MOST_CANDIDATES = 3

_of_incident = bindparam("incident", type_=incident.c.id.type)

_HEAD = (
    select(incident, *(each.label(f"of_{each.name}") for each in postmortem.columns))
    .select_from(incident.join(postmortem, postmortem.c.incident_id == incident.c.id))
    .where(postmortem.c.id == bindparam("postmortem", type_=postmortem.c.id.type))
)

_person = (person.c.name.label("person"), team.c.name.label("team"))
_with_team = person.outerjoin(team, team.c.id == person.c.team_id)

_PARTS: Mapping[str, Select[Any]] = {
    "services": select(service.c.name)
    .join(incident_service, incident_service.c.service_id == service.c.id)
    .where(incident_service.c.incident_id == _of_incident)
    .order_by(service.c.name, service.c.id),
    "responders": select(responder.c.role, *_person)
    .select_from(responder.join(_with_team, person.c.id == responder.c.person_id))
    .where(responder.c.incident_id == _of_incident)
    .order_by(person.c.name, person.c.id),
    "facilitators": select(*_person)
    .select_from(postmortem.join(_with_team, person.c.id == postmortem.c.facilitator_id))
    .where(postmortem.c.incident_id == _of_incident),
    "entries": select(timeline_entry)
    .where(timeline_entry.c.incident_id == _of_incident, ~timeline_entry.c.retracted)
    .order_by(timeline_entry.c.occurred_at, timeline_entry.c.id)
    .limit(MOST_ENTRIES),
    "hypotheses": select(hypothesis)
    .where(hypothesis.c.incident_id == _of_incident)
    .order_by(hypothesis.c.raised_at, hypothesis.c.id),
    "attributions": select(attribution, deployment.c.repository, deployment.c.sha)
    .select_from(
        attribution.outerjoin(deployment, deployment.c.id == attribution.c.verdict_deployment_id)
    )
    .where(attribution.c.incident_id == _of_incident),
    "candidates": select(
        attribution_candidate, deployment.c.repository, deployment.c.sha, deployment.c.url
    )
    .join(deployment, deployment.c.id == attribution_candidate.c.deployment_id)
    .where(attribution_candidate.c.incident_id == _of_incident)
    .order_by(attribution_candidate.c.rank, deployment.c.id)
    .limit(MOST_CANDIDATES),
    "whys": select(why).where(why.c.incident_id == _of_incident).order_by(why.c.depth, why.c.id),
    "actions": select(
        action_item, *_person, ticket.c.key.label("ticket"), ticket.c.url.label("ticket_url")
    )
    .select_from(
        action_item.join(_with_team, person.c.id == action_item.c.owner_id).outerjoin(
            ticket, ticket.c.action_item_id == action_item.c.id
        )
    )
    .where(action_item.c.incident_id == _of_incident)
    .order_by(action_item.c.due_on, action_item.c.id),
}


@dataclass(frozen=True, slots=True)
class Material:
    """The rows that a document is made of."""

    head: Row
    parts: Mapping[str, Sequence[Row]]

    def snapshot(self, *, named: bool) -> Snapshot:
        """What the document tells: with names, or with what stands in their place."""
        return _snapshot(self, _Reader(named))


async def material_of(tx: Transaction, postmortem_id: UUID) -> Material:
    """Everything there is of a post-mortem, which exists."""
    (head,) = await tx.fetch(_HEAD, postmortem=postmortem_id)
    return Material(
        head, {name: await tx.fetch(each, incident=head["id"]) for name, each in _PARTS.items()}
    )


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads rows as one kind of reader may."""

    named: bool

    def told(self, row: Row, name: str) -> Any:
        """A text, or its rendering without names."""
        rendering = None if self.named else row[f"{name}{REDACTED}"]
        return row[name] if rendering is None else rendering

    def person(self, row: Row) -> str:
        """A name, or the role that stands for it."""
        name: str = row["person"] if self.named else role_of(row["team"])
        return name


_TIMES = {
    "Began": "started_at",
    "Detected": "detected_at",
    "Declared": "declared_at",
    "Acknowledged": "acknowledged_at",
    "Cause known": "identified_at",
    "Mitigated": "mitigated_at",
    "Resolved": "resolved_at",
}

_DURATIONS = {
    "Time to detect": "time_to_detect",
    "Time to acknowledge": "time_to_acknowledge",
    "Time to mitigate": "time_to_mitigate",
    "Time to resolve": "time_to_resolve",
}


def _snapshot(material: Material, read: _Reader) -> Snapshot:
    head, parts = material.head, material.parts

    def each(part: str, of: Callable[[Row, _Reader], Any]) -> tuple[Any, ...]:
        return tuple(of(row, read) for row in parts[part])

    return Snapshot(
        number=head["number"],
        title=read.told(head, "title"),
        severity=head["severity"],
        status=head["status"],
        state=head["of_state"],
        services=tuple(row["name"] for row in parts["services"]),
        times=tuple((name, head[column]) for name, column in _TIMES.items()),
        durations=tuple((name, head[column]) for name, column in _DURATIONS.items()),
        people=_people(parts, read),
        summary=read.told(head, "of_summary"),
        impact=read.told(head, "of_impact"),
        lessons=read.told(head, "of_lessons"),
        timeline=each("entries", _moment),
        thoughts=each("hypotheses", _thought),
        cause=_cause(parts, read),
        steps=each("whys", _step),
        promises=each("actions", _promise),
        published_at=head["of_published_at"],
    )


def _people(
    parts: Mapping[str, Sequence[Row]], read: _Reader
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Who did what, by role; a role that stands for several people is told once."""
    by_role = {"Facilitator": [read.person(row) for row in parts["facilitators"]]}
    for role in ResponderRole:
        found = [read.person(row) for row in parts["responders"] if row["role"] == role]
        by_role[role.capitalize()] = found
    return tuple((role, tuple(dict.fromkeys(names))) for role, names in by_role.items() if names)


def _moment(row: Row, read: _Reader) -> ToldMoment:
    told = read.told(row, "body")
    return ToldMoment(row["occurred_at"], row["kind"], told, row["source"], row["url"])


def _thought(row: Row, read: _Reader) -> Thought:
    return Thought(read.told(row, "statement"), row["state"], read.told(row, "reason"))


def _step(row: Row, read: _Reader) -> Step:
    question, answer = (read.told(row, name) for name in ("question", "answer"))
    return Step(row["id"], row["parent_id"], question, answer, row["systemic"])


def _promise(row: Row, read: _Reader) -> Promise:
    return Promise(
        title=read.told(row, "title"),
        owner=read.person(row),
        due_on=row["due_on"],
        priority=row["priority"],
        state=row["state"],
        ticket=row["ticket"],
        ticket_url=row["ticket_url"],
    )


def _cause(parts: Mapping[str, Sequence[Row]], read: _Reader) -> Cause:
    suspicions = tuple(_suspicion(row, read) for row in parts["candidates"])
    for row in parts["attributions"]:
        verdict = _verdict(row)
        reason = read.told(row, "verdict_reason")
        return Cause(verdict, reason, row["not_a_deployment"], suspicions)
    return Cause(suspicions=suspicions)


def _verdict(row: Row) -> str | None:
    match row["verdict_kind"]:
        case VerdictKind.CAUSED_BY_DEPLOYMENT:
            deployed = f"The deployment of {_change(row)}" if row["sha"] else "A deployment"
            return f"{deployed} caused it"
        case VerdictKind.NOT_A_DEPLOYMENT:
            return "No deployment caused it"
        case _:
            return None


def _suspicion(row: Row, read: _Reader) -> Suspicion:
    evidence = ((each["detail"], each["contribution"]) for each in read.told(row, "evidence"))
    return Suspicion(_change(row), row["probability"], tuple(evidence), row["url"])


def _change(row: Row) -> str:
    return f"{row['repository']} at {row['sha'][:7]}"
