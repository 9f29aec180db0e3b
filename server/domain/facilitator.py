"""Who may lead a post-mortem: somebody who took no part in the response, asked by rota.

Whoever responded explains what they did then by what they know now. Somebody from outside asks what
made it look right, and is asked for it in turn, so that it does not always fall to the same few
(Allspaw, "Blameless PostMortems and a Just Culture"; Etsy's "Debriefing Facilitation Guide").
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from server.errors import ErrorCode, Problem
from server.term import Term

MAX_CANDIDATES = 50
"""How many candidates are told at once."""


class Calling(Term):
    """What makes a person a good facilitator of one incident; the first that holds is told."""

    MANAGER = "MANAGER", "Leads a team."
    ADJACENT = "ADJACENT", "Is of a team whose services need the affected ones, or are needed."
    RELIABILITY = "RELIABILITY", "Is of a team for reliability."
    OTHER = "OTHER", "Took no part in the response."


@dataclass(frozen=True, slots=True)
class Colleague:
    """A person who could be asked. `asked_at` is when they last were, for any incident."""

    id: UUID
    team: str | None = None
    leads: bool = False
    adjacent: bool = False
    asked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person who may facilitate, and what makes them a good one."""

    person_id: UUID
    calling: Calling
    asked_at: datetime | None


_RELIABILITY = re.compile(r"\b(sre|(site[\s-]+)?reliability)\b", re.IGNORECASE)


def calling_of(colleague: Colleague) -> Calling:
    """What makes this person a good facilitator."""
    if colleague.leads:
        return Calling.MANAGER
    if colleague.adjacent:
        return Calling.ADJACENT
    if colleague.team and _RELIABILITY.search(colleague.team):
        return Calling.RELIABILITY
    return Calling.OTHER


def by_rota(colleagues: Iterable[Colleague], took_part: Collection[UUID]) -> tuple[Candidate, ...]:
    """Those who may, in the order in which to ask them.

    Whoever has a calling comes before all others. Among these, who was never asked comes first,
    then who was asked longest ago; what then still ties goes by calling.
    """
    candidates = (
        Candidate(each.id, calling_of(each), each.asked_at)
        for each in colleagues
        if each.id not in took_part
    )
    return tuple(sorted(candidates, key=_turn))


_NEVER = datetime.min.replace(tzinfo=UTC)
_CALLINGS = list(Calling)


def _turn(candidate: Candidate) -> tuple[bool, datetime, int, UUID]:
    return (
        candidate.calling is Calling.OTHER,
        candidate.asked_at or _NEVER,
        _CALLINGS.index(candidate.calling),
        candidate.person_id,
    )


def check_facilitator(person_id: UUID, took_part: Collection[UUID]) -> tuple[Problem, ...]:
    """What forbids that a person facilitates: they took part in the response, or were paged."""
    if person_id not in took_part:
        return ()
    message = (
        "Whoever responded or was paged cannot facilitate. Ask one of the `candidates`, who took "
        "no part in it."
    )
    return (Problem(ErrorCode.CONFLICT, message, ("person",)),)
