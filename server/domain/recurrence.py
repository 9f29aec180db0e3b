"""Whether an incident is the return of one whose cause was thought to be mended.

Causes are the same where a person says so: two answers in like words may speak of two causes, and
one cause is told in many ways. What can be checked is the order of things: an item that somebody
saw to help, and after that an incident which it should have prevented.
"""

from datetime import datetime

from server.errors import ErrorCode, Problem

MAX_REASON = 2000
"""Characters of why the causes are the same."""


def check_recurrence(
    verified_at: datetime | None, began_at: datetime, *, same_incident: bool
) -> tuple[Problem, ...]:
    """What forbids calling an incident that began then a recurrence, in spite of an action item."""
    if same_incident:
        message = "This incident taught the action item. Name the later one."
        return (Problem(ErrorCode.INVALID, message, ("incident",)),)
    if verified_at is None:
        message = "Nobody has verified that it helps, so its cause was never thought to be gone."
        return (Problem(ErrorCode.CONFLICT, message, ("actionItem",)),)
    if began_at < verified_at:
        message = "The incident began before the action item was verified."
        return (Problem(ErrorCode.CONFLICT, message, ("incident",)),)
    return ()
