"""Reading through the resolvers: a handful of statements, whatever the number of rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from graphql import Executor
from sqlalchemy.sql import Executable

from schema.engine import source
from schema.engine.errors import BadCursor, TooMany
from schema.engine.executor import RowExecutor
from schema.engine.source import Record
from tests.schema.engine.conftest import Asking, Counted
from tests.schema.engine.history import INCIDENTS

BOARD = """
query ($first: Int) {
  incidents(first: $first) {
    totalCount
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    nodes {
      __typename id number title severity declaredAt summary
      services { slug dependsOn { slug dependsOn { slug } } }
      timeline(first: 3) { totalCount nodes { body actor { name } deployment { sha } } }
      attribution {
        notADeployment
        candidates { rank evidence { kind contribution } deployment { sha deployer { name } } }
      }
      whyChain { complete nodes { depth parent { depth } } }
    }
  }
}
"""

EDGES = """
query ($first: Int) {
  incidents(first: $first) {
    edges { cursor node { title timeline { edges { node { body actor { name } } } } } }
  }
}
"""


@pytest.mark.parametrize(("query", "edges"), [(BOARD, 15), (EDGES, 3)])
async def test_more_rows_cost_no_more_statements(asking: Asking, query: str, edges: int) -> None:
    # One for each edge and each count in the query. Edges to one type are read together where
    # their keys are known at the same time, so it may be fewer: that depends on the moment.
    for first in (2, INCIDENTS):
        assert 3 <= await asking.cost(query, first=first) <= edges


async def test_one_type_below_itself_is_read_level_by_level(asking: Asking) -> None:
    query = '{ service(slug: "service-1") { slug dependsOn { slug dependsOn { slug } } } }'
    assert await asking(query) == {
        "service": {
            "slug": "service-1",
            "dependsOn": [{"slug": "service-2", "dependsOn": [{"slug": "service-3"}]}],
        }
    }


async def test_aliases_with_different_arguments_keep_apart(asking: Asking) -> None:
    data = await asking(
        """{ incidents(first: 2) { nodes {
             two: timeline(first: 2) { nodes { body } totalCount }
             notes: timeline(kinds: [NOTE]) { nodes { kind } totalCount }
             none: timeline(kinds: []) { nodes { kind } totalCount }
             all: timeline(kinds: null) { totalCount }
             best: attribution { candidates(first: 1) { rank } }
             more: attribution { candidates(first: 2) { rank } } } } }"""
    )
    for node in data["incidents"]["nodes"]:
        assert len(node["two"]["nodes"]) == 2
        assert {each["kind"] for each in node["notes"]["nodes"]} == {"NOTE"}
        counts = [node[name]["totalCount"] for name in ("two", "notes", "none", "all")]
        assert counts == [7, 3, 0, 7]
        assert node["none"]["nodes"] == []
        assert [len(node[name]["candidates"]) for name in ("best", "more")] == [1, 2]


PAGE = """
query ($first: Int, $after: String, $last: Int, $before: String, $order: IncidentOrder) {
  incidents(first: $first, after: $after, last: $last, before: $before, orderBy: $order) {
    nodes { id } edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}
"""

ORDERS: Sequence[dict[str, str] | None] = [
    None,
    *(
        {"field": field, "direction": direction}
        for field in ("DECLARED_AT", "SEVERITY", "UPDATED_AT")
        for direction in ("ASC", "DESC")
    ),
]


@pytest.mark.parametrize("order", ORDERS)
async def test_pages_meet_without_gap_or_double_in_both_directions(
    asking: Asking, order: dict[str, str] | None
) -> None:
    whole = [node["id"] for node in (await asking(PAGE, order=order))["incidents"]["nodes"]]
    assert len(whole) == len(set(whole)) == INCIDENTS
    for size in (1, 3, 7, INCIDENTS):
        forth = await walked(asking, order, ("first", "after", "endCursor", "hasNextPage"), size)
        back = await walked(
            asking, order, ("last", "before", "startCursor", "hasPreviousPage"), size
        )
        assert [each for page in forth for each in page] == whole
        assert [each for page in reversed(back) for each in page] == whole


async def walked(
    asking: Asking, order: dict[str, str] | None, names: tuple[str, str, str, str], size: int
) -> list[list[str]]:
    """All pages from one end to the other."""
    count, position, end, more = names
    pages: list[list[str]] = []
    arguments: dict[str, object] = {count: size, "order": order}
    while True:
        page = (await asking(PAGE, **arguments))["incidents"]
        pages.append([node["id"] for node in page["nodes"]])
        arguments[position] = page["pageInfo"][end]
        if not page["pageInfo"][more]:
            return pages


async def test_an_empty_page_still_knows_whether_there_is_more(asking: Asking) -> None:
    empty = {"hasNextPage": True, "hasPreviousPage": False, "startCursor": None, "endCursor": None}
    page = (await asking(PAGE, first=0))["incidents"]
    assert (page["nodes"], page["pageInfo"]) == ([], empty)
    last = (await asking(PAGE, last=1))["incidents"]["pageInfo"]["endCursor"]
    page = (await asking(PAGE, first=5, after=last))["incidents"]
    assert page["nodes"] == []
    assert page["pageInfo"] == {**empty, "hasNextPage": False, "hasPreviousPage": True}


async def test_a_cursor_of_another_order_is_refused(asking: Asking) -> None:
    by_time = (await asking(PAGE, first=1))["incidents"]["pageInfo"]["endCursor"]
    for order in ORDERS[3:]:
        found = await asking.result(PAGE, after=by_time, order=order)
        assert [type(each.original_error) for each in found.errors or []] == [BadCursor]


async def test_one_wrong_id_among_many_is_that_items_error(asking: Asking) -> None:
    (node,) = (await asking(PAGE, first=1))["incidents"]["nodes"]
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    result = await asking.result(query, ids=[node["id"], "nonsense", "svc_" + "0" * 32])
    assert result.data == {"nodes": [node, None, None]}
    assert [each.path for each in result.errors or []] == [["nodes", 1]]


async def test_an_answer_has_a_bounded_number_of_rows(
    asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "MAX_ROWS", 30)
    assert len((await asking(PAGE, first=20))["incidents"]["nodes"]) == 20
    result = await asking.result(BOARD, first=20)
    assert result.errors
    assert {type(each.original_error) for each in result.errors} == {TooMany}


# ── the short ways give what the usual way gives ─────────────────────────────


class Usual(Executor[Any]):
    """graphql-core's executor as it is."""


ALIKE = (
    BOARD,
    EDGES,
    PAGE,
    '{ node(id: "inc_00") { id } }',
    """{ incidents { nodes { id again: id ...A @include(if: false) ...A @skip(if: true) } } }
       fragment A on Incident { title }""",
    """{ incident(number: 1) { ...A } }
       fragment A on Incident {
         number ... { __typename } timeline { nodes { actor { __typename id name team { name } } } }
       }""",
    """{ services { nodes {
         repositories incidents(first: 1) { nodes { title } }
         deployments { edges { node { sha service { slug } } } } } } }""",
)


async def test_both_executors_give_the_same_answer(asking: Asking) -> None:
    usual = replace(asking, executor=Usual)
    for query in ALIKE:
        mine, theirs = await asking.result(query), await usual.result(query)
        assert mine.data == theirs.data
        assert repr(mine.data) == repr(theirs.data), "the fields are in another order"
        assert mine.errors == theirs.errors


class Broken(Counted):
    """A source whose rows lack what the schema promises."""

    labels: Sequence[str] = ("title", "number", "name", "sha")

    async def fetch(self, statement: Executable, /, **binds: Any) -> Sequence[Record]:
        rows = await super().fetch(statement, **binds)
        found = [dict(row) for row in rows]  # type: ignore[call-overload]
        for index, row in enumerate(found):
            if index % 3 == 1:
                row.update({label: None for label in self.labels if label in row})
            if index % 3 == 2 and "number" in row:
                row["number"] = 2**40
        return found


@pytest.mark.parametrize("query", [BOARD, EDGES, "{ incidents { nodes { number } } }"])
async def test_both_executors_tell_the_same_errors(asking: Asking, query: str) -> None:
    broken = replace(asking, source=Broken(asking.source.database))
    usual = replace(broken, executor=Usual)
    mine, theirs = await broken.result(query), await usual.result(query)
    assert mine.data == theirs.data
    assert mine.errors
    assert _told(mine.errors) == _told(theirs.errors or [])


def _told(errors: Sequence[Any]) -> set[tuple[str, str]]:
    return {(each.message, str(each.path)) for each in errors}


class Failing(Counted):
    """A source that cannot read people."""

    async def fetch(self, statement: Executable, /, **binds: Any) -> Sequence[Record]:
        if "FROM person" in str(statement):
            raise ConnectionError("people are away")
        return await super().fetch(statement, **binds)


async def test_a_failure_is_told_where_it_is_needed_and_nowhere_else(asking: Asking) -> None:
    failing = replace(asking, source=Failing(asking.source.database))
    query = "{ incidents(first: 2) { nodes { title timeline { nodes { body actor { name } } } } } }"
    result = await failing.result(query)
    assert result.data
    for node in result.data["incidents"]["nodes"]:
        entries = node["timeline"]["nodes"]
        assert len(entries) == 7
        assert all(entry["body"] and entry["actor"] is None for entry in entries)
    told = {str(each.original_error) for each in result.errors or []}
    assert told == {"people are away"}
    assert all((each.path or [])[-1] == "actor" for each in result.errors or [])


def test_the_executor_under_test_is_the_products() -> None:
    assert RowExecutor.execute_fields is not Executor.execute_fields
