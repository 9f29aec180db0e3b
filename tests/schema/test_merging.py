"""Two records of one incident through GraphQL: joined, and found under either name."""

import asyncio
from typing import Any

import orjson
import pytest

from schema.engine import node_id
from server.commands.compare_incidents import compare
from server.domain.viewer import Scope
from server.operation import Answer, Operation
from tests.follower import Follower
from tests.schema.conftest import Graph
from tests.schema.test_incident import UPDATE, declared
from tests.schema.test_live import TIMELINE, added, subscribed

MERGE = """
mutation Merge($from: ID!, $into: ID!) {
  mergeIncidents(input: {from: $from, into: $into}) {
    incident { id title mergedFrom { id title mergedInto { id } mergedAt } }
    userErrors { code message field }
  }
}
"""


async def merged(graph: Graph) -> tuple[str, str]:
    """The ids of a record that became part of another one, and of that other one."""
    old = await declared(graph, title="Payments time out")
    new = await declared(graph)
    payload = (await graph(MERGE, **{"from": old, "into": new}))["mergeIncidents"]
    assert payload["userErrors"] == []
    return old, new


async def both_paths(graph: Graph, query: str, **variables: object) -> Any:
    """The data of a query, which the compiler and the resolvers must agree on."""
    document = graph.run.documents.read(query)
    operation = Operation(query, None, variables)
    answers = [
        await read(document, operation, graph.viewer)  # type: ignore[arg-type]  # a document
        for read in (graph.run.compiled, graph.run.resolved)
    ]
    compiled, resolved = [each.body for each in answers if isinstance(each, Answer)]
    assert orjson.loads(compiled) == orjson.loads(resolved)
    return orjson.loads(compiled)["data"]


async def test_the_target_shows_what_became_part_of_it(graph: Graph) -> None:
    old = await declared(graph, title="Payments time out")
    new = await declared(graph)
    found = (await graph(MERGE, **{"from": old, "into": new}))["mergeIncidents"]["incident"]
    assert (found["id"], found["title"]) == (new, "Checkout fails")
    (record,) = found["mergedFrom"]
    assert (record["id"], record["title"]) == (old, "Payments time out")
    assert record["mergedInto"] == {"id": new}
    assert record["mergedAt"]


async def test_the_old_id_and_number_lead_to_the_target_on_both_paths(graph: Graph) -> None:
    old, new = await merged(graph)
    query = "query ($id: ID!) { incident(id: $id) { mergedFrom { number } mergedInto { id } } }"
    (record,) = (await both_paths(graph, query, id=old))["incident"]["mergedFrom"]
    data = await both_paths(
        graph,
        """query ($old: ID!, $new: ID!, $number: Int!, $entities: [_Any!]!) {
          byId: incident(id: $old) { id title }
          byNumber: incident(number: $number) { id }
          node(id: $old) { id }
          nodes(ids: [$old, $new]) { id ... on Incident { mergedInto { id } } }
          _entities(representations: $entities) { ... on Incident { id } }
        }""",
        old=old,
        new=new,
        number=record["number"],
        entities=[{"__typename": "Incident", "id": each} for each in (old, new)],
    )
    assert data == {
        "byId": {"id": new, "title": "Checkout fails"},
        "byNumber": {"id": new},
        "node": {"id": new},
        "nodes": [{"id": new, "mergedInto": None}] * 2,
        "_entities": [{"id": new}] * 2,
    }


async def test_the_old_one_stands_in_no_list(graph: Graph) -> None:
    _, new = await merged(graph)
    query = "{ incidents(where: {open: true}) { nodes { id } totalCount } }"
    assert await both_paths(graph, query) == {
        "incidents": {"nodes": [{"id": new}], "totalCount": 1}
    }


async def test_a_change_of_the_old_one_is_the_targets(graph: Graph) -> None:
    old, new = await merged(graph)
    changed = (await graph(UPDATE, input={"id": old, "severity": "SEV1"}))["updateIncident"]
    assert (changed["incident"]["id"], changed["incident"]["severity"]) == (new, "SEV1")


@pytest.mark.parametrize(
    ("from_", "into", "problem"),
    [
        ("old", "new", ("CONFLICT", ["from"])),
        ("new", "old", ("CONFLICT", ["into"])),
        ("new", "new", ("INVALID", ["into"])),
        ("inc_" + "0" * 32, "new", ("NOT_FOUND", ["from"])),
        ("new", "per_" + "0" * 32, ("BAD_ID", ["into"])),
    ],
)
async def test_what_cannot_be_merged_comes_back_as_user_errors(
    graph: Graph, from_: str, into: str, problem: tuple[str, list[str]]
) -> None:
    named = dict(zip(("old", "new"), await merged(graph), strict=True))
    input_ = {"from": named.get(from_, from_), "into": named.get(into, into)}
    assert await graph.refused(MERGE, **input_) == [problem]


async def test_merging_needs_the_right_to_write_incidents(graph: Graph) -> None:
    old, new = await declared(graph), await declared(graph)
    reader = graph.seen_by(Scope.INCIDENTS_READ, Scope.TIMELINE_WRITE)
    (error,) = await reader.errors(MERGE, **{"from": old, "into": new})
    assert error["extensions"]["code"] == "FORBIDDEN"


# ── live ─────────────────────────────────────────────────────────────────────


async def ended(following: Follower) -> Any:
    """The error with which a stream ends, and all that it sends until then."""
    events = []
    async with asyncio.timeout(10):
        while following.place.end is None:
            for result in following.place.take(1):
                events.append(orjson.loads(result.body)["data"]["timeline"])
            await asyncio.sleep(0)
    (error,) = orjson.loads(following.place.end.errors)
    return error, events


async def test_who_follows_the_old_timeline_is_told_where_it_went(graph: Graph) -> None:
    old, new = await declared(graph), await declared(graph)
    (entry,) = await added(graph, old, "Errors rise")
    async with subscribed(graph, TIMELINE, incident=old) as following:
        seen = [await following() for _ in range(2)]
        assert seen[-1]["entry"]["id"] == entry
        await graph(MERGE, **{"from": old, "into": new})
        error, events = await ended(following)
    assert events == []
    assert error["extensions"]["code"] == "MERGED"
    assert new in error["message"]
    async with subscribed(graph, TIMELINE, incident=new) as following:
        bodies = [(await following())["entry"]["body"] for _ in range(4)]
    assert "Errors rise" in bodies


@pytest.mark.parametrize("after", [None, 1, 2])
async def test_who_comes_back_to_the_old_timeline_is_told_the_rest_and_where_it_went(
    graph: Graph, after: int | None
) -> None:
    old, new = await declared(graph), await declared(graph)
    (entry,) = await added(graph, old, "Errors rise")
    await graph(MERGE, **{"from": old, "into": new})
    async with subscribed(graph, TIMELINE, incident=old, after=after) as following:
        error, events = await ended(following)
    assert error["extensions"]["code"] == "MERGED"
    assert events[-1]["entry"]["id"] == entry
    assert [event["sequence"] for event in events] == list(range((after or 1) + 1, 4))


async def test_who_follows_the_target_is_sent_what_came_to_it(graph: Graph) -> None:
    old, new = await declared(graph), await declared(graph)
    (entry,) = await added(graph, old, "Errors rise")
    async with subscribed(graph, TIMELINE, incident=new) as following:
        await following()
        await graph(MERGE, **{"from": old, "into": new})
        told = [await following() for _ in range(3)]
    assert [event["change"] for event in told] == ["ADDED"] * 3
    assert told[1]["entry"]["id"] == entry
    assert told[1]["entry"]["sequence"] == told[1]["sequence"]
    assert told[2]["entry"]["body"].startswith("Merged with #")


async def test_who_follows_the_old_incident_sees_what_it_is_part_of(graph: Graph) -> None:
    old, new = await declared(graph), await declared(graph)
    query = "subscription ($id: ID!) { incidentUpdated(incident: $id) { id mergedInto { id } } }"
    async with subscribed(graph, query, id=old) as following:
        assert await following() == {"id": old, "mergedInto": None}
        await graph(MERGE, **{"from": old, "into": new})
        assert await following() == {"id": old, "mergedInto": {"id": new}}


async def test_the_board_tells_that_one_left_it(graph: Graph) -> None:
    old, new = await declared(graph), await declared(graph)
    query = "subscription { incidents { change incident { id mergedInto { id } } } }"
    async with subscribed(graph, query) as following:
        assert [(await following())["change"] for _ in range(2)] == ["CHANGED"] * 2
        await graph(MERGE, **{"from": old, "into": new})
        news = [await following() for _ in range(2)]
    by_id = {each["incident"]["id"]: each for each in news}
    assert by_id[old]["change"] == "MERGED"
    assert by_id[old]["incident"]["mergedInto"] == {"id": new}
    assert by_id[new]["change"] == "CHANGED"


# ── proposed ─────────────────────────────────────────────────────────────────


async def test_what_is_likely_the_same_is_shown_on_both_paths(graph: Graph) -> None:
    one, other = await declared(graph), await declared(graph)
    await compare(graph.office, node_id.decode_as("inc", one, "an incident"))
    query = """query ($id: ID!) { incident(id: $id) {
                 likelySame { incident { id } reason score } } }"""
    (found,) = (await both_paths(graph, query, id=other))["incident"]["likelySame"]
    assert found["incident"] == {"id": one}
    assert found["reason"] == "Declared 0 minutes apart; similar titles"
    assert found["score"] == pytest.approx(0.7, abs=0.01)
