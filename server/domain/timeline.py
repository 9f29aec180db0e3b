"""What stands in a timeline, and what may be written into it."""

from datetime import datetime

from server.domain.incident import CLOCK_SKEW
from server.domain.text import check_text
from server.errors import ErrorCode, Problem
from server.term import Term

MAX_ENTRIES_AT_ONCE = 500
MAX_BODY = 20_000
"""Characters of one entry's body."""


class TimelineKind(Term):
    """What an entry tells."""

    DEPLOYMENT = "DEPLOYMENT", "A change reached an environment."
    ANOMALY = "ANOMALY", "A signal left its normal range."
    DECLARED = "DECLARED", "The incident was declared."
    PAGED = "PAGED", "Somebody was paged."
    ACKNOWLEDGED = "ACKNOWLEDGED", "A responder answered the page."
    HYPOTHESIS = "HYPOTHESIS", "A possible cause was raised, ruled in or ruled out."
    ROOT_CAUSE = "ROOT_CAUSE", "The cause was identified."
    MITIGATION = "MITIGATION", "Something was done so that users no longer feel it."
    RECOVERY = "RECOVERY", "The system was normal again."
    STATUS = "STATUS", "The incident's status, severity or services changed."
    MESSAGE = "MESSAGE", "Somebody said something in a channel."
    NOTE = "NOTE", "Anything else worth keeping."


def check_entry(
    body: str, occurred_at: datetime, known_at: datetime | None, now: datetime
) -> tuple[Problem, ...]:
    """What forbids an entry; fields are those of one entry's input."""
    problems: list[Problem] = []
    problems += check_text(body, MAX_BODY, "body", what="body")
    if occurred_at > now + CLOCK_SKEW:
        message = "occurredAt lies in the future. A timeline tells what has happened."
        problems.append(Problem(ErrorCode.INVALID, message, ("occurredAt",)))
    if known_at and known_at < occurred_at:
        message = "knownAt lies before occurredAt: nothing is known before it happens."
        problems.append(Problem(ErrorCode.INVALID, message, ("knownAt",)))
    return tuple(problems)
