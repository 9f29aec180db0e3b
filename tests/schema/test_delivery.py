"""The inbox over GraphQL: looked at and replayed by who may administrate."""

from datetime import UTC, datetime, timedelta

import pytest

from schema.engine import node_id
from server.store import tables
from server.store.queue import JobKind
from tests.commands.stored import Stored
from tests.schema.conftest import Graph

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
LIST = """query ($where: DeliveryWhere, $first: Int, $after: String) {
  deliveries(where: $where, first: $first, after: $after) {
    nodes { id } pageInfo { hasNextPage endCursor } totalCount } }"""
REPLAY = """mutation ($id: ID!) { replayDelivery(input: {id: $id}) {
  delivery { state attempts error processedAt } userErrors { code field } } }"""


@pytest.fixture
def stored(graph: Graph) -> Stored:
    """What is stored."""
    return Stored(graph.office.database)


async def kept(stored: Stored, minute: int, state: str, **more: object) -> str:
    """The id of a delivery that came in so many minutes after noon."""
    row = {"source": "github", "event": "push", "body": b"{}", "attempts": 1, **more}
    at = NOON + timedelta(minutes=minute)
    key = await stored.add(
        tables.delivery, key=str(minute), received_at=at, state=state, processed_at=at, **row
    )
    return node_id.encode("dlv", key)


async def test_a_delivery_is_shown_with_why_it_was_parked(graph: Graph, stored: Stored) -> None:
    id_ = await kept(stored, 1, "PARKED", error="Malformed: no sha")
    query = """query ($id: ID!) { node(id: $id) { id ... on Delivery {
      source event state attempts error receivedAt processedAt } } }"""
    at = "2026-11-02T12:01:00+00:00"
    assert (await graph(query, id=id_))["node"] == {
        "id": id_,
        "source": "github",
        "event": "push",
        "state": "PARKED",
        "attempts": 1,
        "error": "Malformed: no sha",
        "receivedAt": at,
        "processedAt": at,
    }


async def test_deliveries_are_narrowed_and_paged(graph: Graph, stored: Stored) -> None:
    first = await kept(stored, 1, "PARKED")
    second = await kept(stored, 2, "DONE", event="ping")
    third = await kept(stored, 3, "PARKED", source="pagerduty")

    async def found(**where: object) -> list[str]:
        page = (await graph(LIST, where=where))["deliveries"]
        assert page["totalCount"] == len(page["nodes"])
        return [each["id"] for each in page["nodes"]]

    assert await found() == [third, second, first]
    assert await found(state="PARKED") == [third, first]
    assert await found(state="PARKED", source="github") == [first]
    assert await found(event="ping") == [second]
    assert await found(receivedAfter="2026-11-02T12:01:00Z") == [third, second]
    assert await found(receivedBefore="2026-11-02T12:02:00Z") == [first]
    page = (await graph(LIST, first=2))["deliveries"]
    assert page["pageInfo"]["hasNextPage"]
    rest = (await graph(LIST, after=page["pageInfo"]["endCursor"]))["deliveries"]
    assert rest["nodes"] == [{"id": first}]


async def test_a_parked_delivery_is_replayed(graph: Graph, stored: Stored) -> None:
    id_ = await kept(stored, 1, "PARKED", error="Malformed: no sha")
    payload = (await graph(REPLAY, id=id_))["replayDelivery"]
    again = {"state": "PENDING", "attempts": 0, "error": None, "processedAt": None}
    assert payload == {"delivery": again, "userErrors": []}
    assert await stored.jobs(JobKind.DELIVERY) == [node_id.decode(id_)[1]]


async def test_what_cannot_be_replayed_is_told_in_codes(graph: Graph, stored: Stored) -> None:
    waits = await kept(stored, 1, "PENDING")
    gone = await kept(stored, 2, "DISCARDED", body=None)
    unknown = "dlv_" + "0" * 32
    for id_, code in [
        (waits, "CONFLICT"),
        (gone, "CONFLICT"),
        (unknown, "NOT_FOUND"),
        ("inc_" + "0" * 32, "BAD_ID"),
        ("x", "BAD_ID"),
    ]:
        assert await graph.refused(REPLAY, id=id_) == [(code, ["id"])]
    assert await stored.jobs(JobKind.DELIVERY) == []
