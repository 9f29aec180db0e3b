"""A JSON body someone else wrote, read strictly and within bounds.

Vendors' own examples break their own schemas, so a reader asks only for the fields it uses.
What it asks for is there and of the right type, or the body is `Malformed`. Fields that tell
things apart are refused when they are too long; prose is cut. No text keeps a NUL or a lone
surrogate: PostgreSQL can store neither.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NoReturn, TypeVar
from urllib.parse import urlsplit

from integrations.contract import ENVELOPE_LIMIT, Headers, Malformed

DEPTH_LIMIT = 100
"""Nesting of a body. GitHub's deepest is 7; a deployment's own payload is the author's to nest."""

NAME_LIMIT = 255
TITLE_LIMIT = 1_000
PROSE_LIMIT = 10_000
URL_LIMIT = 2_000

_T = TypeVar("_T")

_LARGEST = 2**31 - 1
_LARGEST_ID = 2**63 - 1
_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = datetime(3000, 1, 1, tzinfo=UTC)
"""Times outside are no vendor's. The bounds leave room to reckon with them: weeks back, quarters
on, without leaving what a datetime can hold."""

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_ENVELOPE_TEXT = re.compile(rb"[\x21-\x7e]{1,%d}" % ENVELOPE_LIMIT)
_NOT_IN_URL = re.compile(r"[\x00-\x20\x7f-\xa0\ud800-\udfff\\]")


@dataclass(frozen=True, slots=True)
class JsonObject:
    """An object of the body; `path` names it in messages ("deployment.creator")."""

    fields: Mapping[str, Any]
    path: str = ""

    def has(self, name: str) -> bool:
        """Whether the field is there, be it null."""
        return name in self.fields

    def object(self, name: str) -> "JsonObject":
        return self._needed(name, self.object_or_none(name))

    def object_or_none(self, name: str) -> "JsonObject | None":
        value = self.fields.get(name)
        if value is None:
            return None
        return as_object(value, self._path_of(name))

    def objects(self, name: str, limit: int) -> Sequence["JsonObject"]:
        """The first `limit` objects of a list; none where it is missing or null."""
        return [as_object(item, self._path_of(name)) for item in self.items(name, limit)]

    def items(self, name: str, limit: int) -> Sequence[Any]:
        """The first `limit` values of a list, whatever they are, each to be read by itself."""
        value = self.fields.get(name)
        if value is None:
            return ()
        if type(value) is not list:
            raise self._malformed(name, "is not a list")
        return value[:limit]

    def identity(self, name: str, limit: int = NAME_LIMIT) -> str:
        """A text that tells things apart: never empty, never cut."""
        return self._needed(name, self.identity_or_none(name, limit))

    def identity_or_none(self, name: str, limit: int = NAME_LIMIT) -> str | None:
        value = self._text(name)
        if value and len(value) > limit:
            raise self._malformed(name, f"is longer than {limit} characters")
        return value or None

    def prose(self, name: str, limit: int) -> str | None:
        """A text to be read, cut at `limit` characters; None where there is none."""
        value = self._text(name)
        return value if value is None or len(value) <= limit else value[: limit - 1] + "…"

    def whole(self, name: str, default: int | None = None) -> int:
        """A whole number from 0 to 2³¹-1."""
        if default is not None and self.fields.get(name) is None:
            return default
        return self._whole(name, _LARGEST)

    def numeric_id(self, name: str) -> str:
        """A whole number that names something, as text."""
        return str(self._whole(name, _LARGEST_ID))

    def flag(self, name: str) -> bool:
        """A boolean; False where it is missing or null."""
        value = self.fields.get(name)
        if value is not None and type(value) is not bool:
            raise self._malformed(name, "must be true or false")
        return bool(value)

    def instant(self, name: str) -> datetime:
        """A time in UTC, from RFC 3339 or from seconds since 1970."""
        return self._needed(name, self.instant_or_none(name))

    def instant_or_none(self, name: str) -> datetime | None:
        value = self.fields.get(name)
        if value is None:
            return None
        instant = _instant(value)
        if instant is None or not _EARLIEST <= instant < _LATEST:
            raise self._malformed(name, "must be a time with its zone: 2026-01-31T09:00:00Z")
        return instant

    def web_url(self, *names: str) -> str | None:
        """The first of these fields that is an address of http or https that a browser opens."""
        values = (self.fields.get(name) for name in names)
        return next((value for value in values if _is_web_url(value)), None)

    def _text(self, name: str) -> str | None:
        value = self.fields.get(name)
        if value is not None and type(value) is not str:
            raise self._malformed(name, "must be a text")
        return None if value is None else _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", value)

    def _whole(self, name: str, largest: int) -> int:
        value = self.fields.get(name)
        if type(value) is not int or not 0 <= value <= largest:
            raise self._malformed(name, f"must be a whole number from 0 to {largest}")
        return value

    def _path_of(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name

    def _malformed(self, name: str, problem: str) -> Malformed:
        return Malformed(f"{self._path_of(name)} {problem}")

    def _needed(self, name: str, value: _T | None) -> _T:
        if value is None:
            raise self._malformed(name, "is missing")
        return value


def read_object(body: bytes) -> JsonObject:
    """The JSON object that `body` is.

    Raises:
        Malformed: it is not UTF-8, not JSON, no object, or nested deeper than `DEPTH_LIMIT`.
    """
    try:
        value = json.loads(body.decode("utf-8"), parse_constant=_refuse_constant)
    except ValueError:  # which includes what is not UTF-8, and numbers of thousands of digits
        raise Malformed("the body is not JSON") from None
    except RecursionError:
        raise Malformed("the body is nested too deeply") from None
    if _is_deeper(value, DEPTH_LIMIT):
        raise Malformed("the body is nested too deeply")
    return as_object(value, "")


def digest_of(body: bytes) -> str:
    """The last word on the order of observations that are equal in time and rank."""
    return hashlib.sha256(body).hexdigest()


def as_object(value: Any, path: str) -> JsonObject:
    """Raises: Malformed: `value` is no object."""
    if type(value) is not dict:
        raise Malformed(f"{path or 'the body'} is not an object")
    return JsonObject(value, path)


def envelope_header(headers: Headers, name: bytes) -> str:
    """The one value of a header that identifies a delivery.

    Raises:
        Malformed: it is missing, repeated, too long, or not printable ASCII.
    """
    values = headers.get(name, ())
    if len(values) != 1:
        raise Malformed(f"{name.decode()} must be there once, not {len(values)} times")
    return envelope_text(values[0], name.decode())


def envelope_text(value: bytes, name: str) -> str:
    """A key or a kind of an `Envelope`.

    Raises:
        Malformed: it is empty, too long, or not printable ASCII.
    """
    if not _ENVELOPE_TEXT.fullmatch(value):
        raise Malformed(f"{name} must be 1 to {ENVELOPE_LIMIT} printable ASCII characters")
    return value.decode("ascii")


def _refuse_constant(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def _is_deeper(value: Any, limit: int) -> bool:
    # Level by level, so that how deep the caller itself stands decides nothing.
    level = _containers((value,))
    for _ in range(limit):
        if not level:
            return False
        level = _containers(
            child for node in level for child in (node.values() if type(node) is dict else node)
        )
    return bool(level)


def _containers(values: Iterable[Any]) -> list[Any]:
    return [value for value in values if type(value) is dict or type(value) is list]


def _instant(value: Any) -> datetime | None:
    try:
        if type(value) is int:
            return datetime.fromtimestamp(value, UTC)
        instant = datetime.fromisoformat(value)
        return instant.astimezone(UTC) if instant.tzinfo else None
    except (ValueError, TypeError, OverflowError, OSError):
        return None


def _is_web_url(value: Any) -> bool:
    if type(value) is not str or len(value) > URL_LIMIT or _NOT_IN_URL.search(value):
        return False
    try:
        address = urlsplit(value)
    except ValueError:
        return False
    return address.scheme in ("http", "https") and bool(address.hostname)
