"""Rights: what a viewer may not see is nowhere, whatever they ask and however they ask it."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from dataclasses import dataclass
from typing import Any

import orjson
import pytest
from graphql import (
    GraphQLField,
    GraphQLObjectType,
    get_named_type,
    is_leaf_type,
    is_object_type,
    is_required_argument,
)

from schema.build import graphql_schema
from schema.engine.documents import Document
from server.domain.viewer import Scope
from server.operation import Answer, Operation
from tests.schema.conftest import Graph
from tests.schema.test_live import TIMELINE, subscribed

NAME, EMAIL, HANDLE = "Rosalind Vane", "rosalind@example.com", "rozvane"
SECRETS = ("rosalind", "vane", HANDLE)
ROLE = "an engineer of team Payments"


@dataclass(frozen=True)
class House:
    """One of everything, with a person's name in every text that somebody can write."""

    person: str
    deployment: str
    incident: str
    number: int
    entry: str
    hypothesis: str
    why: str
    item: str


async def did(graph: Graph, name: str, selection: str = "", /, **members: object) -> Any:
    """What a mutation answers that goes well."""
    capital = name[0].upper() + name[1:]
    query = f"""mutation ($input: {capital}Input!) {{
      {name}(input: $input) {{ {selection} userErrors {{ code message field }} }} }}"""
    payload = (await graph(query, input=members))[name]
    assert payload["userErrors"] == []
    return payload


SAYS = f"{NAME} said so"


@pytest.fixture
async def house(graph: Graph) -> House:
    person = await a_person(graph)
    deployment = await a_deployment(graph, person)
    incident, number = await an_incident(graph, person)
    note = {"kind": "NOTE", "occurredAt": "2026-01-01T00:11:00Z", "body": SAYS, "actor": person}
    added = await did(
        graph, "addTimelineEntries", "entries { id }", incident=incident, entries=[note]
    )
    entry = added["entries"][0]["id"]
    await did(graph, "reviseTimelineEntry", id=entry, body=f"{SAYS} again")
    hypothesis = await a_hypothesis(graph, incident)
    why, item = await a_lesson(graph, incident, person)
    verdict = {"kind": "CAUSED_BY_DEPLOYMENT", "deployment": deployment, "reason": SAYS}
    await did(graph, "recordVerdict", incident=incident, **verdict)
    return House(person, deployment, incident, number, entry, hypothesis, why, item)


async def a_person(graph: Graph) -> str:
    """Who leads the team that owns the service, and has an identity elsewhere."""
    await did(graph, "upsertTeam", slug="payments", name="Payments")
    known = await did(
        graph,
        "upsertPerson",
        "person { id }",
        name=NAME,
        email=EMAIL,
        team="payments",
        identities=[{"provider": "github", "externalId": "42", "handle": HANDLE}],
    )
    person = str(known["person"]["id"])
    await did(graph, "upsertTeam", slug="payments", name="Payments", lead=person)
    repositories = ["acme/checkout"]
    await did(graph, "upsertService", slug="checkout", team="payments", repositories=repositories)
    return person


async def a_deployment(graph: Graph, person: str) -> str:
    recorded = await did(
        graph,
        "recordDeployment",
        "deployment { id }",
        repository="acme/checkout",
        sha="ab" * 20,
        status="SUCCESS",
        finishedAt="2026-01-01T00:00:00Z",
        deployer=person,
    )
    return str(recorded["deployment"]["id"])


async def an_incident(graph: Graph, person: str) -> tuple[str, int]:
    declared = await did(
        graph,
        "declareIncident",
        "incident { id number }",
        title=SAYS,
        summary=SAYS,
        severity="SEV1",
        services=["checkout"],
        declaredAt="2026-01-01T00:10:00Z",
        responders=[{"person": person, "role": "COMMANDER"}],
    )
    return declared["incident"]["id"], declared["incident"]["number"]


async def a_hypothesis(graph: Graph, incident: str) -> str:
    raised = await did(
        graph, "raiseHypothesis", "hypothesis { id }", incident=incident, statement=SAYS
    )
    hypothesis = str(raised["hypothesis"]["id"])
    await did(graph, "settleHypothesis", id=hypothesis, state="RULED_OUT", reason=SAYS)
    return hypothesis


async def a_lesson(graph: Graph, incident: str, person: str) -> tuple[str, str]:
    """A why, and what is done about it."""
    answered = await did(
        graph, "answerWhy", "why { id }", incident=incident, question=SAYS, answer=SAYS
    )
    created = await did(
        graph,
        "createActionItem",
        "actionItem { id }",
        incident=incident,
        why=answered["why"]["id"],
        title=f"Add an alert, as {NAME} proposed",
        description=SAYS,
        kind="MONITORING",
        owner=person,
    )
    item = created["actionItem"]["id"]
    await did(graph, "updateActionItem", id=item, title=f"Alert twice, as {NAME} proposed")
    return answered["why"]["id"], item


def everything(of: GraphQLObjectType, depth: int, seen: tuple[str, ...] = ()) -> str:
    """A selection of all there is below a type, so far down, without going in circles."""
    parts = ["__typename"]
    for name, field in of.fields.items():
        if any(is_required_argument(argument) for argument in field.args.values()):
            continue
        parts += _below(name, field, depth, (*seen, of.name))
    return f"{{ {' '.join(parts)} }}"


def _below(name: str, field: GraphQLField, depth: int, seen: tuple[str, ...]) -> list[str]:
    named: Any = get_named_type(field.type)
    if is_leaf_type(named):
        return [name]
    if not is_object_type(named) or depth == 0 or named.name in seen:
        return []
    return [f"{name} {everything(named, depth - 1, seen)}"]


def all_of(root: str, depth: int = 4) -> str:
    """A query for everything below a root."""
    query_type = graphql_schema().query_type
    assert query_type
    named: Any = get_named_type(query_type.fields[root.partition("(")[0]].type)
    return f"{{ {root} {everything(named, depth)} }}"


def roots_of(house: House) -> list[str]:
    """Every way into the graph."""
    return [
        f'incident(id: "{house.incident}")',
        f"incident(number: {house.number})",
        "incidents",
        "actionItems",
        "people",
        "teams",
        "services",
        'service(slug: "checkout")',
        "deployments",
        f'deployment(id: "{house.deployment}")',
    ]


READERS = (Scope.INCIDENTS_READ, Scope.DEPLOYMENTS_READ)


async def body(graph: Graph, query: str) -> str:
    """The text of an answer; the resolvers have to give the same."""
    found = await graph.up_to(10**9).raw(query)
    assert isinstance(found, Answer), found
    assert not found.partial, found.body
    document = graph.run.documents.read(query)
    assert isinstance(document, Document)
    resolved = await graph.run.resolved(document, Operation(query, None, {}), graph.viewer)
    assert isinstance(resolved, Answer)
    assert orjson.loads(resolved.body) == orjson.loads(found.body)
    return found.body.decode()


def told(text: str) -> list[str]:
    """The secrets in a text, or in a cursor that it holds."""
    lowered = text.lower()
    return [secret for secret in SECRETS if secret in lowered]


async def test_without_people_read_no_name_is_anywhere(graph: Graph, house: House) -> None:
    other = graph.seen_by(*READERS)
    for root in roots_of(house):
        query = all_of(root)
        assert told(await body(graph, query)), f"the administrator sees names at {root}"
        seen = await body(other, query)
        assert told(seen) == [], root
        assert ROLE in seen, root


async def test_names_are_in_every_place_that_can_hold_one(graph: Graph, house: House) -> None:
    """What the other tests look through really holds the name, in every text."""
    query = f"""{{ incident(id: "{house.incident}") {{
      title summary
      responders {{ person {{ name email team {{ name }} identities {{ handle }} }} }}
      timeline(kinds: [NOTE]) {{ nodes {{ body actor {{ name }} revisions {{ body }} }} }}
      hypotheses {{ statement reason }}
      attribution {{ verdict {{ reason }} }}
      whyChain {{ nodes {{ question answer }} }}
      actionItems {{ nodes {{ title description owner {{ name }}
        changes {{ nodes {{ before after }} }} }} }} }} }}"""
    (mine,) = (await graph(query)).values()
    (other,) = (await graph.seen_by(*READERS)(query)).values()
    hidden = [leaf for leaf in leaves(mine) if told(str(leaf))]
    assert len(hidden) >= 17
    assert len(list(leaves(other))) + 3 >= len(list(leaves(mine)))
    assert not [leaf for leaf in leaves(other) if told(str(leaf))]
    person = other["responders"][0]["person"]
    assert person == {"name": ROLE, "email": None, "team": None, "identities": []}


def leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for each in value.values() for leaf in leaves(each)]
    if isinstance(value, list):
        return [leaf for each in value for leaf in leaves(each)]
    return [value]


@pytest.mark.parametrize("wanted", ["Rosalind", "vane", "ROSALIND VANE"])
async def test_a_search_does_not_find_what_may_not_be_seen(
    graph: Graph, house: House, wanted: str
) -> None:
    incidents = "query ($s: String!) { incidents(where: {search: $s}) { totalCount } }"
    people = "query ($s: String!) { people(search: $s) { totalCount nodes { id } } }"
    other = graph.seen_by(*READERS)
    assert (await graph(incidents, s=wanted))["incidents"]["totalCount"] == 1
    assert (await other(incidents, s=wanted))["incidents"]["totalCount"] == 0
    assert (await graph(people, s=wanted))["people"]["totalCount"] == 1
    assert (await other(people, s=wanted))["people"]["totalCount"] == 0
    assert (await other(people, s="engineer"))["people"]["totalCount"] == 1


async def test_cursors_hold_no_name_that_may_not_be_seen(graph: Graph, house: House) -> None:
    query = "{ people { edges { cursor } } }"
    (mine,) = (await graph(query))["people"]["edges"]
    (other,) = (await graph.seen_by(*READERS)(query))["people"]["edges"]
    assert told(_decoded(mine["cursor"]))
    assert told(_decoded(other["cursor"])) == []


def _decoded(cursor: str) -> str:
    return urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()


async def test_a_stream_holds_no_name_that_may_not_be_seen(graph: Graph, house: House) -> None:
    async with subscribed(graph, TIMELINE, incident=house.incident) as following:
        assert told(str([await following() for _ in range(3)]))
    other = graph.seen_by(*READERS)
    async with subscribed(other, TIMELINE, incident=house.incident) as following:
        assert told(str([await following() for _ in range(3)])) == []


# ── without incidents:read ───────────────────────────────────────────────────


async def codes(graph: Graph, query: str) -> list[tuple[str, list[Any] | None]]:
    return [(each["extensions"]["code"], each.get("path")) for each in await graph.errors(query)]


async def test_without_incidents_read_incidents_are_forbidden_at_every_root(
    graph: Graph, house: House
) -> None:
    other = graph.seen_by(Scope.DEPLOYMENTS_READ, Scope.PEOPLE_READ)
    ids = (house.incident, house.entry, house.hypothesis, house.why, house.item)
    for root in (
        f'incident(id: "{house.incident}") {{ id }}',
        f"incident(number: {house.number}) {{ id }}",
        "incidents { totalCount }",
        "actionItems { totalCount }",
        *(f'node(id: "{each}") {{ id }}' for each in ids),
    ):
        name = root.partition("(")[0].partition(" ")[0]
        assert await codes(other, f"{{ {root} }}") == [("FORBIDDEN", [name])]


async def test_what_is_forbidden_among_many_ids_is_that_items_error(
    graph: Graph, house: House
) -> None:
    other = graph.seen_by(Scope.DEPLOYMENTS_READ)
    found = await other.raw(
        "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=[house.deployment, house.incident]
    )
    assert isinstance(found, Answer)
    answer = orjson.loads(found.body)
    assert answer["data"]["nodes"] == [{"id": house.deployment}, None]
    assert [(each["path"], each["extensions"]["code"]) for each in answer["errors"]] == [
        (["nodes", 1], "FORBIDDEN")
    ]


async def test_without_incidents_read_there_are_none_below_what_may_be_seen(
    graph: Graph, house: House
) -> None:
    query = f"""{{
      deployment(id: "{house.deployment}") {{ incidents(minProbability: 0) {{
        probability verdict incident {{ id }} }} }}
      service(slug: "checkout") {{ incidents {{ totalCount nodes {{ id }} }} }} }}"""
    mine = await graph(query)
    assert mine["deployment"]["incidents"][0]["incident"] == {"id": house.incident}
    assert mine["service"]["incidents"]["totalCount"] == 1
    other = await graph.seen_by(Scope.DEPLOYMENTS_READ)(query)
    assert other == {
        "deployment": {"incidents": []},
        "service": {"incidents": {"totalCount": 0, "nodes": []}},
    }


# ── without deployments:read ─────────────────────────────────────────────────


async def test_who_may_read_incidents_may_read_what_they_refer_to(
    graph: Graph, house: House
) -> None:
    other = graph.seen_by(Scope.INCIDENTS_READ)
    query = f"""{{
      incident(id: "{house.incident}") {{ attribution {{ linked {{ sha }} }} services {{ slug }} }}
      deployment(id: "{house.deployment}") {{ sha }} }}"""
    assert await other(query) == {
        "incident": {
            "attribution": {"linked": {"sha": "ab" * 20}},
            "services": [{"slug": "checkout"}],
        },
        "deployment": {"sha": "ab" * 20},
    }


async def test_who_may_only_write_reads_nothing(graph: Graph, house: House) -> None:
    for scope in (each for each in Scope if each.value.endswith(":write")):
        for root in roots_of(house):
            query = f"{{ {root} {{ __typename }} }}"
            name = root.partition("(")[0]
            assert await codes(graph.seen_by(scope), query) == [("FORBIDDEN", [name])]


async def test_who_may_only_write_is_told_that_it_went_well_and_no_more(
    graph: Graph, house: House
) -> None:
    query = """mutation ($incident: ID!) {
      addTimelineEntries(input: {incident: $incident, entries: [
        {kind: NOTE, occurredAt: "2026-01-01T00:12:00Z", body: "written"}]}) {
        entries { body } userErrors { code } } }"""
    found = await graph.seen_by(Scope.TIMELINE_WRITE).raw(query, incident=house.incident)
    assert isinstance(found, Answer)
    answer = orjson.loads(found.body)
    assert answer["data"] == {"addTimelineEntries": {"entries": None, "userErrors": []}}
    assert [(each["path"], each["extensions"]["code"]) for each in answer["errors"]] == [
        (["addTimelineEntries", "entries"], "FORBIDDEN")
    ]
    entries = f'{{ incident(id: "{house.incident}") {{ timeline {{ nodes {{ body }} }} }} }}'
    assert "written" in await body(graph, entries)


async def test_a_verdict_shows_no_attribution_to_who_may_not_read_it(
    graph: Graph, house: House
) -> None:
    query = """mutation ($incident: ID!) {
      recordVerdict(input: {incident: $incident, kind: NOT_A_DEPLOYMENT}) {
        attribution { notADeployment candidates { rank } } userErrors { code } } }"""
    errors = await graph.seen_by(Scope.INCIDENTS_WRITE).errors(query, incident=house.incident)
    assert [each["extensions"]["code"] for each in errors] == ["FORBIDDEN"]
