"""The door for GraphQL over WebSocket: the handshake, and Starlette's socket as a transport."""

import asyncio
from typing import Final

from starlette.websockets import WebSocket, WebSocketDisconnect

from server.web.graphql_ws import SUBPROTOCOL, CloseCode
from server.web.graphql_ws_driver import Disconnected, Socket, Timing
from server.web.ports import Authorise, Execute

_BAD_SUBPROTOCOL: Final = "Subprotocol not acceptable"


class GraphQLOverWebSocket:
    """The door for many operations a socket, subscriptions among them."""

    def __init__(
        self, *, execute: Execute, authorise: Authorise, draining: asyncio.Event, timing: Timing
    ) -> None:
        self._execute = execute
        self._authorise = authorise
        self._draining = draining
        self._timing = timing

    async def handle(self, websocket: WebSocket) -> None:
        """Serve one client until its socket is closed."""
        if SUBPROTOCOL not in websocket.scope["subprotocols"]:
            # Only an open socket can carry a close code to the client.
            await websocket.accept()
            await websocket.close(CloseCode.BAD_SUBPROTOCOL, _BAD_SUBPROTOCOL)
            return
        await websocket.accept(SUBPROTOCOL)
        await Socket(
            _StarletteFrames(websocket),
            execute=self._execute,
            authorise=self._authorise,
            draining=self._draining,
            timing=self._timing,
        ).run()


class _StarletteFrames:
    def __init__(self, websocket: WebSocket) -> None:
        self._websocket = websocket

    async def receive(self) -> str | bytes:
        message = await self._websocket.receive()
        if message["type"] == "websocket.disconnect":
            raise Disconnected
        text: str | None = message.get("text")
        return message["bytes"] if text is None else text

    async def send(self, frame: bytes) -> None:
        try:
            await self._websocket.send_text(frame.decode())
        except (WebSocketDisconnect, RuntimeError):
            # uvicorn says RuntimeError where it closed the socket itself, for a frame that breaks
            # RFC 6455, and the disconnect still waits to be received.
            raise Disconnected from None

    async def close(self, code: int, reason: str) -> None:
        try:
            await self._websocket.close(code, reason)
        except (WebSocketDisconnect, RuntimeError):
            raise Disconnected from None
