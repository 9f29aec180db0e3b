"""Whether an earlier incident may teach something about another one, and what they share.

A sum of plain signs, weighed by hand: what broke says much, why it broke says most. Words are
compared by their stems, and those that say nothing are left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import fsum
from uuid import UUID

from server.domain.likeness import SAYS_NOTHING, WORDS

PROPOSED = 0.25
"""From which score on two incidents are shown as similar: one service that both hurt is enough."""

MOST = 10
"""How many an incident is shown with."""

_SAME_SERVICE, _SAME_CAUSES, _SAME_TITLE = 0.35, 0.45, 0.2

_FEW_CAUSES = 2
"""From how many words on causes have something in common: any two texts share one."""

_SHOWN_WORDS = 5

_ENDINGS = ("ings", "ing", "ed", "es", "s", "e")
_SHORTEST_STEM = 3

_OF_ROLES = frozenset({"engineer", "team", "person"})
"""The words that stand for people where their names are hidden."""

_COMMON = (
    "after because been before but by could did does had has have into it its no not one only so "
    "than that their then there they this until was were what when where which while who why would"
)
"""More words that say nothing of what broke."""

_NOTHING = SAYS_NOTHING | _OF_ROLES | set(_COMMON.split())


@dataclass(frozen=True, slots=True)
class Profile:
    """An incident as it is compared: without names, and its services by their names."""

    title: str
    causes: str
    services: Mapping[UUID, str]


@dataclass(frozen=True, slots=True)
class Similarity:
    """How similar two incidents are, from 0 to 1, and in what."""

    score: float
    reason: str


@dataclass(frozen=True, slots=True)
class _Sign:
    weight: float = 0.0
    words: str = ""


def similarity(one: Profile, other: Profile) -> Similarity | None:
    """What two incidents share; None where it is too little to say so."""
    signs = (_services(one, other), _causes(one.causes, other.causes), _titles(one, other))
    score = round(fsum(sign.weight for sign in signs), 3)
    if score < PROPOSED:
        return None
    reason = "; ".join(sign.words for sign in signs if sign.words)
    return Similarity(score, reason[:1].upper() + reason[1:])


def _services(one: Profile, other: Profile) -> _Sign:
    shared = sorted(one.services[each] for each in one.services.keys() & other.services.keys())
    if not shared:
        return _Sign()
    return _Sign(_SAME_SERVICE, f"same service {', '.join(shared)}")


def _causes(one: str, other: str) -> _Sign:
    ours, theirs = _stems(one), _stems(other)
    shared = sorted(ours.keys() & theirs.keys())
    if len(shared) < _FEW_CAUSES:
        return _Sign()
    words = ", ".join(min(ours[each], theirs[each]) for each in shared[:_SHOWN_WORDS])
    share = len(shared) / min(len(ours), len(theirs))
    return _Sign(_SAME_CAUSES * share, f"same cause words: {words}")


def _titles(one: Profile, other: Profile) -> _Sign:
    ours, theirs = _stems(one.title).keys(), _stems(other.title).keys()
    shared = len(ours & theirs) / max(len(ours | theirs), 1)
    return _Sign(_SAME_TITLE * shared, "similar titles" if shared else "")


def _stems(text: str) -> Mapping[str, str]:
    """The words of a text that say something, by their stems; of several the first by letters."""
    words = sorted(set(WORDS.findall(text.casefold())) - _NOTHING)
    found: dict[str, str] = {}
    for word in words:
        found.setdefault(_stem(word), word)
    return found


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= _SHORTEST_STEM:
            return stem
    return word
