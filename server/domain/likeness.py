"""Whether two incidents are likely records of one, and why it looks so.

A sum of plain signs, weighed by hand: it proposes, and a person decides. Times and services say
most; that one record is a person's and the other a page's is how such pairs come to be.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import fsum
from typing import TypeAlias
from uuid import UUID

Dependencies: TypeAlias = Mapping[UUID, Collection[UUID]]
"""What each service depends on."""

WINDOW = timedelta(minutes=60)
"""How far apart two records of one incident may be declared."""

PROPOSED = 0.5
"""From which score on two incidents are shown as likely the same."""

_AT_ONCE, _ONE_BY_EACH = 0.3, 0.2
_SAME_SERVICE, _DEPENDENT, _UNKNOWN, _APART = 0.4, 0.3, 0.1, -0.3
_SAME_TITLE = 0.3

_SIMILAR = 0.3
"""Which share of their words two titles have in common to be called similar."""

WORDS = re.compile(r"\w+")
SAYS_NOTHING = frozenset(
    "a an and are at for from in is of on or the to with".split()  # noqa: SIM905  # reads better
)


@dataclass(frozen=True, slots=True)
class Sighting:
    """An incident as it is compared; `paged` says that a page made it, and no person."""

    title: str
    declared_at: datetime
    resolved_at: datetime | None
    services: frozenset[UUID]
    paged: bool


@dataclass(frozen=True, slots=True)
class Likeness:
    """How likely two incidents are the same, from 0 to 1, and the signs of it in words."""

    score: float
    reason: str


@dataclass(frozen=True, slots=True)
class _Sign:
    weight: float
    words: str = ""


def likeness(one: Sighting, other: Sighting, depends_on: Dependencies) -> Likeness | None:
    """What speaks for the two being one incident; None where it is not enough to say so.

    `depends_on` are the dependencies among their services.
    """
    apart = abs(one.declared_at - other.declared_at)
    if apart > WINDOW or _over_before(one, other) or _over_before(other, one):
        return None
    signs = (
        _closeness(apart, one, other),
        _services(one.services, other.services, depends_on),
        _titles(one.title, other.title),
    )
    score = min(fsum(sign.weight for sign in signs), 1.0)
    if score < PROPOSED:
        return None
    return Likeness(round(score, 3), "; ".join(sign.words for sign in signs if sign.words))


def _over_before(one: Sighting, other: Sighting) -> bool:
    return one.resolved_at is not None and one.resolved_at < other.declared_at


def _closeness(apart: timedelta, one: Sighting, other: Sighting) -> _Sign:
    minutes = round(apart / timedelta(minutes=1))
    words = f"Declared {minutes} minute{'' if minutes == 1 else 's'} apart"
    weight = _AT_ONCE * (1 - apart / WINDOW)
    if one.paged is other.paged:
        return _Sign(weight, words)
    return _Sign(weight + _ONE_BY_EACH, f"{words}, one by a person and one by a page")


def _services(one: frozenset[UUID], other: frozenset[UUID], depends_on: Dependencies) -> _Sign:
    if not (one and other):
        return _Sign(_UNKNOWN)
    if one & other:
        return _Sign(_SAME_SERVICE, "both hurt the same service")
    if _needs(one, depends_on) & other or _needs(other, depends_on) & one:
        return _Sign(_DEPENDENT, "one hurts a service that the other's depends on")
    return _Sign(_APART)


def _needs(services: Collection[UUID], depends_on: Dependencies) -> set[UUID]:
    return {needed for each in services for needed in depends_on.get(each, ())}


def _titles(one: str, other: str) -> _Sign:
    ours, theirs = _said(one), _said(other)
    shared = len(ours & theirs) / max(len(ours | theirs), 1)
    return _Sign(_SAME_TITLE * shared, "similar titles" if shared >= _SIMILAR else "")


def _said(title: str) -> set[str]:
    """The words of a title that say something."""
    return set(WORDS.findall(title.casefold())) - SAYS_NOTHING
