"""The sentences of each rule, and whom they name."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from uuid import UUID

from server.domain.blameless import LanguageFinding, findings
from server.domain.redaction import Directory, KnownPerson, people_in, role_of

RULES = ("HUMAN_ERROR", "BLAME", "COUNTERFACTUAL", "CHARACTER", "HINDSIGHT")

_NAMES = (
    "Dana Whitfield",
    "Marcus Oyelaran",
    "Priya Raman",
    "Tomasz Kowalczyk",
    "Will Mercer",
    "Rose Abara",
    "Mark Ito",
)
PEOPLE = Directory(
    (
        *(KnownPerson(UUID(int=n), (name,), role_of(None)) for n, name in enumerate(_NAMES)),
        KnownPerson(UUID(int=len(_NAMES)), ("Jun Park",), role_of(None), handles=("jpark",)),
    )
)

_BRACKETS = re.compile(r"\[\[(.*?)\]\]")


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence, and where in it something of a rule is to be found."""

    rule: str
    text: str
    spans: tuple[tuple[int, int], ...]
    held_back: bool

    @property
    def found(self) -> tuple[LanguageFinding, ...]:
        """What the rule finds in it."""
        told = findings(self.text, people_in(self.text, PEOPLE))
        return tuple(each for each in told if each.rule == self.rule)

    @property
    def hit(self) -> bool:
        """Whether a finding overlaps what is to be found."""
        return any(
            each.start < end and start < each.end
            for each in self.found
            for start, end in self.spans
        )


@cache
def examples() -> tuple[Example, ...]:
    """Every sentence of every rule."""
    return tuple(example for rule in RULES for example in _of(rule))


def _of(rule: str) -> Iterator[Example]:
    file = Path(__file__).with_name(f"{rule.lower()}.toml")
    for table in tomllib.loads(file.read_text("utf-8"))["example"]:
        spans = tuple(
            (found.start() - 4 * before, found.end() - 4 * (before + 1))
            for before, found in enumerate(_BRACKETS.finditer(table["text"]))
        )
        text = _BRACKETS.sub(r"\1", table["text"])
        yield Example(rule, text, spans, table.get("held_back", False))
