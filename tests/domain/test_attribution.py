"""Attribution: whether a deployment caused the incident, and what the answer rests on."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from server.domain.attribution import (
    LINK_THRESHOLD,
    MAX_CANDIDATES,
    Attribution,
    Candidate,
    DeploymentFacts,
    Factor,
    IncidentFacts,
    PullRequestFacts,
    Suspect,
    Verdict,
    VerdictKind,
    attribute,
    check_verdict,
    linked,
    service_hops,
    suspects,
)
from server.domain.attribution_weights import WEIGHTS
from server.domain.deployment import DeploymentStatus
from server.errors import ErrorCode

ONSET = datetime(2026, 11, 23, 14, 20, tzinfo=UTC)
CHECKOUT, LEDGER, SEARCH, WEB = (UUID(int=n) for n in range(1, 5))
MINUTE = timedelta(minutes=1)


def incident(**facts: Any) -> IncidentFacts:
    known = IncidentFacts(
        ONSET,
        "Checkout fails: column discount_code does not exist",
        service_hops={CHECKOUT: 0, LEDGER: 1, WEB: -1},
    )
    return replace(known, **facts)


def deployment(minutes_before: float = 10, number: int = 1, **facts: Any) -> DeploymentFacts:
    at = ONSET - minutes_before * MINUTE
    known = DeploymentFacts(
        id=UUID(int=1000 + number),
        service_id=CHECKOUT,
        service_name="checkout",
        repository="acme/checkout",
        environment="production",
        status=DeploymentStatus.SUCCESS,
        started_at=at - 2 * MINUTE,
        finished_at=at,
        pull_requests=(PullRequestFacts(42, "Faster totals", 30, 10, 4),),
    )
    return replace(known, **facts)


def only(attribution: Attribution) -> Candidate:
    (candidate,) = attribution.candidates
    return candidate


def details(candidate: Candidate) -> dict[Factor, str]:
    return {line.kind: line.detail for line in candidate.evidence}


# ── what the shipped weights say ────────────────────────────────────────────────────────────


def test_a_fresh_deployment_of_the_affected_service_is_likely_but_not_linked() -> None:
    answer = attribute(incident(), [deployment()])
    assert 0.6 < only(answer).probability < 0.85
    assert linked(answer, None) is None


def test_a_rollback_that_ended_the_incident_links_the_deployment() -> None:
    rolled_back = deployment(
        status=DeploymentStatus.ROLLED_BACK, rolled_back_at=ONSET + 12 * MINUTE
    )
    answer = attribute(incident(recovered_at=ONSET + 15 * MINUTE), [rolled_back])
    assert only(answer).probability > LINK_THRESHOLD
    assert linked(answer, None) == rolled_back.id
    assert (
        details(only(answer))[Factor.ROLLBACK_RECOVERED]
        == "Rolled back at 14:32 UTC, and the incident recovered 3 minutes later"
    )


def test_an_old_deployment_of_an_unrelated_service_leaves_the_cause_open() -> None:
    old = deployment(4 * 24 * 60, service_id=SEARCH, service_name="search")
    assert attribute(incident(), [old]).not_a_deployment > 0.5


def test_nothing_deployed_means_not_a_deployment() -> None:
    assert attribute(incident(), []) == Attribution(WEIGHTS.model, 1.0, ())


def test_the_deployment_that_went_out_of_order_is_first_among_newer_ones() -> None:
    culprit = deployment(
        25,
        1,
        pull_requests=(PullRequestFacts(42, "Drop legacy discount_code column", 12, 90, 3),),
        unmet_dependencies=(41,),
    )
    newer = deployment(5, 2, service_id=SEARCH, service_name="search")
    answer = attribute(incident(), [newer, culprit])
    assert [each.deployment_id for each in answer.candidates] == [culprit.id, newer.id]
    told = details(answer.candidates[0])
    assert told[Factor.OUT_OF_ORDER] == (
        "Pull request #42 was to follow #41, which was not deployed yet"
    )
    assert told[Factor.SCHEMA_CHANGE] == "Title of #42 speaks of dropping a column"
    assert told[Factor.SHARED_WORDS] == "Words shared with the incident: column, discount"
    assert told[Factor.LAG] == "Deployed 25 minutes before the incident first showed"


# ── which deployments are candidates ────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"minutes_before": 7 * 24 * 60}, True),
        ({"minutes_before": 7 * 24 * 60 + 1}, False),
        ({"finished_at": ONSET + 9 * MINUTE, "started_at": ONSET + 2 * MINUTE}, True),
        ({"finished_at": ONSET + 9 * MINUTE, "started_at": ONSET + 3 * MINUTE}, False),
        ({"finished_at": None, "started_at": None}, False),
        ({"finished_at": None, "status": DeploymentStatus.IN_PROGRESS}, True),
        ({"finished_at": None, "status": DeploymentStatus.PENDING}, False),
        ({"status": DeploymentStatus.FAILURE}, True),
    ],
)
def test_candidates_began_in_the_week_before_the_onset(
    facts: dict[str, Any], expected: bool
) -> None:
    answer = attribute(incident(), [deployment(**facts)])
    assert bool(answer.candidates) is expected


def test_only_the_likeliest_are_kept() -> None:
    many = [deployment(60 * n, n) for n in range(1, MAX_CANDIDATES + 20)]
    answer = attribute(incident(), many)
    assert len(answer.candidates) == MAX_CANDIDATES
    assert answer.candidates[0].deployment_id == many[0].id


def test_equal_candidates_are_ranked_by_id_whatever_their_order() -> None:
    twins = [deployment(10, 2), deployment(10, 1)]
    assert attribute(incident(), twins) == attribute(incident(), twins[::-1])
    assert attribute(incident(), twins).candidates[0].deployment_id == twins[1].id


# ── single factors: each against the same deployment without it ─────────────────────────────

RECOVERED = ONSET + 60 * MINUTE


@pytest.mark.parametrize(
    ("facts", "kind", "detail"),
    [
        (
            {"rolled_back_at": RECOVERED - 5 * MINUTE},
            Factor.ROLLBACK_RECOVERED,
            "Rolled back at 15:15 UTC, and the incident recovered 5 minutes later",
        ),
        (
            {"rolled_back_at": RECOVERED + MINUTE},
            Factor.ROLLBACK_RECOVERED,
            "Rolled back at 15:21 UTC, and the incident recovered at once",
        ),
        ({"unmet_dependencies": (7,)}, Factor.OUT_OF_ORDER, None),
        (
            {"pull_requests": (PullRequestFacts(9, "orders: renamed the tables", 30, 10, 4),)},
            Factor.SCHEMA_CHANGE,
            "Title of #9 speaks of renaming a table",
        ),
        (
            {"pull_requests": (PullRequestFacts(9, "Backfill totals", 30, 10, 4),)},
            Factor.MIGRATION,
            "Title of #9 speaks of a migration",
        ),
        (
            {"pull_requests": (PullRequestFacts(9, "Faster totals", 3000, 1000, 1),)},
            Factor.SIZE,
            "Changes 4,000 lines in 1 file",
        ),
        ({"finished_at": ONSET + MINUTE}, Factor.ROLLING_OUT, "Was still rolling out"),
    ],
)
def test_what_speaks_for_a_deployment(
    facts: dict[str, Any], kind: Factor, detail: str | None
) -> None:
    known = incident(recovered_at=RECOVERED)
    without = only(attribute(known, [deployment()]))
    candidate = only(attribute(known, [deployment(**facts)]))
    assert candidate.probability > without.probability
    assert kind in details(candidate)
    assert detail in (None, details(candidate)[kind])


@pytest.mark.parametrize(
    ("facts", "kind", "detail"),
    [
        (
            {"environment": "staging"},
            Factor.NOT_PRODUCTION,
            "Went to staging, not to production",
        ),
        (
            {"is_latest_of_service": False},
            Factor.SUPERSEDED,
            "A newer deployment of checkout had replaced it",
        ),
        ({"status": DeploymentStatus.FAILURE}, Factor.FAILED, None),
        ({"is_rollback": True}, Factor.IS_ROLLBACK, None),
        (
            {"rolled_back_at": RECOVERED - 45 * MINUTE},
            Factor.ROLLBACK_NOT_RECOVERED,
            "Rolled back at 14:35 UTC, and the incident went on for 45 minutes",
        ),
        (
            {"rolled_back_at": ONSET - MINUTE},
            Factor.ROLLED_BACK_BEFORE,
            "Rolled back at 14:19 UTC, before the incident",
        ),
        ({"service_id": None}, Factor.SERVICE_UNKNOWN, None),
        ({"service_id": SEARCH}, Factor.SERVICE_UNRELATED, None),
        (
            {"service_id": WEB, "service_name": "web"},
            Factor.SERVICE_DEPENDENT,
            "Runs on web, which depends on the affected service",
        ),
        (
            {"service_id": LEDGER, "service_name": None},
            Factor.SERVICE_DEPENDENCY_1,
            "Runs on acme/checkout, which the affected service depends on",
        ),
    ],
)
def test_what_speaks_against_a_deployment(
    facts: dict[str, Any], kind: Factor, detail: str | None
) -> None:
    known = incident(recovered_at=RECOVERED)
    without = only(attribute(known, [deployment()]))
    candidate = only(attribute(known, [deployment(**facts)]))
    assert candidate.probability < without.probability
    assert kind in details(candidate)
    assert detail in (None, details(candidate)[kind])


def test_a_service_says_nothing_while_no_affected_service_is_known() -> None:
    candidate = only(attribute(incident(service_hops={}), [deployment(service_id=SEARCH)]))
    assert not {kind for kind in details(candidate) if kind.startswith("SERVICE_")}


def test_evidence_of_words_leaves_addresses_and_mentions_out() -> None:
    told = incident(title="Checkout: asked @robin and robin@acme.example about totals")
    brought = (PullRequestFacts(9, "Totals, with @robin and robin@acme.example"),)
    candidate = only(attribute(told, [deployment(pull_requests=brought)]))
    assert details(candidate)[Factor.SHARED_WORDS] == "Words shared with the incident: Totals"


def test_service_hops_count_the_nearest_way() -> None:
    edges = {WEB: [CHECKOUT, LEDGER], CHECKOUT: [LEDGER, WEB], LEDGER: [SEARCH]}
    assert service_hops([LEDGER], edges) == {LEDGER: 0, SEARCH: 1, WEB: -1, CHECKOUT: -1}
    assert service_hops([CHECKOUT], edges) == {CHECKOUT: 0, LEDGER: 1, WEB: 1, SEARCH: 2}
    assert service_hops([CHECKOUT], edges, furthest=1) == {CHECKOUT: 0, LEDGER: 1, WEB: 1}


# ── laws ────────────────────────────────────────────────────────────────────────────────────

ANSWER = attribute(incident(), [deployment(10, 1), deployment(300, 2)])
FIRST, SECOND = (each.deployment_id for each in ANSWER.candidates)
CAUSED = Verdict(VerdictKind.CAUSED_BY_DEPLOYMENT, SECOND)
NOT_ONE = Verdict(VerdictKind.NOT_A_DEPLOYMENT)


def test_without_a_verdict_all_candidates_are_suspects() -> None:
    assert suspects(ANSWER, None) == tuple(
        Suspect(each.deployment_id, each.probability, None) for each in ANSWER.candidates
    )


def test_a_verdict_leaves_its_deployment_alone_under_suspicion() -> None:
    assert suspects(ANSWER, CAUSED) == (Suspect(SECOND, 1.0, VerdictKind.CAUSED_BY_DEPLOYMENT),)
    assert suspects(ANSWER, NOT_ONE) == ()


def test_a_verdict_wins_over_any_probability() -> None:
    certain = replace(ANSWER, candidates=(replace(ANSWER.candidates[0], probability=0.99),))
    assert linked(certain, None) == FIRST
    assert linked(certain, CAUSED) == SECOND
    assert linked(certain, NOT_ONE) is None


def test_the_link_threshold_itself_links() -> None:
    (first, _) = ANSWER.candidates
    at = replace(ANSWER, candidates=(replace(first, probability=LINK_THRESHOLD),))
    below = replace(ANSWER, candidates=(replace(first, probability=LINK_THRESHOLD - 1e-9),))
    assert (linked(at, None), linked(below, None)) == (FIRST, None)


@pytest.mark.parametrize("kind", VerdictKind)
@pytest.mark.parametrize("names_deployment", [True, False])
def test_a_verdict_names_a_deployment_exactly_when_one_caused_it(
    kind: VerdictKind, names_deployment: bool
) -> None:
    problems = check_verdict(kind, names_deployment)
    fits = names_deployment == (kind is VerdictKind.CAUSED_BY_DEPLOYMENT)
    assert [(each.code, each.field) for each in problems] == (
        [] if fits else [(ErrorCode.INVALID, ("deployment",))]
    )


# ── the weights file ────────────────────────────────────────────────────────────────────────
