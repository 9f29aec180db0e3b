"""The form in which observations are kept: nothing is lost on the way there and back."""

import itertools
import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.hostile import mutants
from integrations.observation import (
    DeploymentObserved,
    DeploymentState,
    Moment,
    Observation,
    PageEvent,
    PageObserved,
    PageState,
    PersonRef,
    PullRequestObserved,
    PushObserved,
    ServiceRef,
    UnreadableError,
    from_json,
    to_json,
)

TEXT = st.text(max_size=20)
MAYBE_TEXT = st.none() | TEXT
TIMES = st.datetimes(timezones=st.just(UTC))
MAYBE_TIME = st.none() | TIMES
WHOLE = st.integers(0, 2**31 - 1)
MOMENTS = st.builds(Moment, TIMES, WHOLE, TEXT)
PEOPLE = st.builds(PersonRef, TEXT, TEXT, MAYBE_TEXT, MAYBE_TEXT, MAYBE_TEXT)
MAYBE_PERSON = st.none() | PEOPLE

DEPLOYMENTS = st.builds(
    DeploymentObserved,
    moment=MOMENTS,
    state=st.sampled_from(DeploymentState),
    ref=MAYBE_TEXT,
    created_at=MAYBE_TIME,
    deployer=MAYBE_PERSON,
    url=MAYBE_TEXT,
)
PULL_REQUESTS = st.builds(
    PullRequestObserved,
    moment=MOMENTS,
    number=WHOLE,
    additions=WHOLE,
    author=MAYBE_PERSON,
    merged_by=MAYBE_PERSON,
    merged_at=MAYBE_TIME,
    merge_sha=MAYBE_TEXT,
    depends_on=st.lists(WHOLE, max_size=4).map(tuple),
)
PUSHES = st.builds(PushObserved, moment=MOMENTS, commits=st.lists(TEXT, max_size=4).map(tuple))
PAGES = st.builds(
    PageObserved,
    moment=MOMENTS,
    event=st.sampled_from(PageEvent),
    title=MAYBE_TEXT,
    state=st.none() | st.sampled_from(PageState),
    priority=MAYBE_TEXT,
    created_at=MAYBE_TIME,
    service=st.none() | st.builds(ServiceRef),
    actor=MAYBE_PERSON,
    paged=st.lists(PEOPLE, max_size=3).map(tuple),
    text=MAYBE_TEXT,
)
OBSERVATIONS = st.one_of(DEPLOYMENTS, PULL_REQUESTS, PUSHES, PAGES)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=10,
)

AT = datetime(2026, 1, 1, 3, 0, 0, 123_000, tzinfo=UTC)
PUSH = PushObserved(Moment(AT, 0, "d"), "acme/shop", "refs/heads/main", "a", "b", ("b",))


@given(OBSERVATIONS)
def test_nothing_is_lost_on_the_way_there_and_back(observation: Observation) -> None:
    row = to_json(observation)
    assert from_json(row) == observation
    assert from_json(json.loads(json.dumps(row, allow_nan=False))) == observation


@given(OBSERVATIONS, st.dictionaries(TEXT.map("newer_{}".format), JSON, max_size=3))
def test_keys_of_a_newer_version_are_ignored(observation: Observation, newer: Any) -> None:
    row = to_json(observation)
    row["moment"] |= newer
    assert from_json(row | newer) == observation


@given(st.dictionaries(st.sampled_from(["kind", "moment", "ref", "number"]) | TEXT, JSON))
def test_a_foreign_object_is_unreadable(row: dict[str, Any]) -> None:
    with pytest.raises(UnreadableError):
        from_json(row)


def test_any_value_replaced_is_read_or_unreadable() -> None:
    person = PersonRef("pagerduty", "PADA", name="Ada")
    page = PageObserved(
        PUSH.moment, "P", "E", PageEvent.NOTE, created_at=AT, actor=person, paged=(person,)
    )
    refused = 0
    for _, body in mutants(to_json(page)):
        try:
            from_json(json.loads(body))
        except UnreadableError:
            refused += 1
    assert refused > 100


def test_the_form_is_plain_and_says_its_kind() -> None:
    assert to_json(PUSH) == {
        "kind": "push",
        "moment": {"at": "2026-01-01T03:00:00.123000Z", "rank": 0, "digest": "d"},
        "repository": "acme/shop",
        "ref": "refs/heads/main",
        "before": "a",
        "after": "b",
        "commits": ["b"],
    }


def test_a_key_that_is_missing_takes_the_default_or_is_missed() -> None:
    page = PageObserved(PUSH.moment, "P", "E", PageEvent.NOTE, text="x")
    row = to_json(page)
    for name in ("paged", "state", "url"):
        del row[name]
    assert from_json(row) == page
    del row["event_id"]
    with pytest.raises(UnreadableError, match="event_id: missing"):
        from_json(row)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "weather"}, "kind: unknown"),
        ({"moment": None}, "moment: not an object"),
        ({"moment": {"at": "2026-01-01T00:00:00", "rank": 0, "digest": ""}}, "without a zone"),
        ({"moment": {"at": "soon", "rank": 0, "digest": ""}}, "moment.at: not a time"),
        ({"moment": {"at": AT.isoformat(), "rank": True, "digest": ""}}, "moment.rank: not of"),
        ({"commits": "b"}, "commits: not of type list"),
        ({"commits": ["b", 5]}, "commits: not of type str"),
    ],
)
def test_what_is_wrong_is_named(change: dict[str, Any], message: str) -> None:
    with pytest.raises(UnreadableError, match=message):
        from_json(to_json(PUSH) | change)


def test_times_are_kept_in_utc_and_need_a_zone() -> None:
    east = timezone(timedelta(hours=5, minutes=30))
    push = PushObserved(Moment(AT.astimezone(east), 0, "d"), "r", "ref", "a", "b", ())
    assert to_json(push)["moment"]["at"] == "2026-01-01T03:00:00.123000Z"
    naive = PushObserved(Moment(AT.replace(tzinfo=None), 0, "d"), "r", "ref", "a", "b", ())
    with pytest.raises(ValueError, match="without a zone"):
        to_json(naive)


def test_moments_order_by_time_then_rank_then_digest() -> None:
    later = AT + timedelta(seconds=1)
    moments = [Moment(AT, 0, "b"), Moment(AT, 1, "a"), Moment(AT, 1, "b"), Moment(later, 0, "a")]
    assert all(earlier < later for earlier, later in itertools.pairwise(moments))
