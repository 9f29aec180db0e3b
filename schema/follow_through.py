"""Whether action items get done, as the API shows it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

import strawberry

from schema.engine.declare import resolved
from schema.engine.words import words
from schema.fields import given
from server.commands import follow_through as commands
from server.domain import follow_through as domain
from server.domain.follow_through import FollowThroughVerdict

words()(FollowThroughVerdict)


@strawberry.type(description="The marks by which follow-through is judged, as shares.")
class FollowThroughMarks:
    industry: float = strawberry.field(description="Completed within 90 days across the industry.")
    theater_below: float = strawberry.field(
        description="Done on time: with less than this it is THEATER."
    )
    effective_from: float = strawberry.field(
        description="Completed within 90 days: from here on it is EFFECTIVE."
    )


MARKS = FollowThroughMarks(
    industry=domain.INDUSTRY,
    theater_below=domain.THEATER_BELOW,
    effective_from=domain.EFFECTIVE_FROM,
)


@strawberry.type(description="Action items that were created in a time, counted.")
class _Counted:
    created: int = strawberry.field(description="How many were created.")
    completed_within_90_days: float | None = strawberry.field(
        description="The share completed within 90 days, of those created 90 days ago or more; "
        "null where there are none. Dropped ones count as not completed."
    )
    completed_on_time: float | None = strawberry.field(
        description="The share completed by the due date, of those whose due date has passed; null "
        "where there are none. Dropped ones count as not completed."
    )
    open: int = strawberry.field(description="How many are still to be done.")
    overdue: int = strawberry.field(description="How many of these are overdue.")
    dropped: int = strawberry.field(description="How many were given up.")
    verdict: FollowThroughVerdict | None = strawberry.field(
        description="What that amounts to; null where it cannot be measured yet."
    )


@strawberry.type(description="The action items of a team's people, counted.")
class TeamFollowThrough(_Counted):
    team: str | None = strawberry.field(description="The team's slug; null for people of no team.")


@strawberry.type(description="The action items that were created in a month, counted.")
class FollowThroughPoint(_Counted):
    month: date = strawberry.field(description="The first day of the month, in UTC.")


@strawberry.type(description="Whether action items get done: a cohort, by team and over time.")
class FollowThrough(_Counted):
    marks: FollowThroughMarks = strawberry.field(description="What the shares are held against.")
    by_team: list[TeamFollowThrough] = strawberry.field(
        description="By the team that owners are in now."
    )
    trend: list[FollowThroughPoint] = strawberry.field(
        description="By month of creation, from the earliest; months without any are left out."
    )


@strawberry.type
class FollowThroughQueries:
    @resolved("Whether the action items that were created in a time get done.")
    async def follow_through(
        self,
        info: strawberry.Info,
        team: Annotated[
            str | None, strawberry.argument(description="Only those of this team, by slug.")
        ] = strawberry.UNSET,
        since: Annotated[
            datetime | None,
            strawberry.argument(
                description="Created from then on; by default a year before the end."
            ),
        ] = strawberry.UNSET,
        until: Annotated[
            datetime | None, strawberry.argument(description="Created before; by default now.")
        ] = strawberry.UNSET,
    ) -> FollowThrough | None:
        context = info.context
        found = await commands.measure(
            context.office, context.viewer, given(team), given(since), given(until)
        )
        return FollowThrough(
            **_shown(found.whole),
            marks=MARKS,
            by_team=[
                TeamFollowThrough(team=each.team, **_shown(each.counted)) for each in found.by_team
            ],
            trend=[
                FollowThroughPoint(month=each.month, **_shown(each.counted)) for each in found.trend
            ],
        )


def _shown(counted: domain.FollowThrough) -> dict[str, Any]:
    return {
        "created": counted.created,
        "completed_within_90_days": counted.completed_within_90_days,
        "completed_on_time": counted.completed_on_time,
        "open": counted.open,
        "overdue": counted.overdue,
        "dropped": counted.dropped,
        "verdict": counted.verdict,
    }
