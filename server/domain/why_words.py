"""English words, as far as turning a statement into a question needs them."""

import tomllib
from collections.abc import Mapping
from importlib import resources

_FILE = resources.files("server.domain").joinpath("why_words.toml")
_LISTS: Mapping[str, list[str]] = {
    name: words.split() for name, words in tomllib.loads(_FILE.read_text("utf-8")).items()
}

DETERMINERS = frozenset(_LISTS["determiners"])

ALONE = frozenset(_LISTS["alone"])
"""What may stand before a noun, and as well for it."""

PLURAL = frozenset(_LISTS["plural"])
"""What stands beside a verb's base, although it does not end in an s."""

SPLITS = frozenset(_LISTS["splits"])
"""What a new clause begins with."""

COMMON = DETERMINERS.union(_LISTS["common"])
"""Words that are no names, so that they need no capital inside a sentence."""

HAVE = frozenset({"has", "have", "had"})

_CURLY = "\N{RIGHT SINGLE QUOTATION MARK}"
_NEGATED = {"cannot": "can", "can't": "can", "won't": "will", "shan't": "shall"} | {
    f"{word}n't": word for word in _LISTS["auxiliaries"] if word not in ("can", "will", "shall")
}

AUXILIARIES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    **{word: (word, ()) for word in _LISTS["auxiliaries"]},
    **{word: (bare, ("not",)) for word, bare in _NEGATED.items()},
    **{word.replace("'", _CURLY): (bare, ("not",)) for word, bare in _NEGATED.items()},
}
"""What comes before its subject in a question, and what stays behind it."""

_IRREGULAR = dict(pair.split(":") for pair in _LISTS["irregular"])
_PARTICIPLES = frozenset(_LISTS["participles"])
_BASES = frozenset(_LISTS["bases"])


def base_of_past(word: str) -> str | None:
    """The base of a verb's past form: "removed" → "remove"; None where it is none."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if not word.endswith("ed") or word.endswith("eed") or len(word) < 5 or not word.isalpha():
        return None
    stem = word[:-2]
    if stem.endswith("i"):
        return f"{stem[:-1]}y"
    if stem[-1] == stem[-2]:
        return stem if stem[-1] in "sflz" else stem[:-1]
    return f"{stem}e" if _lost_an_e(stem) else stem


_VOWELS = "aeiou"
_PAIRED = {
    "t": ("at", "ut"), "d": ("id", "od", "ud", "ad"), "r": ("ir", "ur", "or", "ar"),
    "n": ("in", "un", "an"), "l": ("ul", "il"), "m": ("am", "im", "um"), "k": ("ak", "ok", "ik"),
    "p": ("ap", "yp", "ip"), "b": ("ib", "ob", "ab"),
}  # fmt: skip


def _lost_an_e(stem: str) -> bool:
    """Whether a stem is a base that ends in "e": "remov", "creat", "enabl", "chang"."""
    last, before = stem[-1], stem[-2]
    if last in "cguvz" or (last == "s" and before != "s"):
        return True
    if last == "l" and before not in _VOWELS:
        return before not in "rlw"
    two = stem[-3:-2] in _VOWELS and before in _VOWELS
    return not two and stem.endswith(_PAIRED.get(last, ()))


def base_of_present(word: str) -> str | None:
    """The base of a verb that stands beside "it": "covers" → "cover"; None where it is none."""
    if word == "has":
        return "have"
    for ending, instead in (("ies", "y"), ("es", ""), ("s", "")):
        if word.endswith(ending) and (base := word.removesuffix(ending) + instead) in _BASES:
            return base
    return None


def is_base(word: str) -> bool:
    """Whether a word can be a verb beside "they"."""
    return word in _BASES


def is_participle(word: str) -> bool:
    """Whether a word can follow "had" as one verb with it: "had been", "had removed"."""
    return word in _PARTICIPLES or (word.endswith("ed") and base_of_past(word) is not None)
