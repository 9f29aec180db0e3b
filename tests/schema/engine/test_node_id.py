"""Public ids."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.engine import node_id
from schema.engine.errors import BadId


@given(st.from_regex(r"[a-z]{2,5}", fullmatch=True), st.uuids())
def test_an_id_leads_back_to_its_key(prefix: str, key: UUID) -> None:
    assert node_id.is_prefix(prefix)
    assert node_id.decode(node_id.encode(prefix, key)) == (prefix, key)
    assert node_id.decode_as(prefix, node_id.encode(prefix, key), "it") == key


@given(st.text() | st.from_regex(r"[a-z]{0,7}_?[0-9a-fA-F]{30,34}", fullmatch=True))
def test_what_is_no_id_is_refused_and_never_breaks(text: str) -> None:
    try:
        prefix, key = node_id.decode(text)
    except BadId:
        return
    assert node_id.encode(prefix, key) == text


def test_an_id_of_another_type_is_refused() -> None:
    with pytest.raises(BadId, match="does not name a person"):
        node_id.decode_as("per", node_id.encode("inc", UUID(int=1)), "a person")


@pytest.mark.parametrize("prefix", ["", "a", "abcdef", "Abc", "a1", "äb", "ab\n"])
def test_not_everything_is_a_prefix(prefix: str) -> None:
    assert not node_id.is_prefix(prefix)
