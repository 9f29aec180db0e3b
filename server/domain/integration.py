"""How a connection to a vendor is doing: what went wrong, and whether anybody looks for news."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from server.term import Term


class FailureCode(Term):
    """What kind of trouble a vendor, or our reading of it, is in."""

    DENIED = "DENIED", "The credential is wrong or lacks a right; an operator has to mend it."
    MISSING = "MISSING", "What was asked for is not there, or not for this credential."
    REJECTED = "REJECTED", "The vendor does not accept what is asked."
    UNWELL = "UNWELL", "The vendor fails, is too slow, or wants to be left alone for a while."
    MALFORMED = "MALFORMED", "The vendor answers what cannot be read."
    FAULT = "FAULT", "A fault of the integration or of this server; the log says where."


class Health(Term):
    """How a connection is doing."""

    OK = "OK", "News is looked for, and the last look went well."
    FAILING = "FAILING", "The last look failed; it is tried again, less and less often."
    STOPPED = "STOPPED", "The credential was refused: mend it. It is tried every few hours."
    IDLE = "IDLE", "Nothing has come, or not for long: is it set up, and does a worker run?"


@dataclass(frozen=True, slots=True)
class Budget:
    """How many more requests the vendor says that it takes from a credential."""

    remaining: int
    limit: int | None
    resets_at: datetime | None


@dataclass(frozen=True, slots=True)
class Account:
    """What can be watched: a connection, or an integration that only receives webhooks."""

    integration: str
    title: str
    connection: str | None = None
    poll_every: timedelta | None = None


LATE = 10
"""After how many missed looks a connection counts as one that nobody looks at."""


def health(
    account: Account, *, stopped: bool, failures: int, last_success: datetime | None, now: datetime
) -> Health:
    """How it is doing, by what its last looks brought."""
    if stopped:
        return Health.STOPPED
    if failures:
        return Health.FAILING
    if last_success is None:
        return Health.IDLE
    if account.poll_every and now - last_success > LATE * account.poll_every:
        return Health.IDLE
    return Health.OK
