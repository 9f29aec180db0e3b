"""Who is reminded of which action items, and on which days. Days are those of UTC."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from server.domain.action_item import ActionItemState
from server.term import Term

WEEK = timedelta(days=7)

SOON = WEEK
"""How near the day of an item is that is due soon."""

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class ReminderKind(Term):
    """Why somebody hears of an action item."""

    BEFORE = "BEFORE", "Its day is near."
    DUE = "DUE", "It is its day."
    OVERDUE = "OVERDUE", "Its day was a week ago, or some weeks."
    ESCALATED = "ESCALATED", "It is overdue for so long that the team's lead is told."


class ReminderRole(Term):
    """As what somebody hears of an action item."""

    OWNER = "OWNER", "The person who sees to it."
    TEAM_LEAD = "TEAM_LEAD", "The lead of the owner's team."


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When people hear of their action items: the hour of each day, and the day of the review.

    Owners hear of them `before` days ahead too, unless that is 0; leads once an item is overdue for
    `patience` days, and each week after.
    """

    weekday: str = DAYS[0]
    hour: int = 9
    before: int = 3
    patience: int = 14

    def speaks(self, now: datetime) -> bool:
        """Whether the hour of the day has come."""
        return now.hour >= self.hour

    def reviews(self, now: datetime) -> bool:
        """Whether it is the day of the weekly review, and its hour."""
        return self.speaks(now) and DAYS[now.weekday()] == self.weekday

    def horizon(self, role: ReminderRole, today: date) -> date:
        """The last due date of which this role may hear today."""
        ahead = self.before if role is ReminderRole.OWNER else -self.patience
        return today + timedelta(days=ahead)

    def reminder(self, role: ReminderRole, due_on: date, today: date) -> ReminderKind | None:
        """Why this role hears of an open item today; None where it does not."""
        late = (today - due_on).days
        if role is ReminderRole.TEAM_LEAD:
            told = late >= self.patience and (late - self.patience) % WEEK.days == 0
            return ReminderKind.ESCALATED if told else None
        if late < 0:
            return ReminderKind.BEFORE if -late == self.before else None
        if late == 0:
            return ReminderKind.DUE
        return ReminderKind.OVERDUE if late % WEEK.days == 0 else None


@dataclass(frozen=True, slots=True)
class Item:
    """An action item as it is told of: without names."""

    id: UUID
    title: str
    incident: UUID
    number: int
    due_on: date
    state: ActionItemState
    completed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """How a team's action items stand, each told of once."""

    overdue: Sequence[Item]
    blocked: Sequence[Item]
    due_soon: Sequence[Item]
    on_track: Sequence[Item]
    done: Sequence[Item]

    @property
    def silent(self) -> bool:
        """Whether there is nothing to say."""
        return not any((self.overdue, self.blocked, self.due_soon, self.on_track, self.done))


def review(items: Sequence[Item], today: date, since: datetime) -> Review:
    """How these items stand, the one due first at the top; what is done was done since a time."""
    ordered = sorted(items, key=lambda item: (item.due_on, item.id))
    still = [item for item in ordered if not item.state.closed]
    blocked = [item for item in still if item.state is ActionItemState.BLOCKED]
    moving = [item for item in still if item.state is not ActionItemState.BLOCKED]
    done = [item for item in ordered if item.completed_at and item.completed_at >= since]
    return Review(
        overdue=[item for item in moving if item.due_on < today],
        blocked=blocked,
        due_soon=[item for item in moving if today <= item.due_on <= today + SOON],
        on_track=[item for item in moving if item.due_on > today + SOON],
        done=done,
    )
