"""Which deployments take others back, and what their entries in a timeline say."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.attribution_history import Brought, Ran, is_met, superseded
from server.domain.deployment import DeploymentStatus, Release, rollbacks
from server.domain.deployment_entry import MAX_NAMED, DeploymentEntry, stands_in_timeline

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
SHOP, MAIL, FAR = (uuid5(UUID(int=0), name) for name in ("shop", "mail", "far"))


def at(minute: float) -> datetime:
    return NOON + timedelta(minutes=minute)


def history(shas: Sequence[str]) -> list[Release]:
    """Releases of these commits, one a minute; their ids are their places."""
    return [
        Release(UUID(int=place), sha, (at(shas.index(sha)), "", ""))
        for place, sha in enumerate(shas)
    ]


@pytest.mark.parametrize(
    ("shas", "taken_back"),
    [
        ("", {}),
        ("AB", {}),
        ("ABA", {2: 1}),
        ("ABCA", {3: 2}),
        ("ABB", {}),
        ("ABAB", {2: 1}),  # going forward again is no rollback of the rollback
        ("ABABA", {2: 1, 4: 3}),
        ("ABCBA", {3: 2, 4: 3}),
        ("ABAC", {2: 1}),
    ],
)
def test_deploying_what_ran_before_the_current_one_takes_it_back(
    shas: str, taken_back: dict[int, int]
) -> None:
    found = rollbacks(history(shas))
    assert {taker.int: taken.int for taker, taken in found.items()} == taken_back


@given(st.lists(st.sampled_from("ABCD"), max_size=12))
def test_what_is_taken_back_ran_just_before_and_never_by_its_like(shas: list[str]) -> None:
    for taker, taken in rollbacks(history(shas)).items():
        assert taken.int == taker.int - 1
        assert shas[taker.int] != shas[taken.int]
        assert shas[taker.int] in shas[: taken.int]


def entry(status: DeploymentStatus, *titles: str, is_rollback: bool = False) -> str:
    inside = [(number, title) for number, title in enumerate(titles, start=41)]
    return DeploymentEntry("1a2b3c4d5e6f", "production", status, is_rollback, inside).body


def test_an_entry_says_what_went_where_and_what_was_in_it() -> None:
    assert entry(DeploymentStatus.SUCCESS, "Read less", "Drop the column") == (
        "Deployed 1a2b3c4 to production: #41 Read less, #42 Drop the column"
    )
    assert entry(DeploymentStatus.SUCCESS, "#41") == "Deployed 1a2b3c4 to production: #41"
    assert entry(DeploymentStatus.IN_PROGRESS) == "Deploying 1a2b3c4 to production"
    assert entry(DeploymentStatus.FAILURE) == "Failed to deploy 1a2b3c4 to production"
    assert entry(DeploymentStatus.SUCCESS, "Read less", is_rollback=True) == (
        "Rolled back to 1a2b3c4 in production"
    )


def test_an_entry_names_a_few_and_counts_the_others() -> None:
    body = entry(DeploymentStatus.SUCCESS, *["One more"] * (MAX_NAMED + 3))
    assert body.count("One more") == MAX_NAMED
    assert body.endswith(", and 3 more")


@pytest.mark.parametrize(
    ("service", "environment", "status", "stands"),
    [
        (SHOP, "production", DeploymentStatus.SUCCESS, True),
        (MAIL, "production", DeploymentStatus.FAILURE, True),
        (SHOP, "prod-eu", DeploymentStatus.IN_PROGRESS, True),
        (SHOP, "production", DeploymentStatus.PENDING, False),
        (SHOP, "staging", DeploymentStatus.SUCCESS, False),
        (FAR, "production", DeploymentStatus.SUCCESS, False),
        (None, "production", DeploymentStatus.SUCCESS, False),
    ],
)
def test_a_timeline_tells_of_deployments_that_users_may_have_met(
    service: UUID | None, environment: str, status: DeploymentStatus, stands: bool
) -> None:
    hops = {SHOP: 0, MAIL: 1, FAR: 2}
    assert stands_in_timeline(hops, service, environment, status) is stands


def test_a_newer_deployment_of_the_same_place_replaces_an_older_one() -> None:
    first, second, late = (
        Ran(UUID(int=minute), (SHOP, "production"), at(minute)) for minute in (1, 2, 9)
    )
    elsewhere = Ran(UUID(int=7), (SHOP, "staging"), at(3))
    assert superseded([second, late, elsewhere, first], at(5)) == {first.id}


def brought(minute: float, environment: str = "production", back: float | None = None) -> Brought:
    taken_back_at = None if back is None else at(back)
    return Brought(UUID(int=1), environment, at(minute), taken_back_at)


@pytest.mark.parametrize(
    ("runs", "met"),
    [
        ([], False),
        ([brought(5)], True),
        ([brought(15)], False),
        ([brought(5, "staging")], False),
        ([brought(5, back=8)], False),
        ([brought(5, back=12)], True),
        ([brought(5, back=8), brought(9)], True),
    ],
)
def test_what_must_go_first_has_to_run_when_the_other_goes_out(
    runs: list[Brought], met: bool
) -> None:
    assert is_met("production", UUID(int=2), at(10), runs) is met


def test_what_must_go_first_may_go_in_the_same_deployment() -> None:
    assert is_met("production", UUID(int=1), at(10), [brought(10)])


def test_in_another_environment_its_own_history_counts_too() -> None:
    assert is_met("staging", UUID(int=2), at(10), [brought(5, "staging")])
