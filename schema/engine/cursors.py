"""Cursors: a position in an order, opaque to clients."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, Text, cast, func, literal_column

from schema.engine.errors import BadCursor

MAX_CURSOR = 10_000
"""Characters of the longest cursor that is looked at: room for a text of 1,500 letters."""


def write_cursor(order: str, values: Sequence[object]) -> str:
    """A position in an order: the values that the order compares, ending in the key."""
    written = [value.hex if isinstance(value, UUID) else value for value in values]
    return urlsafe_b64encode(orjson.dumps([order, *written])).decode().rstrip("=")


def cursor_sql(
    order: str, value: ColumnElement[Any], key: ColumnElement[Any]
) -> ColumnElement[str]:
    """The cursor that `write_cursor` would write, as PostgreSQL computes it.

    Raises:
        KeyError: nobody has said how PostgreSQL writes values of this type.
    """
    written = _IN_SQL[value.type.python_type](value)
    begin = literal_column(f"'[\"{order}\",'", Text)
    digits = func.replace(cast(key, Text), literal_column("'-'"), literal_column("''"))
    text = func.concat(begin, written, literal_column("',\"'"), digits, literal_column("'\"]'"))
    coded = func.encode(func.convert_to(text, literal_column("'UTF8'")), literal_column("'base64'"))
    return func.translate(coded, literal_column("E'+/=\\n'"), literal_column("'-_'"), type_=Text)


def _quoted(value: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.concat(literal_column("'\"'"), value, literal_column("'\"'"))


def _moment_sql(value: ColumnElement[Any]) -> ColumnElement[Any]:
    """ISO 8601 as Python and orjson write it: six digits of a fraction, or none."""
    utc = func.timezone(literal_column("'UTC'"), value)
    form: ColumnElement[str] = literal_column("'YYYY-MM-DD\"T\"HH24:MI:SS.US'")
    whole = func.replace(func.to_char(utc, form), literal_column("'.000000'"), literal_column("''"))
    return _quoted(func.concat(whole, literal_column("'+00:00'")))


_IN_SQL: Mapping[type, Callable[[ColumnElement[Any]], ColumnElement[Any]]] = {
    datetime: _moment_sql,
    date: lambda value: _quoted(cast(value, Text)),
    int: lambda value: cast(value, Text),
    str: lambda value: cast(func.to_json(value), Text),
}


def read_cursor(text: str, order: str, types: Sequence[type]) -> list[Any]:
    """The values of a cursor, each of the type its column has.

    Raises:
        BadCursor: anything but a cursor written in the same order.
    """
    try:
        values = _values(text, order, types)
    except (ValueError, TypeError, OverflowError):
        values = None
    # There are many ways to write a moment or an id. Cursors of ours are written in one.
    if values is None or write_cursor(order, values) != text:
        raise BadCursor("This cursor does not belong to this list in this order.")
    return values


def _values(text: str, order: str, types: Sequence[type]) -> list[Any] | None:
    if len(text) > MAX_CURSOR:
        return None
    parts = orjson.loads(urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4)))
    if not isinstance(parts, list) or len(parts) != len(types) + 1 or parts[0] != order:
        return None
    return [KINDS[kind](part) for part, kind in zip(parts[1:], types, strict=True)]


def _text(part: Any) -> str:
    if not isinstance(part, str) or "\0" in part:
        raise TypeError
    return part


def _whole(part: Any) -> int:
    if type(part) is not int or not -(2**63) <= part < 2**63:
        raise TypeError
    return part


def _fraction(part: Any) -> float:
    if type(part) is not float:
        raise TypeError
    return part


def _moment(part: Any) -> datetime:
    moment = datetime.fromisoformat(_text(part))
    if moment.tzinfo is None:
        raise ValueError
    return moment.astimezone(UTC)


KINDS: Mapping[type, Callable[[Any], Any]] = {
    datetime: _moment,
    date: lambda part: date.fromisoformat(_text(part)),
    float: _fraction,
    int: _whole,
    str: _text,
    UUID: lambda part: UUID(_text(part)),
}
"""The types that a column of an order may have in Python, each with its reader."""
