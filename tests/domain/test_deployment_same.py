"""Which tellings of several sources are of one deployment."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.deployment_same import (
    REACH,
    RECORDED,
    Deployment,
    Place,
    Telling,
    deployments_told,
)

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
SHOP = Place.of("acme/shop", "a" * 40, "production")


def telling(name: str, first: float, last: float | None = None, place: Place = SHOP) -> Telling:
    """A telling of the source that the name begins with, between these minutes."""
    begin, end = (
        NOON + timedelta(minutes=each) for each in (first, first if last is None else last)
    )
    return Telling(name.rstrip("0123456789"), name, place, begin, end)


def joined(*tellings: Telling) -> set[str]:
    """The deployments, each by the names of its tellings in their order."""
    return {" ".join(each.external_id for each in one) for one in deployments_told(tellings)}


GITHUB, INTAKE = telling("github1", 0, 5), telling("intake1", 5)


@pytest.mark.parametrize(
    ("other", "is_same"),
    [
        (telling("intake1", 15), True),
        (telling("intake1", 15.01), False),
        (telling("intake1", -10), True),
        (telling("intake1", -10.01), False),
        (telling("intake1", -90, 90), True),
        (telling("intake1", 2, place=Place.of("ACME/Shop", "A" * 40, "Production")), True),
        (telling("intake1", 2, place=Place.of("acme/shop", "a" * 7, "production")), False),
        (telling("intake1", 2, place=Place.of("acme/shop", "a" * 40, "staging")), False),
        (telling("intake1", 2, place=Place.of("acme/cart", "a" * 40, "production")), False),
        (telling("github2", 2), False),
    ],
)
def test_it_is_the_same_at_the_same_place_and_time_and_told_by_another(
    other: Telling, is_same: bool
) -> None:
    assert joined(GITHUB, other) == (
        {"github1 intake1"} if is_same else {"github1", other.external_id}
    )


def test_a_chain_is_one_deployment() -> None:
    chain = [telling("a1", 0), telling("b1", 9), telling("c1", 18)]
    assert joined(*chain) == {"a1 b1 c1"}
    assert joined(chain[0], chain[2]) == {"a1", "c1"}


def test_what_one_source_tells_apart_goes_to_what_lies_closest() -> None:
    first, again = telling("github1", 0, 5), telling("github2", 8, 11)
    assert joined(first, again, INTAKE) == {"github1 intake1", "github2"}
    assert joined(first, again, telling("intake1", 11)) == {"github1", "github2 intake1"}
    assert joined(first, again, INTAKE, telling("intake2", 11)) == {
        "github1 intake1",
        "github2 intake2",
    }


def test_a_chain_between_two_of_one_source_is_cut_where_it_is_longest() -> None:
    assert joined(telling("a1", 0), telling("b1", 4), telling("c1", 9), telling("a2", 15)) == {
        "a1 b1 c1",
        "a2",
    }


def test_an_integration_gives_the_name_before_a_person() -> None:
    found = deployments_told([telling(RECORDED, 0), INTAKE, GITHUB])
    assert [[each.source for each in one] for one in found] == [["github", "intake", RECORDED]]


NAMES = [f"{source}{number}" for source in ("a", "b", "c", "d") for number in range(3)]
MINUTES = st.tuples(st.integers(0, 60), st.integers(0, 20)).map(lambda t: (t[0], sum(t)))
STORIES = st.dictionaries(st.sampled_from(NAMES), MINUTES, max_size=8).map(
    lambda told: [telling(name, *minutes) for name, minutes in told.items()]
)


def contradicts(deployment: Iterable[Telling]) -> bool:
    sources = [each.source for each in deployment]
    return len(set(sources)) < len(sources)


def components(tellings: Iterable[Telling]) -> set[frozenset[Telling]]:
    """What chains of tellings within reach lead to, contradictions or not."""
    found: list[set[Telling]] = []
    for each in tellings:
        touched = [one for one in found if any(_near(each, other) for other in one)]
        found = [one for one in found if one not in touched]
        found.append({each}.union(*touched))
    return {frozenset(one) for one in found}


def _near(one: Telling, other: Telling) -> bool:
    between = max(one.first_at - other.last_at, other.first_at - one.last_at)
    return one.source != other.source and between <= REACH


@given(STORIES, st.randoms())
def test_the_order_of_tellings_does_not_matter(story: list[Telling], random: Random) -> None:
    shuffled = list(story)
    random.shuffle(shuffled)
    as_sets: list[set[Deployment]] = [set(deployments_told(each)) for each in (story, shuffled)]
    assert as_sets[0] == as_sets[1]


@given(STORIES)
def test_each_is_of_one_deployment_that_no_source_tells_twice(story: list[Telling]) -> None:
    found = deployments_told(story)
    assert sorted(each.name for one in found for each in one) == sorted(each.name for each in story)
    assert not any(map(contradicts, found))


@given(STORIES)
def test_without_a_contradiction_chains_are_deployments(story: list[Telling]) -> None:
    found = {frozenset(one) for one in deployments_told(story)}
    for component in components(story):
        if not contradicts(component):
            assert component in found
        assert any(one <= component for one in found)
