"""The cost of operations: what lists multiply, what variables change, and what is too dear."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import GraphQLSchema, OperationDefinitionNode, get_introspection_query, parse

from schema.engine.cost import Price, Pricing
from schema.engine.documents import Document, Documents, Refused
from schema.engine.measure import Limits
from server.web import graphiql
from tests.bench.reads import BOARD
from tests.queries.golden import goldens
from tests.schema.engine.test_documents import bomb

README = Path(__file__).parents[3] / "README.md"


def prices(schema: GraphQLSchema, text: str) -> Iterator[Price]:
    """The prices of a document's operations."""
    document = parse(text)
    pricing = Pricing(schema, document)
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode):
            yield pricing.of(node)


def cost(schema: GraphQLSchema, text: str, **variables: object) -> int:
    """The cost of the only operation of a document."""
    (price,) = prices(schema, text)
    return price.of(variables)


PAGE = "query ($a: Int, $b: Int) { incidents(%s) { nodes { id } } }"


@pytest.mark.parametrize(
    ("query", "values"),
    [
        ("{ __typename }", 1),
        ("{ incident(number: 1) { id title } }", 3),
        ("{ incidents { totalCount } }", 2),
        # The page and its list, then as many ids as there are on a page.
        ("{ incidents { nodes { id } } }", 2 + 25),
        ("{ incidents(first: 3) { nodes { id } } }", 2 + 3),
        ("{ incidents(last: 3) { nodes { id } } }", 2 + 3),
        ("{ incidents(first: null) { nodes { id } } }", 2 + 25),
        ("{ incidents(first: 0) { nodes { id } } }", 2),
        ("{ incidents(first: 3) { edges { cursor node { id } } } }", 2 + 3 * 3),
        ("{ incidents(first: 3) { pageInfo { endCursor } totalCount } }", 1 + 2 + 1),
        ("{ incidents(first: 3) { nodes { services { slug } } } }", 2 + 3 * (1 + 20)),
        (
            "{ incidents(first: 3) { nodes { timeline(first: 5) { nodes { body } } } } }",
            2 + 3 * (2 + 5),
        ),
        ("{ incident(number: 1) { attribution { candidates { rank } } } }", 3 + 3),
        ("{ incident(number: 1) { attribution { candidates(first: 9) { rank } } } }", 3 + 9),
        ('{ nodes(ids: ["a", "b"]) { id } }', 1 + 2),
        ('{ nodes(ids: "a") { id } }', 1 + 1),
        ("{ _entities(representations: [{}, {}, {}]) { __typename } }", 1 + 3),
        ("{ a: incident(number: 1) { id } b: incident(number: 2) { id } }", 4),
        ("{ incidents(first: 9) { ...A } } fragment A on IncidentConnection { nodes { id } }", 11),
        ("{ incident(number: 1) { ...A ...A } } fragment A on Incident { id title }", 1 + 4),
        ("{ incident(number: 1) { ... { id } ... on Node { id } } }", 1 + 2),
        ('mutation { upsertTeam(input: {slug: "a"}) { userErrors { code } } }', 2 + 20),
    ],
)
def test_a_value_counts_as_often_as_the_lists_around_it_are_long(
    product: GraphQLSchema, query: str, values: int
) -> None:
    assert cost(product, query) == values


@pytest.mark.parametrize(
    ("arguments", "variables", "length"),
    [
        ("first: $a", {"a": 7}, 7),
        ("first: $a", {}, 25),
        ("first: $a", {"a": None}, 25),
        ("last: $a", {"a": 7}, 7),
        ("first: $a, last: $b", {"b": 7}, 7),
        ("last: $b, first: $a", {"a": 3, "b": None}, 3),
        ("first: 4, last: $a", {"a": 50}, 4),
        # All of these are refused later, each with its own code.
        ("first: $a", {"a": 10**12}, 100),
        ("first: $a", {"a": -1}, 100),
        ("first: $a", {"a": float("nan")}, 100),
        ("first: $a", {"a": "7"}, 1),
        ("first: $a", {"a": {}}, 1),
    ],
)
def test_the_length_of_a_page_may_be_a_variable(
    product: GraphQLSchema, arguments: str, variables: dict[str, object], length: int
) -> None:
    query = PAGE.replace("%s", arguments)
    assert cost(product, query, **variables) == 2 + length


def test_a_variable_may_have_a_default(product: GraphQLSchema) -> None:
    query = "query ($n: Int = 40) { incidents(first: $n) { nodes { id } } }"
    assert [cost(product, query), cost(product, query, n=2)] == [42, 4]
    assert cost(product, query, n=None) == 2 + 25


def test_the_length_of_a_list_of_references_may_be_a_variable(product: GraphQLSchema) -> None:
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { id __typename } }"
    assert [cost(product, query, ids=["a"] * n) for n in (0, 50, 1_000)] == [1, 101, 201]


def test_variables_multiply_each_other(product: GraphQLSchema) -> None:
    query = """query ($n: Int, $m: Int) {
      incidents(first: $n) { nodes { id timeline(first: $m) { nodes { body kind } } } }
      services(first: $n) { nodes { slug } } }"""
    (price,) = prices(product, query)
    for n, m in ((1, 1), (7, 3), (100, 100)):
        variables = {"n": n, "m": m}
        assert price.by_root(variables) == {
            "incidents": 2 + n * (3 + m * 2),
            "services": 2 + n,
        }
        assert price.of(variables) == sum(price.by_root(variables).values())


def test_a_bomb_is_priced_in_as_many_steps_as_it_has_fragments(
    product: GraphQLSchema, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = []
    selection = Pricing._selection

    def counting(self: Pricing, *arguments: object) -> object:
        steps.append(arguments)
        return selection(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(Pricing, "_selection", counting)
    assert cost(product, bomb(60)) == 2**60
    assert len(steps) == 62


# ── what is too dear ─────────────────────────────────────────────────────────


def refused(schema: GraphQLSchema, text: str, most: int, **variables: object) -> Refused | None:
    documents = Documents(schema, Limits(cost=most))
    document = documents.read(text)
    assert isinstance(document, Document), document
    (price,) = document.prices.values()
    dear = price.of(variables) > documents.limits.cost
    return documents.too_dear(price, variables) if dear else None


def test_a_refusal_says_what_costs_how_much_and_what_is_allowed(product: GraphQLSchema) -> None:
    query = """query ($n: Int) { teams { totalCount }
      all: incidents(first: $n) { nodes { timeline(first: 100) { nodes { body } } } } }"""
    assert refused(product, query, 100_000, n=100) is None
    dear = refused(product, query, 1_000, n=10)
    assert dear
    assert dear.too_large
    assert dear.errors[0].message == (
        "The answer may hold 1,024 values, 1,022 of them below all; at most 1,000 can be asked "
        "for. Ask for smaller pages, or for less of each item."
    )


def usual() -> Iterator[tuple[str, str, dict[str, object]]]:
    """What is asked for every day, by name, with its variables."""
    for golden in goldens():
        yield golden.path.stem, golden.text, dict(golden.operation.variables)
    for tab in sorted(Path(graphiql.__file__).with_name("tabs").glob("*.graphql")):
        yield tab.stem, tab.read_text("utf-8"), {}
    told = re.findall(r"```graphql\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    for number, text in enumerate(told):
        yield f"README {number}", text, {}
    yield "introspection", get_introspection_query(input_value_deprecation=True), {}
    yield "a board of a hundred", BOARD, {"first": 100}


@pytest.mark.parametrize(("name", "text", "variables"), [*usual()])
def test_what_is_asked_for_every_day_costs_less_than_half_of_what_it_may(
    product: GraphQLSchema, name: str, text: str, variables: dict[str, object]
) -> None:
    assert refused(product, text, Limits().cost // 2, **variables) is None


@pytest.mark.parametrize(
    "query",
    [
        "{ incidents(first: 100) { nodes { services { dependsOn { dependsOn { slug } } } } } }",
        "{ teams { nodes { members { team { members { team { members { name } } } } } } } }",
        "{ __schema { types { fields { type { "
        + " ".join(f"a{n}: fields {{ name description }}" for n in range(90))
        + " } } } } }",
    ],
)
def test_lists_of_lists_of_lists_are_too_dear(product: GraphQLSchema, query: str) -> None:
    assert refused(product, query, Limits().cost)
