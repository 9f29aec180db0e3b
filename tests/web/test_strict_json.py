"""JSON from outside: like the standard library's, and bounded."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.web.strict_json import MAX_DEPTH, NotJSON, parse

NUMBERS = st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
    max_leaves=20,
)


@given(VALUES)
def test_json_is_read_as_the_standard_library_reads_it(value: Any) -> None:
    text = json.dumps(value)
    assert parse(text) == parse(text.encode()) == json.loads(text)


@given(st.text() | st.binary())
def test_any_text_is_read_or_refused(text: str | bytes) -> None:
    try:
        json.loads(text)
    except ValueError:
        with pytest.raises(NotJSON):
            parse(text)


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_nesting_is_bounded(opening: str, closing: str) -> None:
    def nested(depth: int) -> str:
        return opening * depth + "1" + closing * depth

    parse(nested(MAX_DEPTH))
    with pytest.raises(NotJSON, match="nests deeper"):
        parse(nested(MAX_DEPTH + 1))
    with pytest.raises(NotJSON):
        parse(nested(50_000))


def test_brackets_inside_a_string_are_no_nesting() -> None:
    document = "{" * 100
    assert parse(json.dumps({"query": document})) == {"query": document}
