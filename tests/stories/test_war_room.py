"""The story as a war room sees it: live, over npm's real graphql-ws client."""

import asyncio
import json
from contextlib import AsyncExitStack
from typing import Any

from server.demo.door import Address, Door
from server.demo.performance import Line
from server.demo.story import play
from tests.house import Served
from tests.node import running_node

TIMELINE = """
query ($id: ID!) {
  incident(id: $id) { timeline(first: 100) { nodes { id kind body sequence } } } }
"""


async def test_a_stock_client_sees_every_entry_once_and_in_order(
    served: Served, server: Address
) -> None:
    started: asyncio.Queue[str] = asyncio.Queue()

    def tell(line: Line) -> None:
        if line.incident:
            started.put_nowait(line.incident)

    async with Door.open(server) as door, AsyncExitStack() as stack:
        playing = asyncio.create_task(play(door, pace=0.05, tell=tell))
        incident = await asyncio.wait_for(started.get(), 30)
        url = served.url.replace("http", "ws") + "/graphql"
        room = await stack.enter_async_context(
            running_node("follow.mjs", url, served.keys.token, incident, "0")
        )
        await playing
        entries = (await served(TIMELINE, id=incident))["incident"]["timeline"]["nodes"]
        newest = max(entry["sequence"] for entry in entries)
        out, err = await asyncio.wait_for(room.communicate(f"{newest}\n".encode()), 30)
    assert room.returncode == 0, err.decode()
    check([json.loads(line) for line in out.splitlines()], entries)


def check(events: list[Any], entries: list[Any]) -> None:
    """In order, nothing twice, and in the end what a query shows."""
    sequences = [event["sequence"] for event in events]
    assert sequences == sorted(set(sequences))
    shown = {event["entry"]["id"]: event["entry"] for event in events}
    assert shown == {entry["id"]: entry for entry in entries}
