"""Action items: when they are due, what comes first, and how they move to done."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.action_item import (
    MAX_SPRINT_DAYS,
    MAX_TITLE,
    ActionItemKind,
    ActionItemState,
    Priority,
    Sprints,
    check_due,
    check_move,
    check_title,
    completed_at,
    default_due_on,
    default_priority,
    may_move,
)
from server.errors import ErrorCode

MONDAY = date(2026, 11, 23)
FORTNIGHT = Sprints(start=date(2026, 11, 16), days=14)
KINDS = st.sampled_from(ActionItemKind)
DAYS = st.dates(date(2020, 1, 1), date(2040, 1, 1))
SPRINTS = st.builds(Sprints, DAYS, st.integers(1, MAX_SPRINT_DAYS))


@pytest.mark.parametrize(
    ("kind", "due_on", "priority"),
    [
        (ActionItemKind.IMMEDIATE_MITIGATION, date(2026, 11, 23), Priority.P0),
        (ActionItemKind.PROCESS_CHANGE, date(2026, 11, 27), Priority.P1),
        (ActionItemKind.MONITORING, date(2026, 12, 11), Priority.P2),
        (ActionItemKind.TOOLING_IMPROVEMENT, date(2026, 12, 25), Priority.P2),
        (ActionItemKind.ARCHITECTURAL_CHANGE, date(2026, 12, 31), Priority.P3),
    ],
)
def test_each_kind_has_its_due_date_and_priority(
    kind: ActionItemKind, due_on: date, priority: Priority
) -> None:
    assert default_due_on(kind, MONDAY, FORTNIGHT) == due_on
    assert default_priority(kind) is priority


@pytest.mark.parametrize(
    ("today", "end"),
    [
        (date(2026, 1, 1), date(2026, 3, 31)),
        (date(2026, 6, 30), date(2026, 6, 30)),
        (date(2026, 7, 1), date(2026, 9, 30)),
        (date(2026, 12, 31), date(2026, 12, 31)),
        (date(2028, 10, 2), date(2028, 12, 29)),
    ],
)
def test_an_architectural_change_is_due_by_the_quarters_last_working_day(
    today: date, end: date
) -> None:
    assert default_due_on(ActionItemKind.ARCHITECTURAL_CHANGE, today, FORTNIGHT) == end


def test_a_sprint_ends_on_its_last_day() -> None:
    assert FORTNIGHT.end(date(2026, 11, 16)) == date(2026, 11, 29)
    assert FORTNIGHT.end(date(2026, 11, 29)) == date(2026, 11, 29)
    assert FORTNIGHT.end(date(2026, 11, 30)) == date(2026, 12, 13)


def test_days_before_the_known_start_lie_in_sprints_too() -> None:
    assert FORTNIGHT.end(date(2026, 11, 15)) == date(2026, 11, 15)
    assert FORTNIGHT.end(date(2026, 11, 1)) == date(2026, 11, 1)
    assert FORTNIGHT.end(date(2026, 10, 31)) == date(2026, 11, 1)


@pytest.mark.parametrize("days", [0, -1, MAX_SPRINT_DAYS + 1])
def test_sprints_of_no_sensible_length_are_refused(days: int) -> None:
    with pytest.raises(ValueError, match="1 to 90 days"):
        Sprints(MONDAY, days)


LAW = settings(max_examples=30, deadline=None)


@LAW
@given(KINDS, DAYS, SPRINTS)
def test_a_default_is_never_past_and_on_a_weekend_only_when_today_is(
    kind: ActionItemKind, today: date, sprints: Sprints
) -> None:
    due_on = default_due_on(kind, today, sprints)
    assert due_on >= today
    assert due_on.isoweekday() <= 5 or due_on == today


@LAW
@given(DAYS, SPRINTS, st.integers(0, 3))
def test_sprints_follow_each_other_without_a_gap(today: date, sprints: Sprints, ahead: int) -> None:
    end = sprints.end(today)
    assert today <= end < today + timedelta(days=sprints.days)
    assert sprints.end(end + timedelta(days=1), ahead) == sprints.end(today, ahead + 1)


# ── states ──────────────────────────────────────────────────────────────────────────────────

REOPENED = {ActionItemState.OPEN, ActionItemState.IN_PROGRESS}


def test_only_done_work_is_verified() -> None:
    into = {state for state in ActionItemState if may_move(state, ActionItemState.VERIFIED)}
    assert into == {ActionItemState.DONE, ActionItemState.VERIFIED}


@pytest.mark.parametrize("state", [state for state in ActionItemState if state.closed])
def test_closed_items_are_reopened_before_they_go_elsewhere(state: ActionItemState) -> None:
    onwards = {wanted for wanted in ActionItemState if may_move(state, wanted)} - {state}
    assert onwards - {ActionItemState.VERIFIED} == REOPENED


@pytest.mark.parametrize("state", [state for state in ActionItemState if not state.closed])
def test_open_items_move_freely_but_not_to_verified(state: ActionItemState) -> None:
    onwards = {wanted for wanted in ActionItemState if may_move(state, wanted)}
    assert onwards == set(ActionItemState) - {ActionItemState.VERIFIED}


@pytest.mark.parametrize("current", ActionItemState)
@pytest.mark.parametrize("wanted", ActionItemState)
def test_a_refused_move_names_the_state(current: ActionItemState, wanted: ActionItemState) -> None:
    problems = check_move(current, wanted, reason="Replaced by another item")
    assert [(each.code, each.field) for each in problems] == (
        [] if may_move(current, wanted) else [(ErrorCode.INVALID, ("state",))]
    )


@pytest.mark.parametrize("reason", [None, "", " \n"])
def test_dropping_needs_a_reason(reason: str | None) -> None:
    (problem,) = check_move(ActionItemState.OPEN, ActionItemState.DROPPED, reason)
    assert (problem.code, problem.field) == (ErrorCode.INVALID, ("reason",))
    assert not check_move(ActionItemState.DROPPED, ActionItemState.DROPPED, reason)


def test_verifying_keeps_the_time_of_completion_and_reopening_clears_it() -> None:
    done = datetime(2026, 11, 23, 9, tzinfo=UTC)
    later = done + timedelta(days=3)
    assert completed_at(ActionItemState.DONE, None, done) == done
    assert completed_at(ActionItemState.VERIFIED, done, later) == done
    assert completed_at(ActionItemState.OPEN, done, later) is None
    assert completed_at(ActionItemState.DROPPED, None, later) is None


# ── due dates and titles ────────────────────────────────────────────────────────────────────

YESTERDAY = MONDAY - timedelta(days=1)


def test_an_open_item_is_not_made_overdue() -> None:
    (problem,) = check_due(YESTERDAY, MONDAY, ActionItemState.OPEN)
    assert (problem.code, problem.field) == (ErrorCode.INVALID, ("dueOn",))
    assert problem.message == "2026-11-22 is past. Choose 2026-11-23 or later."
    assert not check_due(MONDAY, MONDAY, ActionItemState.OPEN)


def test_an_overdue_item_may_keep_its_date_but_not_take_another_past_one() -> None:
    assert not check_due(YESTERDAY, MONDAY, ActionItemState.BLOCKED, previous=YESTERDAY)
    earlier = YESTERDAY - timedelta(days=1)
    assert check_due(earlier, MONDAY, ActionItemState.BLOCKED, previous=YESTERDAY)


@pytest.mark.parametrize("state", [state for state in ActionItemState if state.closed])
def test_a_closed_item_may_have_been_due_in_the_past(state: ActionItemState) -> None:
    assert not check_due(YESTERDAY, MONDAY, state)


@pytest.mark.parametrize("title", ["", "  ", "x" * (MAX_TITLE + 1), "Two\nlines", "Nul\x00"])
def test_a_title_is_one_line_that_says_something(title: str) -> None:
    (problem,) = check_title(title)
    assert (problem.code, problem.field) == (ErrorCode.INVALID, ("title",))


def test_a_title_may_use_all_of_its_length() -> None:
    assert not check_title("Ü" * MAX_TITLE)
    assert not check_title("Alert at 5\u00a0% errors \U0001f469\u200d\U0001f4bb")
