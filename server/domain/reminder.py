"""Who is reminded of which action items, and on which days. Days are those of UTC."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from server.domain.action_item import ActionItemState

WEEK = timedelta(days=7)

SOON = WEEK
"""How near the day of an item is that is due soon."""

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When people hear of their action items: the hour of each day, and the day of the review."""

    weekday: str = DAYS[0]
    hour: int = 9

    def speaks(self, now: datetime) -> bool:
        """Whether the hour of the day has come."""
        return now.hour >= self.hour

    def reviews(self, now: datetime) -> bool:
        """Whether it is the day of the weekly review, and its hour."""
        return self.speaks(now) and DAYS[now.weekday()] == self.weekday


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


def reminds(due_on: date, today: date) -> bool:
    """Whether the owner hears of an open item today: on its day, and each week after."""
    return due_on <= today and (today - due_on) % WEEK == timedelta(0)


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
