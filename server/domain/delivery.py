"""Where a webhook that was kept stands, and what an operator may have done with it."""

from server.errors import ErrorCode, Problem
from server.term import Term


class DeliveryState(Term):
    """Where a delivery stands."""

    PENDING = "PENDING", "It waits to be processed, for the first time or again."
    DONE = "DONE", "What it said is stored."
    PARKED = "PARKED", "It cannot be processed; `error` says why, and its body is kept."
    DISCARDED = "DISCARDED", "An operator gave it up: its body is gone, and `error` says why."


def check_replay(state: DeliveryState, *, has_body: bool) -> tuple[Problem, ...]:
    """What forbids processing a delivery once more; one that is done changes nothing."""
    if state is DeliveryState.PENDING:
        return (Problem(ErrorCode.CONFLICT, "It waits to be processed already.", ("id",)),)
    if not has_body:
        message = "Its body is gone, so there is nothing to process. Have its source send it again."
        return (Problem(ErrorCode.CONFLICT, message, ("id",)),)
    return ()


def check_discard(state: DeliveryState) -> tuple[Problem, ...]:
    """What forbids giving a delivery up."""
    if state is DeliveryState.PARKED:
        return ()
    message = f"Only what is parked can be discarded; this one is {state}."
    return (Problem(ErrorCode.CONFLICT, message, ("id",)),)
