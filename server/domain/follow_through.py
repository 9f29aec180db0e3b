"""Whether what was promised after incidents gets done: the shares that say so, and the verdict.

A cohort is the items that were created in a time. An item counts in a share once its time is over:
90 days after it was created, or its due date. Before, it could only count as done, which would
flatter. What was dropped was promised and not done, so it counts as such; else dropping whatever
is late would be the way to a good figure. Where no item counts, a share is None, never zero.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from server.errors import ErrorCode, refuse
from server.term import Term

WITHIN = timedelta(days=90)
"""The time in which a cohort's completion is measured."""

INDUSTRY = 0.34
"""The share of action items that is completed within 90 days across the industry."""

THEATER_BELOW = 0.50
"""Where less than this share is done within its deadline, post-mortems are theater."""

EFFECTIVE_FROM = 0.78
"""The share within 90 days of teams whose items have one owner and a weekly check."""

MOST_YEARS = timedelta(days=5 * 366)
"""How long the time of a cohort may be: its trend has a point for each month."""


class FollowThroughVerdict(Term):
    """What the shares of a cohort amount to."""

    THEATER = "THEATER", "Less than 50 % is done within its deadline."
    TYPICAL = "TYPICAL", "Neither of the two others."
    EFFECTIVE = "EFFECTIVE", "At least 78 % is done within 90 days."


@dataclass(frozen=True, slots=True)
class FollowThrough:
    """A cohort, counted.

    `matured` items were created 90 days ago or more, `within` of them were completed within these.
    Of the `expected` the due date has passed; `on_time` of them were completed by it.
    """

    created: int
    matured: int
    within: int
    expected: int
    on_time: int
    open: int
    overdue: int
    dropped: int

    @property
    def completed_within_90_days(self) -> float | None:
        """The share of the matured that was completed within 90 days."""
        return share(self.within, self.matured)

    @property
    def completed_on_time(self) -> float | None:
        """The share of the expected that was completed by its due date."""
        return share(self.on_time, self.expected)

    @property
    def verdict(self) -> FollowThroughVerdict | None:
        """THEATER wins over what else holds; None where what would decide cannot be measured."""
        on_time, within = self.completed_on_time, self.completed_within_90_days
        if on_time is not None and on_time < THEATER_BELOW:
            return FollowThroughVerdict.THEATER
        if within is None:
            return None
        if within >= EFFECTIVE_FROM:
            return FollowThroughVerdict.EFFECTIVE
        return FollowThroughVerdict.TYPICAL


@dataclass(frozen=True, slots=True)
class OfTeam:
    """The cohort of a team's people, as they are now; None for those without a team."""

    team: str | None
    counted: FollowThrough


@dataclass(frozen=True, slots=True)
class OfMonth:
    """The part of a cohort that was created in a month (UTC)."""

    month: date
    counted: FollowThrough


@dataclass(frozen=True, slots=True)
class Measured:
    """A cohort as a whole, by team, and by month."""

    whole: FollowThrough
    by_team: Sequence[OfTeam]
    trend: Sequence[OfMonth]


def share(part: int, whole: int) -> float | None:
    """A share of something; None of nothing."""
    return part / whole if whole else None


def cohort(
    since: datetime | None, until: datetime | None, now: datetime
) -> tuple[datetime, datetime]:
    """The time of a cohort: by default the year that ends now.

    Raises:
        Refused: it ends before it begins, or is too long.
    """
    end = until or now
    try:
        start = since or end - timedelta(days=365)
        length = end - start
    except OverflowError as beyond:
        raise refuse(ErrorCode.INVALID, "There is no such time.", "until") from beyond
    if not timedelta() < length <= MOST_YEARS:
        message = "The time has to end after it begins, within five years."
        raise refuse(ErrorCode.INVALID, message, "until")
    return start, end
