"""What a planned past is made of: releases with their pull requests, incidents with their course.

People are named by their handle, services by their slug. All times are aware, in UTC.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from server.demo.organisation import Service
from server.domain.action_item import ActionItemKind, ActionItemState
from server.domain.attribution import VerdictKind
from server.domain.hypothesis import HypothesisState
from server.domain.incident import Severity, Signal


@dataclass(frozen=True, slots=True)
class PullRequest:
    """A merged pull request; `before` is the head of main that it was merged upon."""

    number: int
    title: str
    additions: int
    deletions: int
    changed_files: int
    author: str
    merged_by: str
    merged_at: datetime
    before: str
    sha: str


@dataclass(frozen=True, slots=True)
class Release:
    """A deployment to production. One that brings no pull request went back to an older sha."""

    service: Service
    external_id: str
    sha: str
    pull_requests: tuple[PullRequest, ...]
    started_at: datetime
    finished_at: datetime
    deployer: str
    failed: bool = False


class Cause(StrEnum):
    """What was behind an incident, and what ended it."""

    ROLLBACK = "ROLLBACK"
    """A release, which was rolled back."""

    FORWARD = "FORWARD"
    """A release, which a next one mended."""

    OTHER = "OTHER"
    """No release."""


@dataclass(frozen=True, slots=True)
class Course:
    """When an incident reached each of its moments, in rising order."""

    started_at: datetime
    detected_at: datetime
    declared_at: datetime
    acknowledged_at: datetime
    identified_at: datetime
    mitigated_at: datetime
    resolved_at: datetime
    reviewed_at: datetime
    """When whys and action items were written; after `now` where that has yet to happen."""

    def between(self, share: float) -> datetime:
        """A time of the investigation: 0 is its acknowledgement, 1 the cause identified."""
        return self.acknowledged_at + share * (self.identified_at - self.acknowledged_at)


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A possible cause, raised and settled during the investigation."""

    by: str
    statement: str
    state: HypothesisState
    reason: str
    raised_at: datetime
    settled_at: datetime


@dataclass(frozen=True, slots=True)
class Why:
    """One question of the chain, which is a plain line here."""

    question: str
    answer: str
    systemic: bool


@dataclass(frozen=True, slots=True)
class Step:
    """A change of an action item's state."""

    at: datetime
    state: ActionItemState
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """An action item and what became of it so far."""

    title: str
    kind: ActionItemKind
    owner: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the review decided about the cause."""

    kind: VerdictKind
    reason: str


@dataclass(frozen=True, slots=True)
class Texts:
    """What was written into the timeline while it ran, and the incident's own words."""

    title: str
    summary: str
    anomaly: str
    root_cause: str
    mitigation: str
    recovery: str


@dataclass(frozen=True, slots=True)
class Incident:
    """One past incident. `culprit` is the release behind it and `remedy` the one that ended it,
    if releases were.

    Where `paged`, it was opened by PagerDuty; else a person declared it.
    """

    key: str
    scenario: str
    service: Service
    severity: Severity
    signal: Signal
    paged: bool
    on_call: str
    commander: str
    responders: tuple[str, ...]
    texts: Texts
    course: Course
    hypotheses: tuple[Hypothesis, ...]
    whys: tuple[Why, ...]
    actions: tuple[Action, ...]
    verdict: Verdict | None
    culprit: Release | None
    remedy: Release | None


@dataclass(frozen=True, slots=True)
class History:
    """The whole past, each part in the order in which it happened."""

    releases: tuple[Release, ...]
    incidents: tuple[Incident, ...]


SPAN = timedelta(days=90)
"""How far back the past reaches."""
