"""Words of the domain that carry their meaning."""

from enum import StrEnum
from typing import Self


class Term(StrEnum):
    """A closed set of words, each with one sentence that says what it means.

    The sentence is written where the word is defined and nowhere else: the API's descriptions
    of enum values are read from here.
    """

    meaning: str

    def __new__(cls, value: str, meaning: str = "") -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.meaning = meaning
        return member
