"""The weekly answer about an action item, and what follows from it for its state."""

from server.domain.action_item import ActionItemState
from server.domain.text import check_bounds
from server.errors import ErrorCode, Problem

MAX_WORDS = 2000
"""Characters of what blocks it, and of a note."""

MAX_ANSWERS = 500
"""How many answers an item takes: one a week for nearly ten years."""


def check_answer(
    state: ActionItemState, on_track: bool, blocked_by: str | None, note: str | None
) -> tuple[Problem, ...]:
    """What forbids this answer about an item in this state."""
    problems = [
        *check_bounds(blocked_by or "", MAX_WORDS, "blockedBy", what="blocker"),
        *check_bounds(note or "", MAX_WORDS, "note", what="note"),
    ]
    if state.closed:
        message = f"It is {state}, so there is nothing to answer. Reopen it first."
        problems.append(Problem(ErrorCode.CONFLICT, message, ("id",)))
    if on_track and (blocked_by or "").strip():
        message = "What is blocked is not on track. Leave one of the two out."
        problems.append(Problem(ErrorCode.INVALID, message, ("blockedBy",)))
    return tuple(problems)


def state_after(state: ActionItemState, on_track: bool, blocked: bool) -> ActionItemState:
    """The state of an open item after the answer.

    What was blocked and is on track again is being worked on. Any other answer tells how it goes,
    not that it began or ended.
    """
    if blocked:
        return ActionItemState.BLOCKED
    if on_track and state is ActionItemState.BLOCKED:
        return ActionItemState.IN_PROGRESS
    return state
