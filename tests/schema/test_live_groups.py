"""Who is told the same by one execution, and what must never be told again."""

import asyncio
import gc
from dataclasses import replace
from typing import Any

import pytest
import strawberry

from schema import subscribing
from schema.engine import node_id
from schema.engine.documents import Document, Documents
from schema.engine.scalars import config
from schema.sharing import is_shared
from server.commands.redaction import rerender
from server.domain.viewer import Scope, Viewer
from server.live import hub as hubs
from server.live.hint import Hint
from server.live.ring import Ring
from server.operation import Operation, Refusal, Stream
from server.store.readers import Readers
from tests.follower import Follower
from tests.schema.conftest import Graph
from tests.schema.test_incident import UPDATE, declared
from tests.schema.test_live import ADD, TIMELINE, added, subscribed

PERSON = """
mutation ($input: UpsertPersonInput!) {
  upsertPerson(input: $input) { person { id } userErrors { code message } } }
"""


async def followed(graph: Graph, query: str, **variables: object) -> Follower:
    stream = await graph.raw(query, **variables)
    assert isinstance(stream, Stream), stream
    return Follower(stream)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements that read entries for the timeline, as they are sent."""
    sent: list[str] = []
    fetch = Readers.fetch

    async def noting(self: Readers, sql: str, arguments: Any) -> Any:
        if "row_to_json" in sql and "retracted" in sql:
            sent.append(sql)
        return await fetch(self, sql, arguments)

    monkeypatch.setattr(Readers, "fetch", noting)
    return sent


async def test_equal_subscriptions_are_executed_once(graph: Graph, reads: list[str]) -> None:
    incident = await declared(graph)
    followers = [await followed(graph, TIMELINE, incident=incident) for _ in range(20)]
    for each in followers:
        await each()
    assert graph.hub.groups == 1
    assert graph.hub.subscribers == 20
    reads.clear()
    await added(graph, incident, "one", "two")
    for each in followers:
        assert [(await each())["entry"]["body"] for _ in range(2)] == ["one", "two"]
    assert len(reads) == 1, "two events of twenty followers are one statement"
    for each in followers:
        each.leave()
    assert graph.hub.groups == 0


@pytest.mark.parametrize("after", [0, 1, 2, None])
async def test_the_cursor_is_no_part_of_what_must_be_equal(graph: Graph, after: int | None) -> None:
    incident = await declared(graph)
    await added(graph, incident, "one")
    first = await followed(graph, TIMELINE, incident=incident)
    second = await followed(graph, TIMELINE, incident=incident, after=after)
    assert graph.hub.groups == 1
    await added(graph, incident, "two")
    # The incident itself is 1 in its feed, and no change of the timeline.
    wanted = ["Declared as SEV2", "one", "two"][1 if after == 2 else 0 :]
    assert [(await second())["entry"]["body"] for _ in wanted] == wanted
    first.leave()
    second.leave()


async def test_a_cursor_in_the_document_or_by_default_counts_too(graph: Graph) -> None:
    incident = await declared(graph)
    await added(graph, incident, "one", "two")
    literal = """subscription ($i: ID!) {
        timeline(incident: $i, after: 2) { ... on TimelineChange { sequence } } }"""
    default = """subscription ($i: ID!, $from: Int = 2) {
        timeline(incident: $i, after: $from) { ... on TimelineChange { sequence } } }"""
    for query in (literal, default):
        for _ in range(2):
            follower = await followed(graph, query, i=incident)
            again = await followed(graph, query, i=incident)
            assert await follower() == await again() == {"sequence": 3}
            follower.leave()
            again.leave()


async def test_the_last_event_id_replaces_the_cursor(graph: Graph) -> None:
    incident = await declared(graph)
    await added(graph, incident, "one", "two")
    for _ in range(2):  # the first begins the group, the second joins it
        operation = Operation(TIMELINE, None, {"incident": incident, "after": 0}, resume_after=2)
        stream = await graph.run(operation, graph.viewer, queries_only=False, streams=True)
        assert isinstance(stream, Stream)
        assert (await Follower(stream)())["sequence"] == 3
        ahead = replace(operation, resume_after=99)
        refused = await graph.run(ahead, graph.viewer, queries_only=False, streams=True)
        assert isinstance(refused, Refusal)
        assert b"AHEAD_OF_FEED" in refused.errors


async def test_other_rights_variables_or_documents_are_another_group(graph: Graph) -> None:
    incident = await declared(graph)
    query = """subscription ($i: ID!, $full: Boolean!) { timeline(incident: $i) {
        ... on TimelineChange { sequence entry @include(if: $full) { body } } } }"""
    readers = graph.seen_by(Scope.INCIDENTS_READ)
    followers = [
        await followed(graph, query, i=incident, full=True),
        await followed(graph, query, i=incident, full=False),
        await followed(readers, query, i=incident, full=True),
        await followed(graph, query + " ", i=incident, full=True),
        await followed(graph, query, i=incident, full=True),
    ]
    assert graph.hub.groups == 4
    for each in followers:
        each.leave()


async def test_what_hangs_on_the_viewer_is_executed_for_each(
    graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscribing, "is_shared", lambda *_: False)
    incident = await declared(graph)
    other = replace(graph, viewer=Viewer("token:x", "x", graph.viewer.scopes))
    query = TIMELINE + " # for each"
    followers = [await followed(each, query, incident=incident) for each in (graph, other, graph)]
    assert graph.hub.groups == 2
    for each in followers:
        assert (await each())["entry"]["body"] == "Declared as SEV2"
        each.leave()


def test_a_resolver_of_ones_own_breaks_sharing() -> None:
    @strawberry.type
    class Told:
        plain: str

        @strawberry.field
        def mine(self, info: strawberry.Info) -> str:
            return str(info.context)

    @strawberry.type
    class Query:
        told: Told

    @strawberry.type
    class Subscription:
        @strawberry.subscription
        async def told(self) -> Any: ...

    Subscription.told.__annotations__["return"] = Told  # type: ignore[attr-defined]
    schema = strawberry.Schema(query=Query, config=config())._schema

    def shared(text: str) -> bool:
        document = Documents(schema).read(text)
        assert isinstance(document, Document), document
        operation = document.operation(None)
        assert operation
        return is_shared(schema, document, operation)

    assert shared("{ told { plain } }")
    assert not shared("{ told { plain mine } }")
    assert not shared("{ told { ...f } } fragment f on Told { mine }")
    assert not shared("{ told { ... on Told { mine } } }")


async def test_who_falls_behind_is_told_and_goes_on(
    graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    incident = await declared(graph)
    monkeypatch.setattr(hubs, "RING_BYTES", 600)
    slow = await followed(graph, TIMELINE, incident=incident)
    first = await slow()
    quick = await followed(graph, TIMELINE, incident=incident, after=first["sequence"])
    texts = [f"note {number}" for number in range(20)]
    for text in texts:
        await added(graph, incident, text)
        assert (await quick())["entry"]["body"] == text
    assert await slow() == {"skipped": 20, "resumeAfter": first["sequence"]}
    await added(graph, incident, "and on")
    assert (await slow())["entry"]["body"] == "and on"
    slow.leave()
    quick.leave()


async def test_what_was_retracted_is_told_to_nobody_who_had_not_heard_it(graph: Graph) -> None:
    incident = await declared(graph)
    quick = await followed(graph, TIMELINE, incident=incident)
    slow = await followed(graph, TIMELINE, incident=incident)
    await quick()
    await slow()
    (entry,) = await added(graph, incident, "a secret")
    assert (await quick())["entry"]["body"] == "a secret"
    await graph(
        """mutation ($id: ID!) { retractTimelineEntry(input: {id: $id, reason: "wrong room"}) {
             entry { retracted } userErrors { code } } }""",
        id=entry,
    )
    assert (await quick())["change"] == "RETRACTED"
    told = [await slow(), await slow()]
    assert [each["change"] for each in told] == ["ADDED", "RETRACTED"]
    assert "a secret" not in str(told)
    quick.leave()
    slow.leave()


async def test_who_becomes_known_is_named_to_nobody_any_more(graph: Graph) -> None:
    """A change of the directory flushes what was encoded with a name before it."""
    incident = await declared(graph)
    readers = graph.seen_by(Scope.INCIDENTS_READ)
    quick = await followed(readers, TIMELINE, incident=incident)
    slow = await followed(readers, TIMELINE, incident=incident)
    await quick()
    await slow()
    await added(graph, incident, "Quintessa Marlow rolled it back")
    assert "Quintessa" in (await quick())["entry"]["body"], "nobody knew of her"
    payload = await graph(PERSON, input={"name": "Quintessa Marlow"})
    assert payload["upsertPerson"]["userErrors"] == []
    await rerender(graph.office)
    assert "Quintessa" not in (await slow())["entry"]["body"]
    late = await followed(readers, TIMELINE, incident=incident, after=1)
    assert "Quintessa" not in (await late())["entry"]["body"]
    for each in (quick, slow, late):
        each.leave()


async def test_a_lost_hint_of_the_directory_is_made_up_for(
    graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    incident = await declared(graph)
    follower = await followed(graph, TIMELINE, incident=incident)
    await follower()
    await graph.hub.look()
    flushed: list[Ring] = []
    monkeypatch.setattr(Ring, "flush", lambda ring: flushed.append(ring))
    object.__setattr__(graph.office, "publish", lambda hints: None)
    await graph(PERSON, input={"name": "Quintessa Marlow"})
    await graph.hub.look()
    assert len(flushed) == 1
    await graph.hub.look()
    assert len(flushed) == 1
    follower.leave()


async def test_the_board_tells_newcomers_how_things_stand_and_others_nothing_anew(
    graph: Graph,
) -> None:
    first = await declared(graph, title="first")
    query = "subscription { incidents { change incident { id title } } }"
    async with subscribed(graph, query) as early:
        assert (await early())["incident"]["title"] == "first"
        await declared(graph, title="second")
        event = await early()
        assert (event["change"], event["incident"]["title"]) == ("DECLARED", "second")
        async with subscribed(graph, query) as late:
            assert graph.hub.groups == 1
            changes = [await late(), await late()]
            assert [each["incident"]["title"] for each in changes] == ["first", "second"]
            assert {each["change"] for each in changes} == {"CHANGED"}
            await graph(UPDATE, input={"id": first, "title": "renamed"})
            assert await early() == await late()


async def test_too_many_different_subscriptions_are_refused(
    graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubs, "MOST_GROUPS", 1)
    incident = await declared(graph)
    first = await followed(graph, TIMELINE, incident=incident)
    stream = await graph.raw(TIMELINE + " ", incident=incident)
    assert isinstance(stream, Stream)
    with pytest.raises(Exception, match="Too many different"):
        Follower(stream)
    second = await followed(graph, TIMELINE, incident=incident)
    first.leave()
    second.leave()


async def test_an_answer_of_one_incident_is_one_statement(graph: Graph, reads: list[str]) -> None:
    incident = await declared(graph)
    query = """subscription ($id: ID!) { incidentUpdated(incident: $id) {
        title status timeline(first: 5) { nodes { body retracted actor { name } } } } }"""
    async with subscribed(graph, query, id=incident) as following:
        reads.clear()
        state = await following()
        assert state["timeline"]["nodes"][0]["body"] == "Declared as SEV2"
        assert len(reads) <= 1
        reads.clear()
        await graph(ADD, incident=incident, bodies=[
            {"kind": "NOTE", "occurredAt": "2026-01-01T00:00:00Z", "body": "one"}
        ])  # fmt: skip
        state = await following()
        assert len(state["timeline"]["nodes"]) == 2
        assert len(reads) == 1


@pytest.mark.parametrize("field", ["timeline", "incidentUpdated"])
async def test_a_false_hint_silences_nobody(graph: Graph, field: str) -> None:
    incident = await declared(graph)
    selection = "... on TimelineChange { sequence }" if field == "timeline" else "title"
    query = f"subscription ($i: ID!) {{ {field}(incident: $i) {{ {selection} }} }}"
    async with subscribed(graph, query, i=incident) as following:
        await following()
        key = node_id.decode_as("inc", incident, "an incident")
        graph.hub.hear([Hint(key, 10**9)])
        await asyncio.sleep(0.1)
        await added(graph, incident, "and on")
        assert await following()


async def test_a_false_hint_silences_no_board(graph: Graph) -> None:
    incident = await declared(graph, title="first")
    async with subscribed(graph, "subscription { incidents { incident { title } } }") as following:
        await following()
        graph.hub.hear([Hint(node_id.decode_as("inc", incident, "an incident"), 10**9)])
        await following()
        await graph(UPDATE, input={"id": incident, "title": "renamed"})
        assert (await following())["incident"]["title"] == "renamed"


async def test_events_leave_nothing_behind(graph: Graph) -> None:
    incident = await declared(graph)
    async with subscribed(graph, TIMELINE, incident=incident) as following:
        await following()
        await added(graph, incident, *map(str, range(200)))
        for _ in range(200):
            await following()
        gc.collect()
        before = len(gc.get_objects())
        await added(graph, incident, *map(str, range(400)))
        for _ in range(400):
            await following()
        gc.collect()
        # A result in the ring is two objects; what an execution remembers would be a dozen.
        assert len(gc.get_objects()) - before < 400 * 6
