"""Tickets of action items through GraphQL: shown, followed, in trouble, and accounted for."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.contract import Denied
from integrations.observation import TicketState
from schema.engine import node_id
from server.commands.observe import Source, observe
from server.commands.work import utc_now
from server.jobs.push_ticket import PushTicket
from tests.schema.conftest import Graph
from tests.schema.test_incident import declared
from tests.schema.test_live import subscribed
from tests.schema.test_live_action_items import changed, created, person
from tests.ticketed import Board, ToyTracker

FOLLOW = """
subscription { actionItemUpdated { state ticket { provider key url status } ticketTrouble } }
"""

HISTORY = """
query ($id: ID!, $after: String) { node(id: $id) { ... on ActionItem {
  changes(first: 2, after: $after) {
    totalCount pageInfo { endCursor }
    nodes { source field before after overruled ownerBefore { name } ownerAfter { name } }
  }
} } }
"""


@pytest.fixture
def tracker() -> ToyTracker:
    return ToyTracker(Board(utc_now))


async def item_of(graph: Graph) -> str:
    owner = await person(graph, "Ada", None)
    return await created(graph, await declared(graph), owner, "Alert on lag of the replica")


async def push(graph: Graph, tracker: ToyTracker, item: str) -> None:
    """Do what a worker does."""
    job = PushTicket(graph.office, (tracker.agent(),))
    assert await job.run(node_id.decode(item)[1], 1) is None


async def test_who_follows_an_item_hears_of_its_ticket(graph: Graph, tracker: ToyTracker) -> None:
    item = await item_of(graph)
    async with subscribed(graph, FOLLOW) as following:
        assert (await following())["ticket"] is None
        await push(graph, tracker, item)
        told = await following()
        assert told["ticket"] == {
            "provider": "toy",
            "key": "TOY-1",
            "url": "https://toy.example/browse/TOY-1",
            "status": "To Do",
        }
        async with graph.office.work() as work:
            seen = tracker.board.change(state=TicketState.DONE)
            await observe(work, Source("toy", "Toy"), [seen])
        told = await following()
        assert (told["state"], told["ticket"]["status"]) == ("DONE", "Done")


async def test_a_refusal_is_shown_where_the_ticket_would_be(
    graph: Graph, tracker: ToyTracker
) -> None:
    item = await item_of(graph)

    def refuses() -> None:
        raise Denied("POST /issue was answered 403.")

    tracker.before = refuses
    async with subscribed(graph, FOLLOW) as following:
        await following()
        await push(graph, tracker, item)
        told = await following()
        assert (told["ticket"], told["ticketTrouble"]) == (None, "POST /issue was answered 403.")
        tracker.before = lambda: None
        await push(graph, tracker, item)
        told = await following()
        assert (told["ticket"]["key"], told["ticketTrouble"]) == ("TOY-1", None)


async def test_every_change_is_accounted_for_the_newest_first(graph: Graph) -> None:
    item = await item_of(graph)
    grace = await person(graph, "Grace", None)
    await changed(graph, item, state="IN_PROGRESS")
    await changed(graph, item, priority="P0")
    await changed(graph, item, owner=grace)
    page = await _history(graph, item, None)
    assert page["totalCount"] == 3
    owner, priority = page["nodes"]
    assert (owner["ownerBefore"], owner["ownerAfter"]) == ({"name": "Ada"}, {"name": "Grace"})
    assert (owner["source"], owner["before"], owner["after"]) == ("person", None, None)
    assert (priority["field"], priority["before"], priority["after"]) == ("PRIORITY", "P2", "P0")
    (state,) = (await _history(graph, item, page["pageInfo"]["endCursor"]))["nodes"]
    assert (state["field"], state["before"], state["after"]) == ("STATE", "OPEN", "IN_PROGRESS")


async def _history(graph: Graph, item: str, after: str | None) -> Any:
    return (await graph(HISTORY, id=item, after=after))["node"]["changes"]
