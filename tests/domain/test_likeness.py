"""Which incidents are proposed as records of one, and in which words."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.likeness import PROPOSED, WINDOW, Sighting, likeness

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
SHOP, CARDS, MAIL = UUID(int=1), UUID(int=2), UUID(int=3)
DEPENDS_ON = {SHOP: {CARDS}}


def at(minute: float) -> datetime:
    return NOON + timedelta(minutes=minute)


def seen(title: str, minute: float, *services: UUID, paged: bool = False) -> Sighting:
    return Sighting(title, at(minute), None, frozenset(services), paged)


BY_EACH = "one by a person and one by a page"
NEEDED = "one hurts a service that the other's depends on"
PAGE = seen("High error rate on shop", 0, SHOP, paged=True)


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (
            seen("Checkout is down", 4, SHOP),
            f"Declared 4 minutes apart, {BY_EACH}; both hurt the same service",
        ),
        (
            seen("Cards are refused", 1, CARDS),
            f"Declared 1 minute apart, {BY_EACH}; {NEEDED}",
        ),
        (
            seen("Error rate of the shop is high", 2),
            f"Declared 2 minutes apart, {BY_EACH}; similar titles",
        ),
        (
            seen("Latency of the shop", 3, SHOP, paged=True),
            "Declared 3 minutes apart; both hurt the same service",
        ),
        (
            seen("Everything fails", 0),
            f"Declared 0 minutes apart, {BY_EACH}",
        ),
    ],
    ids=["same service", "needed service", "no service, same words", "two pages", "just then"],
)
def test_what_is_likely_the_same(other: Sighting, reason: str) -> None:
    found = likeness(PAGE, other, DEPENDS_ON)
    assert found is not None
    assert found.reason == reason
    assert PROPOSED <= found.score <= 1


@pytest.mark.parametrize(
    "other",
    [
        seen("Mail waits", 4, MAIL),
        seen("Mail waits", 4, MAIL, paged=True),
        seen("High error rate on mail", 4, MAIL, paged=True),
        seen("Something fails", 40),
        seen("High error rate on shop", 61, SHOP),
        replace(seen("High error rate on shop", -20, SHOP), resolved_at=at(-1)),
    ],
    ids=[
        "elsewhere",
        "paged elsewhere",
        "same words elsewhere",
        "vague",
        "too late",
        "over before",
    ],
)
def test_what_is_another_incident(other: Sighting) -> None:
    assert likeness(PAGE, other, DEPENDS_ON) is None


def test_the_same_service_says_more_than_one_that_is_needed_and_that_more_than_none() -> None:
    scores = []
    for services in ((SHOP,), (CARDS,), ()):
        found = likeness(PAGE, seen("Cards are refused", 1, *services), DEPENDS_ON)
        assert found is not None
        scores.append(found.score)
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == 3


SIGHTINGS = st.builds(
    Sighting,
    title=st.sampled_from(("Checkout fails", "checkout FAILS", "Mail waits", "", "?")),
    declared_at=st.integers(0, 90).map(at),
    resolved_at=st.none() | st.integers(0, 90).map(at),
    services=st.frozensets(st.sampled_from((SHOP, CARDS, MAIL))),
    paged=st.booleans(),
)


@given(SIGHTINGS, SIGHTINGS)
def test_it_is_the_same_from_either_side_and_never_beyond_the_window(
    one: Sighting, other: Sighting
) -> None:
    found = likeness(one, other, DEPENDS_ON)
    assert found == likeness(other, one, DEPENDS_ON)
    if abs(one.declared_at - other.declared_at) > WINDOW:
        assert found is None
    if found:
        assert PROPOSED <= found.score <= 1
