"""Who is asked to facilitate: nobody who took part, and by turns."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.facilitator import (
    Calling,
    Colleague,
    by_rota,
    calling_of,
    check_facilitator,
)
from server.errors import ErrorCode

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)


def colleague(number: int, **more: object) -> Colleague:
    return replace(Colleague(UUID(int=number)), **more)


def order(*people: Colleague) -> list[int]:
    return [each.person_id.int for each in by_rota(people, ())]


@pytest.mark.parametrize(
    ("more", "calling"),
    [
        ({"leads": True, "adjacent": True}, Calling.MANAGER),
        ({"adjacent": True, "team": "SRE"}, Calling.ADJACENT),
        ({"team": "Site Reliability"}, Calling.RELIABILITY),
        ({"team": "Platform SRE"}, Calling.RELIABILITY),
        ({"team": "Desire"}, Calling.OTHER),
        ({"team": "Payments"}, Calling.OTHER),
        ({}, Calling.OTHER),
    ],
)
def test_the_first_calling_that_holds_is_told(more: dict[str, object], calling: Calling) -> None:
    assert calling_of(colleague(1, **more)) is calling


def test_whoever_was_asked_longest_ago_is_next() -> None:
    yesterday, last_year = NOW - timedelta(days=1), NOW - timedelta(days=365)
    assert order(
        colleague(1, leads=True, asked_at=yesterday),
        colleague(2, adjacent=True, asked_at=last_year),
        colleague(3, team="Reliability"),
    ) == [3, 2, 1]


def test_ties_go_by_calling() -> None:
    people = colleague(1, team="SRE"), colleague(2, adjacent=True), colleague(3, leads=True)
    assert order(*people) == [3, 2, 1]


def test_others_come_after_all_who_have_a_calling() -> None:
    assert order(colleague(1), colleague(2, leads=True, asked_at=NOW)) == [2, 1]


def test_who_took_part_cannot_facilitate() -> None:
    (problem,) = check_facilitator(UUID(int=1), {UUID(int=1)})
    assert (problem.code, problem.field) == (ErrorCode.CONFLICT, ("person",))
    assert not check_facilitator(UUID(int=2), {UUID(int=1)})


colleagues = st.builds(
    Colleague,
    id=st.integers(0, 20).map(lambda number: UUID(int=number)),
    team=st.sampled_from([None, "SRE", "Web"]),
    leads=st.booleans(),
    adjacent=st.booleans(),
    asked_at=st.none() | st.integers(0, 3).map(lambda days: NOW - timedelta(days=days)),
)


@given(
    people=st.lists(colleagues, unique_by=lambda each: each.id),
    took_part=st.sets(st.integers(0, 20).map(lambda number: UUID(int=number))),
    random=st.randoms(),
)
def test_the_rota_knows_everybody_else_in_one_order(
    people: list[Colleague], took_part: set[UUID], random: object
) -> None:
    told = by_rota(people, took_part)
    assert {each.person_id for each in told} == {each.id for each in people} - took_part
    random.shuffle(people)  # type: ignore[attr-defined]
    assert by_rota(people, took_part) == told
