"""A graphql-transport-ws client that says exactly what it is told to."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from server.web.graphql_ws_session import Timing
from tests.web.conftest import House
from tests.web.toys import TOKEN

INIT = {"type": "connection_init", "payload": {"authorization": f"Bearer {TOKEN}"}}
IMPATIENT = Timing(initialisation=0.05, silence=0.2, close=1)


async def send(socket: ClientConnection, *messages: dict[str, Any]) -> None:
    for message in messages:
        await socket.send(json.dumps(message))


async def receive(socket: ClientConnection) -> dict[str, Any]:
    message: dict[str, Any] = json.loads(await socket.recv())
    return message


async def closed(socket: ClientConnection) -> int:
    """Read to the end, answering pings, and tell the close code."""
    with suppress(ConnectionClosed):
        async for text in socket:
            if json.loads(text)["type"] == "ping":
                await send(socket, {"type": "pong"})
    assert socket.close_code is not None
    return socket.close_code


async def eventually(condition: Callable[[], bool]) -> None:
    """Wait until the server got there; the suite's time limit ends a wait in vain."""
    while not condition():  # noqa: ASYNC110 - what a server holds tells nobody when it changes
        await asyncio.sleep(0.005)


def subscribe(query: str, id_: str = "1", **variables: object) -> dict[str, Any]:
    payload = {"query": query, "variables": variables or None}
    return {"id": id_, "type": "subscribe", "payload": payload}


@asynccontextmanager
async def acknowledged(house: House) -> AsyncIterator[ClientConnection]:
    async with house.socket() as socket:
        await send(socket, INIT)
        assert await receive(socket) == {"type": "connection_ack"}
        yield socket
