"""Incidents that are alike, from the moment on that this is known."""

from __future__ import annotations

from typing import Any

from schema.engine import node_id
from server.commands.compare_incidents import compare
from server.commands.redaction import rerender
from server.domain.viewer import Scope
from tests.schema.conftest import Graph
from tests.schema.test_library import SERVICE, TEAM, written
from tests.schema.test_merging import both_paths

SIMILAR = """query ($id: ID!, $first: Int! = 5) { incident(id: $id) {
  similar(first: $first) { incident { id } score reason } } }"""

MERGE = """mutation ($from: ID!, $into: ID!) {
  mergeIncidents(input: {from: $from, into: $into}) { userErrors { message } } }"""


async def similar(graph: Graph, incident: str, **variables: Any) -> list[Any]:
    """What an incident is shown with, read both ways."""
    answer = await both_paths(graph, SIMILAR, id=incident, **variables)
    return list(answer["incident"]["similar"])


async def alike(graph: Graph, *ids: str) -> None:
    """Run the job that finds what is alike for these incidents."""
    for each in ids:
        await compare(graph.office, node_id.decode_as("inc", each, "an incident"))


async def test_both_show_each_other_and_say_why(graph: Graph) -> None:
    await graph(TEAM)
    await graph(SERVICE, slug="checkout", team="payments")
    pool = "The connection pool was exhausted"
    one = await written(graph, "Nobody can pay", pool, services=["checkout"])
    other = await written(graph, "Payments fail", f"{pool}, too", services=["checkout"])
    third = await written(graph, "Search is slow", "Pools exhausted, connections waited")
    await written(graph, "Disks fill", "Logs were never deleted")
    await alike(graph, one, third)
    first, second = await similar(graph, one)
    assert (first["incident"]["id"], second["incident"]["id"]) == (other, third)
    assert first["reason"] == "Same service checkout; same cause words: connection, exhausted, pool"
    assert first["score"] > second["score"]
    assert [each["incident"]["id"] for each in await similar(graph, other)] == [one, third]
    assert len(await similar(graph, one, first=1)) == 1


async def test_a_new_cause_is_compared_and_what_is_over_is_taken_back(graph: Graph) -> None:
    one = await written(graph, "Nobody can pay", "The connection pool was exhausted")
    other = await written(graph, "Disks fill")
    await alike(graph, one, other)
    assert await similar(graph, one) == []
    why = """mutation ($id: ID!) { answerWhy(input: {
      incident: $id, question: "Why?", answer: "A pool of connections was exhausted"
    }) { why { id } userErrors { message } } }"""
    found = (await graph(why, id=other))["answerWhy"]["why"]["id"]
    await alike(graph, other)
    assert len(await similar(graph, one)) == len(await similar(graph, other)) == 1
    remove = "mutation ($id: ID!) { removeWhy(input: {id: $id}) { userErrors { message } } }"
    await graph(remove, id=found)
    await alike(graph, other)
    assert await similar(graph, one) == await similar(graph, other) == []


async def test_what_became_part_of_another_is_like_none(graph: Graph) -> None:
    cause = "The connection pool was exhausted"
    old, new, third = [await written(graph, f"It fails {n}", cause) for n in range(3)]
    await alike(graph, old, new, third)
    await graph(MERGE, **{"from": old, "into": new})
    await alike(graph, old, new)
    assert [each["incident"]["id"] for each in await similar(graph, third)] == [new]


async def test_an_incident_is_shown_with_ten_at_most(graph: Graph) -> None:
    ids = [await written(graph, "It fails", "The connection pool was exhausted") for _ in range(13)]
    await alike(graph, *ids)
    assert {len(await similar(graph, each, first=100)) for each in ids} == {10}


async def test_the_reason_names_nobody(graph: Graph) -> None:
    cause = "Grace Hopper held the connection pool"
    one, other = await written(graph, "Slow", cause), await written(graph, "Late", cause)
    await alike(graph, one)
    await graph('mutation { upsertPerson(input: {name: "Grace Hopper"}) { person { id } } }')
    await rerender(graph.office)
    await alike(graph, other)
    reader = graph.seen_by(Scope.INCIDENTS_READ)
    (found,) = await similar(reader, one)
    assert "hopper" not in found["reason"].casefold()
