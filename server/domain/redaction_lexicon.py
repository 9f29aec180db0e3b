"""What redaction looks for, prepared once for many texts.

Names are paths through a tree of words, so a step along a text is one look-up however many people
there are. Words are compared folded: without case, diacritics or invisible characters.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache
from itertools import chain, groupby
from typing import NamedTuple, TypeVar

from server.domain.redaction_words import ORDINARY_WORDS, PARTICLES
from server.domain.short_names import also_called


class Word(NamedTuple):
    """A word of a text: where it stands and its folded form.

    `dense` is one character of a script that is written without spaces.
    """

    start: int
    end: int
    key: str
    dense: bool


class Rule(IntEnum):
    """How a path must be written to count as a name."""

    FULL = 1  # any way: two words of one name are no coincidence
    LITERAL = 2  # exactly as the handle is
    CUT = 3  # like a name of which one word is but its initial: "A. Lovelace", "Ada L."
    SINGLE = 4  # like a name: with a capital, where the script has them
    INITIALS = 5  # in capitals, with points or where people are told of: "A.L.", "(AL)"


@dataclass(slots=True)
class Path:
    """A place in the tree: the words that lead on, and the roles of whoever's name ends here."""

    onwards: dict[str, "Path"] = field(default_factory=dict)
    roles: dict[Rule, str] = field(default_factory=dict)
    literals: set[str] = field(default_factory=set)


# Thai, Lao, Myanmar, Khmer, kana, Han, and Hangul, whose particles are written onto names.
DENSE = (
    r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30fa\u30fc-\u30ff"
    r"\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
_INVISIBLE = r"\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"


def _marks() -> str:
    """The combining marks of the living scripts, as the ranges of a character class."""
    blocks = chain(range(0x300, 0x2E00), range(0x3000, 0x3100), range(0xA600, 0xAC00))
    codes = (code for code in blocks if unicodedata.category(chr(code))[0] == "M")
    runs = (
        [code for _, code in run]
        for _, run in groupby(enumerate(codes), key=lambda each: each[1] - each[0])
    )
    return "".join(f"{chr(run[0])}-{chr(run[-1])}" for run in runs)


_INSIDE = _marks() + _INVISIBLE
WORD = re.compile(
    rf"([{DENSE}])[{_INSIDE}]*|[^\W_{DENSE}]+(?:[{_INSIDE}]+[^\W_{DENSE}]*)*",
)
"""A word of a composed (NFC) text."""


def word_of(match: re.Match[str]) -> Word:
    """What `WORD` matched."""
    return Word(match.start(), match.end(), fold(match[0]), match[1] is not None)


def words(text: str) -> list[Word]:
    """The words of a composed text, in order."""
    return [word_of(match) for match in WORD.finditer(text)]


_UNCOUNTED = re.compile(rf"[\u0300-\u036f{_INVISIBLE}]")
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "\u0131": "i"}
)
_TRANSCRIBED = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"}
)


@lru_cache(maxsize=16_384)
def fold(text: str) -> str:
    """A text without case, diacritics and invisible characters, for comparing."""
    if text.isascii():
        return text.lower()
    bare = _UNCOUNTED.sub("", unicodedata.normalize("NFKD", text.casefold()))
    return unicodedata.normalize("NFC", bare.translate(_LETTERS))


_GAP = re.compile(rf"[\s{_INVISIBLE}]+|[-._'+·・\u2010\u2011\u2019]|,\s*")
_GAP_AFTER_INITIAL = re.compile(r"\.\s+")


def next_word(text: str, left: Word, stop: int) -> Word | None:
    """The word after `left` and before `stop`, if what stands between lets both be one name."""
    gap = _GAP_AFTER_INITIAL.match(text, left.end, stop) if is_initial(left) else None
    gap = gap or _GAP.match(text, left.end, stop)
    match = WORD.match(text, gap.end() if gap else left.end, stop)
    if match is None:
        return None
    right = word_of(match)
    return right if gap or (left.dense and right.dense) else None


def is_initial(word: Word) -> bool:
    """Whether it is a single letter, which a name may be written with or without."""
    return len(word.key) == 1 and not word.dense and word.key.isalpha()


Key = TypeVar("Key")


def claim(roles: dict[Key, str], key: Key, role: str, fallback: str) -> None:
    """Let `key` stand for `role`, or for `fallback` where it stands for another role already."""
    roles[key] = role if roles.get(key, role) == role else fallback


class Names:
    """A tree of the names and handles of people, each ending in the role that stands for it.

    Where one spelling stands for people of different roles, it ends in `fallback`.
    """

    def __init__(self, fallback: str) -> None:
        self.root = Path()
        self._fallback = fallback

    def add_name(self, name: str, role: str, nicknames: Iterable[str] = ()) -> None:
        """Take up a name in all the ways it is written: whole, reversed, short, word by word."""
        for spelling in _spellings(name, nicknames):
            for way in _ways(spelling):
                self._end(way, _rule_of_full(way), role)
            for single in _singles(spelling):
                self._end(single, Rule.SINGLE, role)
            for cut in _cut(spelling):
                self._end(cut, Rule.CUT, role)
        for initials in _initials(unicodedata.normalize("NFC", name)):
            self._end(initials, Rule.INITIALS, role)
        for nickname in nicknames:
            if 1 < len(key := fold(nickname)) < _SHORTEST_SINGLE and key.isalpha():
                self._end([key], Rule.INITIALS, role)

    def add_handle(self, handle: str, role: str) -> None:
        """Take up a handle as it is written without its @, where it is no ordinary word."""
        keys = [word.key for word in words(handle)]
        if _is_distinctive(handle) and keys and not keys[0].isdigit():
            self._end(keys, Rule.LITERAL, role).literals.add(handle.casefold())

    def _end(self, keys: Iterable[str], rule: Rule, role: str) -> Path:
        path = self.root
        for key in keys:
            path = path.onwards.setdefault(key, Path())
        claim(path.roles, rule, role, self._fallback)
        return path


_DISTINCTIVE = 4
"""The fewest letters of a full name, or characters of a handle, that cannot be chance."""

_RUN_TOGETHER = 6
"""The fewest letters of a name written as one word, as in branch names: "robinreyes"."""


def _is_distinctive(handle: str) -> bool:
    """Whether a handle means its person without an @ too: "robin-r" and "rreyes", not "rob"."""
    if handle.isalpha():
        return len(handle) > _DISTINCTIVE and fold(handle) not in ORDINARY_WORDS
    return len(handle) >= _DISTINCTIVE


def _spellings(name: str, nicknames: Iterable[str]) -> set[str]:
    """A name as it is written with each of its given names, and transcribed."""
    first, *rest = unicodedata.normalize("NFC", name).split() or [""]
    given = [first, *(each.capitalize() for each in also_called(fold(first))), *nicknames]
    written = {unicodedata.normalize("NFC", " ".join([each, *rest])) for each in given}
    return written | {each.translate(_TRANSCRIBED) for each in written}


def _parts(name: str) -> list[list[str]]:
    """The parts of a name, each as the words it is made of."""
    return [keys for part in name.split() if (keys := [word.key for word in words(part)])]


def _ways(name: str) -> Iterator[list[str]]:
    """The word sequences of a full name; none for a name of one word."""
    parts = _parts(name)
    if len(parts) < 2:
        return
    first, *middle, last = parts
    whole = [key for part in parts for key in part]
    yield whole
    yield [*last, *first, *(key for part in middle for key in part)]
    yield [*first, *last]
    yield [*last, *first]
    together = "".join([*first, *last])
    if len(together) >= _RUN_TOGETHER and together not in ORDINARY_WORDS and together.isalpha():
        yield [together]


def _cut(name: str) -> Iterator[list[str]]:
    """A full name with the initial of its first word, or of its last, in place of that."""
    parts = _parts(name)
    if len(parts) >= 2 and parts[0][0][0].isalpha() and parts[-1][0][0].isalpha():
        yield [parts[0][0][0], *parts[-1]]
        yield [*parts[0], parts[-1][0][0]]


_MOST_INITIALS = 3


def _initials(name: str) -> Iterator[list[str]]:
    """The initials of a full name, of all its words and of the outer two: together and apart."""
    letters = [part[0][0] for part in _parts(name) if part[0] not in PARTICLES]
    if len(letters) < 2 or not all(each.isascii() and each.isalpha() for each in letters):
        return
    for some in (letters[:_MOST_INITIALS], [letters[0], letters[-1]]):
        yield ["".join(some)]
        yield some


_SHORTEST_SINGLE = 3
"""The fewest letters of a word that points to a person alone."""


def _singles(name: str) -> Iterator[list[str]]:
    """The words of a name that point to a person alone, and those joined by a hyphen."""
    for part in name.split():
        found = words(part)
        dense = sum(word.dense for word in found)
        if len(found) > 1 and (dense > 1 or len(part) >= _DISTINCTIVE):
            yield [word.key for word in found]
        for word in found:
            known = len(word.key) >= _SHORTEST_SINGLE and word.key not in PARTICLES
            if known and not word.dense:
                yield [word.key]


def _rule_of_full(way: list[str]) -> Rule:
    """Very short names ("Al Ho") must be written like names."""
    text = "".join(way)
    return Rule.FULL if len(text) >= _DISTINCTIVE or not text.isascii() else Rule.SINGLE
