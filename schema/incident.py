"""Incidents, as the API shows them."""

from __future__ import annotations

from datetime import datetime

import strawberry

from schema.action_item import DUE, ActionItem
from schema.attribution import Attribution
from schema.chat import IncidentChannel
from schema.engine.conditions import Filter, Where
from schema.engine.connections import Sorts, connection
from schema.engine.declare import Node, column, rows
from schema.engine.edges import many, one, ref, same
from schema.engine.pages import Connection
from schema.engine.roots import Key, lookup
from schema.engine.row import Row
from schema.engine.scalars import Duration
from schema.engine.words import words
from schema.fields import (
    Direction,
    UserError,
    changes_of,
    given,
    idempotency_key,
    key_of,
    may_read_incidents,
    mutation,
    needed,
    optional,
    user_errors,
    version,
)
from schema.hypothesis import Hypothesis
from schema.language import LanguageFinding
from schema.merging import LikelySame
from schema.moments import Moment
from schema.person import Person
from schema.postmortem import Postmortem
from schema.recurrence import Recurrence
from schema.service import Service
from schema.similar import SimilarIncident
from schema.timeline import ENTRIES, OCCURRED, TimelineEntry
from schema.why import WhyChain
from server.commands import incident as incidents
from server.domain.incident import IncidentStatus, ResponderRole, Severity, Signal
from server.domain.link import INCIDENT
from server.store import tables as t
from server.store.redirect import standing
from server.store.views import incident as views
from server.store.views.language import findings_in
from server.store.views.sight import SEES_INCIDENTS
from server.term import Term

for _words in (Severity, IncidentStatus, Signal, ResponderRole):
    words()(_words)


@rows(t.responder, key=t.responder.c.person_id, order=[t.responder.c.role])
class Responder(Row):
    """A person in the response."""

    person: Person = one("The person.", t.responder.c.person_id)
    role: ResponderRole = column("What they did in it.")


@rows(
    t.incident,
    prefix=INCIDENT,
    visible=SEES_INCIDENTS,
    allow=may_read_incidents,
    keys=[("id",)],
    standing=standing,
)
class Incident(Node):
    """Something that hurt users, and what it taught."""

    number: int = column("The short number that people say aloud.")
    title: str = column("What it is called.", views.incident_title)
    severity: Severity = column("How bad it is for users.")
    status: IncidentStatus = column("How far the response has come.")
    summary: str | None = column("What happened, in short.", views.incident_summary)
    language_findings: list[LanguageFinding] = column(
        "What is not blameless in its title and its summary, where people wrote them.",
        findings_in(t.incident.c.title, t.incident.c.summary),
    )
    url: str | None = column("Where its source shows it.")
    started_at: datetime | None = column("When users first felt it.")
    detected_at: datetime | None = column("When something or somebody noticed.")
    detected_by: Signal | None = column("What showed it first.")
    declared_at: datetime = column("When it was declared.")
    acknowledged_at: datetime | None = column("When a responder answered.")
    identified_at: datetime | None = column("When the cause was known.")
    mitigated_at: datetime | None = column("When users no longer felt it.")
    resolved_at: datetime | None = column("When the system was normal again.")
    time_to_detect: Duration | None = column("From the first impact to its detection.")
    time_to_acknowledge: Duration | None = column("From its detection to a responder's answer.")
    time_to_mitigate: Duration | None = column("From the first impact known to mitigation.")
    time_to_resolve: Duration | None = column("From the first impact known to resolution.")
    services: list[Service] = many(
        "The services it hurt.",
        through=(t.incident_service.c.incident_id, t.incident_service.c.service_id),
    )
    responders: list[Responder] = many("The people in the response.", via=t.responder.c.incident_id)
    timeline: Connection[TimelineEntry] | None = connection(
        "What happened, the earliest first.",
        via=t.timeline_entry.c.incident_id,
        sorts=OCCURRED,
        filters=ENTRIES,
    )
    channels: list[IncidentChannel] = many(
        "Where it is talked about: see `linkChannel`.", via=t.incident_channel.c.incident_id
    )
    version: int = column("What to send with a change of its texts, so that none is lost.")
    timeline_version: int = column("The newest sequence of its feed.", t.incident.c.sequence)
    moments: list[Moment] = many(
        "The seven moments that its timeline must capture, in the order of a response.",
        via=t.moment.c.incident_id,
    )
    hypotheses: list[Hypothesis] = many(
        "What responders thought the cause might be.", via=t.hypothesis.c.incident_id
    )
    attribution: Attribution = one(
        "Which deployment caused it.", t.incident.c.id, t.attribution.c.incident_id
    )
    why_chain: WhyChain = same("Why it could happen.")
    action_items: Connection[ActionItem] | None = connection(
        "What will be different.",
        via=t.action_item.c.incident_id,
        sorts=DUE,
        orderable=False,
        backward=False,
    )
    postmortem: Postmortem | None = one(
        "What is learned from it; none until it is begun.",
        t.incident.c.id,
        t.postmortem.c.incident_id,
    )
    recurrences: list[Recurrence] = many(
        "The verified action items that were to prevent it, and so the incidents it repeats.",
        via=t.recurrence.c.incident_id,
    )
    likely_same: list[LikelySame] = many(
        "Other incidents that may be records of this one, the likeliest first: see "
        "`mergeIncidents`.",
        via=t.likely_same.c.incident_id,
    )
    similar: list[SimilarIncident] = many(
        "Incidents that are alike in what broke and why, the most similar first; at most ten.",
        via=t.similar.c.incident_id,
        filters={"first": Filter(int, "How many at most.", views.MOST_SIMILAR, 5)},
    )
    merged_into: Incident | None = one(
        "The incident that this one is part of now: its id leads there.",
        t.incident.c.merged_into_id,
    )
    merged_at: datetime | None = column("When it became part of another one.")
    merged_by: Person | None = one("Who saw that they are one.", t.incident.c.merged_by_id)
    merged_from: list[Incident] = many(
        "The records that became part of this one, each as it was.",
        via=t.incident.c.merged_into_id,
    )


@strawberry.input(description="Which incidents; all members given must hold.")
class IncidentWhere:
    severity: list[Severity] | None = optional("Of one of these severities.")
    status: list[IncidentStatus] | None = optional("In one of these statuses.")
    services: list[str] | None = optional("That hurt one of these services, by slug.")
    teams: list[str] | None = optional("That hurt a service of one of these teams, by slug.")
    declared_after: datetime | None = optional("Declared after this time.")
    declared_before: datetime | None = optional("Declared before this time.")
    open: bool | None = optional("Not resolved yet, or resolved.")
    search: str | None = optional("Whose title or summary contains this.")


class IncidentOrderField(Term):
    """What incidents are ordered by."""

    DECLARED_AT = "DECLARED_AT", "When it was declared."
    SEVERITY = "SEVERITY", "How bad it is, SEV1 first when ascending."
    UPDATED_AT = "UPDATED_AT", "When anything of it last changed."


words()(IncidentOrderField)


@strawberry.input(description="An order of incidents.")
class IncidentOrder:
    field: IncidentOrderField = needed("What by.")
    direction: Direction = needed("Which way.")


@strawberry.type
class IncidentQueries:
    incident: Incident | None = lookup(
        "One incident, by its id or its number; of one that became part of another, that other.",
        keys={"number": Key(int, "Its number.", views.BY_NUMBER)},
        ways=[("id",), ("number",)],
    )
    incidents: Connection[Incident] | None = connection(
        "Incidents, the newest first; without those that became part of another one.",
        sorts=Sorts(
            IncidentOrder,
            {
                "DECLARED_AT": t.incident.c.declared_at,
                "SEVERITY": t.incident.c.severity,
                "UPDATED_AT": t.incident.c.updated_at,
            },
            descending=True,
        ),
        where=Where(IncidentWhere, views.INCIDENTS),
        only=views.STANDS,
    )


@strawberry.input(description="A person in the response.")
class ResponderInput:
    person: strawberry.ID = needed("The person: a Person's id.")
    role: ResponderRole = needed("What they do in it.")


@strawberry.input(description="An incident to declare.")
class DeclareIncidentInput:
    title: str = needed("What it is called.")
    severity: Severity = needed("How bad it is for users.")
    summary: str | None = optional("What happened, in short.")
    services: list[str] | None = optional("The services it hurts, by slug.")
    started_at: datetime | None = optional("When users first felt it.")
    detected_at: datetime | None = optional("When something or somebody noticed.")
    detected_by: Signal | None = optional("What showed it first.")
    declared_at: datetime | None = optional("When it was declared; now by default.")
    responders: list[ResponderInput] | None = optional("The people in the response.")
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What became of it.")
class DeclareIncidentPayload:
    incident: Incident | None = ref("The incident.")
    user_errors: list[UserError] = user_errors()


@strawberry.input(description="A change of an incident; what is left out stays.")
class UpdateIncidentInput:
    id: strawberry.ID = needed("The incident.")
    title: str | None = optional("What it is called.")
    severity: Severity | None = optional("How bad it is for users.")
    status: IncidentStatus | None = optional("How far the response has come.")
    reason: str | None = optional("Why; needed where the status goes back.")
    summary: str | None = optional("What happened, in short.")
    services: list[str] | None = optional("The services it hurts, by slug: all of them.")
    started_at: datetime | None = optional("When users first felt it.")
    detected_at: datetime | None = optional("When something or somebody noticed.")
    detected_by: Signal | None = optional("What showed it first.")
    identified_at: datetime | None = optional("When the cause was known.")
    mitigated_at: datetime | None = optional("When users no longer felt it.")
    resolved_at: datetime | None = optional("When the system was normal again.")
    responders: list[ResponderInput] | None = optional("The people in the response: all of them.")
    version: int | None = version()


@strawberry.type(description="What became of it.")
class UpdateIncidentPayload:
    incident: Incident | None = ref("The incident, as it is now.")
    user_errors: list[UserError] = user_errors()


_COLUMNS = {
    name: name
    for name in (
        "title",
        "severity",
        "status",
        "summary",
        "started_at",
        "detected_at",
        "detected_by",
        "identified_at",
        "mitigated_at",
        "resolved_at",
    )
}


@strawberry.type
class IncidentMutations:
    @mutation("Say that there is an incident.")
    async def declare_incident(
        self,
        info: strawberry.Info,
        input: DeclareIncidentInput,  # noqa: A002  # GraphQL's name
    ) -> DeclareIncidentPayload | None:
        command = incidents.Declare(
            title=input.title,
            severity=input.severity,
            summary=given(input.summary),
            services=tuple(given(input.services) or ()),
            started_at=given(input.started_at),
            detected_at=given(input.detected_at),
            detected_by=given(input.detected_by),
            declared_at=given(input.declared_at),
            responders=_responders(input.responders) or (),
        )
        context = info.context
        incident_id = await incidents.declare(
            context.office, context.viewer, command, given(input.idempotency_key)
        )
        return DeclareIncidentPayload(incident=Incident.keyed(incident_id))

    @mutation("Change an incident, or move it on; what a person sets, no source overwrites.")
    async def update_incident(
        self,
        info: strawberry.Info,
        input: UpdateIncidentInput,  # noqa: A002  # GraphQL's name
    ) -> UpdateIncidentPayload | None:
        services = given(input.services)
        command = incidents.Update(
            id=key_of("Incident", input.id, "id"),
            changes=changes_of(input, _COLUMNS),
            services=None if services is None else tuple(services),
            responders=_responders(input.responders),
            reason=given(input.reason),
            version=given(input.version),
        )
        context = info.context
        incident_id = await incidents.update(context.office, context.viewer, command)
        return UpdateIncidentPayload(incident=Incident.keyed(incident_id))


def _responders(data: list[ResponderInput] | None) -> incidents.Responders | None:
    wanted = given(data)
    if wanted is None:
        return None
    return tuple(
        (key_of("Person", each.person, "responders", str(index), "person"), each.role)
        for index, each in enumerate(wanted)
    )
