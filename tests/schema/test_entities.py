"""Entities: what other services of a supergraph refer to, and the schema they compose with."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from hashlib import md5
from typing import Any

import orjson
import pytest

from schema.build import build, graphql_schema
from schema.engine.documents import Document
from schema.engine.entities import subgraph_sdl
from server.domain.viewer import Scope
from server.operation import Answer, Operation
from tests.schema.conftest import Graph
from tests.schema.engine import history

ENTITIES = """
query ($of: [_Any!]!) {
  _entities(representations: $of) {
    __typename
    ...OfDeployment
    ... on Service { slug name }
    ... on Incident { again: id title services { slug } timeline(first: 2) { totalCount } }
  }
}
fragment OfDeployment on Deployment { sha service { slug } deployer { name } }
"""
NOWHERE = "0" * 32
SHA = "c0ffee" * 6 + "0000"

Representation = Mapping[str, Any]


def key_of(kind: str, number: int) -> str:
    return md5(f"{kind}{number}".encode()).hexdigest()


def deployment(number: int) -> Representation:
    """A deployment of the history, by its natural key."""
    sha = md5(str(number).encode()).hexdigest()
    place = {"repository": "acme/it", "environment": "production"}
    return {"__typename": "Deployment", "sha": sha, **place}


def incident(number: int) -> Representation:
    return {"__typename": "Incident", "id": f"inc_{key_of('incident', number)}"}


def service(number: int) -> Representation:
    return {"__typename": "Service", "slug": f"service-{number}"}


@pytest.fixture
async def past(graph: Graph) -> Graph:
    """A graph over a small history."""
    await history.write(graph.office.database.url)
    return graph


async def both(graph: Graph, of: Sequence[object], query: str = ENTITIES) -> Any:
    """The entities as both paths give them; errors and all, where there are some."""
    operation = Operation(query, None, {"of": of})
    document = graph.run.documents.read(query)
    assert isinstance(document, Document), document
    resolved = await graph.run.resolved(document, operation, graph.viewer)
    assert isinstance(resolved, Answer), resolved
    compiled = await graph.run.compiled(document, operation, graph.viewer)
    assert (compiled is None) is resolved.partial
    if isinstance(compiled, Answer):
        assert orjson.loads(compiled.body) == orjson.loads(resolved.body)
    return orjson.loads(resolved.body)


async def test_entities_come_in_the_order_of_their_representations(past: Graph) -> None:
    of = [incident(2), deployment(3), service(1), deployment(1), deployment(3), service(99)]
    (entities,) = (await both(past, of))["data"].values()
    assert [each and each["__typename"] for each in entities] == [
        *("Incident", "Deployment", "Service", "Deployment", "Deployment", None)
    ]
    assert [entities[n]["sha"] for n in (1, 3, 4)] == [of[n]["sha"] for n in (1, 3, 4)]
    assert entities[0]["again"] == of[0]["id"]
    assert entities[0]["timeline"] == {"totalCount": 7}
    assert entities[2] == {"__typename": "Service", "slug": "service-1", "name": "Service 1"}


async def test_fifty_references_are_one_statement(past: Graph, reads: list[str]) -> None:
    fifty = [deployment(1 + number % 20) for number in range(50)]
    mixed = [make(1 + n) for n in range(17) for make in (deployment, incident, service)]
    for of in (fifty, mixed):
        reads.clear()
        data = await past(ENTITIES, of=of)
        assert len(reads) == 1
        assert len([each for each in data["_entities"] if each]) >= 40


async def test_the_resolvers_read_each_edge_of_each_type_once(
    past: Graph, reads: list[str]
) -> None:
    document = past.run.documents.read(ENTITIES)
    assert isinstance(document, Document)
    for count in (2, 17):
        reads.clear()
        of = [make(1 + n) for n in range(count) for make in (deployment, incident, service)]
        operation = Operation(ENTITIES, None, {"of": of})
        await past.run.resolved(document, operation, past.viewer)
        # Three types, two edges of deployments, two of incidents, and a count.
        assert 3 <= len(reads) <= 8


async def test_references_of_one_shape_share_a_statement(past: Graph, reads: list[str]) -> None:
    for of in ([deployment(1), incident(1)], [incident(5), *map(deployment, range(9))]):
        await past(ENTITIES, of=of)
    assert reads[0] == reads[1]


async def test_of_several_deployments_alike_the_newest_is_meant(past: Graph) -> None:
    record = """mutation ($status: DeploymentStatus!, $id: String!) {
      recordDeployment(input: {repository: "acme/it", sha: "%s", environment: "production",
        status: $status, externalId: $id, finishedAt: "2026-01-0%sT00:00:00Z"}) {
        userErrors { message } } }"""
    for day, status in ((2, "FAILURE"), (5, "SUCCESS"), (3, "FAILURE")):
        await past(record % (SHA, day), status=status, id=str(day))
    of = {**deployment(1), "sha": SHA}
    query = """query ($of: [_Any!]!) { _entities(representations: $of) {
      ... on Deployment { status } } }"""
    assert (await both(past, [of], query))["data"] == {"_entities": [{"status": "SUCCESS"}]}


async def test_the_first_key_that_is_given_names_the_row(past: Graph) -> None:
    own = {"id": f"svc_{key_of('service', 2)}"}
    of = [
        {"__typename": "Service", **own},
        {"__typename": "Service", "slug": "service-1", **own},
        {"__typename": "Service", "slug": "service-3", "id": None, "unheard": [{}]},
    ]
    entities = (await both(past, of))["data"]["_entities"]
    assert [each["slug"] for each in entities] == ["service-2", "service-2", "service-3"]


async def test_a_representation_shows_no_more_than_an_id(past: Graph) -> None:
    of = [incident(1), deployment(1)]
    assert (await past(ENTITIES, of=of))["_entities"][1]["deployer"] == {"name": "Person 2"}
    answer = await both(past.seen_by(Scope.DEPLOYMENTS_READ), of)
    hidden, shown = answer["data"]["_entities"]
    assert (hidden, shown["deployer"]) == (None, {"name": "an engineer"})
    (error,) = answer["errors"]
    assert (error["path"], error["extensions"]["code"]) == (["_entities", 0], "FORBIDDEN")


async def test_there_may_be_nothing_to_ask_for(graph: Graph) -> None:
    assert (await both(graph, []))["data"] == {"_entities": []}


@pytest.mark.parametrize(
    ("wrong", "code", "words"),
    [
        (5, "INVALID", "an object"),
        ({}, "INVALID", "__typename has to be one of: ActionItem, Deployment, Incident"),
        ({"__typename": "Nothing", "id": "x"}, "INVALID", "__typename"),
        ({"__typename": ["Incident"]}, "INVALID", "__typename"),
        ({"__typename": "Person", "id": f"per_{NOWHERE}"}, "INVALID", "__typename"),
        ({"__typename": "Incident"}, "INVALID", "Incident is named by: id."),
        (
            {"__typename": "Deployment", "repository": "a/b", "sha": "c"},
            "INVALID",
            "named by: id, or repository and sha and environment.",
        ),
        ({"__typename": "Incident", "id": "nonsense"}, "BAD_ID", "not an id"),
        ({"__typename": "Incident", "id": f"dep_{NOWHERE}"}, "BAD_ID", "Incident"),
        ({"__typename": "Incident", "id": {"of": 1}}, "BAD_ID", "not an id"),
        ({"__typename": "Service", "slug": 5}, "INVALID", "no slug like this"),
        ({"__typename": "Service", "slug": "\0"}, "INVALID", "no slug like this"),
        (
            {"__typename": "PullRequest", "repository": "a/b", "number": "1"},
            "INVALID",
            "no number like this",
        ),
        (
            {"__typename": "PullRequest", "repository": "a/b", "number": 2**31},
            "INVALID",
            "no number like this",
        ),
        (
            {"__typename": "PullRequest", "repository": "a/b", "number": True},
            "INVALID",
            "no number like this",
        ),
    ],
)
async def test_a_wrong_representation_is_its_items_error(
    past: Graph, wrong: object, code: str, words: str
) -> None:
    answer = await both(past, [service(1), wrong, service(2)])
    first, none, last = answer["data"]["_entities"]
    assert (first["slug"], none, last["slug"]) == ("service-1", None, "service-2")
    (error,) = answer["errors"]
    assert error["path"] == ["_entities", 1]
    assert error["extensions"]["code"] == code
    assert words in error["message"]


async def test_representations_may_stand_in_the_document(past: Graph) -> None:
    query = """query ($slug: String!, $of: _Any!) {
      _entities(representations: [{__typename: "Service", slug: $slug}, $of]) {
        ... on Service { name } ... on Deployment { sha } } }"""
    assert await past(query, slug="service-2", of=deployment(4)) == {
        "_entities": [{"name": "Service 2"}, {"sha": deployment(4)["sha"]}]
    }


async def test_a_hundred_may_be_asked_for_at_once_and_no_more(past: Graph) -> None:
    assert "errors" not in await both(past, [deployment(1)] * 100)
    answer = await both(past, [deployment(1)] * 101)
    assert answer["data"] is None
    (error,) = answer["errors"]
    assert error["extensions"]["code"] == "TOO_MANY"
    assert error["message"] == "At most 100 representations at once."


# ── the schema that a supergraph is composed with ────────────────────────────


async def test_the_service_tells_its_schema_with_the_keys_of_its_entities(graph: Graph) -> None:
    sdl = (await graph("{ _service { sdl } }"))["_service"]["sdl"]
    assert sdl == subgraph_sdl(build())
    assert sdl.startswith('extend schema @link(url: "https://specs.apollo.dev/federation/v2.0"')
    marked = {
        name: re.findall(r'@key\(fields: "([^"]*)"\)', marks)
        for name, marks in re.findall(r"^type (\w+)[^@{]*(@[^{]*)", sdl, re.MULTILINE)
    }
    assert marked == {
        "ActionItem": ["id"],
        "Deployment": ["id", "repository sha environment"],
        "Incident": ["id"],
        "PageInfo": [],
        "PullRequest": ["id", "repository number"],
        "Service": ["id", "slug"],
    }


def test_every_entity_is_one_of_the_union() -> None:
    union: Any = graphql_schema().type_map["_Entity"]
    assert [each.name for each in union.types] == [
        *("ActionItem", "Deployment", "Incident", "PullRequest", "Service")
    ]
