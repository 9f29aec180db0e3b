"""Operations of unusual shape: wide, deep, many, and with hardly anything in them."""

from __future__ import annotations

import pytest

from server.operation import Operation
from tests.schema.both_paths.stock import Stock
from tests.schema.both_paths.verdicts import Outcome, verdict
from tests.schema.conftest import ADMIN, Graph


async def outcome(graph: Graph, query: str, **variables: object) -> Outcome:
    """What both paths make of a document; the words of a fault fail the test."""
    found = await verdict(graph, Operation(query, None, variables), ADMIN)
    assert found.outcome is not Outcome.WRONG, found.words
    return found.outcome


def many(part: str, count: int) -> str:
    """A part of a selection many times, its `#` numbered."""
    return " ".join(part.replace("#", str(n)) for n in range(count))


@pytest.mark.parametrize(
    "query",
    [
        "{ " + many("a#: incident(number: #) { number title services { slug } }", 40) + " }",
        "{ " + many("a#: incidents(first: 2) { nodes { id } totalCount }", 20) + " }",
        "{ incidents { nodes { " + many("a#: title", 49) + " } } }",
        "{ incidents { edges { node { " + many("a#: title", 49) + " } } } }",
        "{ incidents { " + many("a#: totalCount", 40) + " } }",
        "{ incidents { edges { cursor " + many("a#: cursor", 40) + " } } }",
        "{ incidents { pageInfo { " + many("a#: endCursor b#: hasNextPage", 20) + " } } }",
        "{ __typename a: __typename }",
        "{ incidents { __typename } teams { pageInfo { __typename } } }",
        "{ teams { pageInfo { hasPreviousPage } } people { pageInfo { hasPreviousPage } } }",
        "{ incidents(last: 3) { pageInfo { hasNextPage } } }",
        "{ incidents(first: 0) { nodes { id } edges { cursor } pageInfo { hasNextPage } } }",
        "{ incidents(last: 0) { nodes { id } edges { cursor } pageInfo { hasPreviousPage } } }",
        "{ teams @skip(if: true) { totalCount } }",
        "{ teams { nodes { id @skip(if: true) } edges { cursor @skip(if: true) } } }",
        "{ teams { totalCount @skip(if: true) pageInfo { endCursor @skip(if: true) } } }",
        "{ incidents { nodes { whyChain { complete @skip(if: true) } timeline { __typename } } } }",
        "{ nodes(ids: []) { id } }",
    ],
)
async def test_an_unusual_shape_is_compiled_all_the_same(graph: Graph, query: str) -> None:
    assert await outcome(graph, query) is Outcome.EQUAL


@pytest.mark.parametrize(
    "query",
    [
        "{ incidents { nodes { " + many("a#: title", 90) + " } } }",
        "{ incidents { edges { node { " + many("a#: title", 90) + " } } } }",
        "{ services { nodes { " + "dependsOn { " * 8 + "slug" + " }" * 8 + " } } }",
    ],
)
async def test_what_is_too_large_for_a_statement_has_an_answer_too(
    graph: Graph, query: str
) -> None:
    assert await outcome(graph, query) in (Outcome.EQUAL, Outcome.LEFT)


async def test_as_many_nodes_as_may_be_asked_for_at_once(graph: Graph, stock: Stock) -> None:
    ids = [each for ids in stock.ids.values() for each in ids][:100]
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { id __typename ... on Team { slug } } }"
    assert await outcome(graph, query, ids=ids) is Outcome.EQUAL
    assert await outcome(graph, query, ids=[ids[0], ids[0]]) is Outcome.EQUAL


async def test_a_kept_statement_serves_other_values_but_no_other_shapes(graph: Graph) -> None:
    query = """query ($first: Int, $last: Int, $where: IncidentWhere, $by: IncidentOrder,
                      $brief: Boolean!) {
      incidents(first: $first, last: $last, where: $where, orderBy: $by) {
        nodes { number title @skip(if: $brief) } } }"""
    by = {"field": "SEVERITY", "direction": "ASC"}
    shapes: list[dict[str, object]] = [
        {"brief": False},
        {"brief": True, "first": 2},
        {"brief": False, "last": 2},
        {"brief": False, "first": 3, "by": by},
        {"brief": False, "first": 3, "by": {**by, "direction": "DESC"}},
        {"brief": False, "where": {"severity": "SEV1"}},
        {"brief": False, "where": {"severity": ["SEV2", "SEV3"]}},
        {"brief": True, "where": {"severity": []}},
        {"brief": False, "where": {"severity": None, "search": ""}},
        {"brief": False, "where": None, "by": None, "first": None},
    ]
    for variables in [*shapes, *reversed(shapes)]:
        assert await outcome(graph, query, **variables) is Outcome.EQUAL
