"""What an action item is: its kinds with their due dates and priorities, and its states."""

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import assert_never

from server.errors import ErrorCode, Problem
from server.term import Term


class ActionItemKind(Term):
    """What sort of change it asks for; decides the default due date and priority."""

    IMMEDIATE_MITIGATION = "IMMEDIATE_MITIGATION", "Ends the harm; done during the incident."
    PROCESS_CHANGE = "PROCESS_CHANGE", "Changes how work is done; due in the current sprint."
    TOOLING_IMPROVEMENT = "TOOLING_IMPROVEMENT", "Builds a tool; due within the next two sprints."
    ARCHITECTURAL_CHANGE = "ARCHITECTURAL_CHANGE", "Changes the system; due this quarter."
    MONITORING = "MONITORING", "Sees it sooner, or alerts; due in the next sprint."


class ActionItemState(Term):
    """How far the work has come."""

    OPEN = "OPEN", "Nobody has begun."
    IN_PROGRESS = "IN_PROGRESS", "Somebody works on it."
    BLOCKED = "BLOCKED", "It waits for something else."
    DONE = "DONE", "The work is finished; nobody has seen yet that it helps."
    VERIFIED = "VERIFIED", "It is seen to do what it was meant to."
    DROPPED = "DROPPED", "It will not be done, for a stated reason."

    @property
    def closed(self) -> bool:
        """Whether no more work is expected, so that it cannot be overdue."""
        return self in _CLOSED

    @property
    def completed(self) -> bool:
        """Whether the work was done; counts in follow-through."""
        return self in _COMPLETED


_COMPLETED = frozenset({ActionItemState.DONE, ActionItemState.VERIFIED})
_CLOSED = _COMPLETED | {ActionItemState.DROPPED}


class ActionItemField(Term):
    """What of an action item is accounted for when it changes."""

    STATE = "STATE", "How far it has come."
    OWNER = "OWNER", "Who sees to it."
    DUE_ON = "DUE_ON", "The day by which it is to be done."
    TITLE = "TITLE", "What will be different."
    PRIORITY = "PRIORITY", "How urgent it is."

    @property
    def column(self) -> str:
        """The column of an action item that holds it."""
        return "owner_id" if self is ActionItemField.OWNER else self.lower()


class Priority(Term):
    """What comes first."""

    P0 = "P0", "Now: the incident is not over without it."
    P1 = "P1", "This sprint."
    P2 = "P2", "In one of the next sprints."
    P3 = "P3", "This quarter."


def default_priority(kind: ActionItemKind) -> Priority:
    """The priority of a kind, where nobody gives another."""
    match kind:
        case ActionItemKind.IMMEDIATE_MITIGATION:
            return Priority.P0
        case ActionItemKind.PROCESS_CHANGE:
            return Priority.P1
        case ActionItemKind.TOOLING_IMPROVEMENT | ActionItemKind.MONITORING:
            return Priority.P2
        case ActionItemKind.ARCHITECTURAL_CHANGE:
            return Priority.P3
        case _:
            assert_never(kind)


MAX_SPRINT_DAYS = 90


@dataclass(frozen=True, slots=True)
class Sprints:
    """The rhythm of work: sprints of `days` days, one of which begins on `start`.

    Raises:
        ValueError: a sprint is shorter than a day or longer than `MAX_SPRINT_DAYS`.
    """

    start: date
    days: int

    def __post_init__(self) -> None:
        if not 1 <= self.days <= MAX_SPRINT_DAYS:
            raise ValueError(f"A sprint takes 1 to {MAX_SPRINT_DAYS} days, not {self.days}.")

    def end(self, today: date, ahead: int = 0) -> date:
        """The last day of the sprint that holds `today`, or of the one `ahead` sprints later."""
        begun = (today - self.start).days // self.days
        return self.start + timedelta(days=(begun + ahead + 1) * self.days - 1)


def default_due_on(kind: ActionItemKind, today: date, sprints: Sprints) -> date:
    """The last day for an item of this kind, where nobody gives another.

    Work ends on a Friday where its last day is a weekend's, but never before today.
    """
    match kind:
        case ActionItemKind.IMMEDIATE_MITIGATION:
            last = today
        case ActionItemKind.PROCESS_CHANGE:
            last = sprints.end(today)
        case ActionItemKind.MONITORING:
            last = sprints.end(today, ahead=1)
        case ActionItemKind.TOOLING_IMPROVEMENT:
            last = sprints.end(today, ahead=2)
        case ActionItemKind.ARCHITECTURAL_CHANGE:
            last = _end_of_quarter(today)
        case _:
            assert_never(kind)
    return max(today, _working_day(last))


def _end_of_quarter(today: date) -> date:
    last_month = (today.month + 2) // 3 * 3
    return date(today.year, last_month, 30 if last_month in (6, 9) else 31)


def _working_day(day: date) -> date:
    """The day itself, or the Friday before its weekend."""
    return day - timedelta(days=max(0, day.isoweekday() - 5))


_MOVES = {
    ActionItemState.OPEN: {
        ActionItemState.IN_PROGRESS,
        ActionItemState.BLOCKED,
        ActionItemState.DONE,
        ActionItemState.DROPPED,
    },
    ActionItemState.IN_PROGRESS: {
        ActionItemState.OPEN,
        ActionItemState.BLOCKED,
        ActionItemState.DONE,
        ActionItemState.DROPPED,
    },
    ActionItemState.BLOCKED: {
        ActionItemState.OPEN,
        ActionItemState.IN_PROGRESS,
        ActionItemState.DONE,
        ActionItemState.DROPPED,
    },
    ActionItemState.DONE: {
        ActionItemState.VERIFIED,
        ActionItemState.OPEN,
        ActionItemState.IN_PROGRESS,
    },
    ActionItemState.VERIFIED: {ActionItemState.OPEN, ActionItemState.IN_PROGRESS},
    ActionItemState.DROPPED: {ActionItemState.OPEN, ActionItemState.IN_PROGRESS},
}


def may_move(current: ActionItemState, wanted: ActionItemState) -> bool:
    """Whether an item may go from one state to another; staying is always allowed.

    Only done work is verified. What is closed is reopened before it goes elsewhere.
    """
    return current is wanted or wanted in _MOVES[current]


def check_move(
    current: ActionItemState, wanted: ActionItemState, reason: str | None
) -> tuple[Problem, ...]:
    """What forbids moving an item so. Dropping it needs a reason."""
    if not may_move(current, wanted):
        if wanted is ActionItemState.VERIFIED:
            message = "Only done work can be verified. Move it to DONE first."
        else:
            message = f"{current} does not become {wanted}. Reopen it to OPEN or IN_PROGRESS first."
        return (Problem(ErrorCode.INVALID, message, ("state",)),)
    dropped = wanted is ActionItemState.DROPPED and current is not wanted
    if dropped and not (reason or "").strip():
        message = "Say why it will not be done."
        return (Problem(ErrorCode.INVALID, message, ("reason",)),)
    return ()


def completed_at(
    state: ActionItemState, completed_before: datetime | None, now: datetime
) -> datetime | None:
    """When the work was done, after a move to `state`; verifying it later does not change that."""
    return (completed_before or now) if state.completed else None


def verified_at(
    state: ActionItemState, verified_before: datetime | None, now: datetime
) -> datetime | None:
    """When somebody saw that it helps, after a move to `state`; reopened work is seen anew."""
    return (verified_before or now) if state is ActionItemState.VERIFIED else None


def check_due(
    due_on: date, today: date, state: ActionItemState, previous: date | None = None
) -> tuple[Problem, ...]:
    """What forbids giving an item this due date.

    An open item is not made overdue; one that is overdue already may keep its date.
    """
    if state.closed or due_on >= today or due_on == previous:
        return ()
    message = f"{due_on} is past. Choose {today} or later."
    return (Problem(ErrorCode.INVALID, message, ("dueOn",)),)


MAX_TITLE = 255
"""Characters of a title: what trackers take as a ticket's summary."""


_NOT_ON_A_LINE = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Unicode categories: controls, lone surrogates, separators of lines and paragraphs."""


def check_title(title: str) -> tuple[Problem, ...]:
    """What forbids this title."""
    if not title.strip():
        message = "Say what is to be done, as a ticket would."
    elif len(title) > MAX_TITLE:
        message = f"Keep the title within {MAX_TITLE} characters; put the rest in the description."
    elif any(unicodedata.category(character) in _NOT_ON_A_LINE for character in title):
        message = "Write the title on one line, without control characters."
    else:
        return ()
    return (Problem(ErrorCode.INVALID, message, ("title",)),)
