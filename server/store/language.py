"""What is found in the language of texts that people write, as the tables keep it."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from server.domain.blameless import LanguageRule
from server.domain.language import judge
from server.domain.redaction import Directory
from server.store.directory import words


def columns_of(name: str) -> tuple[str, ...]:
    """A text's column, and those that derive from it where people write it."""
    return name, f"{name}_redacted", f"{name}_findings", f"{name}_findings_redacted"


def said(
    name: str, text: str | None, directory: Directory, rules: Sequence[LanguageRule]
) -> dict[str, object]:
    """The columns of a text that a person writes: those of `words`, and the findings in both."""
    renderings = tuple(words(name, text, directory).values())
    found = (judged(name, each, directory, rules) for each in renderings)
    return dict(zip(columns_of(name), (*renderings, *found), strict=True))


def judged(
    name: str, text: object, directory: Directory, rules: Sequence[LanguageRule]
) -> list[dict[str, Any]] | None:
    """What is found in the text of the column `name`; None where there is none.

    Places are those of this text, and what it quotes is its own: a rendering without names has
    findings without names.
    """
    if not isinstance(text, str):
        return None
    return [{"field": name, **asdict(each)} for each in judge(text, directory, rules)]
