"""What an action item and its ticket owe each other: which word stands where they differ.

Each field is merged by itself, against what both sides last agreed on: what only one side changed
is taken by the other, and of two changes the later one stands. Times are the tracker's own for its
changes and ours for ours; they matter only where both sides changed the field.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, auto
from operator import eq
from typing import Any, Generic, TypeAlias, TypeVar
from uuid import UUID

from integrations.observation import TicketState
from server.domain.action_item import ActionItemField, ActionItemState, may_move

Ours = TypeVar("Ours")
Theirs = TypeVar("Theirs")


class Side(Enum):
    """Who said something of an action item: somebody here, or somebody in the tracker."""

    HERE = auto()
    THERE = auto()


@dataclass(frozen=True, slots=True)
class Rule(Generic[Ours, Theirs]):
    """How the values of one field are told in the other's words.

    `agrees` says whether two values are the same; `taken` what ours becomes by theirs.
    """

    agrees: Callable[[Ours, Theirs], bool]
    taken: Callable[[Ours, Theirs], Ours]


@dataclass(frozen=True, slots=True)
class Agreed(Generic[Ours, Theirs]):
    """The base: our value that theirs last answered to (None: to none), and theirs as last seen."""

    ours: Ours | None
    theirs: Theirs | None


@dataclass(frozen=True, slots=True)
class Said(Generic[Ours]):
    """A value, and when it was last set."""

    value: Ours
    at: datetime


@dataclass(frozen=True, slots=True)
class Merged(Generic[Ours, Theirs]):
    """What a field is from now on, the new base, and whose change was overruled, if any was."""

    value: Ours
    agreed: Agreed[Ours, Theirs]
    overruled: Side | None = None


def merge(
    rule: Rule[Ours, Theirs],
    agreed: Agreed[Ours, Theirs],
    ours: Said[Ours],
    theirs: Said[Theirs | None],
) -> Merged[Ours, Theirs]:
    """Bring a field in step with what the tracker says of it.

    A field that was emptied there is not emptied here: an item always has an owner and a day. One
    that was changed there and back before anybody heard of it counts as unchanged.
    """
    if theirs.value == agreed.theirs:
        return Merged(ours.value, agreed)
    fits = theirs.value is not None and rule.agrees(ours.value, theirs.value)
    changed_here = ours.value != agreed.ours
    if theirs.value is None or (changed_here and ours.at >= theirs.at):
        # Also where both say the same: it was not agreed on, so times decide what follows.
        return Merged(ours.value, Agreed(None, theirs.value), None if fits else Side.THERE)
    new = rule.taken(ours.value, theirs.value)
    lost = changed_here and not fits
    return Merged(new, Agreed(new, theirs.value), Side.HERE if lost else None)


def is_due(rule: Rule[Ours, Theirs], agreed: Agreed[Ours, Theirs], ours: Ours) -> bool:
    """Whether the tracker has to be told our value."""
    if ours == agreed.ours:
        return False
    return agreed.theirs is None or not rule.agrees(ours, agreed.theirs)


def told(
    rule: Rule[Ours, Theirs], agreed: Agreed[Ours, Theirs], ours: Ours, answer: Theirs | None
) -> Agreed[Ours, Theirs]:
    """The base once the tracker was told our value, before its answer is merged.

    A tracker that leaves the field empty is not told again: it knows no such person, or has no
    such field.
    """
    heard = answer is None or rule.agrees(ours, answer)
    return Agreed(ours, answer if heard else agreed.theirs)


def is_apart(rule: Rule[Ours, Theirs], agreed: Agreed[Ours, Theirs], ours: Ours) -> bool:
    """Whether the tracker has another value although it was told ours: it does not take it."""
    if agreed.theirs is None or ours != agreed.ours:
        return False
    return not rule.agrees(ours, agreed.theirs)


# ── the rules of the fields ──────────────────────────────────────────────────

_SHOWN = {
    ActionItemState.OPEN: TicketState.OPEN,
    ActionItemState.IN_PROGRESS: TicketState.IN_PROGRESS,
    ActionItemState.BLOCKED: TicketState.IN_PROGRESS,
    ActionItemState.DONE: TicketState.DONE,
    ActionItemState.VERIFIED: TicketState.DONE,
    ActionItemState.DROPPED: TicketState.DROPPED,
}


def shown(state: ActionItemState) -> TicketState:
    """What a ticket is when its item is in that state."""
    return _SHOWN[state]


def _agrees(ours: ActionItemState, theirs: TicketState) -> bool:
    # Trackers differ in whether blocked work is open or begun: both say as much.
    if ours is ActionItemState.BLOCKED and theirs is TicketState.OPEN:
        return True
    return shown(ours) is theirs


def _taken(ours: ActionItemState, theirs: TicketState) -> ActionItemState:
    """Work that was verified stays so when its ticket is closed as done."""
    stays = ours is ActionItemState.VERIFIED and theirs is TicketState.DONE
    return ours if stays else ActionItemState(theirs.value)


STATE: Rule[ActionItemState, TicketState] = Rule(_agrees, _taken)
OWNER: Rule[UUID, UUID] = Rule(eq, lambda _, theirs: theirs)
DUE_ON: Rule[date, date] = Rule(eq, lambda _, theirs: theirs)

RULES: Mapping[ActionItemField, Rule[Any, Any]] = {
    ActionItemField.STATE: STATE,
    ActionItemField.OWNER: OWNER,
    ActionItemField.DUE_ON: DUE_ON,
}
"""The fields that flow both ways. Titles, descriptions and priorities flow out only: a tracker has
them without names, and in words of its own."""

Base: TypeAlias = Mapping[ActionItemField, Agreed[Any, Any]]
"""What both sides last agreed on, of each field that flows both ways."""


def base_of_new(owner: UUID, due_on: date, assignee: UUID | None, theirs: date | None) -> Base:
    """The base of a ticket that was just created, with what its tracker made of owner and day.

    Whom a tracker assigns by itself is not who it was changed to: that takes no owner away.
    """
    return {
        ActionItemField.STATE: Agreed(ActionItemState.OPEN, TicketState.OPEN),
        ActionItemField.OWNER: Agreed(owner, assignee),
        ActionItemField.DUE_ON: Agreed(due_on, None if theirs is None else due_on),
    }


def way(current: ActionItemState, wanted: ActionItemState) -> tuple[ActionItemState, ...]:
    """The moves that lead to a state a tracker tells of: what is closed is reopened first."""
    if current is wanted:
        return ()
    return (wanted,) if may_move(current, wanted) else (ActionItemState.OPEN, wanted)


# ── markers ──────────────────────────────────────────────────────────────────

_MARKER = "whychain-"


def marker_of(item_id: UUID) -> str:
    """The word by which an action item's ticket is known."""
    return f"{_MARKER}{item_id.hex}"


def item_of(marker: str | None) -> UUID | None:
    """The action item that a marker names, if it is one of ours."""
    if marker is None or not marker.startswith(_MARKER):
        return None
    try:
        found = UUID(hex=marker.removeprefix(_MARKER))
    except ValueError:
        return None
    return found if marker_of(found) == marker else None
