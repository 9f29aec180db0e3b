"""Post-mortems and their facilitators, as the API shows them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import strawberry

from schema.engine.conditions import Where
from schema.engine.connections import Sorts, connection
from schema.engine.declare import Node, column, resolved, rows
from schema.engine.edges import one, ref
from schema.engine.pages import Connection
from schema.engine.row import KEY
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
    shown,
    user_errors,
)
from schema.person import Person
from server.commands import facilitator as facilitators
from server.commands import postmortem as postmortems
from server.commands import postmortem_document as documents
from server.commands import postmortem_state as states
from server.domain import facilitator as rota
from server.domain.facilitator import Calling
from server.domain.postmortem import TEXTS, PostmortemState
from server.store import tables as t
from server.store.views import postmortem as views
from server.store.views.sight import SEES_INCIDENTS
from server.term import Term

if TYPE_CHECKING:
    from schema.incident import Incident

for _words in (PostmortemState, Calling):
    words()(_words)


@strawberry.type(description="A person who could facilitate, in the order of asking.")
class FacilitatorCandidate:
    person: Person = ref("The person.")
    calling: Calling = strawberry.field(description="What makes them a good facilitator.")
    asked_at: datetime | None = strawberry.field(
        description="When they were last asked, for any incident."
    )


@rows(t.postmortem, prefix="pmo", visible=SEES_INCIDENTS, allow=may_read_incidents)
class Postmortem(Node):
    """What is learned from an incident, written for everybody."""

    incident: Incident = one("The incident.", t.postmortem.c.incident_id)
    state: PostmortemState = column("How far it has come.")
    facilitator: Person | None = one("Who leads it.", t.postmortem.c.facilitator_id)
    summary: str | None = column("What happened.", views.summary)
    impact: str | None = column("Who felt it, how, and for how long.", views.impact)
    lessons: str | None = column("What is known now about how the system works.", views.lessons)
    version: int = column("Counts its writings; sent back with the next one.")
    missing: list[str] = column("What stands between it and publication.")
    published_at: datetime | None = column("When it was published.")
    published_by: Person | None = one("Who published it.", t.postmortem.c.published_by_id)
    override_reason: str | None = column(
        "Why it was published in spite of its language.", views.override_reason
    )
    created_at: datetime = column("When it was begun.")
    updated_at: datetime = column("When it was last written, moved on, or given a facilitator.")

    @resolved("The document in Markdown: as it was published, or a draft as it is now.")
    async def markdown(self, info: strawberry.Info) -> str:
        context = info.context
        return await documents.markdown(context.office.database, context.viewer, self.row[KEY])

    @resolved("Who could facilitate it, in the order in which to ask them; at most 50.")
    async def facilitator_candidates(
        self, info: strawberry.Info, first: int = 5
    ) -> list[FacilitatorCandidate]:
        context = info.context
        found = await facilitators.candidates(
            context.office.database, context.viewer, self.row[KEY], first
        )
        return _candidates(found)


def _candidates(found: tuple[rota.Candidate, ...]) -> list[FacilitatorCandidate]:
    return [
        FacilitatorCandidate(
            person=Person.keyed(each.person_id), calling=each.calling, asked_at=each.asked_at
        )
        for each in found
    ]


@strawberry.input(description="Which post-mortems; all members given must hold.")
class PostmortemWhere:
    state: list[PostmortemState] | None = optional("In one of these states.")
    services: list[str] | None = optional("Of incidents that hurt one of these services, by slug.")
    teams: list[str] | None = optional(
        "Of incidents that hurt a service of one of these teams, by slug."
    )


class PostmortemOrderField(Term):
    """What post-mortems are ordered by."""

    CREATED_AT = "CREATED_AT", "When it was begun."
    UPDATED_AT = "UPDATED_AT", "When it was last written or moved on."


words()(PostmortemOrderField)


@strawberry.input(description="An order of post-mortems.")
class PostmortemOrder:
    field: PostmortemOrderField = needed("What by.")
    direction: Direction = needed("Which way.")


@strawberry.type
class PostmortemQueries:
    postmortems: Connection[Postmortem] | None = connection(
        "Post-mortems, the one begun last first.",
        sorts=Sorts(
            PostmortemOrder,
            {"CREATED_AT": t.postmortem.c.created_at, "UPDATED_AT": t.postmortem.c.updated_at},
            descending=True,
        ),
        where=Where(PostmortemWhere, views.POSTMORTEMS),
    )


@strawberry.input(description="A person to facilitate the post-mortem of an incident.")
class AssignFacilitatorInput:
    incident: strawberry.ID = needed("The incident.")
    person: strawberry.ID = needed("A Person's id: nobody who responded to it or was paged.")


@strawberry.type(description="What became of it.")
class AssignFacilitatorPayload:
    postmortem: Postmortem | None = ref("The post-mortem, as it is now.")
    candidates: list[FacilitatorCandidate] = strawberry.field(
        default_factory=list,
        description="Who could facilitate it, where this person took part in the response.",
    )
    user_errors: list[UserError] = user_errors()


@strawberry.input(description="Texts of a post-mortem; what is left out stays.")
class WritePostmortemInput:
    incident: strawberry.ID = needed("The incident.")
    summary: str | None = optional("What happened, in Markdown.")
    impact: str | None = optional("Who felt it, how, and for how long, in Markdown.")
    lessons: str | None = optional("What is known now about how the system works, in Markdown.")
    version: int | None = optional(
        "The version that you read; may be left out while nothing is written."
    )
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="Texts that were not written.")
class PostmortemTexts:
    summary: str | None = strawberry.field(description="What happened.")
    impact: str | None = strawberry.field(description="Who felt it, how, and for how long.")
    lessons: str | None = strawberry.field(description="What is known now.")


@strawberry.type(description="What became of it.")
class WritePostmortemPayload:
    postmortem: Postmortem | None = ref(
        "The post-mortem, as it is now: on a conflict, as somebody else wrote it."
    )
    yours: PostmortemTexts | None = strawberry.field(
        default=None, description="On a conflict: the texts that were sent, and not written."
    )
    user_errors: list[UserError] = user_errors()


@strawberry.input(description="A post-mortem that is ready to be read by others.")
class SubmitPostmortemInput:
    incident: strawberry.ID = needed("The incident.")


@strawberry.type(description="What became of it.")
class SubmitPostmortemPayload:
    postmortem: Postmortem | None = ref("The post-mortem, as it is now.")
    user_errors: list[UserError] = user_errors()


@strawberry.input(description="A post-mortem that is ready for everybody.")
class PublishPostmortemInput:
    incident: strawberry.ID = needed("The incident.")
    override_reason: str | None = optional(
        "Why it is published in spite of its language; only from its facilitator."
    )


@strawberry.type(description="What became of it.")
class PublishPostmortemPayload:
    postmortem: Postmortem | None = ref("The post-mortem, as it is now.")
    user_errors: list[UserError] = user_errors()


@strawberry.input(description="A post-mortem that has to be written further.")
class ReopenPostmortemInput:
    incident: strawberry.ID = needed("The incident.")
    reason: str | None = optional("Why; needed where it is published.")


@strawberry.type(description="What became of it.")
class ReopenPostmortemPayload:
    postmortem: Postmortem | None = ref("The post-mortem, as it is now.")
    user_errors: list[UserError] = user_errors()


_TEXTS = {name: name for name in TEXTS}


@strawberry.type
class PostmortemMutations:
    @mutation("Ask somebody to facilitate the post-mortem who took no part in the response.")
    async def assign_facilitator(
        self,
        info: strawberry.Info,
        input: AssignFacilitatorInput,  # noqa: A002  # GraphQL's name
    ) -> AssignFacilitatorPayload | None:
        command = facilitators.Assign(
            incident=key_of("Incident", input.incident, "incident"),
            person=key_of("Person", input.person, "person"),
        )
        context = info.context
        try:
            found = await facilitators.assign(context.office, context.viewer, command)
        except facilitators.NotIndependent as refused:
            return AssignFacilitatorPayload(
                candidates=_candidates(refused.candidates),
                user_errors=[shown(each) for each in refused.problems],
            )
        return AssignFacilitatorPayload(postmortem=Postmortem.keyed(found))

    @mutation("Write texts of a post-mortem; it is begun with the first ones.")
    async def write_postmortem(
        self,
        info: strawberry.Info,
        input: WritePostmortemInput,  # noqa: A002  # GraphQL's name
    ) -> WritePostmortemPayload | None:
        texts = {
            name: None if text is None else str(text)
            for name, text in changes_of(input, _TEXTS).items()
        }
        incident = key_of("Incident", input.incident, "incident")
        command = postmortems.Write(incident, texts, given(input.version))
        context = info.context
        try:
            found = await postmortems.write(
                context.office, context.viewer, command, given(input.idempotency_key)
            )
        except postmortems.Outdated as refused:
            return WritePostmortemPayload(
                postmortem=Postmortem.keyed(refused.postmortem_id),
                yours=PostmortemTexts(**{name: texts.get(name) for name in TEXTS}),
                user_errors=[shown(each) for each in refused.problems],
            )
        return WritePostmortemPayload(postmortem=Postmortem.keyed(found))

    @mutation("Submit a post-mortem to review.")
    async def submit_postmortem(
        self,
        info: strawberry.Info,
        input: SubmitPostmortemInput,  # noqa: A002  # GraphQL's name
    ) -> SubmitPostmortemPayload | None:
        incident = key_of("Incident", input.incident, "incident")
        context = info.context
        found = await states.submit(context.office, context.viewer, incident)
        return SubmitPostmortemPayload(postmortem=Postmortem.keyed(found))

    @mutation("Publish a post-mortem that was reviewed, once nothing is `missing`.")
    async def publish_postmortem(
        self,
        info: strawberry.Info,
        input: PublishPostmortemInput,  # noqa: A002  # GraphQL's name
    ) -> PublishPostmortemPayload | None:
        incident = key_of("Incident", input.incident, "incident")
        command = states.Publish(incident, given(input.override_reason))
        context = info.context
        found = await states.publish(context.office, context.viewer, command)
        return PublishPostmortemPayload(postmortem=Postmortem.keyed(found))

    @mutation("Make a post-mortem a draft again.")
    async def reopen_postmortem(
        self,
        info: strawberry.Info,
        input: ReopenPostmortemInput,  # noqa: A002  # GraphQL's name
    ) -> ReopenPostmortemPayload | None:
        incident = key_of("Incident", input.incident, "incident")
        context = info.context
        command = states.Reopen(incident, given(input.reason))
        found = await states.reopen(context.office, context.viewer, command)
        return ReopenPostmortemPayload(postmortem=Postmortem.keyed(found))
