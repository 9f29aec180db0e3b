"""Periods and their parts, and what there is nothing to measure of."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.reliability import (
    MOST,
    Bucket,
    Period,
    Rate,
    Statistic,
    buckets,
    period,
    statistic,
)
from server.errors import ErrorCode, Refused

NOW = datetime(2026, 11, 4, 15, 30, tzinfo=UTC)

TIMES = st.timedeltas(timedelta(0), timedelta(days=20_000)).map(
    lambda after: datetime(1990, 1, 1, tzinfo=UTC) + after
)
PERIODS = st.builds(
    lambda since, length: Period(since, since + length),
    TIMES,
    st.timedeltas(timedelta(microseconds=1), MOST),
)


def test_the_last_90_days_are_meant_where_nothing_is_said() -> None:
    assert period(None, None, NOW) == Period(NOW - timedelta(days=90), NOW)
    assert period(None, NOW - timedelta(days=1), NOW).since == NOW - timedelta(days=91)


@pytest.mark.parametrize(
    "length", [timedelta(0), timedelta(seconds=-1), MOST + timedelta(microseconds=1)]
)
def test_a_time_that_is_none_or_too_long_is_refused(length: timedelta) -> None:
    with pytest.raises(Refused) as refused:
        period(NOW - length, NOW, NOW)
    (problem,) = refused.value.problems
    assert (problem.code, problem.field) == (ErrorCode.INVALID, ("since",))


def test_weeks_begin_on_monday_and_months_on_their_first_day() -> None:
    assert Bucket.WEEK.start(NOW) == datetime(2026, 11, 2, tzinfo=UTC)
    assert Bucket.MONTH.start(NOW) == datetime(2026, 11, 1, tzinfo=UTC)
    assert Bucket.MONTH.after(datetime(2026, 12, 1, tzinfo=UTC)) == datetime(2027, 1, 1, tzinfo=UTC)


@given(PERIODS, st.sampled_from(Bucket))
def test_the_parts_of_a_period_are_all_of_it_once(whole: Period, bucket: Bucket) -> None:
    parts = list(buckets(whole, bucket))
    assert (parts[0].since, parts[-1].until) == (whole.since, whole.until)
    assert all(one.until == other.since for one, other in pairwise(parts))
    assert all(part.since < part.until for part in parts)
    assert all(bucket.start(part.since) == part.since for part in parts[1:])


def test_what_there_is_nothing_of_is_none_and_never_zero() -> None:
    assert statistic(0, None, None, None) == Statistic(0)
    assert (Rate(0.0, 0, 0).value, Rate(0.0, 0, 0).confirmed_only) == (None, None)
    assert (Rate(0.0, 8, 0).value, Rate(1.5, 8, 1).confirmed_only) == (0, 0.125)


def test_lengths_are_told_to_the_second() -> None:
    odd = timedelta(minutes=1, microseconds=600_000)
    assert statistic(1, odd, odd, odd).mean == timedelta(minutes=1, seconds=1)
