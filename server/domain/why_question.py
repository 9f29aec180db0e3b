"""The question that an answer of a why-chain leads to: "Why was the column removed before …?"

English statements are turned into questions by their first verb: an auxiliary comes before its
subject, any other verb gives way to "did", "does" or "do". What cannot be read is quoted instead.
"""

import re
from collections.abc import Sequence
from typing import TypeAlias

from server.domain.blameless import LanguageFinding
from server.domain.why_words import (
    ALONE,
    AUXILIARIES,
    COMMON,
    DETERMINERS,
    HAVE,
    PLURAL,
    SPLITS,
    base_of_past,
    base_of_present,
    is_base,
    is_participle,
)

MAX_WORDS = 60
"""Words of an answer that are turned round; a longer one is quoted."""

MAX_QUOTED = 160
"""Characters of an answer that are quoted in a question."""

MORE = "What else had to be so for this to happen?"
"""What is asked beside: there is seldom one cause alone."""

_Words: TypeAlias = Sequence[str]

_SENTENCE_END = re.compile(r"[.!?;](?=\s|$)|\n")
_OPENING = re.compile(
    r"(?:(?:it|that|this)(?: (?:is|was)|'s) )?(?:because|since|as|so|and|but)\b[, ]*", re.IGNORECASE
)
_ASIDE = re.compile(
    r"(?P<aside>(?:when|while|after|before|during|at|on|in|under|once|until|despite)\b"
    r"[^,]{1,120}), (?P<rest>.+)",
    re.IGNORECASE | re.DOTALL,
)


def next_questions(answer: str, of_a_person: Sequence[LanguageFinding]) -> tuple[str, ...]:
    """What to ask below an answer; where it gives a person as the cause, what leads past that."""
    if of_a_person:
        return tuple(dict.fromkeys(each.advice for each in of_a_person))
    return next_question(answer), MORE


def next_question(answer: str) -> str:
    """The why-question that starts from an answer."""
    statement = _statement(answer)
    aside = _ASIDE.fullmatch(statement)
    clause, after = (aside["rest"], f" {_lowered(aside['aside'])}") if aside else (statement, "")
    turned = _turned(clause.split())
    if turned is None:
        return f"Why was that so: “{_cut(statement)}”?"
    return f"Why {turned}{after}?"


def _statement(answer: str) -> str:
    """The first sentence of an answer, or the reason that it gives itself."""
    text = " ".join(_SENTENCE_END.split(answer.strip(), maxsplit=1)[0].split())
    text = text.rpartition(" because ")[2]
    opening = _OPENING.match(text)
    return (text[opening.end() :] if opening else text).rstrip(" ,:")


def _turned(words: _Words) -> str | None:
    """A statement's words as what follows "Why"; None where its verb is not found."""
    if not 2 <= len(words) <= MAX_WORDS:
        return None
    place = _verb(words)
    if place is None:
        return None
    verb = words[place]
    subject, rest = [_lowered(words[0]), *words[1:place]], list(words[place + 1 :])
    if verb.lower() in AUXILIARIES and not _owns(words, place):
        auxiliary, negation = AUXILIARIES[verb.lower()]
        return " ".join([auxiliary, *subject, *negation, *rest])
    auxiliary, base = _supported(verb.lower())
    return " ".join([auxiliary, *subject, base, *rest])


def _supported(verb: str) -> tuple[str, str]:
    """The auxiliary that a verb takes in a question, and the verb beside it."""
    if past := base_of_past(verb):
        return "did", past
    if present := base_of_present(verb):
        return "does", present
    return "do", verb


def _owns(words: _Words, place: int) -> bool:
    """Whether "had" and the like is the verb itself: "the pool had ten connections"."""
    if words[place].lower() not in HAVE:
        return False
    following = [word.lower() for word in words[place + 1 : place + 4]]
    return not any(is_participle(word) for word in following) or following[0] in DETERMINERS


def _verb(words: _Words) -> int | None:
    """The place of a statement's first verb."""
    auxiliary = next((n for n, word in enumerate(words) if n and word.lower() in AUXILIARIES), None)
    full = next((n for n in range(1, len(words)) if _is_verb(words, n)), None)
    if auxiliary is None or full is None:
        found = full if auxiliary is None else auxiliary
    elif full < auxiliary and _parted(words, full, auxiliary):
        found = full
    else:
        found = auxiliary
    if found is None or _in_aside(words, found):
        return None
    return found


def _parted(words: _Words, first: int, second: int) -> bool:
    """Whether a new clause begins between two places."""
    between = words[first + 1 : second]
    return any(word.lower() in SPLITS or word.endswith(",") for word in between)


def _in_aside(words: _Words, place: int) -> bool:
    """Whether the subject has a clause of its own, so that the verb is not the statement's."""
    return any(word.lower().rstrip(",") in SPLITS - {"and", "or"} for word in words[:place])


def _is_verb(words: _Words, place: int) -> bool:
    """Whether a word is a full verb in the past or the present, to judge by what is before it."""
    word, before = words[place].lower(), words[place - 1].lower()
    if before in DETERMINERS - ALONE:
        return False
    if base_of_past(word):
        return True
    if before in PLURAL or (before.endswith("s") and not before.endswith(("ss", *_OWN))):
        return is_base(word)
    return base_of_present(word) is not None


_OWN = ("'s", "\N{RIGHT SINGLE QUOTATION MARK}s")


def _lowered(text: str) -> str:
    """A text as it stands inside a sentence: names, and what may be one, keep their capital."""
    first = re.match(r"[\w'-]+", text)
    if first and first[0].lower() in COMMON:
        return first[0].lower() + text[first.end() :]
    return text


def _cut(text: str) -> str:
    return text if len(text) <= MAX_QUOTED else f"{text[:MAX_QUOTED].rstrip()}…"
