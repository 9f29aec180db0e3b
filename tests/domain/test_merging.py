"""What two records of one incident come to."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.incident import IncidentStatus, Times, check_times
from server.domain.merging import Record, first_to_detect, later_word, moments, status_of, whose
from server.domain.page import Word

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)


def at(minute: float) -> datetime:
    return NOON + timedelta(minutes=minute)


COLUMNS = {"title": "Checkout fails", "summary": None, "status": "DECLARED"}

BY_HAND = Record(COLUMNS, Times(at(4)), frozenset(), None, told_by_a_source=False)
PAGED = Record(
    {**COLUMNS, "title": "High error rate", "summary": "Paged"},
    Times(at(0), detected_at=at(0)),
    frozenset(),
    None,
    told_by_a_source=True,
)


@pytest.mark.parametrize(
    ("into", "other", "stands"),
    [
        (BY_HAND, PAGED, BY_HAND),
        (PAGED, BY_HAND, BY_HAND),
        (replace(PAGED, edited=frozenset({"title"})), BY_HAND, None),
        (PAGED, replace(PAGED, columns={"title": "Another page"}), PAGED),
        (BY_HAND, replace(BY_HAND, columns={"title": "Again by hand"}), BY_HAND),
        (replace(PAGED, columns={"title": None}), PAGED, PAGED),
    ],
    ids=[
        "a person's, into which the page goes",
        "a person's, which goes into the page's",
        "the target's, of two that people said",
        "the target's, of two pages",
        "the target's, of two declared by hand",
        "the one that says something",
    ],
)
def test_whose_title_stands(into: Record, other: Record, stands: Record | None) -> None:
    assert whose("title", into, other) == (stands or into)


def test_a_summary_that_only_the_page_has_stands() -> None:
    assert whose("summary", BY_HAND, PAGED) is PAGED


def test_what_detected_it_is_told_by_who_did_so_first() -> None:
    assert first_to_detect(BY_HAND, PAGED) is PAGED
    earlier = replace(BY_HAND, times=Times(at(4), detected_at=at(-3)))
    assert first_to_detect(PAGED, earlier) is earlier
    assert first_to_detect(BY_HAND, BY_HAND) is BY_HAND


def test_the_later_word_of_a_person_counts() -> None:
    first, then = Word(IncidentStatus.MITIGATED, at(5)), Word(IncidentStatus.INVESTIGATING, at(9))
    spoken, corrected = replace(BY_HAND, word=first), replace(PAGED, word=then)
    assert later_word(spoken, corrected) == later_word(corrected, spoken) == then
    assert later_word(BY_HAND, spoken) == first
    assert later_word(BY_HAND, PAGED) is None


def test_where_nobody_spoke_the_one_further_on_counts() -> None:
    further = replace(PAGED, columns={"status": "MITIGATED"})
    assert status_of(None, BY_HAND, further) is IncidentStatus.MITIGATED
    word = Word(IncidentStatus.INVESTIGATING, at(1))
    assert status_of(word, BY_HAND, further) is IncidentStatus.INVESTIGATING


def test_it_began_with_the_first_and_ended_with_the_last() -> None:
    one = Times(at(4), started_at=at(-5), acknowledged_at=at(6), resolved_at=at(40))
    other = Times(at(0), detected_at=at(0), acknowledged_at=at(9), resolved_at=at(50))
    joined = moments(one, other, IncidentStatus.RESOLVED)
    assert joined == {
        "declared_at": at(0),
        "started_at": at(-5),
        "detected_at": at(0),
        "acknowledged_at": at(6),
        "identified_at": None,
        "mitigated_at": None,
        "resolved_at": at(50),
    }
    assert moments(one, other, IncidentStatus.MITIGATED)["resolved_at"] is None


MINUTES = st.integers(0, 100)


@st.composite
def sound_times(draw: st.DrawFn) -> Times:
    """Moments that a person could have set."""
    start, mitigated, resolved = sorted(draw(st.tuples(MINUTES, MINUTES, MINUTES)))
    between = [draw(st.none() | st.integers(start, 100)) for _ in range(3)]
    detected, acknowledged, identified = (None if each is None else at(each) for each in between)
    return Times(
        declared_at=at(draw(st.integers(start, 100))),
        started_at=draw(st.sampled_from((None, at(start)))),
        detected_at=detected,
        acknowledged_at=acknowledged,
        identified_at=identified,
        mitigated_at=draw(st.sampled_from((None, at(mitigated)))),
        resolved_at=draw(st.sampled_from((None, at(resolved)))),
    )


@given(sound_times(), sound_times(), st.sampled_from(IncidentStatus))
def test_of_sound_moments_come_sound_ones_whichever_is_the_target(
    one: Times, other: Times, status: IncidentStatus
) -> None:
    joined = moments(one, other, status)
    assert joined == moments(other, one, status)
    assert not check_times(Times(**joined), at(200))  # type: ignore[arg-type]  # fields by name
