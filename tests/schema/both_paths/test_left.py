"""What the compiler must leave to the resolvers, which own every error."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import orjson
import pytest

from schema.engine.documents import Document
from server.operation import Answer, Operation
from tests import postgres
from tests.schema.conftest import ADMIN, Graph

ANOTHER_ORDERS_CURSOR = "WyJJbmNpZGVudDpTRVZFUklUWTpERVNDIiwiU0VWMSIsIjAiXQ"
NOWHERE = "0" * 32

INCIDENT = f"""
insert into incident (id, number, title, severity, status, declared_at)
values ('{NOWHERE}', 1, 'Nobody attributed it', 'SEV1', 'DECLARED', now());
"""
VERDICT = f"""
insert into attribution (incident_id, model, verdict_kind)
values ('{NOWHERE}', 'none', 'NOT_A_DEPLOYMENT');
"""


@pytest.fixture
async def database_url(database_server: str, database_template: str) -> AsyncIterator[str]:
    """The address of a database of this test's own."""
    async with postgres.new_database(database_server, database_template) as url:
        yield url


async def errors_of_what_is_left(graph: Graph, query: str, **variables: object) -> list[Any]:
    """The errors of an operation; the compiler has to leave it to the resolvers."""
    document = graph.run.documents.read(query)
    assert isinstance(document, Document), document
    operation = Operation(query, None, variables)
    assert await graph.run.compiled(document, operation, ADMIN) is None
    told = await graph.run.resolved(document, operation, ADMIN)
    if isinstance(told, Answer):
        return list(orjson.loads(told.body)["errors"])
    return list(orjson.loads(told.errors))


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ('{ incidents(after: "garbage") { totalCount } }', "BAD_CURSOR"),
        (f'{{ incidents(after: "{ANOTHER_ORDERS_CURSOR}") {{ totalCount }} }}', "BAD_CURSOR"),
        ("{ incidents(first: 1, last: 1) { totalCount } }", "INVALID"),
        ("{ incidents(first: -1) { totalCount } }", "INVALID"),
        ("{ incidents(first: 101) { totalCount } }", "INVALID"),
        ('{ incidents(first: 1, before: "x") { totalCount } }', "INVALID"),
        (f'{{ incident(id: "per_{NOWHERE}") {{ id }} }}', "BAD_ID"),
        ('{ incident(id: "nonsense") { id } }', "BAD_ID"),
        ("{ incident { id } }", "INVALID"),
        (f'{{ incident(id: "inc_{NOWHERE}", number: 1) {{ id }} }}', "INVALID"),
        ('{ deployment(sha: "abc") { id } }', "INVALID"),
        ('{ node(id: "nonsense") { id } }', "BAD_ID"),
        (f'{{ node(id: "zzz_{NOWHERE}") {{ id }} }}', "BAD_ID"),
        (f'{{ nodes(ids: ["inc_{NOWHERE}", "nonsense"]) {{ id }} }}', "BAD_ID"),
        ('{ actionItems(where: {owner: "nobody"}) { totalCount } }', "BAD_ID"),
        ('{ service(slug: "\\u0000") { id } }', "INVALID"),
        ('{ people(search: "\\u0000") { totalCount } }', "INVALID"),
    ],
)
async def test_bad_input_is_told_by_the_resolvers(graph: Graph, query: str, code: str) -> None:
    (error,) = await errors_of_what_is_left(graph, query)
    assert error["extensions"]["code"] == code
    assert error["path"]


async def test_too_many_ids_are_told_by_the_resolvers(graph: Graph) -> None:
    ids = [f"inc_{NOWHERE}"] * 101
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    (error,) = await errors_of_what_is_left(graph, query, ids=ids)
    assert error["extensions"]["code"] == "TOO_MANY"


@pytest.mark.parametrize(
    ("rows", "selection", "path"),
    [
        ([INCIDENT], "attribution { model }", ["attribution"]),
        ([INCIDENT, VERDICT], "attribution { verdict { at } }", ["attribution", "verdict", "at"]),
    ],
)
@pytest.mark.parametrize(
    ("root", "place"),
    [
        ("{{ incident(number: 1) {{ {} }} }}", ["incident"]),
        ("{{ incidents {{ nodes {{ {} }} }} }}", ["incidents", "nodes", 0]),
        ("{{ incidents {{ edges {{ node {{ {} }} }} }} }}", ["incidents", "edges", 0, "node"]),
    ],
)
async def test_a_null_where_none_is_promised_is_an_error_with_its_place(
    graph: Graph, rows: list[str], selection: str, path: list[str], root: str, place: list[Any]
) -> None:
    connection = await asyncpg.connect(graph.office.database.url)
    try:
        for statement in rows:
            await connection.execute(statement)
    finally:
        await connection.close()
    (error,) = await errors_of_what_is_left(graph, root.format(selection))
    assert error["path"] == [*place, *path]


async def test_a_text_that_looks_like_a_missing_value_is_a_text(graph: Graph) -> None:
    connection = await asyncpg.connect(graph.office.database.url)
    try:
        await connection.execute(INCIDENT)
        await connection.execute("update incident set title = $1, summary = $1", '"\\u0000"')
    finally:
        await connection.close()
    query = "{ incident(number: 1) { title summary } }"
    document = graph.run.documents.read(query)
    assert isinstance(document, Document)
    answer = await graph.run.compiled(document, Operation(query, None, {}), ADMIN)
    assert isinstance(answer, Answer)
    assert orjson.loads(answer.body)["data"]["incident"]["title"] == '"\\u0000"'
