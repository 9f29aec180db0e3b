"""Which word stands where an action item and its ticket differ, and that they end alike."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.observation import TicketState
from server.domain.action_item import ActionItemState, may_move
from server.domain.ticket import (
    DUE_ON,
    OWNER,
    STATE,
    Agreed,
    Rule,
    Said,
    Side,
    is_apart,
    is_due,
    item_of,
    marker_of,
    merge,
    shown,
    told,
    way,
)

S, T = ActionItemState, TicketState
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
ANN, BOB, CLEO = (UUID(int=number) for number in (1, 2, 3))


def at(minute: float) -> datetime:
    return NOON + timedelta(minutes=minute)


def merged(
    rule: Rule[Any, Any], base: tuple[Any, Any], ours: tuple[Any, float], theirs: tuple[Any, float]
) -> tuple[Any, Any, Side | None, bool]:
    """The value, their last one as the base has it, who was overruled, and if they must be told."""
    found = merge(rule, Agreed(*base), Said(ours[0], at(ours[1])), Said(theirs[0], at(theirs[1])))
    due = is_due(rule, found.agreed, found.value)
    assert not (due and is_apart(rule, found.agreed, found.value))
    return found.value, found.agreed.theirs, found.overruled, due


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "outcome"),
    [
        ((ANN, ANN), (ANN, 0), (ANN, 5), (ANN, ANN, None, False)),
        ((ANN, ANN), (ANN, 9), (BOB, 5), (BOB, BOB, None, False)),
        ((ANN, ANN), (BOB, 5), (ANN, 0), (BOB, ANN, None, True)),
        ((ANN, ANN), (BOB, 5), (BOB, 6), (BOB, BOB, None, False)),
        ((ANN, ANN), (BOB, 5), (CLEO, 6), (CLEO, CLEO, Side.HERE, False)),
        ((ANN, ANN), (BOB, 6), (CLEO, 5), (BOB, CLEO, Side.THERE, True)),
        ((ANN, ANN), (BOB, 5), (CLEO, 5), (BOB, CLEO, Side.THERE, True)),
        ((ANN, ANN), (ANN, 0), (None, 5), (ANN, None, Side.THERE, True)),
        ((ANN, None), (ANN, 0), (None, 5), (ANN, None, None, False)),
        ((None, CLEO), (BOB, 6), (CLEO, 5), (BOB, CLEO, None, True)),
        ((None, CLEO), (BOB, 6), (ANN, 7), (ANN, ANN, Side.HERE, False)),
    ],
)
def test_what_one_side_changed_is_taken_and_of_two_changes_the_later(
    base: Any, ours: Any, theirs: Any, outcome: Any
) -> None:
    assert merged(OWNER, base, ours, theirs) == outcome


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "outcome"),
    [
        ((S.OPEN, T.OPEN), (S.OPEN, 0), (T.DONE, 5), (S.DONE, T.DONE, None, False)),
        ((S.DONE, T.DONE), (S.VERIFIED, 6), (T.DONE, 5), (S.VERIFIED, T.DONE, None, False)),
        ((S.OPEN, T.OPEN), (S.VERIFIED, 6), (T.DONE, 5), (S.VERIFIED, T.DONE, None, False)),
        ((S.OPEN, T.OPEN), (S.VERIFIED, 6), (T.DONE, 7), (S.VERIFIED, T.DONE, None, False)),
        ((S.DONE, T.DONE), (S.VERIFIED, 6), (T.OPEN, 7), (S.OPEN, T.OPEN, Side.HERE, False)),
        ((S.DONE, T.DONE), (S.VERIFIED, 6), (T.OPEN, 5), (S.VERIFIED, T.OPEN, Side.THERE, True)),
        ((S.OPEN, T.OPEN), (S.BLOCKED, 6), (T.OPEN, 0), (S.BLOCKED, T.OPEN, None, False)),
        (
            (S.OPEN, T.OPEN),
            (S.BLOCKED, 6),
            (T.IN_PROGRESS, 5),
            (S.BLOCKED, T.IN_PROGRESS, None, False),
        ),
        (
            (S.OPEN, T.OPEN),
            (S.BLOCKED, 6),
            (T.IN_PROGRESS, 7),
            (S.IN_PROGRESS, T.IN_PROGRESS, None, False),
        ),
        ((S.OPEN, T.OPEN), (S.BLOCKED, 6), (T.DONE, 7), (S.DONE, T.DONE, Side.HERE, False)),
        ((S.DROPPED, T.DROPPED), (S.DROPPED, 0), (T.OPEN, 7), (S.OPEN, T.OPEN, None, False)),
    ],
)
def test_states_are_told_in_the_others_words(
    base: Any, ours: Any, theirs: Any, outcome: Any
) -> None:
    assert merged(STATE, base, ours, theirs) == outcome


def test_what_is_told_reads_back_as_the_same() -> None:
    for state in ActionItemState:
        assert STATE.agrees(state, shown(state))


def test_a_tracker_leads_an_item_only_where_it_may_go() -> None:
    for current in ActionItemState:
        for theirs in TicketState:
            wanted = STATE.taken(current, theirs)
            for step in way(current, wanted):
                assert may_move(current, step)
                current = step
            assert current is wanted


def test_a_marker_names_its_item_and_nothing_else() -> None:
    assert item_of(marker_of(ANN)) == ANN
    assert len(marker_of(ANN)) <= 60
    strangers = (None, "", "whychain-", "whychain-x", marker_of(ANN) + "0", marker_of(ANN).upper())
    assert {item_of(each) for each in strangers} == {None}
    assert item_of(f"whychain-{ANN}") is None


# ── a whole story, whatever happens in it ────────────────────────────────────


@dataclass
class Story:
    """One field on both sides, and all that was ever heard of it, with a clock for both."""

    rule: Rule[Any, Any]
    ours: Said[Any]
    theirs: Said[Any]
    base: Agreed[Any, Any]
    heard: list[Said[Any]] = field(default_factory=list)
    merged_at: datetime = NOON
    now: float = 1

    def here(self, value: Any) -> None:
        if value != self.ours.value:
            self.ours = Said(value, self._tick())

    def there(self, value: Any) -> None:
        if value != self.theirs.value:
            self.theirs = Said(value, self._tick())
            self.heard.append(self.theirs)

    def hear(self, seen: Said[Any]) -> None:
        """A webhook, new or old; what is older than what was merged says nothing."""
        if seen.at < self.merged_at:
            return
        found = merge(self.rule, self.base, self.ours, seen)
        if found.value != self.ours.value:
            self.ours = Said(found.value, seen.at)
        self.base, self.merged_at = found.agreed, seen.at

    def push(self) -> bool:
        """Look, then tell what is due; whether anything was told."""
        self.hear(self.theirs)
        if not is_due(self.rule, self.base, self.ours.value):
            return False
        value = shown(self.ours.value) if self.rule is STATE else self.ours.value
        self.theirs = Said(value, self._tick())
        self.base = told(self.rule, self.base, self.ours.value, value)
        self.heard.append(self.theirs)
        self.hear(self.theirs)
        return True

    def in_step(self) -> bool:
        return bool(self.rule.agrees(self.ours.value, self.theirs.value))

    def _tick(self) -> datetime:
        self.now += 1
        return at(self.now)


def _begun(rule: Rule[Any, Any]) -> Story:
    ours, theirs = (S.OPEN, T.OPEN) if rule is STATE else (ANN, ANN)
    return Story(rule, Said(ours, NOON), Said(theirs, NOON), Agreed(ours, theirs))


_PEOPLE = st.sampled_from([ANN, BOB, CLEO])
_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("here"), st.sampled_from(list(ActionItemState)), _PEOPLE),
        st.tuples(st.just("there"), st.sampled_from(list(TicketState)), _PEOPLE),
        st.tuples(st.just("hear"), st.integers(0, 20), st.none()),
        st.tuples(st.just("push"), st.none(), st.none()),
    ),
    max_size=14,
)


def _told(story: Story, steps: Any) -> Story:
    for what, value, who in steps:
        if what == "push":
            story.push()
        elif what == "hear" and story.heard:
            story.hear(story.heard[value % len(story.heard)])
        elif what != "hear":
            getattr(story, what)(value if story.rule is STATE else who)
    return story


@given(st.sampled_from([STATE, OWNER]), _STEPS)
def test_both_sides_end_alike_and_then_are_silent(rule: Rule[Any, Any], steps: Any) -> None:
    story = _told(_begun(rule), steps)
    story.push()
    assert story.in_step()
    settled = (story.ours.value, story.theirs)
    for seen in [*story.heard, *reversed(story.heard)]:
        story.hear(seen)
        assert not story.push()
    assert (story.ours.value, story.theirs) == settled


@given(_STEPS, st.randoms(use_true_random=False))
def test_the_order_in_which_webhooks_come_changes_nothing(steps: Any, random: Any) -> None:
    """Changes on both sides without a look in between; then all webhooks, in any order.

    Each change there is to somebody else: what was changed there and back looks unchanged to who
    hears of the last change alone.
    """
    others = (UUID(int=number) for number in range(100, 200))
    changes = [
        (side, state, next(others) if side == "there" else who)
        for side, state, who in steps
        if side in ("here", "there")
    ]
    ends = set()
    for _ in range(3):
        story = _told(_begun(OWNER), changes)
        heard = [*story.heard, *story.heard[:2]]
        random.shuffle(heard)
        for seen in heard:
            story.hear(seen)
        story.push()
        ends.add((story.ours.value, story.theirs.value))
    assert len(ends) == 1


@given(_STEPS)
def test_the_last_word_of_all_stands(steps: Any) -> None:
    """Of owners, where each side changed it: whoever did so last, however late it was heard."""
    story = _begun(OWNER)
    changes = [step for step in steps if step[0] in ("here", "there")]
    _told(story, changes)
    both = story.ours.at > NOON and story.theirs.at > NOON
    both = both and story.ours.value != ANN and story.theirs.value != ANN
    last = max(story.ours, story.theirs, key=lambda said: said.at)
    story.push()
    if both:
        assert story.ours.value == story.theirs.value == last.value


def test_a_day_is_merged_as_an_owner_is() -> None:
    monday, friday = NOON.date(), NOON.date() + timedelta(days=4)
    assert merged(DUE_ON, (monday, monday), (monday, 0), (friday, 1))[0] == friday
    emptied = merge(DUE_ON, Agreed(monday, monday), Said(monday, NOON), Said(None, at(1)))
    assert is_due(DUE_ON, emptied.agreed, monday)
    again = told(DUE_ON, emptied.agreed, monday, None)
    assert not is_due(DUE_ON, again, monday)
