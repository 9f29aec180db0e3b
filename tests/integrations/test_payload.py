"""Reading a foreign body: strict where things are told apart, forgiving where they are told."""

import contextlib
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.contract import Malformed
from integrations.hostile import NO_OBJECTS
from integrations.payload import (
    DEPTH_LIMIT,
    JsonObject,
    envelope_header,
    read_object,
)


@pytest.mark.parametrize("body", NO_OBJECTS, ids=lambda body: repr(body[:12]))
def test_what_is_no_object_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        read_object(body)


def test_a_number_of_thousands_of_digits_is_malformed() -> None:
    with pytest.raises(Malformed):
        read_object(b'{"a": ' + b"9" * 5_000 + b"}")


def test_depth_is_counted_alike_wherever_the_caller_stands() -> None:
    def nested(depth: int) -> bytes:
        return b'{"a":' * (depth - 1) + b"{}" + b"}" * (depth - 1)

    def from_deeper(frames: int) -> JsonObject:
        return from_deeper(frames - 1) if frames else read_object(nested(DEPTH_LIMIT))

    assert read_object(nested(DEPTH_LIMIT)) == from_deeper(300)
    with pytest.raises(Malformed, match="too deeply"):
        read_object(nested(DEPTH_LIMIT + 1))


@given(st.binary(max_size=60))
def test_any_bytes_are_an_object_or_malformed(body: bytes) -> None:
    with contextlib.suppress(Malformed):
        assert isinstance(read_object(body), JsonObject)


@given(st.text(alphabet=st.characters(), max_size=50))
def test_every_text_that_is_read_can_be_stored(text: str) -> None:
    read = JsonObject({"t": text}).prose("t", 40) or ""
    assert "\x00" not in read
    assert len(read.encode()) >= len(read)
    assert len(read) <= 40


def test_prose_is_cut_and_an_identity_is_refused() -> None:
    long = JsonObject({"t": "é" * 300})
    assert long.prose("t", 10) == "é" * 9 + "…"
    with pytest.raises(Malformed, match="t is longer than 255 characters"):
        long.identity("t")
    assert JsonObject({"t": "a\x00b\ud83d"}).identity("t") == "a�b�"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-01-31T09:00:00Z", datetime(2026, 1, 31, 9, tzinfo=UTC)),
        ("2026-01-31T09:00:00.123Z", datetime(2026, 1, 31, 9, 0, 0, 123_000, tzinfo=UTC)),
        ("2026-01-31T09:00:00-07:00", datetime(2026, 1, 31, 16, tzinfo=UTC)),
        (1_769_850_000, datetime(2026, 1, 31, 9, tzinfo=UTC)),
    ],
)
def test_a_time_is_read_in_utc(value: Any, expected: datetime) -> None:
    instant = JsonObject({"at": value}).instant("at")
    assert instant == expected
    assert instant.tzinfo is UTC


@pytest.mark.parametrize(
    "value",
    [
        "2026-01-31T09:00:00",
        "2026-01-31",
        "soon",
        "",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "3000-01-01T00:00:00Z",
        "1969-12-31T23:59:59Z",
        -1,
        10**12,
        10**400,
        1.5,
        True,
        [],
        {},
    ],
)
def test_what_is_no_time_of_ours_is_malformed(value: Any) -> None:
    with pytest.raises(Malformed, match=r"event\.at must be a time"):
        JsonObject({"at": value}, "event").instant_or_none("at")


@pytest.mark.parametrize("value", [True, -1, 2**31, 1.0, "5", None, []])
def test_a_whole_number_is_a_whole_number(value: Any) -> None:
    with pytest.raises(Malformed, match="n must be a whole number"):
        JsonObject({"n": value}).whole("n")


@pytest.mark.parametrize(
    "value",
    [
        "javascript:alert(1)",
        "ftp://example.com/x",
        "//example.com",
        "https://",
        "http://[half",
        "https://example.com/a b",
        "https://example.com/\x00",
        "https://example.com\\@evil.example",
        "https://example.com/" + "x" * 2_000,
        "",
        None,
        5,
        {},
    ],
)
def test_only_addresses_a_browser_may_open_are_kept(value: Any) -> None:
    fields = JsonObject({"first": value, "second": "HTTPS://example.com/x?y#z"})
    assert fields.web_url("first") is None
    assert fields.web_url("first", "missing", "second") == "HTTPS://example.com/x?y#z"


@pytest.mark.parametrize(
    "values",
    [(), (b"a", b"a"), (b"",), (b"caf\xe9",), (b"a b",), (b"a\n",), (b"\x00",), (b"x" * 201,)],
)
def test_a_header_that_cannot_identify_is_malformed(values: tuple[bytes, ...]) -> None:
    with pytest.raises(Malformed, match="x-id"):
        envelope_header({b"x-id": values}, b"x-id")
    assert envelope_header({b"x-id": (b"x" * 200,)}, b"x-id") == "x" * 200
