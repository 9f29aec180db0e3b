"""npm's clients, set up as schema/RESUMING.md says: they lose the server and miss nothing."""

from __future__ import annotations

import asyncio
import json
import re
import signal
from asyncio.subprocess import Process
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from graphql import parse, validate
from websockets.asyncio.server import ServerConnection, serve
from websockets.typing import Subprotocol

from schema.build import graphql_schema
from server.commands.work import Office
from tests.house import STARTING_SECONDS, Keys, Served, serving
from tests.node import CLIENTS, run_node, running_node
from tests.stories.truth import Truth
from tests.stories.writers import declared, noted

LIBRARIES = ["graphql-ws", "apollo", "urql"]
PAGE = Path(__file__).parents[2].joinpath("schema", "RESUMING.md").read_text("utf-8")


def change(sequence: int) -> dict[str, Any]:
    """A change as the server tells of it."""
    entry = {"id": f"ent_{sequence}", "kind": "NOTE", "occurredAt": "", "body": str(sequence)}
    entry["__typename"] = "TimelineEntry"
    return {"__typename": "TimelineChange", "sequence": sequence, "change": "ADDED", "entry": entry}


LAGGED = {"__typename": "TimelineLagged", "skipped": 2, "resumeAfter": 2}
SCRIPT = {0: [change(1), change(2), LAGGED, change(5)], 2: [change(3), change(4), change(5)]}
"""What is sent to whom, by the sequence it follows after."""


def test_the_page_shows_what_is_tested() -> None:
    shown = dict(re.findall(r"```js (\S+)\n(.*?)```", PAGE, re.DOTALL))
    tested = {file.name: file.read_text("utf-8") for file in (CLIENTS / "resuming").iterdir()}
    assert shown == tested


def test_its_subscription_fits_the_schema() -> None:
    document = re.search(
        r"`\n(.*)`;", (CLIENTS / "resuming" / "timeline.mjs").read_text(), re.DOTALL
    )
    assert document
    assert validate(graphql_schema(), parse(document[1])) == []


@dataclass
class Room:
    """One client in a process of its own, and what it has shown."""

    process: Process
    shown: list[Any] = field(default_factory=list)

    @classmethod
    async def open(cls, stack: AsyncExitStack, *arguments: str) -> Room:
        """`arguments`: which library, the server's address and token, and the incident."""
        return cls(await stack.enter_async_context(running_node("room.mjs", *arguments)))

    async def sees(self, body: str) -> None:
        """Wait until an entry is shown."""
        assert self.process.stdout
        async with asyncio.timeout(STARTING_SECONDS):
            while not self.shown or self.shown[-1]["entry"]["body"] != body:
                line = await self.process.stdout.readline()
                assert line, "it ended"
                self.shown.append(json.loads(line))

    async def end(self, last: int) -> None:
        """Let it end; nothing was left to show, and nothing went wrong."""
        assert await self.process.communicate(f"{last}\n".encode()) == (b"", b"")
        assert self.process.returncode == 0


async def test_who_lost_the_server_goes_on_where_it_was(
    office: Office, stack: AsyncExitStack
) -> None:
    keys, port = Keys(), "0"
    incident = await declared(office, "Lost lines")
    rooms: list[Room] = []
    for end in (signal.SIGKILL, signal.SIGTERM, None):
        async with serving(keys=keys, database_url=office.database.url, port=port) as served:
            port = served.url.rpartition(":")[2]
            address = (f"{served.url}/graphql", keys.token, f"inc_{incident.hex}")
            rooms = rooms or [await Room.open(stack, each, *address) for each in LIBRARIES]
            await noted(office, incident, f"until {end}")
            await asyncio.gather(*(room.sees(f"until {end}") for room in rooms))
            if end:
                served.process.send_signal(end)
                await served.process.wait()
                await noted(office, incident, f"after {end}")
                continue
            truth = await Truth.of(office.database, incident)
            for room in rooms:
                await room.end(truth.changes[-1][0])
                assert [(it["sequence"], it["change"]) for it in room.shown] == truth.changes
                assert {it["entry"]["id"]: it["entry"]["body"] for it in room.shown} == truth.bodies


async def scripted(socket: ServerConnection) -> None:
    """A server whose client lags: it tells so, and goes on when it is asked to."""
    async for text in socket:
        message = json.loads(text)
        if message["type"] == "connection_init":
            await socket.send('{"type": "connection_ack"}')
        if message["type"] == "subscribe":
            after = message["payload"]["variables"]["after"]
            for event in SCRIPT[after]:
                data = {"data": {"timeline": event}}
                await socket.send(
                    json.dumps({"id": message["id"], "type": "next", "payload": data})
                )


@pytest.mark.parametrize("library", LIBRARIES)
async def test_who_lags_goes_on_after_what_it_was_sent(library: str, stack: AsyncExitStack) -> None:
    protocols = [Subprotocol("graphql-transport-ws")]
    server = await stack.enter_async_context(
        serve(scripted, "127.0.0.1", 0, subprotocols=protocols)
    )
    port = server.sockets[0].getsockname()[1]
    url = f"http://127.0.0.1:{port}/graphql"
    room = await Room.open(stack, library, url, "token", "inc_1")
    await room.sees("5")
    await room.end(5)
    assert [it["sequence"] for it in room.shown] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("library", LIBRARIES)
async def test_who_follows_nothing_is_told(
    served: Served, library: str, stack: AsyncExitStack
) -> None:
    address = (f"{served.url}/graphql", served.keys.token, f"inc_{0:032}")
    room = await Room.open(stack, library, *address)
    out, err = await room.process.communicate()
    assert (out, room.process.returncode) == (b"", 1)
    assert b"no such incident" in err


@pytest.mark.parametrize("library", ["apollo", "urql"])
async def test_a_query_and_a_mutation_go_over_http(
    served: Served, office: Office, library: str
) -> None:
    incident = await declared(office, "Asked")
    address = (f"{served.url}/graphql", served.keys.token, f"inc_{incident.hex}")
    answer = json.loads(await run_node("ask.mjs", library, *address))
    payload = answer["wrote"]["addTimelineEntries"]
    assert payload["userErrors"] == []
    assert [entry["body"] for entry in payload["entries"]] == [library]
    assert answer["found"]["incident"]["title"] == "Asked"
    bodies = [entry["body"] for entry in answer["found"]["incident"]["timeline"]["nodes"]]
    assert sorted(bodies) == sorted(["Declared as SEV2", library])
