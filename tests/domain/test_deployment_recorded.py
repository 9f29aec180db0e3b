"""Deployments that are recorded more than once."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from server.domain.deployment import ENDED, DeploymentStatus
from server.domain.deployment_recorded import Recorded, joined, times, upheld

NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
TIMES = st.none() | st.integers(-90, 0).map(lambda minutes: NOW + timedelta(minutes=minutes))
WORDS = st.builds(Recorded, st.sampled_from(DeploymentStatus), TIMES, TIMES)


@given(WORDS, WORDS)
def test_saying_it_twice_changes_nothing_more(before: Recorded, said: Recorded) -> None:
    once = joined(before, said, NOW)
    assert joined(once, said, NOW + timedelta(hours=1)) == once


@given(WORDS, WORDS)
def test_what_has_ended_does_not_go_on(before: Recorded, said: Recorded) -> None:
    assert before.status not in ENDED or joined(before, said, NOW).status in ENDED


@given(WORDS, WORDS)
def test_no_time_is_lost_and_the_last_word_counts(before: Recorded, said: Recorded) -> None:
    after = joined(before, said, NOW)
    assert after.started_at == (said.started_at or before.started_at)
    if said.finished_at or before.finished_at:
        assert after.finished_at == (said.finished_at or before.finished_at)


@given(WORDS)
def test_the_first_word_is_taken_as_it_is(said: Recorded) -> None:
    assert joined(None, said, NOW) == said


@given(WORDS.filter(lambda word: word.status not in ENDED and word.finished_at is None))
def test_an_end_that_is_seen_is_dated(before: Recorded) -> None:
    assert joined(before, Recorded(DeploymentStatus.SUCCESS), NOW).finished_at == NOW


# ── what sources tell of it too ──────────────────────────────────────────────

TOLD = WORDS.filter(lambda word: word.status is not DeploymentStatus.ROLLED_BACK)


@given(WORDS, TOLD)
def test_what_a_person_said_stands(said: Recorded, told: Recorded) -> None:
    held = upheld(said, told)
    assert held.started_at == said.started_at or said.started_at is None
    assert held.finished_at == said.finished_at or said.finished_at is None
    assert held.status is (said.status if said.status in ENDED else held.status)


@given(st.sampled_from(DeploymentStatus), TOLD)
def test_what_a_person_leaves_out_the_sources_fill_in(
    status: DeploymentStatus, told: Recorded
) -> None:
    held = upheld(Recorded(status), told)
    if told.status in ENDED:
        assert held.status in ENDED
    if not (told.started_at and told.finished_at and told.finished_at < told.started_at):
        assert (held.started_at, held.finished_at) == (told.started_at, told.finished_at)


@given(WORDS, TOLD)
def test_what_contradicts_a_person_is_left_out(said: Recorded, told: Recorded) -> None:
    held = upheld(said, told)
    if held.started_at and held.finished_at and held.finished_at < held.started_at:
        assert (held.started_at, held.finished_at) == (said.started_at, said.finished_at)


def test_its_times_are_those_that_are_told_else_when_it_was_heard_of() -> None:
    begin, end = NOW - timedelta(hours=2), NOW - timedelta(hours=1)
    assert times(Recorded(DeploymentStatus.SUCCESS, begin, end), NOW) == (begin, end)
    assert times(Recorded(DeploymentStatus.SUCCESS, None, end), NOW) == (end, end)
    assert times(Recorded(DeploymentStatus.SUCCESS), NOW) == (NOW, NOW)
