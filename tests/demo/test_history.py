"""The past of the demonstration is believable, and the same for everybody."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.demo.history import history
from server.demo.organisation import acme
from server.demo.plan import SPAN, Cause, History, Incident, Release
from server.demo.scenarios import scenarios
from server.domain.action_item import ActionItemState, check_move, check_title
from server.domain.attribution import VerdictKind
from server.domain.hypothesis import HypothesisState

NOW = datetime(2026, 11, 23, 15, 7, tzinfo=UTC)
SEED = 7

a_seed = st.integers(min_value=0, max_value=10**6)
a_moment = st.datetimes(
    min_value=datetime(2024, 1, 1),  # noqa: DTZ001  # hypothesis adds the zone
    max_value=datetime(2030, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)


@pytest.fixture(scope="module")
def past() -> History:
    """The past that is shown by default."""
    return history(SEED, NOW)


def causes() -> dict[str, Cause]:
    """The cause of each scenario."""
    return {scenario.key: scenario.cause for scenario in scenarios()}


def moments_of(incident: Incident) -> tuple[datetime, ...]:
    """When the incident reached each of its moments."""
    course = incident.course
    return (
        course.started_at,
        course.detected_at,
        course.declared_at,
        course.acknowledged_at,
        course.identified_at,
        course.mitigated_at,
        course.resolved_at,
        course.reviewed_at,
    )


def texts_of(incident: Incident) -> Iterator[str]:
    """Every text that will be written of the incident."""
    texts = incident.texts
    yield from (texts.title, texts.summary, texts.anomaly, texts.root_cause)
    yield from (texts.mitigation, texts.recovery)
    for hypothesis in incident.hypotheses:
        yield from (hypothesis.statement, hypothesis.reason)
    for why in incident.whys:
        yield from (why.question, why.answer)
    for action in incident.actions:
        yield action.title
        yield from (step.reason for step in action.steps if step.reason)


def test_same_seed_and_moment_same_past() -> None:
    assert history(SEED, NOW) == history(SEED, NOW)


def test_another_seed_is_another_past(past: History) -> None:
    assert history(SEED + 1, NOW) != past


def test_there_is_enough_to_look_at(past: History) -> None:
    kinds = Counter(causes()[incident.scenario] for incident in past.incidents)

    assert len(past.incidents) == 40
    assert len(past.releases) > 200
    assert min(kinds[cause] for cause in Cause) >= 2
    assert {incident.service.slug for incident in past.incidents} == {
        service.slug for service in acme().services
    }


@settings(max_examples=40, deadline=None)
@given(seed=a_seed, now=a_moment)
def test_everything_lies_in_the_past_of_ninety_days(seed: int, now: datetime) -> None:
    past = history(seed, now)
    earliest = now - SPAN - timedelta(days=1)

    assert all(earliest < release.started_at for release in past.releases)
    assert all(release.finished_at < now for release in past.releases)
    assert all(earliest < incident.course.started_at for incident in past.incidents)
    assert all(incident.course.resolved_at < now for incident in past.incidents)
    for incident in past.incidents:
        for action in incident.actions:
            assert all(step.at < now for step in action.steps)


@settings(max_examples=40, deadline=None)
@given(seed=a_seed, now=a_moment)
def test_moments_rise_and_hypotheses_are_settled_before_the_cause_is_known(
    seed: int, now: datetime
) -> None:
    for incident in history(seed, now).incidents:
        moments = moments_of(incident)
        assert list(moments) == sorted(moments)
        states = [hypothesis.state for hypothesis in incident.hypotheses]
        assert states[-1] is HypothesisState.RULED_IN
        assert set(states[:-1]) == {HypothesisState.RULED_OUT}
        for hypothesis in incident.hypotheses:
            assert incident.course.acknowledged_at < hypothesis.raised_at < hypothesis.settled_at
            assert hypothesis.settled_at < incident.course.identified_at


@settings(max_examples=40, deadline=None)
@given(seed=a_seed, now=a_moment)
def test_incidents_with_a_release_behind_them_follow_it_and_end_with_its_remedy(
    seed: int, now: datetime
) -> None:
    past = history(seed, now)
    causes_of = causes()
    for incident in past.incidents:
        if causes_of[incident.scenario] is Cause.OTHER:
            assert incident.culprit is None
            assert incident.remedy is None
            continue
        assert incident.culprit is not None
        assert incident.remedy is not None
        assert {incident.culprit, incident.remedy} <= set(past.releases)
        assert incident.culprit.finished_at < incident.course.started_at
        assert incident.remedy.finished_at == incident.course.mitigated_at
        rolled_back = not incident.remedy.pull_requests
        assert rolled_back == (causes_of[incident.scenario] is Cause.ROLLBACK)


@settings(max_examples=20, deadline=None)
@given(seed=a_seed, now=a_moment)
def test_a_branch_has_no_gap_and_a_rollback_runs_what_ran_before(seed: int, now: datetime) -> None:
    past = history(seed, now)
    for service in acme().services:
        releases = [release for release in past.releases if release.service == service]
        merges = [pull for release in releases for pull in release.pull_requests]
        numbers = [pull.number for pull in merges]
        assert numbers == list(range(numbers[0], service.pull_requests + 1))
        assert all(one.sha == next_.before for one, next_ in pairwise(merges))
        for index, release in enumerate(releases):
            check_release(release, releases[:index])


def check_release(release: Release, earlier: list[Release]) -> None:
    """A release brings its newest pull request, or what ran before the one before."""
    if release.pull_requests:
        assert release.sha == release.pull_requests[-1].sha
        assert all(pull.merged_at < release.started_at for pull in release.pull_requests)
        assert all(pull.author != pull.merged_by for pull in release.pull_requests)
    elif len(earlier) > 1:
        assert release.sha == earlier[-2].sha


@settings(max_examples=20, deadline=None)
@given(seed=a_seed, now=a_moment)
def test_action_items_move_as_they_may(seed: int, now: datetime) -> None:
    for incident in history(seed, now).incidents:
        for action in incident.actions:
            assert not check_title(action.title)
            done_at_once = action.kind == "IMMEDIATE_MITIGATION"
            state = ActionItemState.DONE if done_at_once else ActionItemState.OPEN
            at = incident.course.reviewed_at
            for step in action.steps:
                assert step.at > at
                assert not check_move(state, step.state, step.reason)
                state, at = step.state, step.at


def test_action_items_have_every_fate(past: History) -> None:
    last = Counter(
        action.steps[-1].state if action.steps else ActionItemState.OPEN
        for incident in past.incidents
        for action in incident.actions
    )

    assert set(last) == set(ActionItemState)


def test_whys_end_in_the_system_but_for_a_few(past: History) -> None:
    ends = [incident.whys[-1].systemic for incident in past.incidents if incident.whys]

    assert 0 < ends.count(False) < len(ends) / 4
    for incident in past.incidents:
        assert not any(why.systemic for why in incident.whys[:-1])
        assert len(incident.whys) != 1


def test_verdicts_agree_with_what_happened(past: History) -> None:
    verdicts = [(each.verdict.kind, each.culprit) for each in past.incidents if each.verdict]

    assert {kind for kind, _ in verdicts} == set(VerdictKind)
    for kind, culprit in verdicts:
        assert (kind is VerdictKind.CAUSED_BY_DEPLOYMENT) == (culprit is not None)


def test_texts_are_complete_and_name_nobody(past: History) -> None:
    parts = {part for person in acme().people for part in (*person.name.split(), person.handle)}
    names = re.compile(rf"\b({'|'.join(map(re.escape, parts))})\b", re.IGNORECASE)

    for incident in past.incidents:
        for text in texts_of(incident):
            assert text.strip()
            assert not re.search(r"[{}]", text)
            assert not names.search(text)


BLAME = re.compile(
    r"\b(human error|careless|should have|forgot|failed to|fault of|mistake|negligen\w*)\b",
    re.IGNORECASE,
)


def test_texts_blame_nobody(past: History) -> None:
    for incident in past.incidents:
        for text in texts_of(incident):
            assert not BLAME.search(text), text
