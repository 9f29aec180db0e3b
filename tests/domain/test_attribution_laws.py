"""What holds of attribution whatever the facts are."""

import math
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.attribution import (
    Attribution,
    DeploymentFacts,
    IncidentFacts,
    PullRequestFacts,
    attribute,
)
from server.domain.attribution_weights import WEIGHTS
from server.domain.deployment import DeploymentStatus
from tests.domain.test_attribution import CHECKOUT, LEDGER, MINUTE, ONSET, SEARCH, WEB, incident

LAW = settings(max_examples=30, deadline=None)
TIMES = st.integers(-9 * 24 * 60, 600).map(lambda minutes: ONSET + minutes * MINUTE)
TITLES = st.sampled_from(["Drop the discount column", "Faster totals", "Migrate", "Kassa für alle"])
PULL_REQUESTS = st.builds(
    PullRequestFacts,
    number=st.integers(1, 99),
    title=TITLES,
    additions=st.integers(0, 10**6),
    deletions=st.integers(0, 10**6),
    changed_files=st.integers(0, 999),
)
DEPLOYMENTS = st.builds(
    DeploymentFacts,
    id=st.integers(1, 9).map(lambda n: UUID(int=n)),
    service_id=st.sampled_from([None, CHECKOUT, LEDGER, SEARCH, WEB]),
    service_name=st.sampled_from([None, "checkout"]),
    repository=st.just("acme/checkout"),
    environment=st.sampled_from(["production", "staging"]),
    status=st.sampled_from(DeploymentStatus),
    started_at=st.none() | TIMES,
    finished_at=st.none() | TIMES,
    pull_requests=st.lists(PULL_REQUESTS, max_size=3).map(tuple),
    unmet_dependencies=st.lists(st.integers(1, 9), max_size=2).map(tuple),
    is_latest_of_service=st.booleans(),
    rolled_back_at=st.none() | TIMES,
    is_rollback=st.booleans(),
)
MANY = st.lists(DEPLOYMENTS, max_size=6, unique_by=lambda each: each.id)
INCIDENTS = st.builds(
    IncidentFacts,
    onset=st.just(ONSET),
    title=TITLES,
    summary=st.none() | TITLES,
    service_hops=st.dictionaries(
        st.sampled_from([CHECKOUT, LEDGER, SEARCH, WEB]), st.integers(-1, 5)
    ),
    recovered_at=st.none() | TIMES,
)


@LAW
@given(INCIDENTS, MANY)
def test_the_answers_sum_to_one(told: IncidentFacts, many: list[DeploymentFacts]) -> None:
    answer = attribute(told, many)
    shares = [answer.not_a_deployment, *(each.probability for each in answer.candidates)]
    assert math.fsum(shares) == pytest.approx(1, abs=1e-12)
    assert all(0 < share <= 1 for share in shares)
    assert [each.rank for each in answer.candidates] == list(range(1, len(shares)))
    assert shares[1:] == sorted(shares[1:], reverse=True)


@LAW
@given(INCIDENTS, MANY, st.randoms(use_true_random=False))
def test_the_order_of_deployments_does_not_matter(
    told: IncidentFacts, many: list[DeploymentFacts], random: Random
) -> None:
    shuffled = list(many)
    random.shuffle(shuffled)
    assert attribute(told, shuffled) == attribute(told, many)


@LAW
@given(INCIDENTS, MANY)
def test_evidence_adds_up_to_the_odds_against_no_deployment(
    told: IncidentFacts, many: list[DeploymentFacts]
) -> None:
    answer = attribute(told, many)
    for candidate in answer.candidates:
        odds = math.log(candidate.probability / answer.not_a_deployment)
        score = math.fsum(line.contribution for line in candidate.evidence)
        assert odds == pytest.approx(score - WEIGHTS.none, abs=1e-9)


@LAW
@given(MANY, DEPLOYMENTS, st.integers(0, 600), st.integers(0, 30))
def test_a_rollback_that_ended_it_never_lowers_a_suspicion(
    many: list[DeploymentFacts], suspect: DeploymentFacts, rolled_back: int, recovered: int
) -> None:
    others = [each for each in many if each.id != suspect.id]
    at = ONSET + rolled_back * MINUTE
    told = incident(recovered_at=at + recovered * MINUTE)

    def suspicion(facts: DeploymentFacts) -> float:
        answer = attribute(told, [*others, facts])
        return sum(each.probability for each in answer.candidates if each.deployment_id == facts.id)

    before = suspicion(replace(suspect, rolled_back_at=None))
    assert suspicion(replace(suspect, rolled_back_at=at)) >= before


@LAW
@given(INCIDENTS, MANY, st.timedeltas(timedelta(days=-9999), timedelta(days=9999)))
def test_only_differences_of_time_count(
    told: IncidentFacts, many: list[DeploymentFacts], shift: timedelta
) -> None:
    def moved(at: datetime | None) -> datetime | None:
        return at + shift if at else None

    later = [
        replace(
            each,
            started_at=moved(each.started_at),
            finished_at=moved(each.finished_at),
            rolled_back_at=moved(each.rolled_back_at),
        )
        for each in many
    ]
    told_later = replace(told, onset=told.onset + shift, recovered_at=moved(told.recovered_at))

    def figures(answer: Attribution) -> list[object]:
        return [
            answer.not_a_deployment,
            *((c.deployment_id, c.rank, c.probability) for c in answer.candidates),
            *((line.kind, line.contribution) for c in answer.candidates for line in c.evidence),
        ]

    assert figures(attribute(told_later, later)) == figures(attribute(told, many))


# ── verdicts ────────────────────────────────────────────────────────────────────────────────
