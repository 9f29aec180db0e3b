"""`python -m tests.bench.live.raw_server`: events pushed by nothing but `transport.write`.

What the peer leaves out is all that a server is for: it answers the least that a subscriber waits
for, knows neither GraphQL nor who listens, and writes the bytes that it is given to all.
"""

from __future__ import annotations

from asyncio import WriteTransport

import orjson
import uvloop
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame, Opcode
from websockets.http11 import Request as Handshake

from tests.bench import peer

_ACKNOWLEDGE = b'{"type":"connection_ack"}'
_following: set[WriteTransport] = set()
_newest: list[bytes] = []


class RawProtocol(WebSocketsSansIOProtocol):
    """A socket that follows as soon as it asks for anything."""

    def handle_connect(self, event: Handshake) -> None:
        """Accept, without a task for an application."""
        response = self.conn.accept(event)
        response.headers["Sec-WebSocket-Protocol"] = "graphql-transport-ws"
        self.conn.send_response(response)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.handshake_complete = True

    def handle_text(self, event: Frame) -> None:
        """Acknowledge, or follow."""
        if orjson.loads(event.data)["type"] == "connection_init":
            self.transport.write(_framed(_ACKNOWLEDGE))
            return
        _following.add(self.transport)
        self.transport.write(b"".join(_newest))

    def connection_lost(self, exc: Exception | None) -> None:
        """Follow no more."""
        _following.discard(self.transport)
        super().connection_lost(exc)


def _framed(payload: bytes) -> bytes:
    return Frame(Opcode.TEXT, payload).serialize(mask=False)


async def publish(scope: Scope, receive: Receive, send: Send) -> None:
    """Take a list of messages, and write each to everybody."""
    for message in orjson.loads(await Request(scope, receive).body()):
        frame = _framed(message.encode())
        _newest[:] = [frame]
        for transport in _following:
            transport.write(frame)
    await Response(status_code=204)(scope, receive, send)


if __name__ == "__main__":
    uvloop.run(
        peer.serve(
            "Raw",
            publish,
            ws=RawProtocol,
            ws_per_message_deflate=False,
            ws_ping_interval=None,
            timeout_graceful_shutdown=1,
        )
    )
