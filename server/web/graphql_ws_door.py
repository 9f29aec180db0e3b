"""The door for GraphQL over WebSocket on any ASGI server: the handshake, and Starlette's socket."""

import asyncio
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from starlette.websockets import WebSocket, WebSocketDisconnect

from server.log import REQUEST_ID
from server.operation import Result
from server.web.graphql_ws import SUBPROTOCOL, CloseCode
from server.web.graphql_ws_session import MOST_AT_ONCE, Desk, GraphQLSession

BAD_SUBPROTOCOL: Final = "Subprotocol not acceptable"


class GraphQLOverWebSocket:
    """The door for many operations a socket, subscriptions among them."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def handle(self, websocket: WebSocket) -> None:
        """Serve one client until its socket is closed."""
        if SUBPROTOCOL not in websocket.scope["subprotocols"]:
            # Only an open socket can carry a close code to the client.
            await websocket.accept()
            await websocket.close(CloseCode.BAD_SUBPROTOCOL, BAD_SUBPROTOCOL)
            return
        await websocket.accept(SUBPROTOCOL)
        await _Conversation(websocket, self._desk).run()


class _Conversation:
    """The wire of one session. What is sent waits for a task that there is only meanwhile."""

    def __init__(self, websocket: WebSocket, desk: Desk) -> None:
        self._websocket = websocket
        self._closing_seconds = desk.timing.close
        self._waiting: deque[bytes] = deque()
        self._bytes = 0
        self._sender: asyncio.Task[None] | None = None
        self._held = False
        self._open = asyncio.Event()
        self._open.set()
        self._farewell: tuple[int, str] | None = None
        self._session = GraphQLSession(self, desk, REQUEST_ID.get() or "")

    @property
    def paused(self) -> bool:
        return self._bytes >= MOST_AT_ONCE

    def send(self, frame: bytes) -> None:
        self._waiting.append(frame)
        self._bytes += len(frame)
        self._read_or_wait()
        if self._sender is None:
            self._sender = asyncio.create_task(self._send_all())

    def push(self, prefix: bytes, results: Sequence[Result]) -> None:
        for result in results:
            self.send(prefix + result.body + b"}")

    def hold(self, wait: bool) -> None:
        self._held = wait
        self._read_or_wait()

    def close(self, code: int, reason: str) -> None:
        self._farewell = (code, reason)
        self._read_or_wait()
        if self._sender is None:
            self._sender = asyncio.create_task(self._send_all())

    def _read_or_wait(self) -> None:
        """Read nothing of who does not take the answers: they would fill the memory."""
        if (self._held or self.paused) and self._farewell is None:
            self._open.clear()
        else:
            self._open.set()

    async def run(self) -> None:
        """Hand what comes to the session, until nothing comes any more."""
        try:
            while True:
                await self._open.wait()
                message = await self._websocket.receive()
                if message["type"] == "websocket.disconnect":
                    return
                text: str | None = message.get("text")
                self._session.received(message["bytes"] if text is None else text)
        finally:
            self._session.lost()
            if self._sender:
                self._sender.cancel()

    async def _send_all(self) -> None:
        # uvicorn says RuntimeError where it closed the socket itself, for a frame that breaks
        # RFC 6455, and the disconnect still waits to be received.
        with suppress(WebSocketDisconnect, RuntimeError):
            while self._waiting and not self._farewell:
                frame = self._waiting.popleft()
                await self._websocket.send_text(frame.decode())
                self._sent(len(frame))
            if self._farewell:
                await self._say_farewell(*self._farewell)
        self._sender = None
        self._open.set()  # Whatever could not be sent, the disconnect waits to be received.

    def _sent(self, length: int) -> None:
        was_paused = self.paused
        self._bytes -= length
        self._read_or_wait()
        if was_paused and not self.paused:
            self._session.resumed()

    async def _say_farewell(self, code: int, reason: str) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(self._closing_seconds):
                while self._waiting:
                    await self._websocket.send_text(self._waiting.popleft().decode())
                await self._websocket.close(code, reason)
