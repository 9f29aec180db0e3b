"""Execution: every request gets an answer or a refusal, and every error its code."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import pytest
from sqlalchemy import text

from schema.engine.documents import Document
from schema.engine.executor import RowExecutor
from schema.engine.plan import Planner
from schema.engine.source import Reading
from server.errors import Unavailable
from server.operation import Answer, Operation, Refusal
from server.store.database import _POOL, Database
from tests.schema.conftest import Graph, graph_on

NO_INCIDENT = "inc_" + "0" * 32
LONG = "{ timeline(first: $n) { nodes { id body } } }"


async def refusal(graph: Graph, query: str, **variables: object) -> Refusal:
    found = await graph.raw(query, **variables)
    assert isinstance(found, Refusal), found
    return found


def codes(errors: bytes) -> list[str]:
    return [each["extensions"]["code"] for each in orjson.loads(errors)]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{", "PARSE_FAILED"),
        ("{ nothing }", "VALIDATION_FAILED"),
        ("{ incidents(where: {severity: [SEV9]}) { totalCount } }", "VALIDATION_FAILED"),
        ("{ a" + "{ a" * 40 + "}" * 41, "TOO_MANY"),
        (
            'subscription { incidents { change } incidentUpdated(incident: "a") { id } }',
            "VALIDATION_FAILED",
        ),
    ],
)
async def test_a_document_that_is_not_executed_says_why(
    graph: Graph, query: str, code: str
) -> None:
    assert set(codes((await refusal(graph, query)).errors)) == {code}


async def test_what_costs_too_much_is_never_planned(
    graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = await graph.raw(f"query ($n: Int) {{ incidents {{ nodes {LONG} }} }}", n=4)
    assert isinstance(answer, Answer)
    assert answer.cost == 2 + 25 * (2 + 4 * 2)

    def plan(*_: object) -> None:
        raise AssertionError("it was planned")

    monkeypatch.setattr(Planner, "plan", plan)
    monkeypatch.setattr(RowExecutor, "build", plan)
    for operation in (
        f"query ($n: Int) {{ incidents {{ nodes {LONG} }} }}",
        f'subscription ($n: Int) {{ incidentUpdated(incident: "{NO_INCIDENT}") {LONG} }}',
        f"""mutation ($n: Int) {{
          declareIncident(input: {{title: "x", severity: SEV1}}) {{ incident {LONG} }} }}""",
    ):
        found = await refusal(graph.up_to(200), operation, n=100)
        assert codes(found.errors) == ["TOO_MANY"]


@pytest.mark.parametrize(
    "variables",
    [
        {"where": {"declaredAfter": "then"}},
        {"where": {"severity": ["SEV9"]}},
        {"where": {"unheard": 1}},
        {"where": 5},
        {"first": "x"},
        {"first": 2**40},
        {"first": 1.5},
        {"order": {"field": "DECLARED_AT"}},
        {"order": {"field": "TITLE", "direction": "ASC"}},
    ],
)
async def test_a_variable_of_the_wrong_type_refuses_the_operation(
    graph: Graph, variables: dict[str, object]
) -> None:
    query = """query ($where: IncidentWhere, $first: Int, $order: IncidentOrder) {
      incidents(where: $where, first: $first, orderBy: $order) { totalCount } }"""
    found = await refusal(graph, query, **variables)
    assert codes(found.errors) == ["VALIDATION_FAILED"]
    assert not found.unavailable


async def test_a_null_that_its_argument_does_not_take_is_the_clients_fault(graph: Graph) -> None:
    query = 'query ($ids: [ID!] = ["x"]) { nodes(ids: $ids) { id } }'
    (error,) = await graph.errors(query, ids=None)
    assert error["extensions"] == {"code": "VALIDATION_FAILED"}
    assert error["path"] == ["nodes"]


@pytest.mark.parametrize(("name", "runs"), [("A", True), (None, False), ("C", False), ("", False)])
async def test_the_operation_to_run_has_to_be_named_where_there_are_many(
    graph: Graph, name: str | None, runs: bool
) -> None:
    operation = Operation("query A { __typename } query B { __typename }", name, {})
    found = await graph.run(operation, graph.viewer, queries_only=False, streams=True)
    if runs:
        assert isinstance(found, Answer)
    else:
        assert isinstance(found, Refusal)
        assert codes(found.errors) == ["BAD_REQUEST"]


async def test_doors_that_do_not_stream_or_write_say_where_to_go(graph: Graph) -> None:
    for query in (
        'mutation { upsertTeam(input: {slug: "a"}) { userErrors { code } } }',
        "subscription { incidents { change } }",
    ):
        operation = Operation(query, None, {})
        found = await graph.run(operation, graph.viewer, queries_only=True, streams=False)
        assert isinstance(found, Refusal)
        assert found.misplaced


async def test_a_null_root_with_a_path_is_an_answer_in_part(graph: Graph) -> None:
    found = await graph.raw('{ nodes(ids: ["x"]) { id } team: __typename }')
    assert isinstance(found, Answer)
    assert found.partial
    body = orjson.loads(found.body)
    assert body["data"] == {"nodes": [None], "team": "Query"}
    ids = [NO_INCIDENT] * 101
    found = await graph.raw("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=ids)
    assert isinstance(found, Answer)
    assert found.partial
    assert orjson.loads(found.body)["data"] is None


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ('{ incident(id: "x") { id } }', "BAD_ID"),
        ('{ incident(id: "per_00000000000000000000000000000000") { id } }', "BAD_ID"),
        ("{ incident { id } }", "INVALID"),
        (f'{{ incident(id: "{NO_INCIDENT}", number: 1) {{ id }} }}', "INVALID"),
        ('{ incidents(after: "x") { totalCount } }', "BAD_CURSOR"),
        ('{ incidents(first: 1, before: "x") { totalCount } }', "INVALID"),
        ("{ incidents(first: 101) { totalCount } }", "INVALID"),
        ('{ actionItems(where: {owner: "x"}) { totalCount } }', "BAD_ID"),
        ('{ incidents(where: {search: "\\u0000"}) { totalCount } }', "INVALID"),
        ('{ service(slug: "\\u0000") { id } }', "INVALID"),
    ],
)
async def test_what_a_client_gets_wrong_has_a_code_and_a_place(
    graph: Graph, query: str, code: str
) -> None:
    (error,) = await graph.errors(query)
    assert error["extensions"] == {"code": code}
    assert error["path"]
    assert error["locations"]


# ── our own faults ───────────────────────────────────────────────────────────


class Broken:
    """A source that fails in a way that nobody foresaw."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    async def fetch(self, statement: Any, /, **binds: object) -> Any:
        raise self.error


def resolving_with(graph: Graph, error: Exception) -> Graph:
    """The same graph over a source that fails."""
    sound = graph.run.context

    def context(viewer: Any) -> Any:
        return replace(sound(viewer), reading=Reading(Broken(error), {}))

    subscriptions = replace(graph.run.subscriptions, context=context)
    run = replace(graph.run, context=context, subscriptions=subscriptions, strict=False)
    return replace(graph, run=run)


async def test_an_unforeseen_fault_is_masked_with_an_id(graph: Graph) -> None:
    failing = resolving_with(graph, RuntimeError("password is hunter2"))
    (error,) = await failing.errors("{ incidents { totalCount } }")
    assert "hunter2" not in str(error)
    assert error["extensions"]["code"] == "INTERNAL"
    assert len(error["extensions"]["id"]) == 32


async def test_a_database_that_is_away_is_told_as_such(graph: Graph) -> None:
    failing = resolving_with(graph, Unavailable("The database cannot be reached."))
    (error,) = await failing.errors("{ incidents { totalCount } }")
    assert error["extensions"]["code"] == "UNAVAILABLE"
    found = await failing.raw(
        "subscription ($id: ID!) { incidentUpdated(incident: $id) { id } }", id=NO_INCIDENT
    )
    assert isinstance(found, Refusal)
    assert found.unavailable


async def test_a_statement_that_takes_too_long_is_told_alike_on_both_ways(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    impatient = {**_POOL["server_settings"], "statement_timeout": "200ms"}
    monkeypatch.setitem(_POOL, "server_settings", impatient)
    async with Database.connect(database_url) as database, database.transaction() as tx:
        await tx.run(text("lock table incident in access exclusive mode"))
        graph = graph_on(database)
        operation = Operation("{ incidents { totalCount } }", None, {})
        document = graph.run.documents.read(operation.query)
        assert isinstance(document, Document)
        for way in (graph.run.compiled, graph.run.resolved):
            answer = await way(document, operation, graph.viewer)
            assert isinstance(answer, Answer)
            (error,) = orjson.loads(answer.body)["errors"]
            assert error["extensions"] == {"code": "TIMEOUT"}
            assert error["message"] == "The operation took too long. Ask for less at once."
