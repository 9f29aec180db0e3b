"""A client of one timeline: graphql-transport-ws, frame by frame."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

TIMELINE = """
subscription ($incident: ID!, $after: Int) {
  timeline(incident: $incident, after: $after) {
    ... on TimelineChange { sequence change entry { id body } }
    ... on TimelineLagged { skipped resumeAfter } } }
"""


@dataclass(frozen=True)
class LiveSocket:
    """A socket that the server has acknowledged."""

    frames: ClientConnection

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str, token: str, **options: Any) -> AsyncIterator[LiveSocket]:
        """Connect to the server at `url`, which is that of its HTTP."""
        async with connect(
            url.replace("http", "ws", 1) + "/graphql",
            subprotocols=[Subprotocol("graphql-transport-ws")],
            compression=None,
            ping_interval=None,
            close_timeout=1,
            proxy=None,
            **options,
        ) as frames:
            socket = cls(frames)
            payload = {"authorization": f"Bearer {token}"}
            await socket.send(type="connection_init", payload=payload)
            assert (await socket.receive())["type"] == "connection_ack"
            yield socket

    async def send(self, **message: object) -> None:
        """Send a message of the protocol."""
        await self.frames.send(orjson.dumps(message).decode())

    async def receive(self) -> Any:
        """The next message but pings, which are answered."""
        while True:
            message = orjson.loads(await self.frames.recv())
            if message["type"] != "ping":
                return message
            await self.send(type="pong")

    async def follow(self, incident: str, after: int, operation: str = "1") -> None:
        """Begin to follow a timeline."""
        variables = {"incident": incident, "after": after}
        payload = {"query": TIMELINE, "variables": variables}
        await self.send(id=operation, type="subscribe", payload=payload)

    async def event(self, operation: str = "1") -> Any:
        """The next event of an operation, passing over those of others that were completed."""
        message = await self.receive()
        while message.get("id") != operation:
            message = await self.receive()
        assert message["type"] == "next", message
        assert "errors" not in message["payload"], message
        return message["payload"]["data"]["timeline"]
