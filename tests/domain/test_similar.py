"""What two incidents share, and when that is enough to show the one with the other."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.similar import Profile, similarity

CHECKOUT = {UUID(int=1): "Checkout"}
SEARCH = {UUID(int=2): "Search"}
POOL = "The connection pool was exhausted; nothing limited it"


def test_the_same_service_and_the_same_cause_are_told() -> None:
    one = Profile("Payments fail", POOL, CHECKOUT)
    other = Profile("Nobody can pay", "Pools of connections exhausted at once", CHECKOUT | SEARCH)
    found = similarity(one, other)
    assert found
    assert found.reason == "Same service Checkout; same cause words: connection, exhausted, pool"
    assert 0.5 < found.score < 1


@pytest.mark.parametrize(
    "other",
    [
        Profile("Payments fail", POOL, {}),
        Profile("Something else", POOL, {}),
        Profile("Something else", "", CHECKOUT),
    ],
)
def test_a_cause_or_a_service_is_enough(other: Profile) -> None:
    assert similarity(Profile("Payments fail", POOL, CHECKOUT), other)


@pytest.mark.parametrize(
    "other",
    [
        Profile("Disks fill", "Logs were never deleted", SEARCH),
        Profile("Disks fill", "The pool for swimming was shut", SEARCH),
        Profile("Disks fill", "It was not there when they were", {}),
        Profile("", "", {}),
    ],
)
def test_what_shares_little_is_not_similar(other: Profile) -> None:
    assert similarity(Profile("Payments fail", POOL, CHECKOUT), other) is None


def test_those_who_took_part_make_nothing_similar() -> None:
    role = "An engineer of the team and another engineer of a team"
    assert similarity(Profile("A", role, {}), Profile("B", role, {})) is None


WORDS = st.lists(
    st.sampled_from(["pool", "pools", "cache", "caches", "limit", "the", "alert"]), max_size=6
)
PROFILES = st.builds(
    Profile,
    WORDS.map(" ".join),
    WORDS.map(" ".join),
    st.sampled_from([{}, CHECKOUT, SEARCH, CHECKOUT | SEARCH]),
)


@given(PROFILES, PROFILES)
def test_it_is_the_same_both_ways_and_never_more_than_one(one: Profile, other: Profile) -> None:
    found = similarity(one, other)
    assert found == similarity(other, one)
    assert found is None or (0 < found.score <= 1 and found.reason)
