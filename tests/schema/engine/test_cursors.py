"""Cursors: what was written is read, and nothing else."""

from base64 import urlsafe_b64encode
from datetime import UTC, date, datetime
from uuid import UUID

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from schema.engine.cursors import KINDS, read_cursor, write_cursor
from schema.engine.errors import BadCursor

KEY = UUID(int=7)
VALUES = {
    datetime: st.datetimes(timezones=st.just(UTC)),
    date: st.dates(),
    float: st.floats(allow_nan=False, allow_infinity=False),
    int: st.integers(-(2**63), 2**63 - 1),
    str: st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=300),
    UUID: st.uuids(),
}


def encoded(parts: object) -> str:
    return urlsafe_b64encode(orjson.dumps(parts)).decode().rstrip("=")


def test_every_kind_of_column_is_tried_here() -> None:
    assert set(VALUES) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data(), key=st.uuids())
def test_a_position_comes_back_as_it_was(kind: type, data: st.DataObject, key: UUID) -> None:
    value = data.draw(VALUES[kind])
    assert read_cursor(write_cursor("o", [value, key]), "o", [kind, UUID]) == [value, key]


@pytest.mark.parametrize("kind", KINDS)
@given(text=st.text() | st.binary().map(lambda raw: urlsafe_b64encode(raw).decode()))
@example("\ud800")
@example("=" * 9)
@example("W" * 20_000)
def test_garbage_is_a_bad_cursor_and_nothing_else(kind: type, text: str) -> None:
    with pytest.raises(BadCursor):
        read_cursor(text, "o", [kind, UUID])


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats()
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
    lambda inner: st.lists(inner, max_size=3),
)


@pytest.mark.parametrize("kind", KINDS)
@given(value=JSON, key=JSON)
def test_a_forged_position_has_the_columns_type_or_is_refused(
    kind: type, value: object, key: object
) -> None:
    try:
        read, _ = read_cursor(encoded(["o", value, key]), "o", [kind, UUID])
    except BadCursor:
        return
    assert type(read) is kind


@pytest.mark.parametrize(
    "moment",
    [
        "2026-01-01T00:00:00",
        "2026-01-01T00:00:00Z",
        "2026-01-01T01:00:00+01:00",
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59-23:59",
        "2026-W01-4T00:00:00+00:00",
    ],
)
def test_a_moment_is_written_in_one_way_only(moment: str) -> None:
    with pytest.raises(BadCursor):
        read_cursor(encoded(["o", moment, KEY.hex]), "o", [datetime, UUID])


def test_one_orders_cursor_is_no_others() -> None:
    cursor = write_cursor("Team:NAME:ASC", ["a", KEY])
    for order in ("Team:NAME:DESC", "Person:NAME:ASC", ""):
        with pytest.raises(BadCursor):
            read_cursor(cursor, order, [str, UUID])


def test_other_ways_to_write_the_same_bytes_are_refused() -> None:
    cursor = write_cursor("o", ["a", KEY])
    for other in (cursor + "=", cursor + "\n", " " + cursor, cursor + "!!"):
        with pytest.raises(BadCursor):
            read_cursor(other, "o", [str, UUID])
