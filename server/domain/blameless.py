"""Blameless language: where a text explains what happened by a person instead of the system.

The rules are data (`blameless_rules.toml`), each with its examples, and a team may add its own. The
advice is a question that leads to the system, as the blameless post-mortem asks it: what made the
step that was taken look right at that moment (Dekker, "The Field Guide to Understanding Human
Error"; Allspaw, "Blameless PostMortems and a Just Culture").
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any, Self

MAX_FINDINGS = 100
"""How many findings of one text are told, from its beginning."""

MAX_TEXTS = 200
MAX_TEXT = 3_000
"""How many patterns, exceptions or examples a rule may have, and the length of each."""


@dataclass(frozen=True, slots=True, order=True)
class LanguageFinding:
    """Where a text is not blameless, in characters up to `end`, and what to ask instead."""

    start: int
    end: int
    rule: str
    text: str
    advice: str


@dataclass(frozen=True, slots=True)
class LanguageRule:
    """One kind of finding. `patterns` and `unless` are written as `blameless_rules.toml` says.

    Raises:
        ValueError: one of them is no pattern.
    """

    name: str
    meaning: str
    advice: str
    patterns: tuple[str, ...]
    unless: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    _of_people: re.Pattern[str] = field(init=False, repr=False, compare=False)
    _of_any: re.Pattern[str] = field(init=False, repr=False, compare=False)
    _unless: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        of_people = [each for each in self.patterns if each.startswith(_PERSON)]
        others = [each for each in self.patterns if not each.startswith(_PERSON)]
        tails = (each.removeprefix(_PERSON) for each in of_people)
        object.__setattr__(self, "_of_people", _any_of(tails, before=""))
        object.__setattr__(self, "_of_any", _any_of(others))
        object.__setattr__(self, "_unless", _any_of(self.unless))

    @classmethod
    def read(cls, table: Mapping[str, Any]) -> Self:
        """The rule that a table describes, as `blameless_rules.toml` does.

        Raises:
            ValueError: it describes none, or one that its own examples do not bear out.
        """
        if unknown := set(table) - _KEYS:
            raise ValueError(f"A rule has no {min(unknown)}.")
        rule = cls(
            name=_text(table, "name"),
            meaning=_text(table, "meaning"),
            advice=_text(table, "advice"),
            patterns=_texts(table, "patterns"),
            unless=_texts(table, "unless"),
            examples=_texts(table, "examples"),
        )
        if not rule.patterns:
            raise ValueError("A rule needs patterns.")
        for example in rule.examples:
            rule.check(example)
        return rule

    def check(self, example: str) -> None:
        """Raises: ValueError: what is found in the example is not what stands in brackets."""
        plain = example.replace("[", "").replace("]", "")
        found = [plain[start:end] for start, end in self.spans(_Read.of(plain, ()))]
        if found != _BRACKETED.findall(example):
            raise ValueError(f"{self.name}: in {example!r} it finds {found}.")

    def spans(self, read: "_Read") -> Iterator[tuple[int, int]]:
        """Where a text breaks it."""
        found = sorted({*self._after_people(read), *self._anywhere(read)})
        fine = [each.span() for each in self._unless.finditer(read.plain)] if found else []
        done = 0
        for start, end in found:
            excused = any(start < its_end and its_start < end for its_start, its_end in fine)
            if start >= done and not excused:
                yield start, end
                done = end

    def _after_people(self, read: "_Read") -> Iterator[tuple[int, int]]:
        """What begins with a person: looked for where people stand, which is far quicker."""
        for person in read.people:
            if found := self._of_people.match(read.marked, person.end()):
                yield person.start(), found.end()

    def _anywhere(self, read: "_Read") -> Iterator[tuple[int, int]]:
        for text in (read.marked, read.plain):
            for found in self._of_any.finditer(text):
                yield found.span()


def findings(
    text: str,
    names: Iterable[tuple[int, int]] = (),
    rules: Iterable[LanguageRule] | None = None,
) -> tuple[LanguageFinding, ...]:
    """Where a text is not blameless, from its beginning; each character counts for one finding a
    rule.

    Args:
        names: where the names of people stand in it.
        rules: the built-in ones by default.
    """
    read = _Read.of(text, names)
    found = sorted(
        LanguageFinding(start, end, rule.name, text[start:end], rule.advice)
        for rule in (built_in_rules() if rules is None else rules)
        for start, end in rule.spans(read)
    )
    return tuple(found[:MAX_FINDINGS])


# ── what is read ─────────────────────────────────────────────────────────────

_NAME, _PEOPLE, _BLANK = "\ue000", "\ue001", "\ue002"
"""Characters of no meaning of their own (Unicode's private use): of a name, of whoever is a person,
and of what is not read. They take as many places as what they stand for.
"""

_MARKS = re.compile(f"[{_NAME}{_PEOPLE}{_BLANK}]")

_TIME = r"\[?(?:\d{4}-\d\d-\d\d[T ])?\d\d:\d\d:\d\d[.,\d]*Z?\]? "
_LOGGED = rf"(?m:^[ \t]*(?:>|{_TIME}|(?:ERROR|WARN|INFO|FATAL|DEBUG)\b).*$)"
_QUOTED = re.compile(
    r"(?s:```.*?(?:```|\Z))|`[^`\n]*`|\"[^\"\n]{0,500}\"|“[^”\n]{0,500}”|«[^»\n]{0,500}»|https?://\S+|"
    + _LOGGED
)
"""Code, quotations, addresses, quoted lines and lines of logs: words of others, or of no one."""


@dataclass(frozen=True, slots=True)
class _Read:
    """A text as rules read it; what is quoted is blank, and every place is the text's own.

    In `plain` only names are marked, in `marked` everybody who is a person.
    """

    plain: str
    marked: str
    people: tuple[re.Match[str], ...]

    @classmethod
    def of(cls, text: str, names: Iterable[tuple[int, int]]) -> "_Read":
        characters = list(_MARKS.sub(" ", text))
        for start, end in names:
            characters[start:end] = _NAME * (end - start)
        plain = _QUOTED.sub(lambda found: _BLANK * len(found[0]), "".join(characters))
        people = tuple(_person().finditer(plain))
        marked = _person().sub(lambda found: _PEOPLE * len(found[0]), plain)
        return cls(plain, marked, people)


_KEYS = {"name", "meaning", "advice", "patterns", "unless", "examples"}
_BRACKETED = re.compile(r"\[([^\]]*)\]")


def _text(table: Mapping[str, Any], name: str) -> str:
    value = table.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= MAX_TEXT:
        raise ValueError(f"{name}: give a text of at most {MAX_TEXT} characters.")
    return value


def _texts(table: Mapping[str, Any], name: str) -> tuple[str, ...]:
    values = table.get(name, [])
    if not isinstance(values, list) or len(values) > MAX_TEXTS:
        raise ValueError(f"{name}: give a list of at most {MAX_TEXTS} texts.")
    return tuple(_text({name: value}, name) for value in values)


# ── how rules are written ────────────────────────────────────────────────────

_PERSON = "{person}"
_IN_BRACES = re.compile(r"\{([a-z_]+)\}")
_SHORT = re.compile(r"\[[^\]]*\]|\((?!\?)| |'")
_CURLY = "\N{RIGHT SINGLE QUOTATION MARK}"
_LONG = {"(": "(?:", " ": r"\s+", "'": f"['{_CURLY}]"}


def _any_of(patterns: Iterable[str], before: str = r"(?<!\w)") -> re.Pattern[str]:
    """Matches whole words as any of these patterns says; no pattern matches nothing."""
    wanted = "|".join(map(_expanded, patterns)) or "(?!)"
    try:
        return re.compile(rf"{before}(?:{wanted})(?!\w)", re.IGNORECASE)
    except re.error as wrong:
        raise ValueError(f"It is no pattern: {wrong}.") from None


def _expanded(pattern: str) -> str:
    """A pattern as Python reads it.

    Raises:
        ValueError: it names words that are not there.
    """
    while named := _IN_BRACES.search(pattern):
        if named[1] not in _words():
            raise ValueError(f"There are no words {named[0]}.")
        pattern = pattern.replace(named[0], f"({_words()[named[1]]})")
    return _SHORT.sub(lambda each: _LONG.get(each[0], each[0].replace("'", f"'{_CURLY}")), pattern)


@cache
def _document() -> dict[str, Any]:
    file = resources.files("server.domain").joinpath("blameless_rules.toml")
    return tomllib.loads(file.read_text("utf-8"))


@cache
def _words() -> Mapping[str, str]:
    return {**_document()["words"], "person": f"{_PEOPLE}+"}


@cache
def _person() -> re.Pattern[str]:
    """Finds people: who has a name, and who is called by a pronoun or by what they are."""
    return _any_of([f"{_NAME}+|{{one}}|{{role}}"])


@cache
def built_in_rules() -> tuple[LanguageRule, ...]:
    """The rules that come with the product."""
    return tuple(LanguageRule.read(table) for table in _document()["rule"])
