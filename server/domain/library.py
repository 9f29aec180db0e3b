"""The library of what incidents taught: what may be searched for, and how findings are shown."""

from dataclasses import dataclass

from server.domain.text import check_text
from server.errors import Refused

MAX_QUERY = 200
"""Characters of what is searched for."""

MATCH, END = "\x02", "\x03"
"""What stands around a match in a text that the database marked. No text has them."""


def check_query(query: str, field: str) -> str:
    """What is searched for, without the space around it.

    Raises:
        Refused: it is empty, too long, or no text.
    """
    problems = check_text(query, MAX_QUERY, field, what="query")
    if problems:
        raise Refused(*problems)
    return query.strip()


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a snippet; `matched` where it is what was searched for."""

    text: str
    matched: bool


def parts(marked: str) -> tuple[Part, ...]:
    """The parts of a text whose matches are marked."""
    found = []
    for index, piece in enumerate(marked.split(MATCH)):
        match, _, rest = piece.partition(END) if index else ("", "", piece)
        found += [Part(match, True), Part(rest, False)]
    return tuple(each for each in found if each.text)
