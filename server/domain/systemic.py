"""Whether an answer of a why-chain speaks of the system: proposed by rules, confirmed by a person.

An answer that gives a person as the cause is never an end, whatever else it says: it leads to the
question what made that step look right. The rules are data (`systemic_rules.toml`).
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import TypeAlias

from server.domain.blameless import LanguageFinding, findings

_OF_PEOPLE = frozenset({"HUMAN_ERROR", "BLAME"})
"""The rules of blameless language for a person who is given as the cause."""

MAX_READ = 1000
"""How many characters of an answer decide: what it is about stands at its beginning."""

_NEAR = r"(?:[^.;!?\n]{0,50}\s)?"
"""What may stand between two words of one statement."""


Spans: TypeAlias = Sequence[tuple[int, int]]


def of_a_person(answer: str, names: Spans = ()) -> tuple[LanguageFinding, ...]:
    """Where an answer gives a person as the cause, each with a question that leads further.

    `names` are where names of people stand in it.
    """
    return tuple(each for each in findings(answer, names) if each.rule in _OF_PEOPLE)


def proposed(answer: str, names: Spans = ()) -> bool:
    """Whether an answer speaks of what the system has, lacks or rewards, and of no person."""
    return _system().search(answer[:MAX_READ]) is not None and not of_a_person(answer, names)


@cache
def _system() -> re.Pattern[str]:
    file = resources.files("server.domain").joinpath("systemic_rules.toml")
    document = tomllib.loads(file.read_text("utf-8"))
    words = {name: _any_of(text) for name, text in document["words"].items()}
    patterns = (_expanded(each, {**words, "near": _NEAR}) for each in document["rules"]["patterns"])
    return re.compile(rf"\b(?:{'|'.join(patterns)})\b", re.IGNORECASE)


def _any_of(words: str) -> str:
    return f"(?:{'|'.join(words.split())})".replace("_", " ")


def _expanded(pattern: str, words: Mapping[str, str]) -> str:
    for name, any_of_them in words.items():
        pattern = pattern.replace(f"{{{name}}}", any_of_them)
    return pattern
