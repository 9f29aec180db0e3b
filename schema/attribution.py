"""Attribution, as the API shows it: changes and evidence, never people."""

from __future__ import annotations

from datetime import datetime

import strawberry

from schema.deployment import Deployment
from schema.engine.conditions import Filter
from schema.engine.declare import column, rows
from schema.engine.edges import many, one, ref
from schema.engine.row import Row
from schema.fields import (
    UserError,
    given,
    key_of,
    key_or_none,
    may_read_incidents,
    mutation,
    needed,
    optional,
    user_errors,
)
from schema.person import Person
from server.commands import verdict
from server.domain.attribution import VerdictKind
from server.store import tables as t
from server.store.views.attribution import VERDICT_GIVEN, verdict_key
from server.store.views.deployment import LIKELIEST
from server.store.views.sight import SEES_INCIDENTS, told


@strawberry.type(description="One fact that speaks for or against a deployment.")
class Evidence:
    kind: str = strawberry.field(description="What kind of fact it is.")
    detail: str = strawberry.field(description="The fact, in words.")
    contribution: float = strawberry.field(
        description="How much it adds to the log-odds; negative where it speaks against."
    )


@rows(
    t.attribution_candidate,
    key=t.attribution_candidate.c.deployment_id,
    order=[t.attribution_candidate.c.rank],
)
class AttributionCandidate(Row):
    """A deployment that may have caused the incident."""

    deployment: Deployment = one("The deployment.", t.attribution_candidate.c.deployment_id)
    probability: float = column("How likely it is the cause, from 0 to 1.")
    rank: int = column("Its place among the candidates, from 1.")
    evidence: list[Evidence] = column(
        "What speaks for and against it.", told(t.attribution_candidate.c.evidence)
    )


@rows(t.attribution, key=verdict_key, visible=VERDICT_GIVEN)
class AttributionVerdict(Row):
    """A person's word on the cause. It stands above the model, and survives recomputation."""

    kind: VerdictKind = column("What was said.", t.attribution.c.verdict_kind, never_null=True)
    deployment: Deployment | None = one(
        "The deployment that caused it.", t.attribution.c.verdict_deployment_id
    )
    by: Person | None = one("Who said so.", t.attribution.c.verdict_by_id)
    at: datetime = column("When.", t.attribution.c.verdict_at, never_null=True)
    reason: str | None = column("Why.", told(t.attribution.c.verdict_reason))


@rows(t.attribution, visible=SEES_INCIDENTS, allow=may_read_incidents)
class Attribution(Row):
    """Which deployment most likely caused an incident, and why we think so."""

    candidates: list[AttributionCandidate] = many(
        "The likeliest deployments, the likeliest first.",
        via=t.attribution_candidate.c.incident_id,
        filters={"first": Filter(int, "How many at most.", LIKELIEST, 3)},
    )
    not_a_deployment: float = column("The probability that no recorded deployment caused it.")
    verdict: AttributionVerdict | None = one(
        "A person's word, if there is one.", t.attribution.c.incident_id, verdict_key
    )
    linked: Deployment | None = one(
        "The cause: the verdict's if there is one, else the candidate that is likely enough.",
        t.attribution.c.linked_id,
    )
    model: str = column("The model that computed it.")
    computed_at: datetime | None = column("When it was computed; null until it was.")


@strawberry.input(description="A person's word on what caused an incident.")
class RecordVerdictInput:
    incident: strawberry.ID = needed("The incident.")
    kind: VerdictKind = needed("What caused it.")
    deployment: strawberry.ID | None = optional("The deployment, for CAUSED_BY_DEPLOYMENT.")
    reason: str | None = optional("Why.")


@strawberry.type(description="What became of it.")
class RecordVerdictPayload:
    attribution: Attribution | None = ref("The attribution, as it is now.")
    user_errors: list[UserError] = user_errors()


@strawberry.type
class AttributionMutations:
    @mutation("Say which deployment caused an incident, or that none did.")
    async def record_verdict(
        self,
        info: strawberry.Info,
        input: RecordVerdictInput,  # noqa: A002  # GraphQL's name
    ) -> RecordVerdictPayload | None:
        command = verdict.RecordVerdict(
            incident=key_of("Incident", input.incident, "incident"),
            kind=input.kind,
            deployment=key_or_none("Deployment", input.deployment, "deployment"),
            reason=given(input.reason),
        )
        context = info.context
        incident_id = await verdict.record_verdict(context.office, context.viewer, command)
        return RecordVerdictPayload(attribution=Attribution.keyed(incident_id))
