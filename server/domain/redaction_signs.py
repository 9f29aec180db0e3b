"""What a text says about a word of it that may be a name: its letters and what stands around."""

import re

from server.domain.redaction_lexicon import Word, is_initial, words
from server.domain.redaction_words import (
    ABBREVIATIONS,
    ACTS,
    BEFORE_MONTHS,
    CALLS,
    JOINERS,
    LABELS,
    MONTHS,
    ORDINARY_WORDS,
    POINTED,
    SAYINGS,
)

_LOOK_AROUND = 40
"""Characters before and after a word that tell what it means."""


def _around(text: str, start: int, end: int) -> tuple[str, str]:
    return text[max(0, start - _LOOK_AROUND) : start], text[end : end + _LOOK_AROUND]


def _before(left: str) -> str:
    return next((each.key for each in reversed(words(left))), "")


def _after(right: str) -> str:
    return next((each.key for each in words(right)), "")


_ACRONYM = 3
"""The longest word in capitals that is rather an acronym: "ADA", "TIM"."""


def written_like_a_name(text: str, first: Word, last: Word) -> bool:
    """Whether a word of somebody's name means that person here."""
    span = text[first.start : last.end]
    ordinary = first.key in ORDINARY_WORDS
    if span[0].lower() != span[0].upper():
        if span[0].islower():
            return first is last and not ordinary and _is_called(text, first)
        if span.isupper() and len(span) <= _ACRONYM:
            return False
    if first is not last or not ordinary:
        return True
    return not span.isupper() and _means_a_person(text, first)


def _is_called(text: str, word: Word) -> bool:
    """Whether a name in small letters is meant: who is asked, owns something, or does it."""
    left, right = _around(text, word.start, word.end)
    if right[:1] in {"@", "/", "."} and right[1:2].isalnum():
        return False
    if right[:2] in _POSSESSIVES or (left[-1:] == " " and _before(left) in CALLS):
        return True
    return _opens_a_clause(left) and right[:1] == " " and _is_act(_after(right))


def _means_a_person(text: str, word: Word) -> bool:
    """Whether a name that is an ordinary word too ("Will", "Mark", "May") is a name here.

    In the midst of a sentence its capital says so; at the beginning, what surrounds it must.
    """
    left, right = _around(text, word.start, word.end)
    before, after = _before(left), _after(right)
    if f"{word.key}{right}".casefold().startswith(SAYINGS):
        return False
    if word.key in MONTHS and _is_month(before, after):
        return False
    if not _begins_sentence(left) or _stands_alone(left, right):
        return True
    if _is_labelled(left) or _is_joined_to_a_name(right):
        return True
    return right[:1] in {":", ","} or right[:2] in _POSSESSIVES or _is_act(after)


def _is_month(before: str, after: str) -> bool:
    if before in BEFORE_MONTHS or before.isdigit() or after.isdigit():
        return True
    return bool({before, after} & MONTHS) and not _is_act(after)


_LIST_ITEM = re.compile(r"(?:^|\n)[ \t]*(?:[-*\u2022+][ \t]+)?$|[(\[]$")
_ENDS = re.compile(r"[ \t]*(?:\n|$)|[)\]]")


def _stands_alone(left: str, right: str) -> bool:
    """Whether a line, an item of a list, or a pair of brackets holds nothing else."""
    return bool(_LIST_ITEM.search(left) and _ENDS.match(right))


_LABEL = re.compile(r":\**[ \t]*$")


def _is_labelled(left: str) -> bool:
    """Whether a label before it tells that somebody is named: "Owner: ", "On call: "."""
    return bool(_LABEL.search(left)) and _before(left) in LABELS


_AND_A_NAME = re.compile(r"\s+(?:and|&)\s+(\w)")


def _is_joined_to_a_name(right: str) -> bool:
    joined = _AND_A_NAME.match(right)
    return bool(joined and joined[1].isupper())


def _is_act(key: str) -> bool:
    return key in ACTS or (len(key) > 3 and key.endswith("ed"))


_POSSESSIVES = frozenset({"'s", "\u2019s"})
_DASHES_AND_QUOTES = "\u2013\u2014\u2018\u201c\u00ab"
_BEGINNERS = frozenset(".!?:;…-*•#>|([{\"'/`=" + _DASHES_AND_QUOTES)


def _begins_sentence(left: str) -> bool:
    """Whether nothing, a line break, or the end of another sentence stands before."""
    told = left.rstrip()
    return not told or "\n" in left[len(told) :] or told[-1] in _BEGINNERS


def _opens_a_clause(left: str) -> bool:
    """Whether a subject may follow: at a beginning, after a time, after "then"."""
    before = _before(left)
    return _begins_sentence(left) or before.isdigit() or before in JOINERS


# ── initials ────────────────────────────────────────────────────────────────────────────────


def is_cut_name(text: str, first: Word, last: Word) -> bool:
    """Whether a name and an initial are one person's: "A. Lovelace", "Ada L."."""
    initial, name = (first, last) if is_initial(first) else (last, first)
    if not (text[initial.start].isupper() and text[name.start].isupper()):
        return False
    if text[initial.end : initial.end + 1] == ".":
        return True
    # Without its point a letter may be a word ("A", "I"), or the name of something else.
    return name.key not in ORDINARY_WORDS and initial.key not in {"a", "i"}


def are_initials(text: str, first: Word, last: Word) -> bool:
    """Whether capitals are somebody's initials here: by their points, or what surrounds them."""
    span = text[first.start : last.end]
    if not span.isupper():
        return False
    letters = "".join(each.lower() for each in span if each.isalpha())
    left, right = _around(text, first.start, last.end)
    if _is_signature(left, right):
        return True
    if first is not last:
        pointed = span.count(".") == len(letters) - 1 and right[:1] == "."
        return pointed and letters not in POINTED
    return letters not in ABBREVIATIONS and _initials_of_somebody(letters, left, right)


_SIGNING = re.compile(r"(?:[\u2013\u2014]|--)[ \t]*$")
_SIGNED = re.compile(r"\.?[ \t]*(?:\n|$)")


def _is_signature(left: str, right: str) -> bool:
    return bool(_SIGNING.search(left) and _SIGNED.match(right))


def _initials_of_somebody(letters: str, left: str, right: str) -> bool:
    if left[-1:] in {"(", "["} and right[:1] in {")", "]"}:
        spelt = "".join(each.key[0] for each in words(left)[-len(letters) :])
        return spelt != letters
    if right[:2] in _POSSESSIVES or _is_labelled(left):
        return True
    if left[-1:] == " " and _before(left) in CALLS:
        return True
    opens = _opens_a_clause(left)
    return opens and (right[:2] == ": " or (right[:1] == " " and _is_act(_after(right))))


_POINT_INSIDE = re.compile(r"\.(?=[,:;)\]'\u2019]|[ \t]+[a-z])")


def past_the_point(text: str, last: Word, stop: int) -> int:
    """Where a name ends: after the point of a last initial, unless that ends the sentence."""
    point = _POINT_INSIDE.match(text, last.end) if is_initial(last) else None
    return point.end() if point and point.end() <= stop else last.end


_OWNS = re.compile(r"['\u2019](?=\s+\w)")
_QUOTES = re.compile(r"(?<!\w)['\u2018]\w[^\n]*$")


def end_of_possessive(text: str, start: int, end: int) -> int | None:
    """Where the bare apostrophe of a possessive ends ("Chris' change"); None where there is none.

    One that closes a quotation is none.
    """
    owns = _OWNS.match(text, end) if text[end - 1 : end] in {"s", "S"} else None
    left, _ = _around(text, start, end)
    return owns.end() if owns and not _QUOTES.search(left) else None
