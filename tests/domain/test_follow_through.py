"""What the shares of a cohort amount to, and what they cannot say yet."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.follow_through import FollowThrough, FollowThroughVerdict, cohort
from server.errors import Refused

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
T, Y, E = FollowThroughVerdict


def counted(within: tuple[int, int], on_time: tuple[int, int]) -> FollowThrough:
    created = max(within[1], on_time[1])
    return FollowThrough(created, within[1], within[0], on_time[1], on_time[0], 0, 0, 0)


@pytest.mark.parametrize(
    ("within", "on_time", "verdict"),
    [
        ((0, 0), (0, 0), None),
        ((0, 0), (49, 100), T),
        ((0, 0), (50, 100), None),
        ((78, 100), (50, 100), E),
        ((77, 100), (50, 100), Y),
        ((34, 100), (100, 100), Y),
        ((100, 100), (49, 100), T),
        ((78, 100), (0, 0), E),
        ((10, 100), (0, 0), Y),
        ((0, 100), (0, 100), T),
    ],
)
def test_the_verdict_follows_the_marks(
    within: tuple[int, int], on_time: tuple[int, int], verdict: FollowThroughVerdict | None
) -> None:
    assert counted(within, on_time).verdict is verdict


def test_a_share_of_nothing_is_none_and_of_something_may_be_zero() -> None:
    nothing, something = counted((0, 0), (0, 0)), counted((0, 1), (0, 1))
    assert (nothing.completed_within_90_days, nothing.completed_on_time) == (None, None)
    assert (something.completed_within_90_days, something.completed_on_time) == (0, 0)


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50), st.integers(0, 50))
def test_more_work_done_is_never_judged_worse(a: int, b: int, c: int, d: int) -> None:
    order = [T, Y, E]
    before = counted((min(a, b), max(a, b)), (min(c, d), max(c, d)))
    after = counted((max(a, b), max(a, b)), (max(c, d), max(c, d)))
    if before.verdict and after.verdict:
        assert order.index(before.verdict) <= order.index(after.verdict)


def test_a_cohort_is_the_last_year_unless_a_time_is_given() -> None:
    assert cohort(None, None, NOW) == (NOW - timedelta(days=365), NOW)
    assert cohort(NOW, NOW + timedelta(days=1), NOW) == (NOW, NOW + timedelta(days=1))


@pytest.mark.parametrize(
    ("since", "until"),
    [
        (NOW, NOW),
        (NOW + timedelta(days=1), None),
        (NOW - timedelta(days=3000), NOW),
        (None, datetime.min.replace(tzinfo=UTC)),
    ],
)
def test_no_time_is_refused(since: datetime, until: datetime | None) -> None:
    with pytest.raises(Refused):
        cohort(since, until, NOW)
