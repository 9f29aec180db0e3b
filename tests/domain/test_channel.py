"""Which incident a channel tells of, and when."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from server.domain.channel import AFTERWARDS, BEFOREHAND, Lifetime, Mention, Span, Word, spans

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)


def at(hour: float) -> datetime:
    """So many hours after noon."""
    return NOON + timedelta(hours=hour)


def lifetime(began: float, ended: float | None = None) -> Lifetime:
    return Lifetime(at(began), None if ended is None else at(ended))


def mention(hour: float, incident: int, began: float = 0, ended: float | None = None) -> Mention:
    return Mention(at(hour), 0, UUID(int=incident), lifetime(began, ended))


def told(found: list[Span]) -> list[tuple[int, datetime, datetime | None]]:
    return [(each.incident.int, each.starts_at, each.last) for each in found]


def test_a_mention_reaches_back_to_the_beginning_but_not_further_than_a_day() -> None:
    assert told(spans([mention(2, 1)], [])) == [(1, at(0), None)]
    late = spans([mention(40, 1)], [])
    assert told(late) == [(1, at(40) - BEFOREHAND, None)]


def test_what_was_said_of_another_incident_stays_there() -> None:
    found = spans([mention(1, 1), mention(3, 2), mention(4, 2)], [])
    assert told(found) == [(1, at(0), at(3)), (2, at(3), None)]


def test_a_span_ends_some_days_after_its_incident() -> None:
    after = 5 + AFTERWARDS / timedelta(hours=1)
    found = spans([mention(1, 1, ended=5), mention(after + 1, 1, ended=5)], [])
    assert told(found) == [(1, at(0), at(after))]
    found = spans([mention(1, 1, ended=5), mention(after + 1, 2)], [])
    assert told(found) == [(1, at(0), at(after)), (2, at(after), None)]


def test_a_person_overrules_what_was_said_meanwhile() -> None:
    word = Word(at(9), UUID(int=3), lifetime(2, 4), linked=True)
    over = at(4) + AFTERWARDS
    found = spans([mention(1, 1), mention(3, 2)], [word])
    assert told(found) == [(1, at(0), at(2)), (3, at(2), over), (2, over, None)]
    denied = Word(at(9), UUID(int=1), lifetime(0), linked=False)
    assert told(spans([mention(1, 1), mention(3, 2)], [denied])) == [(2, at(0), None)]


HOURS = st.integers(0, 500)
LIVES = st.tuples(st.integers(0, 300), st.none() | st.integers(0, 100))


@given(
    lives=st.lists(LIVES, min_size=3, max_size=3),
    mentioned=st.lists(st.tuples(HOURS, st.integers(0, 2)), max_size=8),
    linked=st.sets(st.integers(0, 2)),
    denied=st.sets(st.integers(0, 2)),
)
def test_spans_follow_one_another(
    lives: list[tuple[int, int | None]],
    mentioned: list[tuple[int, int]],
    linked: set[int],
    denied: set[int],
) -> None:
    """A message belongs to one incident at most, whatever was said and by whom."""
    times = [lifetime(began, None if lasted is None else began + lasted) for began, lasted in lives]
    mentions = [Mention(at(hour), 0, UUID(int=n), times[n]) for hour, n in mentioned]
    words = [
        Word(at(400), UUID(int=n), times[n], linked=n in linked) for n in sorted(linked | denied)
    ]
    found = spans(mentions, words)
    assert found == spans(reversed(mentions), reversed(words))
    for one, next_ in pairwise(found):
        assert one.last is not None
        assert one.last <= next_.starts_at
    assert not {each.incident.int for each in found} & (denied - linked)
