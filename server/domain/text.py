"""What any text must be that somebody gives us, wherever it is kept."""

import re
import unicodedata

from server.errors import ErrorCode, Problem

MAX_URL = 2000
"""Characters of an address: what every browser takes."""


def check_text(text: str, most: int, *field: str, what: str = "text") -> tuple[Problem, ...]:
    """What forbids a text that must say something, in at most `most` characters.

    `what` names it in the message: "A title has at most 300 characters."
    """
    if not text.strip():
        return (Problem(ErrorCode.INVALID, f"A {what} cannot be empty. Say something.", field),)
    return check_bounds(text, most, *field, what=what)


def check_bounds(text: str, most: int, *field: str, what: str = "text") -> tuple[Problem, ...]:
    """What forbids a text that may be empty."""
    if len(text) > most:
        message = f"A {what} has at most {most} characters."
        return (Problem(ErrorCode.TOO_MANY, message, field),)
    if not storable(text):
        message = f"A {what} holds no NUL and no half of a character. Remove it."
        return (Problem(ErrorCode.INVALID, message, field),)
    return ()


_URL = re.compile(r"https?://[^\s/?#@]+(?:[/?#]\S*)?", re.IGNORECASE)


def check_url(url: str | None, *field: str) -> tuple[Problem, ...]:
    """What forbids an address that people will click: it leads to a web page, or is None."""
    if url is None or (len(url) <= MAX_URL and _URL.fullmatch(url) and storable(url)):
        return ()
    message = f"Give an address that begins with http:// or https://, of {MAX_URL} characters."
    return (Problem(ErrorCode.INVALID, message, field),)


def storable(text: str) -> bool:
    """Whether PostgreSQL can hold it: without NUL, and without lone surrogates."""
    if text.isascii():
        return "\0" not in text
    return "\0" not in text and all(unicodedata.category(letter) != "Cs" for letter in text)
