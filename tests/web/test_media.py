"""Media types and their negotiation: the laws (the cases are in `test_graphql_http`)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.web.media import GRAPHQL_RESPONSE, JSON, accepts_html, negotiate, parse

NAMES = st.sampled_from([JSON, GRAPHQL_RESPONSE, "*/*", "application/*", "text/html", "image/png"])
WEIGHTS = st.integers(0, 1000).map(lambda thousandths: f"{thousandths / 1000:.3f}")


@given(st.text())
def test_any_header_is_read(header: str) -> None:
    assert negotiate(header) in {JSON, GRAPHQL_RESPONSE, None}
    assert isinstance(accepts_html(header), bool)


@given(st.lists(st.tuples(NAMES, WEIGHTS), min_size=1, max_size=6, unique_by=lambda item: item[0]))
def test_nothing_acceptable_weighs_more_than_what_is_chosen(ranges: list[tuple[str, str]]) -> None:
    weights = dict(ranges)

    def weight(name: str) -> float:
        closest = next((key for key in (name, "application/*", "*/*") if key in weights), None)
        return float(weights[closest]) if closest else 0.0

    chosen = negotiate(", ".join(f"{name};q={weight}" for name, weight in ranges))
    best = max(weight(JSON), weight(GRAPHQL_RESPONSE))
    assert (weight(chosen) if chosen else 0.0) == best
    assert (chosen is None) == (best == 0)


@pytest.mark.parametrize(
    "text", ["", "json", "a/b/c", "application/json;q=2", "a/b;q=-1", "a/b;q=0.1234", "a/b;q=nan"]
)
def test_what_is_no_media_type_is_none(text: str) -> None:
    assert parse(text) is None
