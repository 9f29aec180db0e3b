"""The rules of blameless language that a team adds, as `whychain.toml` has them.

    [[language_rule]]
    name = "TEAM_SHAMING"
    meaning = "A whole team is shamed."
    advice = "What made this hard, for any team?"
    patterns = ["(as usual|once again|typical),? the [a-z]+ team"]
    unless = ["once again thank"]
    examples = ["[Once again, the network team] was late.", "Once again the network was late."]

They are written as the built-in ones are: `server/domain/blameless_rules.toml` says how. At least
one example must hold, in brackets, what is found.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from server.connections import ConnectionsError, tables_of
from server.domain.blameless import LanguageRule, LanguageRuleError, Mistake, built_in_rules

_NAME = re.compile(r"[A-Z][A-Z0-9_]{0,62}")


def load(file: Path | None) -> tuple[LanguageRule, ...]:
    """The built-in rules, and after them those that a file describes.

    Raises:
        ConnectionsError: it cannot be read, or any of its rules is wrong.
    """
    rules = list(built_in_rules())
    mistakes: list[str] = []
    for number, table in enumerate(tables_of(file, "language_rule") if file else (), 1):
        wrong = list(_wrong_with(table, {rule.name for rule in rules}))
        if wrong:
            mistakes += (f"{file}: language_rule {number}: {key}: {what}." for key, what in wrong)
        else:
            rules.append(LanguageRule.read(table))
    if mistakes:
        raise ConnectionsError("\n".join(mistakes))
    return tuple(rules)


def _wrong_with(table: Any, taken: set[str]) -> Iterator[Mistake]:
    """What is wrong with a team's rule."""
    if not isinstance(table, dict):
        yield "language_rule", "it is no table"
        return
    name = table.get("name")
    if name in taken:
        yield "name", "another rule has it already"
    elif not isinstance(name, str) or not _NAME.fullmatch(name):
        yield "name", "give a name of capitals, digits and underscores"
    try:
        rule = LanguageRule.read(table)
    except LanguageRuleError as wrong:
        yield from (each for each in wrong.mistakes if each[0] != "name")
    else:
        if not any("[" in example for example in rule.examples):
            yield "examples", "give one, with what is found in brackets"
