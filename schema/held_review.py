"""The weekly ten minutes, as the API shows them: how action items stand, and when it was looked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated

import strawberry

from schema.action_item import ActionItem
from schema.engine.conditions import Filter
from schema.engine.connections import Sorts, connection
from schema.engine.declare import Node, column, resolved, rows
from schema.engine.edges import one, ref
from schema.engine.pages import Connection
from schema.fields import (
    UserError,
    given,
    idempotency_key,
    may_read_incidents,
    mutation,
    optional,
    user_errors,
)
from schema.person import Person
from schema.team import Team
from server.commands import held_review as reviews
from server.commands.held_review import Standing
from server.domain.reminder import Item
from server.store import tables as t
from server.store.views.action_item import REVIEWED_TEAM
from server.store.views.sight import SEES_INCIDENTS


@strawberry.type(description="How the action items of a team stand, each listed once.")
class ActionItemReview:
    team: str | None = strawberry.field(description="The team's slug; null for all teams.")
    on: date = strawberry.field(description="The day by which they are judged.")
    since: datetime = strawberry.field(
        description="When the last review was held; a week ago where none was."
    )
    overdue: list[ActionItem] = ref("Their day is over, and nothing is said to block them.")
    blocked: list[ActionItem] = ref("They wait for something.")
    due_soon: list[ActionItem] = ref("Due within a week.")
    on_track: list[ActionItem] = ref("Due later.")
    completed_since_last: list[ActionItem] = ref("Done since the last review.")
    whole: bool = strawberry.field(
        description="Whether all are listed; else only the 1,000 that are due first."
    )
    completion_rate: float | None = strawberry.field(
        description="The share done of those that were due in the last 90 days; dropped ones count "
        "as not done. Null where none was due."
    )


@rows(t.held_review, prefix="rev", visible=SEES_INCIDENTS, allow=may_read_incidents)
class HeldReview(Node):
    """A review as it was held: how many action items stood how."""

    team: Team | None = one("Whose items; null for all teams.", t.held_review.c.team_id)
    held_at: datetime = column("When.")
    by: Person | None = one("Who recorded it.", t.held_review.c.by_id)
    overdue: int = column("How many were overdue.")
    blocked: int = column("How many were blocked.")
    due_soon: int = column("How many were due within a week.")
    on_track: int = column("How many were due later.")
    completed: int = column("How many were done since the review before.")
    completion_rate: float | None = column("The share done of those due in the 90 days before.")


@strawberry.type
class ReviewQueries:
    @resolved("How the action items of a team's people stand, or those of all.")
    async def action_item_review(
        self,
        info: strawberry.Info,
        team: Annotated[
            str | None, strawberry.argument(description="The team, by slug; all by default.")
        ] = strawberry.UNSET,
        on: Annotated[
            date | None,
            strawberry.argument(description="The day by which they are judged; today by default."),
        ] = strawberry.UNSET,
    ) -> ActionItemReview | None:
        context = info.context
        slug = given(team)
        return _shown(slug, await reviews.stand(context.office, context.viewer, slug, given(on)))

    held_reviews: Connection[HeldReview] | None = connection(
        "The reviews that were held, the newest first.",
        sorts=Sorts(None, {"HELD_AT": t.held_review.c.held_at}, descending=True),
        filters={
            "team": Filter(
                str | None,
                "Only those of this team, by slug.",
                REVIEWED_TEAM,
            )
        },
        backward=False,
    )


def _shown(team: str | None, standing: Standing) -> ActionItemReview:
    found = standing.review
    return ActionItemReview(
        team=team,
        on=standing.on,
        since=standing.since,
        overdue=_keyed(found.overdue),
        blocked=_keyed(found.blocked),
        due_soon=_keyed(found.due_soon),
        on_track=_keyed(found.on_track),
        completed_since_last=_keyed(found.done),
        whole=standing.whole,
        completion_rate=standing.completion_rate,
    )


def _keyed(items: Sequence[Item]) -> list[ActionItem]:
    return [ActionItem.keyed(item.id) for item in items]


@strawberry.input(description="A review that was held.")
class HoldReviewInput:
    team: str | None = optional("The team whose items were reviewed, by slug; all by default.")
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What became of it.")
class HoldReviewPayload:
    review: HeldReview | None = ref("The review, as it is kept.")
    user_errors: list[UserError] = user_errors()


@strawberry.type
class ReviewMutations:
    @mutation("Record that action items were reviewed, with how they stand now.")
    async def hold_review(
        self,
        info: strawberry.Info,
        input: HoldReviewInput,  # noqa: A002  # GraphQL's name
    ) -> HoldReviewPayload | None:
        context = info.context
        command = reviews.Hold(given(input.team))
        key = given(input.idempotency_key)
        review_id = await reviews.hold(context.office, context.viewer, command, key)
        return HoldReviewPayload(review=HeldReview.keyed(review_id))
