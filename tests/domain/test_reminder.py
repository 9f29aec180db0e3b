"""On which days people hear of action items, and how a team's stand."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.action_item import ActionItemState
from server.domain.link import Links
from server.domain.post import PostKind, marker_of
from server.domain.reminder import WEEK, Item, ReminderRole, Rhythm, review
from server.domain.reminder_words import MOST_LISTED, reminder_text, review_text

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
TODAY = NOW.date()


def item(
    days: int, state: ActionItemState = ActionItemState.OPEN, title: str = "Alert", number: int = 1
) -> Item:
    due_on = TODAY + timedelta(days=days)
    done = NOW - timedelta(days=1) if state.completed else None
    return Item(UUID(int=number), title, UUID(int=7), 7, due_on, state, done)


@pytest.mark.parametrize(
    ("late", "owner", "lead"),
    [
        (-4, None, None),
        (-3, "BEFORE", None),
        (-1, None, None),
        (0, "DUE", None),
        (1, None, None),
        (6, None, None),
        (7, "OVERDUE", None),
        (10, None, "ESCALATED"),
        (14, "OVERDUE", None),
        (17, None, "ESCALATED"),
    ],
)
def test_each_role_hears_of_an_item_on_its_days(
    late: int, owner: str | None, lead: str | None
) -> None:
    rhythm, due_on = Rhythm(before=3, patience=10), TODAY - timedelta(days=late)
    assert rhythm.reminder(ReminderRole.OWNER, due_on, TODAY) == owner
    assert rhythm.reminder(ReminderRole.TEAM_LEAD, due_on, TODAY) == lead


@given(st.integers(-400, 400), st.sampled_from(ReminderRole), st.integers(0, 60))
def test_nobody_hears_of_what_is_beyond_the_horizon(
    late: int, role: ReminderRole, before: int
) -> None:
    rhythm, due_on = Rhythm(before=before), TODAY - timedelta(days=late)
    if rhythm.reminder(role, due_on, TODAY):
        assert due_on <= rhythm.horizon(role, TODAY)


def test_the_rhythm_is_that_of_days_and_hours() -> None:
    rhythm = Rhythm("monday", 9)
    assert rhythm.reviews(NOW)
    assert not rhythm.reviews(NOW - timedelta(seconds=1))
    assert not rhythm.reviews(NOW + timedelta(days=1))
    assert rhythm.speaks(NOW + timedelta(days=1))


@given(st.lists(st.tuples(st.integers(-30, 30), st.sampled_from(ActionItemState))))
def test_each_open_item_is_told_of_once(drawn: list[tuple[int, ActionItemState]]) -> None:
    items = [item(days, state, number=n) for n, (days, state) in enumerate(drawn)]
    found = review(items, TODAY, NOW - WEEK)
    still = [*found.overdue, *found.blocked, *found.due_soon, *found.on_track]
    assert sorted(each.id for each in still) == [each.id for each in items if not each.state.closed]
    assert found.silent == (not still and not found.done)


def test_a_long_list_is_cut_and_counted() -> None:
    items = [item(-n, number=n) for n in range(1, MOST_LISTED + 4)]
    lines = reminder_text(items, TODAY, Links()).splitlines()
    assert lines[0] == f"{len(items)} action items of yours are due:"
    assert lines[1] == f"- Alert: {len(items)} days overdue, incident #7"
    assert lines[-1] == "- and 3 more"
    assert len(lines) == MOST_LISTED + 2


def test_a_text_stays_in_its_line() -> None:
    text = review_text(
        "Shop", review([item(0, title="Alert\n- Not an item")], TODAY, NOW - WEEK), TODAY, Links()
    )
    assert text.splitlines()[1:] == [
        "Due soon: 1",
        "- Alert - Not an item: due today, incident #7",
    ]


@pytest.mark.parametrize("kind", PostKind)
def test_a_marker_is_a_short_word(kind: PostKind) -> None:
    marker = marker_of(kind, UUID(int=1), date(2026, 11, 2))
    assert len(marker) <= 60
    assert marker.replace("-", "").isalnum()
