"""How reliable services are, as DORA and incident response measure it.

The four measures of DORA (https://dora.dev/guides/dora-metrics-four-keys/) are deployment
frequency, change lead time, change failure rate, and the time to restore service. Nothing here
speaks of a person, and what there is nothing to measure of is None, never zero.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from server.domain.deployment import DeploymentStatus
from server.errors import ErrorCode, refuse
from server.term import Term

REACHED_USERS = frozenset({DeploymentStatus.SUCCESS, DeploymentStatus.ROLLED_BACK})
"""The deployments to production that count: what DORA calls a release to end users. One that did
not come up changed nothing for them; one that was taken back did."""

USUAL = timedelta(days=90)
"""How far back is looked by default."""

MOST = timedelta(days=3660)
"""The longest time that is looked at: ten years, which is some 520 weeks."""

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Period:
    """A time: `since` belongs to it, `until` does not."""

    since: datetime
    until: datetime

    @property
    def days(self) -> float:
        """Its length."""
        return (self.until - self.since) / _DAY


def period(since: datetime | None, until: datetime | None, now: datetime) -> Period:
    """The time that is asked for; the last 90 days where nothing is said.

    Raises:
        Refused: it ends before it begins, or is longer than ten years.
    """
    until = until or now
    since = since or until - USUAL
    if since >= until:
        raise refuse(ErrorCode.INVALID, "since must lie before until.", "since")
    if until - since > MOST:
        message = f"Ask for at most {MOST.days} days at once."
        raise refuse(ErrorCode.INVALID, message, "since")
    return Period(since, until)


class Bucket(Term):
    """The step of a trend. All of them are in UTC."""

    WEEK = "WEEK", "From Monday to Sunday."
    MONTH = "MONTH", "A calendar month."

    def start(self, at: datetime) -> datetime:
        """When the bucket that holds this moment begins."""
        day = at.astimezone(UTC).date()
        first = day.replace(day=1) if self is Bucket.MONTH else day - day.weekday() * _DAY
        return datetime.combine(first, time(), UTC)

    def after(self, start: datetime) -> datetime:
        """When the next bucket begins. 32 days lie beyond any month, and before the next's end."""
        return self.start(start + (32 * _DAY if self is Bucket.MONTH else 7 * _DAY))


def buckets(whole: Period, bucket: Bucket) -> Iterator[Period]:
    """The parts of a period, without a gap; its first and last are as long as it lets them be."""
    start = bucket.start(whole.since)
    while start < whole.until:
        following = bucket.after(start)
        yield Period(max(start, whole.since), min(following, whole.until))
        start = following


@dataclass(frozen=True, slots=True)
class Statistic:
    """What is known of `n` lengths of time: to the second, quantiles interpolated between two."""

    n: int
    mean: timedelta | None = None
    median: timedelta | None = None
    p90: timedelta | None = None


def statistic(n: int, *of: timedelta | None) -> Statistic:
    """Mean, median and p90 of n lengths of time, rounded to the second."""
    return Statistic(n, *(None if each is None else round(each / _SECOND) * _SECOND for each in of))


@dataclass(frozen=True, slots=True)
class Rate:
    """DORA's change failure rate: the share of deployments that led to a failure in production.

    `numerator` is how many of them did, as far as can be told: the sum of the probabilities with
    which each caused an incident. `confirmed` are those of which a person said so.
    """

    numerator: float
    denominator: int
    confirmed: int

    @property
    def value(self) -> float | None:
        """The share that is to be expected."""
        return round(self.numerator / self.denominator, 6) if self.denominator else None

    @property
    def confirmed_only(self) -> float | None:
        """The share of which persons said so."""
        return round(self.confirmed / self.denominator, 6) if self.denominator else None


@dataclass(frozen=True, slots=True)
class Incidents:
    """The incidents that began in a period, and how long they took, each from its first impact.

    Time to resolve is what DORA calls the time to restore service.
    """

    n: int
    to_resolve: Statistic
    to_detect: Statistic
    to_acknowledge: Statistic
    to_mitigate: Statistic


@dataclass(frozen=True, slots=True)
class Deployments:
    """The deployments that reached users in a period, and those of them that failed."""

    n: int
    failure_rate: Rate


@dataclass(frozen=True, slots=True)
class Reliability:
    """How reliable services were in a period.

    `lead_time` is what DORA calls change lead time, here from a pull request's merge until it
    first reached users of a service.
    """

    period: Period
    incidents: Incidents
    deployments: Deployments
    lead_time: Statistic

    @property
    def deployment_frequency(self) -> float | None:
        """Deployments a day."""
        return round(self.deployments.n / self.period.days, 4) if self.deployments.n else None
