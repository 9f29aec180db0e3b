"""Two servers on one database: what one writes, the other's subscribers see."""

import asyncio
import json
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tests.house import Keys, Served, serving

DECLARE = """
mutation { declareIncident(input: {title: "Two doors", severity: SEV3}) { incident { id } } }
"""

ADD = """
mutation ($incident: ID!, $body: String!) {
  addTimelineEntries(input: {incident: $incident, entries: [
    {kind: NOTE, occurredAt: "2026-01-01T00:00:00Z", body: $body}]}) { userErrors { code } } }
"""

TIMELINE = """
subscription ($incident: ID!) {
  timeline(incident: $incident, after: 0) {
    ... on TimelineChange { sequence entry { body } } } }
"""


async def subscribe(socket: ClientConnection, served: Served, incident: str) -> None:
    """Begin to follow a timeline on an open socket."""
    payload = {"authorization": f"Bearer {served.keys.token}"}
    await socket.send(json.dumps({"type": "connection_init", "payload": payload}))
    assert json.loads(await socket.recv())["type"] == "connection_ack"
    operation = {"query": TIMELINE, "variables": {"incident": incident}}
    await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": operation}))


async def event(socket: ClientConnection) -> Any:
    """The next event, as a change of the timeline."""
    message = json.loads(await asyncio.wait_for(socket.recv(), 20))
    assert message["type"] == "next", message
    return message["payload"]["data"]["timeline"]


async def test_a_subscriber_sees_what_another_server_writes(database_url: str) -> None:
    keys = Keys()
    async with (
        serving(keys=keys, database_url=database_url) as here,
        serving("--no-jobs", keys=keys, database_url=database_url) as there,
    ):
        incident = (await there(DECLARE))["declareIncident"]["incident"]["id"]
        url = here.url.replace("http", "ws") + "/graphql"
        async with connect(url, subprotocols=[Subprotocol("graphql-transport-ws")]) as socket:
            await subscribe(socket, here, incident)
            seen = [await event(socket)]
            for number in range(10):
                writer = there if number % 2 else here
                await writer(ADD, incident=incident, body=f"note {number}")
            seen += [await event(socket) for _ in range(10)]
    wanted = ["Declared as SEV3", *(f"note {number}" for number in range(10))]
    assert [each["entry"]["body"] for each in seen] == wanted
    sequences = [each["sequence"] for each in seen]
    assert sequences == sorted(set(sequences))
