"""Forty incidents drawn from the scenarios: when each happened, to whom, and what came of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from server.demo.chance import Dice, is_workday, minutes, most_likely_in_office_hours
from server.demo.follow_up import action_of
from server.demo.organisation import Organisation, Service
from server.demo.plan import (
    SPAN,
    Cause,
    Course,
    Hypothesis,
    Incident,
    Release,
    Texts,
    Verdict,
    Why,
)
from server.demo.releases import Trouble
from server.demo.scenarios import Scenario, scenarios
from server.domain.attribution import VerdictKind
from server.domain.hypothesis import HypothesisState
from server.domain.incident import Severity, Signal

INCIDENTS = 40

_OPENED_BY_A_PERSON = frozenset({Signal.USER_REPORT, Signal.OTHER})
_STOPS_EARLY = 0.12
"""How many why-chains end before they reach the system, as some do."""

_GETS_A_VERDICT = 0.7

_PROOFS = {
    Cause.ROLLBACK: "It began with this release and ended when the release was rolled back.",
    Cause.FORWARD: "It began with this release and ended with the one that mended it.",
}


@dataclass(frozen=True, slots=True)
class Draft:
    """An incident that is to be: the scenario, its place and day, and how long things take."""

    key: str
    scenario: Scenario
    service: Service
    severity: Severity
    day: date
    spans: "Spans"

    @property
    def trouble(self) -> Trouble | None:
        """The release that has to be behind it, if one is."""
        change = self.scenario.change
        if change is None:
            return None
        return Trouble(self.key, change, self.spans.until_mitigated, self.scenario.fix)


@dataclass(frozen=True, slots=True)
class Spans:
    """How long each part of an incident takes; `latent` is from the release to the first harm."""

    latent: timedelta
    detect: timedelta
    declare: timedelta
    acknowledge: timedelta
    identify: timedelta
    mitigate: timedelta
    resolve: timedelta
    review: timedelta

    @property
    def until_mitigated(self) -> timedelta:
        """From the release behind it to the end of the harm."""
        parts = (self.detect, self.declare, self.acknowledge, self.identify, self.mitigate)
        return sum(parts, self.latent)

    def course(self, started_at: datetime) -> Course:
        """The moments that these spans lead to."""
        moments = [started_at]
        for span in (
            self.detect,
            self.declare,
            self.acknowledge,
            self.identify,
            self.mitigate,
            self.resolve,
            self.review,
        ):
            moments.append(moments[-1] + span)
        return Course(*moments)


def drafts(organisation: Organisation, today: date, chance: Dice) -> tuple[Draft, ...]:
    """Draw the incidents, spread over the past, never two at one service within two days."""
    deck = [*scenarios(), *scenarios()]
    chance.shuffle(deck)
    taken: set[tuple[str, date]] = set()
    found = []
    for index, scenario in enumerate(deck[:INCIDENTS]):
        ago = round((SPAN.days - 4) * (1 - index / INCIDENTS)) + 1
        day = today - timedelta(days=ago)
        slug = chance.choice(scenario.services)
        day = next(day for day in _suitable(day, today, scenario) if (slug, day) not in taken)
        taken |= {(slug, day + timedelta(days=near)) for near in (-1, 0, 1)}
        severity = chance.choice(scenario.severities)
        found.append(
            Draft(
                key=f"{index + 1:02}-{scenario.key}",
                scenario=scenario,
                service=organisation.service(slug),
                severity=severity,
                day=day,
                spans=_spans(scenario, severity, chance),
            )
        )
    return tuple(found)


def _suitable(day: date, today: date, scenario: Scenario) -> Iterator[date]:
    """Days on which it may happen: this one, then outwards; a release's on a workday."""
    for away in range(SPAN.days):
        for each in (day - timedelta(days=away), day + timedelta(days=away)):
            past = timedelta(days=1) < today - each <= SPAN
            if past and (scenario.change is None or is_workday(each)):
                yield each


def _spans(scenario: Scenario, severity: Severity, chance: Dice) -> Spans:
    grave = severity in (Severity.SEV1, Severity.SEV2)
    seen_by_users = scenario.signal in _OPENED_BY_A_PERSON
    at_once = chance.random() < 0.7
    return Spans(
        latent=minutes(chance, 1, 12) if at_once else minutes(chance, 20, 100),
        detect=minutes(chance, 8, 45) if seen_by_users else minutes(chance, 1, 7),
        declare=minutes(chance, 1, 6) if seen_by_users else minutes(chance, 0.2, 1.5),
        acknowledge=minutes(chance, 0.8, 5) if grave else minutes(chance, 2, 15),
        identify=minutes(chance, 6, 45) if scenario.change else minutes(chance, 10, 80),
        mitigate=minutes(chance, 6, 25),
        resolve=minutes(chance, 3, 20) if scenario.change else minutes(chance, 5, 60),
        review=minutes(chance, 20 * 60, 76 * 60),
    )


def incident_of(
    draft: Draft,
    releases: tuple[Release, Release] | None,
    organisation: Organisation,
    now: datetime,
    chance: Dice,
) -> Incident:
    """Tell a draft in full; `releases` are its culprit and its remedy, where it has any."""
    culprit, remedy = releases or (None, None)
    scenario, service = draft.scenario, draft.service
    if culprit:
        started_at = culprit.finished_at + draft.spans.latent
    else:
        started_at = most_likely_in_office_hours(chance, draft.day)
    course = draft.spans.course(started_at)
    reviewed = course.reviewed_at < now
    slots = _slots(service, chance)
    team = [person.handle for person in organisation.members(service.team)]
    commander, *responders = chance.sample(team, 3)
    return Incident(
        key=draft.key,
        scenario=scenario.key,
        service=service,
        severity=draft.severity,
        signal=scenario.signal,
        paged=scenario.signal not in _OPENED_BY_A_PERSON,
        on_call=team[started_at.isocalendar().week % len(team)],
        commander=commander,
        responders=tuple(responders),
        texts=_texts(scenario, slots, chance),
        course=course,
        hypotheses=tuple(_hypotheses(scenario, course, slots, responders)),
        whys=tuple(_whys(scenario, slots, chance)) if reviewed else (),
        actions=tuple(
            action_of(promise, slots, service.team, team, (course.reviewed_at, now), chance)
            for promise in scenario.actions
            if reviewed
        ),
        verdict=_verdict(scenario, chance) if reviewed else None,
        culprit=culprit,
        remedy=remedy,
    )


def _slots(service: Service, chance: Dice) -> Mapping[str, str]:
    return {
        "service": service.name,
        "percent": str(chance.randrange(12, 68)),
        "count": str(chance.randrange(120, 940)),
        "seconds": str(chance.randrange(4, 19)),
    }


def _texts(scenario: Scenario, slots: Mapping[str, str], chance: Dice) -> Texts:
    return Texts(
        title=chance.choice(scenario.titles).format_map(slots),
        summary=scenario.summary.format_map(slots),
        anomaly=scenario.anomaly.format_map(slots),
        root_cause=scenario.root_cause.format_map(slots),
        mitigation=scenario.mitigation.format_map(slots),
        recovery=scenario.recovery.format_map(slots),
    )


def _hypotheses(
    scenario: Scenario, course: Course, slots: Mapping[str, str], responders: Sequence[str]
) -> Iterator[Hypothesis]:
    """Those ruled out one after another, while the right one is raised last and settled last."""
    told = [(guess, HypothesisState.RULED_OUT) for guess in scenario.ruled_out]
    told.append((scenario.ruled_in, HypothesisState.RULED_IN))
    begins, ends = _evenly(0.05, 0.6, len(told)), _evenly(0.4, 0.98, len(told))
    for index, ((guess, state), begin, end) in enumerate(zip(told, begins, ends, strict=True)):
        yield Hypothesis(
            by=responders[index % len(responders)],
            statement=guess.statement.format_map(slots),
            state=state,
            reason=guess.reason.format_map(slots),
            raised_at=course.between(begin),
            settled_at=course.between(end),
        )


def _evenly(first: float, last: float, count: int) -> Sequence[float]:
    """`count` numbers from the first to the last, at least two."""
    return [first + (last - first) * index / (count - 1) for index in range(count)]


def _whys(scenario: Scenario, slots: Mapping[str, str], chance: Dice) -> Iterator[Why]:
    pairs = scenario.whys
    told = pairs[: len(pairs) - 1] if chance.random() < _STOPS_EARLY else pairs
    for question, answer in told:
        systemic = (question, answer) == pairs[-1]
        yield Why(question.format_map(slots), answer.format_map(slots), systemic)


def _verdict(scenario: Scenario, chance: Dice) -> Verdict | None:
    """The review's word on the cause, which some reviews leave to the model."""
    if chance.random() >= _GETS_A_VERDICT:
        return None
    if scenario.cause is Cause.OTHER:
        return Verdict(VerdictKind.NOT_A_DEPLOYMENT, "No release took part in it.")
    return Verdict(VerdictKind.CAUSED_BY_DEPLOYMENT, _PROOFS[scenario.cause])
