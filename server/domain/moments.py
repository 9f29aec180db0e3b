"""The seven moments that a timeline must capture: which entry tells each, and what is still to ask.

A moment that no entry tells is missing. One that is told may still lack something, which is asked
as well: an account is complete when nothing is left to ask.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from server.domain.attribution import VerdictKind
from server.domain.incident import Signal, Times
from server.domain.timeline import TimelineKind
from server.term import Term


class MomentKind(Term):
    """One of the moments that every account of an incident has."""

    DEPLOYED = "DEPLOYED", "The deployment happened; what it contained and who merged it."
    FIRST_ANOMALY = "FIRST_ANOMALY", "The first anomaly appeared, in a signal."
    DECLARED = "DECLARED", "The incident was declared, and somebody was paged."
    HYPOTHESES = "HYPOTHESES", "Each hypothesis was raised, and ruled in or out for a reason."
    ROOT_CAUSE = "ROOT_CAUSE", "The root cause was identified."
    MITIGATION = "MITIGATION", "What was done took effect, and users no longer felt it."
    RECOVERY = "RECOVERY", "The system was normal again."


_PROMPTS: Mapping[MomentKind, str] = {
    MomentKind.DEPLOYED: "Which deployment came before it, and what did it contain: which pull "
    "requests, how large, and merged by whom? If it was none, record that as the verdict.",
    MomentKind.FIRST_ANOMALY: "When did the first anomaly appear, and in which signal?",
    MomentKind.DECLARED: "When was the incident declared, and who was paged?",
    MomentKind.HYPOTHESES: "What did responders think the cause might be, and what ruled each "
    "thought in or out?",
    MomentKind.ROOT_CAUSE: "When was the root cause identified, and what showed it?",
    MomentKind.MITIGATION: "What was the mitigation, and when did it take effect?",
    MomentKind.RECOVERY: "When was the system normal again, and what showed it?",
}
"""What to ask where nothing tells a moment."""

TOLD_BY: Mapping[TimelineKind, MomentKind] = {
    TimelineKind.DEPLOYMENT: MomentKind.DEPLOYED,
    TimelineKind.ANOMALY: MomentKind.FIRST_ANOMALY,
    TimelineKind.DECLARED: MomentKind.DECLARED,
    TimelineKind.HYPOTHESIS: MomentKind.HYPOTHESES,
    TimelineKind.ROOT_CAUSE: MomentKind.ROOT_CAUSE,
    TimelineKind.MITIGATION: MomentKind.MITIGATION,
    TimelineKind.RECOVERY: MomentKind.RECOVERY,
}
"""Which entries of a timeline tell a moment; entries of other kinds tell none."""


@dataclass(frozen=True, slots=True)
class ToldEntry:
    """An entry of a timeline that stands and tells a moment."""

    id: UUID
    kind: TimelineKind
    occurred_at: datetime
    deployment_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Contents:
    """What is known of the deployment that is held to be the cause."""

    deployment_id: UUID
    pull_requests: int
    without_merger: int
    """How many of its pull requests nobody is known to have merged."""


@dataclass(frozen=True, slots=True)
class Account:
    """What is told of an incident. `entries` are in order of time."""

    entries: Sequence[ToldEntry]
    times: Times
    detected_by: Signal | None = None
    anybody_paged: bool = False
    hypotheses: int = 0
    open_hypotheses: int = 0
    cause: Contents | None = None
    verdict: VerdictKind | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment, the entry that tells it if one does, and what is still to ask of it."""

    kind: MomentKind
    entry_id: UUID | None
    missing: bool
    questions: tuple[str, ...]


def moments(account: Account) -> tuple[Moment, ...]:
    """All seven, in the order of a response."""
    told: dict[MomentKind, list[ToldEntry]] = {kind: [] for kind in MomentKind}
    for entry in account.entries:
        told[TOLD_BY[entry.kind]].append(entry)
    return tuple(_moment(kind, entries, account) for kind, entries in told.items())


def _moment(kind: MomentKind, entries: Sequence[ToldEntry], account: Account) -> Moment:
    if kind is MomentKind.DEPLOYED and account.verdict is VerdictKind.NOT_A_DEPLOYMENT:
        return Moment(kind, None, False, ())
    if not entries:
        return Moment(kind, None, True, (_PROMPTS[kind],))
    entry = _CHOICE[kind](entries, account)
    ask = _ASK.get(kind)
    return Moment(kind, entry.id, False, tuple(ask(entry, account)) if ask else ())


# ── which of several entries tells a moment ──────────────────────────────────

_Entries: TypeAlias = Sequence[ToldEntry]


def _first(entries: _Entries, _account: Account) -> ToldEntry:
    return entries[0]


def _last(entries: _Entries, _account: Account) -> ToldEntry:
    """An incident that came back was not over before."""
    return entries[-1]


def _deployed(entries: _Entries, account: Account) -> ToldEntry:
    """That of the cause; while none is known, the last one before users felt it."""
    cause = account.cause.deployment_id if account.cause else None
    of_cause = (each for each in entries if cause and each.deployment_id == cause)
    return next(of_cause, None) or _last_until(account.times.onset, entries)


def _mitigation(entries: _Entries, account: Account) -> ToldEntry:
    """The last one until it was mitigated: what was tried earlier did not help."""
    end = account.times.mitigated_at
    return _last_until(end, entries) if end else entries[-1]


def _last_until(end: datetime, entries: _Entries) -> ToldEntry:
    """The last one up to a time, or the first after it."""
    return next((each for each in reversed(entries) if each.occurred_at <= end), entries[0])


_CHOICE: Mapping[MomentKind, Callable[[_Entries, Account], ToldEntry]] = {
    MomentKind.DEPLOYED: _deployed,
    MomentKind.FIRST_ANOMALY: _first,
    MomentKind.DECLARED: _first,
    MomentKind.HYPOTHESES: _first,
    MomentKind.ROOT_CAUSE: _last,
    MomentKind.MITIGATION: _mitigation,
    MomentKind.RECOVERY: _last,
}

# ── what a moment that is told still lacks ───────────────────────────────────


def _ask_deployed(entry: ToldEntry, account: Account) -> Iterator[str]:
    if account.cause is None or entry.deployment_id != account.cause.deployment_id:
        yield "Did this deployment cause it? Record the verdict."
        return
    if not account.cause.pull_requests:
        yield "Which pull requests did it contain, how large, and merged by whom?"
    elif account.cause.without_merger:
        yield "Who merged each of its pull requests?"


def _ask_anomaly(_entry: ToldEntry, account: Account) -> Iterator[str]:
    if account.detected_by is None:
        yield "In which signal did it show first?"


def _ask_declared(_entry: ToldEntry, account: Account) -> Iterator[str]:
    if not account.anybody_paged:
        yield "Who was paged, or how else did responders come to know of it?"


def _ask_hypotheses(_entry: ToldEntry, account: Account) -> Iterator[str]:
    if account.hypotheses == 0:
        yield "Which hypotheses were these? Raise each, and say what ruled it in or out."
    elif account.open_hypotheses:
        open_ones = f"{account.open_hypotheses} of {account.hypotheses}"
        yield f"Still open are {open_ones} hypotheses: what rules each in or out?"


_ASK: Mapping[MomentKind, Callable[[ToldEntry, Account], Iterator[str]]] = {
    MomentKind.DEPLOYED: _ask_deployed,
    MomentKind.FIRST_ANOMALY: _ask_anomaly,
    MomentKind.DECLARED: _ask_declared,
    MomentKind.HYPOTHESES: _ask_hypotheses,
}
