"""Subscriptions: everything after a sequence, then live, in order, once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import orjson
import pytest

from server.domain.viewer import Scope
from server.errors import Unavailable
from server.operation import Refusal, Stream
from server.store.database import Database
from tests.follower import Follower
from tests.schema.conftest import Graph
from tests.schema.test_incident import UPDATE, declared

TIMELINE = """
subscription ($incident: ID!, $after: Int) {
  timeline(incident: $incident, after: $after) {
    ... on TimelineChange { sequence change entry { id kind body retracted sequence } }
    ... on TimelineLagged { skipped resumeAfter }
  }
}
"""

ADD = """
mutation ($incident: ID!, $bodies: [TimelineEntryInput!]!) {
  addTimelineEntries(input: {incident: $incident, entries: $bodies}) {
    entries { id } userErrors { code field } } }
"""


@asynccontextmanager
async def subscribed(graph: Graph, query: str, **variables: object) -> AsyncIterator[Follower]:
    """What waits for the next event."""
    stream = await graph.raw(query, **variables)
    assert isinstance(stream, Stream), stream
    following = Follower(stream)
    try:
        yield following
    finally:
        following.leave()


async def added(graph: Graph, incident: str, *texts: str) -> list[str]:
    bodies = [
        {"kind": "NOTE", "occurredAt": "2026-01-01T00:00:00Z", "body": text} for text in texts
    ]
    payload = (await graph(ADD, incident=incident, bodies=bodies))["addTimelineEntries"]
    assert payload["userErrors"] == []
    return [entry["id"] for entry in payload["entries"]]


async def test_a_timeline_sends_what_was_and_then_what_comes(graph: Graph) -> None:
    incident = await declared(graph)
    await added(graph, incident, "one", "two")
    async with subscribed(graph, TIMELINE, incident=incident, after=0) as following:
        was = [await following() for _ in range(3)]
        assert [event["entry"]["body"] for event in was] == ["Declared as SEV2", "one", "two"]
        await added(graph, incident, "three")
        live = await following()
    assert live["entry"]["body"] == "three"
    sequences = [event["sequence"] for event in [*was, live]]
    assert sequences == sorted(set(sequences))
    async with subscribed(
        graph, TIMELINE, incident=incident, after=was[1]["sequence"]
    ) as following:
        assert [(await following())["entry"]["body"] for _ in range(2)] == ["two", "three"]


async def test_what_was_retracted_never_comes_back(graph: Graph) -> None:
    incident = await declared(graph)
    (entry,) = await added(graph, incident, "a secret")
    await graph(
        """mutation ($id: ID!) { retractTimelineEntry(input: {id: $id, reason: "wrong room"}) {
             entry { retracted revisions { body } } userErrors { code } } }""",
        id=entry,
    )
    async with subscribed(graph, TIMELINE, incident=incident) as following:
        events = [await following() for _ in range(3)]
    assert [event["change"] for event in events] == ["ADDED", "ADDED", "RETRACTED"]
    assert "a secret" not in str(events)
    assert events[1]["entry"]["body"] == "Retracted: wrong room"


async def test_concurrent_writers_leave_no_gap_and_no_double(graph: Graph) -> None:
    incident = await declared(graph)
    wanted = {f"note {writer} {n}" for writer in range(8) for n in range(10)}

    async def write(writer: int) -> None:
        for n in range(10):
            await added(graph, incident, f"note {writer} {n}")

    async with subscribed(graph, TIMELINE, incident=incident) as following:
        await following()
        writing = asyncio.gather(*(write(writer) for writer in range(8)))
        events = [await following() for _ in wanted]
        await writing
    assert {event["entry"]["body"] for event in events} == wanted
    sequences = [event["sequence"] for event in events]
    assert sequences == sorted(set(sequences))


async def test_a_lost_hint_costs_a_moment_but_no_event(graph: Graph) -> None:
    incident = await declared(graph)
    deaf = graph.office.publish
    object.__setattr__(graph.office, "publish", lambda hints: None)
    async with graph.hub.running(), subscribed(graph, TIMELINE, incident=incident) as following:
        await following()
        await added(graph, incident, "unheard")
        assert (await following())["entry"]["body"] == "unheard"
    object.__setattr__(graph.office, "publish", deaf)


@pytest.mark.parametrize(
    ("variables", "code"),
    [
        ({"after": 1000}, "AHEAD_OF_FEED"),
        ({"after": -1}, "AHEAD_OF_FEED"),
        ({"incident": "inc_" + "0" * 32}, "NOT_FOUND"),
        ({"incident": "per_" + "0" * 32}, "BAD_ID"),
    ],
)
async def test_what_cannot_be_followed_is_refused(
    graph: Graph, variables: dict[str, object], code: str
) -> None:
    wanted = {"incident": await declared(graph), **variables}
    found = await graph.raw(TIMELINE, **wanted)
    assert isinstance(found, Refusal)
    assert orjson.loads(found.errors)[0]["extensions"]["code"] == code


async def test_a_subscription_needs_the_right_to_read(graph: Graph) -> None:
    incident = await declared(graph)
    found = await graph.seen_by(Scope.TIMELINE_WRITE).raw(TIMELINE, incident=incident)
    assert isinstance(found, Refusal)
    assert orjson.loads(found.errors)[0]["extensions"]["code"] == "FORBIDDEN"


async def test_one_incident_is_sent_now_and_at_each_change(graph: Graph) -> None:
    incident = await declared(graph)
    query = "subscription ($id: ID!) { incidentUpdated(incident: $id) { status } }"
    async with subscribed(graph, query, id=incident) as following:
        assert await following() == {"status": "DECLARED"}
        await graph(UPDATE, input={"id": incident, "status": "MITIGATED"})
        assert await following() == {"status": "MITIGATED"}


async def test_the_board_begins_with_what_is_open_and_tells_what_leaves(graph: Graph) -> None:
    first = await declared(graph, title="first")
    gone = await declared(graph, title="gone")
    await graph(UPDATE, input={"id": gone, "status": "RESOLVED"})
    query = "subscription { incidents { change incident { id title status } } }"
    async with subscribed(graph, query) as following:
        event = await following()
        assert (event["change"], event["incident"]["title"]) == ("CHANGED", "first")
        await declared(graph, title="second")
        event = await following()
        assert (event["change"], event["incident"]["title"]) == ("DECLARED", "second")
        await graph(UPDATE, input={"id": first, "status": "RESOLVED"})
        event = await following()
        assert (event["change"], event["incident"]["title"]) == ("RESOLVED", "first")


async def test_a_database_that_is_away_delays_events_and_loses_none(
    graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    incident = await declared(graph)
    fetch = Database.fetch
    failures = iter([True] * 4)

    async def lost(self: Database, statement: Any, /, **binds: object) -> Any:
        if next(failures, False):
            raise Unavailable("The database cannot be reached.")
        return await fetch(self, statement, **binds)

    async with subscribed(graph, TIMELINE, incident=incident) as following:
        await following()
        await added(graph, incident, "one", "two")
        monkeypatch.setattr(Database, "fetch", lost)
        assert [(await following())["entry"]["body"] for _ in range(2)] == ["one", "two"]
