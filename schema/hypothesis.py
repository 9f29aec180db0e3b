"""Hypotheses, as the API shows them."""

from __future__ import annotations

from datetime import datetime

import strawberry

from schema.engine.declare import Node, column, rows
from schema.engine.edges import many, ref
from schema.engine.words import words
from schema.fields import (
    UserError,
    given,
    idempotency_key,
    key_of,
    keys_of,
    may_read_incidents,
    mutation,
    needed,
    optional,
    user_errors,
)
from schema.language import LanguageFinding
from schema.timeline import TimelineEntry
from server.commands import hypothesis as hypotheses
from server.domain.hypothesis import HypothesisState
from server.store import tables as t
from server.store.views.language import findings_in
from server.store.views.sight import SEES_INCIDENTS, told

words()(HypothesisState)


@rows(
    t.hypothesis,
    prefix="hyp",
    visible=SEES_INCIDENTS,
    allow=may_read_incidents,
    order=[t.hypothesis.c.raised_at],
)
class Hypothesis(Node):
    """What responders thought the cause might be, and what became of the thought."""

    statement: str = column("What might be the cause.", told(t.hypothesis.c.statement))
    state: HypothesisState = column("Where it stands.")
    reason: str | None = column("Why it was ruled in or out.", told(t.hypothesis.c.reason))
    evidence: list[TimelineEntry] = many(
        "The entries that speak for or against it.",
        through=(t.hypothesis_evidence.c.hypothesis_id, t.hypothesis_evidence.c.entry_id),
    )
    findings: list[LanguageFinding] = column(
        "What is not blameless in the statement and the reason.",
        findings_in(t.hypothesis.c.statement, t.hypothesis.c.reason),
    )
    raised_at: datetime = column("When it was raised.")
    settled_at: datetime | None = column("When it was ruled in or out.")


@strawberry.input(description="A possible cause.")
class RaiseHypothesisInput:
    incident: strawberry.ID = needed("The incident.")
    statement: str = needed("What might be the cause.")
    evidence: list[strawberry.ID] | None = optional("Entries of its timeline that speak for it.")
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What became of it.")
class RaiseHypothesisPayload:
    hypothesis: Hypothesis | None = ref("The hypothesis.")
    user_errors: list[UserError] = user_errors()


@strawberry.input(description="What became of a hypothesis.")
class SettleHypothesisInput:
    id: strawberry.ID = needed("The hypothesis.")
    state: HypothesisState = needed("RULED_IN or RULED_OUT.")
    reason: str = needed("What ruled it in or out.")
    evidence: list[strawberry.ID] | None = optional("Further entries that speak to it.")


@strawberry.type(description="What became of it.")
class SettleHypothesisPayload:
    hypothesis: Hypothesis | None = ref("The hypothesis, as it is now.")
    user_errors: list[UserError] = user_errors()


@strawberry.type
class HypothesisMutations:
    @mutation("Say what the cause might be; it shows in the timeline.")
    async def raise_hypothesis(
        self,
        info: strawberry.Info,
        input: RaiseHypothesisInput,  # noqa: A002  # GraphQL's name
    ) -> RaiseHypothesisPayload | None:
        command = hypotheses.Raise(
            incident=key_of("Incident", input.incident, "incident"),
            statement=input.statement,
            evidence=keys_of("TimelineEntry", input.evidence, "evidence"),
        )
        context = info.context
        hypothesis_id = await hypotheses.raise_(
            context.office, context.viewer, command, given(input.idempotency_key)
        )
        return RaiseHypothesisPayload(hypothesis=Hypothesis.keyed(hypothesis_id))

    @mutation("Rule a hypothesis in or out, and say why.")
    async def settle_hypothesis(
        self,
        info: strawberry.Info,
        input: SettleHypothesisInput,  # noqa: A002  # GraphQL's name
    ) -> SettleHypothesisPayload | None:
        hypothesis_id = key_of("Hypothesis", input.id, "id")
        command = hypotheses.Settle(
            id=hypothesis_id,
            state=input.state,
            reason=input.reason,
            evidence=keys_of("TimelineEntry", input.evidence, "evidence"),
        )
        context = info.context
        await hypotheses.settle(context.office, context.viewer, command)
        return SettleHypothesisPayload(hypothesis=Hypothesis.keyed(hypothesis_id))
