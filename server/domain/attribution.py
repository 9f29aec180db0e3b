"""Whether a deployment caused an incident: a conditional logit over what was deployed before it.

"No recorded deployment" is always among the answers. With x_i the facts of candidate i,
P(i) = e^(w·x_i) / (e^(w_0) + Σ_j e^(w·x_j)), so each fact is one additive line of evidence.
A person's verdict stands above the model and is never recomputed.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from server.domain.attribution_evidence import (
    CLOCK_SKEW,
    DeploymentFacts,
    Evidence,
    IncidentFacts,
    PullRequestFacts,
    evidence,
    service_hops,
)
from server.domain.attribution_weights import WEIGHTS, WINDOW, Factor, Weights
from server.domain.deployment import DeploymentStatus
from server.errors import ErrorCode, Problem
from server.term import Term

__all__ = [
    "LINK_THRESHOLD",
    "MAX_CANDIDATES",
    "WINDOW",
    "Attribution",
    "Candidate",
    "DeploymentFacts",
    "Evidence",
    "Factor",
    "IncidentFacts",
    "PullRequestFacts",
    "Suspect",
    "Verdict",
    "VerdictKind",
    "attribute",
    "check_verdict",
    "is_candidate",
    "linked",
    "service_hops",
    "suspects",
]

LINK_THRESHOLD = 0.9
"""From which probability a deployment is linked without a person's word.

Linking more inflates the change failure rate: most incidents have another cause.
"""

MAX_CANDIDATES = 50
"""How many candidates are kept, the likeliest first."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A deployment that may have caused the incident. `rank` counts from 1."""

    deployment_id: UUID
    probability: float
    rank: int
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Attribution:
    """The model's answer: `not_a_deployment` and the candidates' probabilities sum to 1."""

    model: str
    not_a_deployment: float
    candidates: tuple[Candidate, ...]


def attribute(
    incident: IncidentFacts,
    deployments: Iterable[DeploymentFacts],
    weights: Weights = WEIGHTS,
) -> Attribution:
    """Weigh every deployment that may have caused the incident; their order does not matter."""
    scored = []
    for deployment in deployments:
        if is_candidate(incident, deployment):
            lines = evidence(incident, deployment, weights)
            scored.append((math.fsum(line.contribution for line in lines), deployment.id, lines))
    scored.sort(key=lambda each: (-each[0], each[1]))
    kept = scored[:MAX_CANDIDATES]
    none, *shares = _softmax([weights.none, *(score for score, _, _ in kept)])
    candidates = (
        Candidate(deployment_id, share, rank, lines)
        for rank, ((_, deployment_id, lines), share) in enumerate(
            zip(kept, shares, strict=True), start=1
        )
    )
    return Attribution(weights.model, none, tuple(candidates))


def is_candidate(incident: IncidentFacts, deployment: DeploymentFacts) -> bool:
    """Whether it began to run within the window before the onset, give or take the clocks."""
    at = deployment.went_out_at(incident.onset)
    if at is None or deployment.status is DeploymentStatus.PENDING:
        return False
    return -CLOCK_SKEW <= incident.onset - at <= WINDOW


def _softmax(scores: list[float]) -> list[float]:
    """Shares that sum to 1; the highest score is taken off first, so that nothing overflows."""
    highest = max(scores)
    powers = [math.exp(score - highest) for score in scores]
    total = math.fsum(powers)
    return [power / total for power in powers]


class VerdictKind(Term):
    """A person's word on the cause."""

    CAUSED_BY_DEPLOYMENT = "CAUSED_BY_DEPLOYMENT", "The named deployment caused the incident."
    NOT_A_DEPLOYMENT = "NOT_A_DEPLOYMENT", "No recorded deployment caused the incident."


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a person decided; it names a deployment exactly when one caused the incident."""

    kind: VerdictKind
    deployment_id: UUID | None = None


def check_verdict(kind: VerdictKind, names_deployment: bool) -> tuple[Problem, ...]:
    """What forbids recording such a verdict."""
    wants_deployment = kind is VerdictKind.CAUSED_BY_DEPLOYMENT
    if wants_deployment and not names_deployment:
        message = "Name the deployment that caused the incident."
    elif names_deployment and not wants_deployment:
        message = "NOT_A_DEPLOYMENT names no deployment. Leave it out, or change the kind."
    else:
        return ()
    return (Problem(ErrorCode.INVALID, message, ("deployment",)),)


def linked(attribution: Attribution, verdict: Verdict | None) -> UUID | None:
    """The deployment that counts as the cause: the verdict's, else a candidate beyond doubt."""
    if verdict is not None:
        return verdict.deployment_id
    first = next(iter(attribution.candidates), None)
    return first.deployment_id if first and first.probability >= LINK_THRESHOLD else None


@dataclass(frozen=True, slots=True)
class Suspect:
    """A deployment as it stands towards the incident, after any verdict."""

    deployment_id: UUID
    probability: float
    verdict_kind: VerdictKind | None


def suspects(attribution: Attribution, verdict: Verdict | None) -> tuple[Suspect, ...]:
    """The deployments under suspicion: all candidates, or what a verdict leaves of them."""
    if verdict is None:
        return tuple(
            Suspect(each.deployment_id, each.probability, None) for each in attribution.candidates
        )
    if verdict.deployment_id is None:
        return ()
    return (Suspect(verdict.deployment_id, 1.0, verdict.kind),)
