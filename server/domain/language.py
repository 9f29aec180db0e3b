"""The language of what people write: what is found in it, and what keeps it from publication."""

import re
from collections.abc import Iterable, Iterator, Mapping

from server.domain.blameless import LanguageFinding, LanguageRule, findings
from server.domain.redaction import Directory, people_in


def judge(
    text: str,
    directory: Directory,
    rules: Iterable[LanguageRule],
    names: Iterable[str] = (),
) -> tuple[LanguageFinding, ...]:
    """What is found in a text; whoever the directory knows is a person, by whatever name or role.

    Args:
        names: of people who are known to be meant: every part of them is a name wherever it stands.
    """
    return findings(text, [*people_in(text, directory), *_named(text, names)], rules)


_PART = re.compile(r"\w[\w'\u2019-]+")


def _named(text: str, names: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Where parts of these names stand, written as there. Particles ("van") name nobody."""
    parts = {part for name in names for part in _PART.findall(name) if not part[0].islower()}
    if parts:
        any_part = "|".join(map(re.escape, sorted(parts, key=len, reverse=True)))
        yield from (each.span() for each in re.finditer(rf"(?<!\w)(?:{any_part})(?!\w)", text))


def blocking(
    texts: Mapping[str, str | None], directory: Directory, rules: Iterable[LanguageRule]
) -> dict[str, tuple[LanguageFinding, ...]]:
    """What keeps texts from being published: the findings of those that have any, by their names.

    Every rule blocks, a team's own too. Whoever publishes in spite of it says why.
    """
    rules = tuple(rules)
    judged = {name: judge(text, directory, rules) for name, text in texts.items() if text}
    return {name: found for name, found in judged.items() if found}
