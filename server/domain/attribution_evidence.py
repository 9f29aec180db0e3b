"""What speaks for and against a deployment as the cause of an incident, one line a fact.

Sentences name changes and services, never people: words they quote from titles keep their own
spelling, so that redaction recognises a name among them.
"""

import math
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TypeAlias
from uuid import UUID

from server.domain.attribution_weights import Factor, Weights
from server.domain.deployment import DeploymentStatus, is_production

CLOCK_SKEW = timedelta(minutes=2)
"""How far the clocks of two sources may differ before their order is believed."""

RECOVERY_WINDOW = timedelta(minutes=30)
"""How soon after a rollback the recovery must come to be credited to it."""

TYPICAL_LINES = 50
"""Lines that a usual deployment changes: the size at which size says nothing."""

MAX_SHARED_WORDS = 3
MAX_TEXT = 5_000
"""Characters of a text that are read for words."""


@dataclass(frozen=True, slots=True)
class IncidentFacts:
    """What attribution knows of an incident.

    `service_hops` holds the services around it: 0 is affected, 1 a direct dependency of an
    affected one, and so on; negative depends on an affected one. Empty: none is known.
    """

    onset: datetime
    title: str
    summary: str | None = None
    service_hops: Mapping[UUID, int] = field(default_factory=dict)
    recovered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PullRequestFacts:
    """What attribution knows of a pull request that a deployment brought."""

    number: int
    title: str
    additions: int = 0
    deletions: int = 0
    changed_files: int = 0


@dataclass(frozen=True, slots=True)
class DeploymentFacts:
    """What attribution knows of a deployment.

    `unmet_dependencies` are numbers of pull requests that had to be deployed before this one
    and were not. `is_latest_of_service` speaks of the onset. `rolled_back_at` is when a later
    deployment took this one back; `is_rollback` says that this one took another back.
    """

    id: UUID
    service_id: UUID | None
    service_name: str | None
    repository: str
    environment: str
    status: DeploymentStatus
    started_at: datetime | None
    finished_at: datetime | None
    pull_requests: tuple[PullRequestFacts, ...] = ()
    unmet_dependencies: tuple[int, ...] = ()
    is_latest_of_service: bool = True
    rolled_back_at: datetime | None = None
    is_rollback: bool = False

    def went_out_at(self, onset: datetime) -> datetime | None:
        """When users met it: once finished, or from its start where it finished after the onset."""
        if self.finished_at and self.finished_at <= onset:
            return self.finished_at
        return self.started_at or self.finished_at


@dataclass(frozen=True, slots=True)
class Evidence:
    """One line of the reasoning. `contribution` is added to the log-odds, unrounded."""

    kind: Factor
    detail: str
    contribution: float


Finding: TypeAlias = tuple[Factor, str, float]
"""A factor, the sentence that tells it, and how often its weight counts."""


def evidence(
    incident: IncidentFacts, deployment: DeploymentFacts, weights: Weights
) -> tuple[Evidence, ...]:
    """Every line for and against one deployment that has a time, the weightiest first."""
    lines = [
        Evidence(factor, detail, contribution)
        for factor, detail, amount in _findings(incident, deployment)
        if (contribution := weights.features[factor] * amount)
    ]
    if went_out := deployment.went_out_at(incident.onset):
        lag = incident.onset - went_out
        lines.append(Evidence(Factor.LAG, _lag_detail(lag), weights.of_lag(lag)))
    return tuple(sorted(lines, key=lambda line: (-abs(line.contribution), line.kind)))


def _findings(incident: IncidentFacts, deployment: DeploymentFacts) -> Iterator[Finding]:
    yield from _service(incident, deployment)
    yield from _course(incident, deployment)
    yield from _rollback(incident, deployment)
    yield from _order(deployment)
    yield from _schema(deployment)
    yield from _size(deployment)
    yield from _words(incident, deployment)


def _service(incident: IncidentFacts, deployment: DeploymentFacts) -> Iterator[Finding]:
    """Where it runs, seen from the affected services; silent where none is known."""
    name = deployment.service_name or deployment.repository
    if not incident.service_hops:
        return
    if deployment.service_id is None:
        yield Factor.SERVICE_UNKNOWN, "It is not known on which service it runs", 1
        return
    match incident.service_hops.get(deployment.service_id):
        case None:
            detail = f"Runs on {name}, which no known dependency ties to the incident"
            yield Factor.SERVICE_UNRELATED, detail, 1
        case 0:
            yield Factor.SERVICE_AFFECTED, f"Runs on the affected service {name}", 1
        case 1:
            detail = f"Runs on {name}, which the affected service depends on"
            yield Factor.SERVICE_DEPENDENCY_1, detail, 1
        case hops if hops < 0:
            detail = f"Runs on {name}, which depends on the affected service"
            yield Factor.SERVICE_DEPENDENT, detail, 1
        case hops:
            near = hops == 2
            factor = Factor.SERVICE_DEPENDENCY_2 if near else Factor.SERVICE_DEPENDENCY_3
            yield factor, f"Runs on {name}, {hops} dependencies from the affected service", 1


def _course(incident: IncidentFacts, deployment: DeploymentFacts) -> Iterator[Finding]:
    """Where it went, and how far it had come at the onset."""
    name = deployment.service_name or deployment.repository
    if not is_production(deployment.environment):
        yield Factor.NOT_PRODUCTION, f"Went to {deployment.environment}, not to production", 1
    if deployment.is_latest_of_service:
        yield Factor.NEWEST_OF_SERVICE, f"Was the newest deployment of {name}", 1
    else:
        yield Factor.SUPERSEDED, f"A newer deployment of {name} had replaced it", 1
    if deployment.status is DeploymentStatus.FAILURE:
        yield Factor.FAILED, "The deployment failed, so it hardly reached users", 1
    elif _was_rolling_out(deployment, incident.onset):
        yield Factor.ROLLING_OUT, "Was still rolling out", 1
    if deployment.is_rollback:
        yield Factor.IS_ROLLBACK, "Is itself a rollback to an earlier version", 1


def _was_rolling_out(deployment: DeploymentFacts, onset: datetime) -> bool:
    """Whether it had begun and not finished; a rollback's end is not its own."""
    match deployment.status:
        case DeploymentStatus.IN_PROGRESS:
            return True
        case DeploymentStatus.SUCCESS:
            return deployment.finished_at is not None and deployment.finished_at > onset
        case _:
            return False


def _rollback(incident: IncidentFacts, deployment: DeploymentFacts) -> Iterator[Finding]:
    """What a rollback of this very deployment did to the incident."""
    at, recovered = deployment.rolled_back_at, incident.recovered_at
    if at is None:
        return
    text = f"Rolled back at {at.astimezone(UTC):%H:%M} UTC"
    if at < incident.onset:
        yield Factor.ROLLED_BACK_BEFORE, f"{text}, before the incident", 1
    elif recovered is None:
        yield Factor.ROLLBACK_UNSETTLED, f"{text}; no recovery is recorded yet", 1
    elif recovered < at - CLOCK_SKEW:
        yield Factor.ROLLBACK_UNSETTLED, f"{text}, when the incident had already recovered", 1
    elif recovered - at <= RECOVERY_WINDOW:
        soon = recovered - at < timedelta(minutes=1)
        when = "at once" if soon else f"{_spoken(recovered - at)} later"
        yield Factor.ROLLBACK_RECOVERED, f"{text}, and the incident recovered {when}", 1
    else:
        later = _spoken(recovered - at)
        detail = f"{text}, and the incident went on for {later}"
        yield Factor.ROLLBACK_NOT_RECOVERED, detail, 1


def _order(deployment: DeploymentFacts) -> Iterator[Finding]:
    """A dependency between pull requests that the deployments did not keep."""
    if not deployment.unmet_dependencies:
        return
    missing = ", ".join(f"#{number}" for number in sorted(set(deployment.unmet_dependencies)))
    verb = "was" if len(set(deployment.unmet_dependencies)) == 1 else "were"
    match deployment.pull_requests:
        case (only,):
            subject = f"Pull request #{only.number}"
        case _:
            subject = "The deployment"
    detail = f"{subject} was to follow {missing}, which {verb} not deployed yet"
    yield Factor.OUT_OF_ORDER, detail, 1


_TAKING_AWAY = re.compile(
    r"\b(drop|remov|delet|renam|truncat)\w*(?:\W+\w+){0,4}?\W+"
    r"(column|table|index|constraint|schema)(?:s|es)?\b",
    re.IGNORECASE,
)
_MIGRATION = re.compile(
    r"\b(?:migrations?|migrate[sd]?|ddl|schema|backfill\w*|alter\w*\s+table|add\w*\s+column)\b",
    re.IGNORECASE,
)
_GERUNDS = {
    "drop": "dropping",
    "remov": "removing",
    "delet": "deleting",
    "renam": "renaming",
    "truncat": "truncating",
}
_MAX_TITLE = 300


def _schema(deployment: DeploymentFacts) -> Iterator[Finding]:
    """Words of a schema change in a title: the strongest one that any title holds."""
    pull_requests = sorted(deployment.pull_requests, key=lambda each: (each.number, each.title))
    titles = [(each.number, each.title[:_MAX_TITLE].replace("_", " ")) for each in pull_requests]
    for number, title in titles:
        if found := _TAKING_AWAY.search(title):
            verb, noun = found[1].lower(), found[2].lower()
            article = "an" if noun == "index" else "a"
            detail = f"Title of #{number} speaks of {_GERUNDS[verb]} {article} {noun}"
            yield Factor.SCHEMA_CHANGE, detail, 1
            return
    for number, title in titles:
        if _MIGRATION.search(title):
            yield Factor.MIGRATION, f"Title of #{number} speaks of a migration", 1
            return


def _size(deployment: DeploymentFacts) -> Iterator[Finding]:
    """Lines changed, on a logarithmic scale around a usual deployment; silent where unknown."""
    lines = sum(each.additions + each.deletions for each in deployment.pull_requests)
    files = sum(each.changed_files for each in deployment.pull_requests)
    if lines > 0:
        detail = f"Changes {lines:,} {_plural('line', lines)}"
        detail += f" in {files:,} {_plural('file', files)}" if files else ""
        yield Factor.SIZE, detail, math.log((1 + lines) / (1 + TYPICAL_LINES))


def _words(incident: IncidentFacts, deployment: DeploymentFacts) -> Iterator[Finding]:
    """Words that the incident's text and the titles share, in the titles' spelling."""
    told = words(f"{incident.title}\n{incident.summary or ''}")
    titles = "\n".join(sorted(each.title for each in deployment.pull_requests))
    written = words(titles)
    shared = sorted(told.keys() & written.keys())
    if shared:
        listed = ", ".join(written[word] for word in shared[:MAX_SHARED_WORDS])
        detail = f"Words shared with the incident: {listed}"
        yield Factor.SHARED_WORDS, detail, min(len(shared), MAX_SHARED_WORDS)


_WORD = re.compile(r"[^\W\d_]{4,}")
_ADDRESS = re.compile(r"\S*@\S*")
_COMMON = (
    "about after again also alert alerts avoid because been before being case change changes "
    "check cleanup code could does down error errors every fail failed failing fails failure "
    "fixes from have high incident instead into issue issues just large less long make many "
    "merge minor missing more most move need needs only other over page problem problems "
    "production refactor release request requests return returns returning revert running "
    "service services should simple since slow small some support test tests than that their "
    "them then there these they this time under unused update updates upgrade use used user "
    "users using value values version very void wait were what when where which while will "
    "with without work works would wrong your"
)
_COMMON_WORDS = frozenset(_COMMON.split())


@lru_cache(maxsize=256)
def words(text: str) -> Mapping[str, str]:
    """The telling words of a text, singular and folded, each with its first spelling.

    Addresses and mentions of people are no words of a change and are left out.
    """
    found: dict[str, str] = {}
    for spelling in _WORD.findall(_ADDRESS.sub(" ", text[:MAX_TEXT])):
        folded = spelling.casefold()
        stem = folded[:-1] if len(folded) > 4 and folded.endswith("s") else folded
        if _COMMON_WORDS.isdisjoint((folded, stem)):
            found.setdefault(stem, spelling)
    return found


def _lag_detail(lag: timedelta) -> str:
    if lag < timedelta(minutes=1):
        return "Deployed just as the incident first showed"
    return f"Deployed {_spoken(lag)} before the incident first showed"


def _spoken(span: timedelta) -> str:
    """A time span for reading: minutes up to two hours, hours up to two days, then days."""
    minutes = round(span.total_seconds() / 60)
    if minutes < 120:
        return f"{minutes} {_plural('minute', minutes)}"
    if minutes < 2 * 24 * 60:
        return f"{round(minutes / 60)} hours"
    return f"{round(minutes / 60 / 24)} days"


def _plural(noun: str, count: int) -> str:
    return noun if count == 1 else f"{noun}s"


def service_hops(
    affected: Collection[UUID], depends_on: Mapping[UUID, Collection[UUID]], furthest: int = 3
) -> dict[UUID, int]:
    """How far each service is from the affected ones, the nearest way counting.

    0 is affected, 1 … `furthest` are dependencies of dependencies, and -1 depends directly on
    an affected service. Services beyond are absent.
    """
    hops = dict.fromkeys(affected, 0)
    edge = set(affected)
    for distance in range(1, furthest + 1):
        edge = {service for each in edge for service in depends_on.get(each, ())} - hops.keys()
        hops |= dict.fromkeys(edge, distance)
    near = set(affected)
    for service, needs in depends_on.items():
        if service not in hops and not near.isdisjoint(needs):
            hops[service] = -1
    return hops
