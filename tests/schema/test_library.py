"""Searching the library: what is found, in which order, and by whom."""

from __future__ import annotations

from typing import Any

import pytest

from schema.engine import node_id
from server.commands.redaction import rerender
from server.domain.feed import FeedChange, FeedSubject
from server.domain.viewer import Scope
from server.store import tables as t
from server.store.database import Database
from server.store.statements import update_row
from tests.commands.stored import Stored
from tests.schema.conftest import Graph

DECLARE = """mutation ($input: DeclareIncidentInput!) {
  declareIncident(input: $input) { incident { id } userErrors { message } } }"""


WHY = """mutation ($input: AnswerWhyInput!) {
  answerWhy(input: $input) { why { id } userErrors { message } } }"""

WRITE = """mutation ($input: WritePostmortemInput!) {
  writePostmortem(input: $input) { postmortem { id } userErrors { message } } }"""

SERVICE = """mutation ($slug: String!, $team: String) {
  upsertService(input: {slug: $slug, team: $team}) { userErrors { message } } }"""

TEAM = 'mutation { upsertTeam(input: {slug: "payments"}) { userErrors { message } } }'

SEARCH = """query ($words: String!, $where: PostmortemSearchWhere, $first: Int, $after: String) {
  postmortemSearch(query: $words, where: $where, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage hasPreviousPage endCursor }
    edges { cursor }
    nodes { postmortem { incident { id title } } score
      title { text matched } passage { text matched } } } }"""


@pytest.fixture
def stored(database: Database) -> Stored:
    return Stored(database)


async def publish(graph: Graph, incident: str, **texts: str) -> None:
    """Publish a post-mortem with these texts, whatever is missing in it."""
    key = node_id.decode_as("inc", incident, "an incident")
    await graph(WRITE, input={"incident": incident, "summary": "It was seen", **texts})
    async with graph.office.work() as work:
        changes = {"state": "PUBLISHED", "published_at": work.now}
        await update_row(work.tx, t.postmortem, changes, incident_id=key)
        await work.changed(key, FeedSubject.POSTMORTEM, key, FeedChange.REVISED)


async def written(
    graph: Graph,
    title: str,
    *answers: str,
    published: bool = True,
    lessons: str = "None",
    **values: object,
) -> str:
    """An incident with these causes, whose post-mortem is published; its id."""
    input_ = {"title": title, "severity": "SEV2", **values}
    declared = await graph(DECLARE, input=input_)
    incident: str = declared["declareIncident"]["incident"]["id"]
    for answer in answers:
        await graph(WHY, input={"incident": incident, "question": "Why?", "answer": answer})
    if published:
        await publish(graph, incident, lessons=lessons)
    return incident


async def found(graph: Graph, query: str, **variables: Any) -> list[str]:
    """The incidents that are found, the most telling first."""
    nodes = (await graph(SEARCH, words=query, **variables))["postmortemSearch"]["nodes"]
    return [node["postmortem"]["incident"]["id"] for node in nodes]


async def test_a_title_says_more_than_a_cause_and_a_cause_more_than_the_rest(graph: Graph) -> None:
    rest = await written(graph, "Slow", summary="The connection pool was mentioned")
    cause = await written(graph, "Slow", "The connection pool had no limit")
    lesson = await written(graph, "Slow", lessons="A connection pool needs a limit")
    title = await written(graph, "Connection pool exhausted")
    await written(graph, "Connections rise", "A pool is empty", published=False)
    await written(graph, "Certificates expired")
    assert await found(graph, "connection pools") == [title, cause, lesson, rest]


async def test_what_is_misspelled_is_found_where_nothing_else_is(graph: Graph) -> None:
    exhausted = await written(graph, "Connection pool exhausted")
    await written(graph, "Certificates expired")
    assert await found(graph, "conection pool exausted") == [exhausted]
    assert await found(graph, "something else entirely") == []


async def test_matches_are_marked(graph: Graph) -> None:
    await written(graph, "Checkout fails", "Nothing limits connections", "Checkout retries")
    (node,) = (await graph(SEARCH, words="checkout"))["postmortemSearch"]["nodes"]
    assert node["title"] == [
        {"text": "Checkout", "matched": True},
        {"text": " fails", "matched": False},
    ]
    assert [part["text"] for part in node["passage"] if part["matched"]] == ["Checkout"]


@pytest.mark.parametrize(
    ("where", "finds"),
    [
        ({}, {"one", "other"}),
        ({"services": ["checkout"]}, {"one"}),
        ({"teams": ["payments"]}, {"one"}),
        ({"severity": ["SEV1", "SEV3"]}, {"other"}),
        ({"cause": "limits"}, {"one"}),
        ({"cause": "fails"}, set()),
        ({"publishedAfter": "2026-01-01T00:00:00Z"}, {"one", "other"}),
        ({"publishedBefore": "2026-01-01T00:00:00Z"}, set()),
        ({"services": ["checkout"], "severity": ["SEV1"], "cause": None}, set()),
    ],
)
async def test_it_can_be_narrowed(graph: Graph, where: Any, finds: set[str]) -> None:
    await graph(TEAM)
    await graph(SERVICE, slug="checkout", team="payments")
    ids = {
        "one": await written(graph, "It fails", "Nothing limits it", services=["checkout"]),
        "other": await written(graph, "It fails, too", "No alert", severity="SEV1"),
    }
    assert set(await found(graph, "fails", where=where)) == {ids[name] for name in finds}


async def test_pages_go_on_where_they_ended(graph: Graph) -> None:
    ids = [await written(graph, "It fails") for _ in range(5)]
    for query in ("fails", "failz it"):
        seen: list[str] = []
        after = None
        while len(seen) < len(ids):
            page = (await graph(SEARCH, words=query, first=2, after=after))["postmortemSearch"]
            assert page["totalCount"] == len(ids)
            assert page["pageInfo"]["hasPreviousPage"] is (after is not None)
            seen += [node["postmortem"]["incident"]["id"] for node in page["nodes"]]
            assert page["pageInfo"]["hasNextPage"] is (len(seen) < len(ids))
            after = page["pageInfo"]["endCursor"]
        assert sorted(seen) == sorted(ids)


async def test_what_changes_is_found_as_it_is(graph: Graph) -> None:
    incident = await written(graph, "It fails")
    change = """mutation ($id: ID!) {
      updateIncident(input: {id: $id, title: "Disks fill"}) { userErrors { message } } }"""
    await graph(change, id=incident)
    assert await found(graph, "fails") == []
    assert await found(graph, "disks") == [incident]
    await graph(WHY, input={"incident": incident, "question": "Why?", "answer": "Logs stay"})
    assert await found(graph, "logs") == [incident]


@pytest.mark.parametrize("query", ["Hopper", "Hoper", "Grace Hopper"])
@pytest.mark.parametrize("late", [False, True])
async def test_nobody_finds_a_name_by_searching_for_it(
    graph: Graph, stored: Stored, query: str, late: bool
) -> None:
    person = 'mutation { upsertPerson(input: {name: "Grace Hopper"}) { userErrors { message } } }'
    if not late:
        await graph(person)
    incident = await written(graph, "Grace Hopper saw it", "Grace Hopper was paged")
    if late:
        await graph(person)
        await rerender(graph.office)
    reader = graph.seen_by(Scope.INCIDENTS_READ)
    assert await found(graph, query) == [incident]
    assert await found(reader, query) == []
    (node,) = (await reader(SEARCH, words="paged"))["postmortemSearch"]["nodes"]
    assert "Hopper" not in str(node)


async def test_what_became_part_of_another_is_not_found(graph: Graph) -> None:
    old, new = await written(graph, "It fails"), await written(graph, "It fails")
    merge = """mutation ($from: ID!, $into: ID!) {
      mergeIncidents(input: {from: $from, into: $into}) { userErrors { message } } }"""
    await graph(merge, **{"from": old, "into": new})
    assert await found(graph, "fails") == [new]


@pytest.mark.parametrize(
    ("variables", "code"),
    [
        ({"words": " "}, "INVALID"),
        ({"words": "a" * 201}, "INVALID"),
        ({"words": "a\0"}, "INVALID"),
        ({"words": "a", "first": 101}, "INVALID"),
        ({"words": "a", "after": "garbage"}, "BAD_CURSOR"),
        ({"words": "a", "where": {"cause": "\0"}}, "INVALID"),
    ],
)
async def test_what_cannot_be_searched_is_told(graph: Graph, variables: Any, code: str) -> None:
    (error,) = await graph.errors(SEARCH, **variables)
    assert error["extensions"]["code"] == code


async def test_odd_queries_harm_nobody(graph: Graph) -> None:
    for query in ('"', "-", "or", "the", "a & | !", "%_\\", "\u202e", "<->"):
        assert await found(graph, query) == []


async def test_only_who_may_read_incidents_searches(graph: Graph) -> None:
    (error,) = await graph.seen_by(Scope.DEPLOYMENTS_READ).errors(SEARCH, words="fails")
    assert error["extensions"]["code"] == "FORBIDDEN"


async def test_every_incident_has_its_entry(graph: Graph, stored: Stored) -> None:
    await written(graph, "It fails", published=False)
    (entry,) = await stored.rows(t.library_entry)
    assert (entry["title"], entry["published_at"]) == ("It fails", None)
