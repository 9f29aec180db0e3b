"""Why-chains, as the API shows them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import strawberry

from schema.engine.declare import Node, column, rows
from schema.engine.edges import many, one, ref
from schema.engine.row import Row
from schema.engine.words import words
from schema.fields import (
    UserError,
    given,
    idempotency_key,
    key_of,
    key_or_none,
    keyed,
    keys_of,
    may_read_incidents,
    mutation,
    needed,
    optional,
    user_errors,
    version,
)
from schema.language import LanguageFinding
from schema.person import Person
from schema.timeline import TimelineEntry
from server.commands import why as whys
from server.commands.accept_why import AcceptWhy, accept
from server.domain.why import WhyLack
from server.store import tables as t
from server.store.views.language import chain_findings, why_findings
from server.store.views.sight import SEES_INCIDENTS, told
from server.store.views.why import why_next_questions

if TYPE_CHECKING:
    from schema.action_item import ActionItem
    from schema.incident import Incident

words()(WhyLack)


@rows(
    t.why,
    prefix="why",
    visible=SEES_INCIDENTS,
    allow=may_read_incidents,
    order=[t.why.c.depth],
)
class Why(Node):
    """One step from what happened towards the system that made it possible."""

    depth: int = column("How many steps down it stands, from 1.")
    question: str = column("The question.", told(t.why.c.question))
    answer: str = column("The answer.", told(t.why.c.answer))
    parent: Why | None = one("The step above, whose answer this one asks about.", t.why.c.parent_id)
    systemic: bool = column("Whether the answer speaks of the system, so that it can be an end.")
    systemic_proposed: bool = column(
        "Whether the answer reads as if it spoke of the system: for a person to confirm."
    )
    next_questions: list[str] = column(
        "What to ask below it, made from its answer.", why_next_questions
    )
    accepted_reason: str | None = column(
        "Why nothing is done about it, where that is accepted.", told(t.why.c.accepted_reason)
    )
    accepted_by: Person | None = one("Who accepted it.", t.why.c.accepted_by_id)
    accepted_at: datetime | None = column("When it was accepted.")
    version: int = column("What to send with a change of its texts, so that none is lost.")
    evidence: list[TimelineEntry] = many(
        "The entries that the answer stands on.",
        through=(t.why_evidence.c.why_id, t.why_evidence.c.entry_id),
    )
    findings: list[LanguageFinding] = column(
        "What is not blameless in the question and the answer.", why_findings
    )
    action_items: list[ActionItem] = many("What is done about it.", via=t.action_item.c.why_id)


@rows(t.why_open, order=[t.why_open.c.lack])
class OpenWhy(Row):
    """A last answer of a why-chain that is no end yet, and what it lacks."""

    why: Why = one("The step.", t.why_open.c.why_id)
    lack: WhyLack = column("What it lacks.")


@rows(t.incident)
class WhyChain(Row):
    """The whys of an incident: a tree, whose simplest form is a chain of five."""

    nodes: list[Why] = many("Every step, from the top.", via=t.why.c.incident_id)
    complete: bool = column(
        "Whether every last answer speaks of the system.", t.incident.c.why_complete
    )
    findings: list[LanguageFinding] = column(
        "What is not blameless in the steps, from the top.", chain_findings
    )
    open: list[OpenWhy] = many(
        "What is left to do: to ask further, or to act.", via=t.why_open.c.incident_id
    )


@strawberry.input(description="A step of a why-chain, new or changed.")
class AnswerWhyInput:
    incident: strawberry.ID = needed("The incident.")
    id: strawberry.ID | None = optional("The step to change; a new one by default.")
    parent: strawberry.ID | None = optional("The step whose answer this one asks about.")
    question: str = needed("The question.")
    answer: str = needed("The answer.")
    systemic: bool | None = optional("Whether the answer speaks of the system.")
    evidence: list[strawberry.ID] | None = optional("Entries that the answer stands on.")
    version: int | None = version()
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What became of it.")
class AnswerWhyPayload:
    why: Why | None = ref("The step, as it is now.")
    user_errors: list[UserError] = user_errors()


@strawberry.input(description="A step to take out.")
class RemoveWhyInput:
    id: strawberry.ID = needed("The step; those below it must be removed first.")


@strawberry.type(description="What became of it.")
class RemoveWhyPayload:
    incident: Incident | None = ref("The incident whose chain it was.")
    user_errors: list[UserError] = user_errors()


@strawberry.input(description="A last step to leave as it is.")
class AcceptWhyInput:
    id: strawberry.ID = needed("The step; its answer speaks of the system.")
    reason: str = needed("Why nothing is done about it.")


@strawberry.type(description="What became of it.")
class AcceptWhyPayload:
    why: Why | None = ref("The step, as it is now.")
    user_errors: list[UserError] = user_errors()


@strawberry.type
class WhyMutations:
    @mutation("Accept a last answer: nothing is done about it, for a reason.")
    async def accept_why(
        self,
        info: strawberry.Info,
        input: AcceptWhyInput,  # noqa: A002  # GraphQL's name
    ) -> AcceptWhyPayload | None:
        context = info.context
        command = AcceptWhy(key_of("Why", input.id, "id"), input.reason)
        why_id = await accept(context.office, context.viewer, command)
        return AcceptWhyPayload(why=Why.keyed(why_id))

    @mutation("Answer a why: a new step, or a better answer to one that stands.")
    async def answer_why(
        self,
        info: strawberry.Info,
        input: AnswerWhyInput,  # noqa: A002  # GraphQL's name
    ) -> AnswerWhyPayload | None:
        evidence = keys_of("TimelineEntry", input.evidence, "evidence")
        command = whys.Answer(
            incident=key_of("Incident", input.incident, "incident"),
            question=input.question,
            answer=input.answer,
            id=key_or_none("Why", input.id, "id"),
            parent=key_or_none("Why", input.parent, "parent"),
            systemic=given(input.systemic),
            evidence=None if given(input.evidence) is None else evidence,
            version=given(input.version),
        )
        context = info.context
        why_id = await whys.answer(
            context.office, context.viewer, command, given(input.idempotency_key)
        )
        return AnswerWhyPayload(why=Why.keyed(why_id))

    @mutation("Take a step out of the chain; only one that has none below it.")
    async def remove_why(
        self,
        info: strawberry.Info,
        input: RemoveWhyInput,  # noqa: A002  # GraphQL's name
    ) -> RemoveWhyPayload | None:
        context = info.context
        command = whys.Remove(key_of("Why", input.id, "id"))
        incident_id = await whys.remove(context.office, context.viewer, command)
        return RemoveWhyPayload(incident=keyed("Incident", incident_id))
