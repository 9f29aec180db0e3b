"""What responders thought the cause might be, and why it was ruled in or out."""

from server.errors import ErrorCode, Problem
from server.term import Term


class HypothesisState(Term):
    """Where a hypothesis stands."""

    OPEN = "OPEN", "Nobody knows yet."
    RULED_IN = "RULED_IN", "Evidence supports it."
    RULED_OUT = "RULED_OUT", "Evidence contradicts it."


def check_settlement(state: HypothesisState, reason: str) -> tuple[Problem, ...]:
    """What forbids settling a hypothesis so."""
    problems = []
    if state is HypothesisState.OPEN:
        problems.append(
            Problem(ErrorCode.INVALID, "Settle it as RULED_IN or RULED_OUT.", ("state",))
        )
    if not reason.strip():
        problems.append(Problem(ErrorCode.INVALID, "Say what ruled it in or out.", ("reason",)))
    return tuple(problems)
