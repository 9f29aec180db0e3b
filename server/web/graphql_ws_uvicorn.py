"""The short way for GraphQL sockets on uvicorn: no ASGI task, no queue, frames written directly.

A socket costs a third of the memory that the ASGI door needs, and a delivery half of the time. It
leans on uvicorn's inner parts, so uvicorn's version is pinned; on any other server, and for any
other path, the ASGI application answers.
"""

import asyncio
import socket
from collections.abc import Sequence
from functools import lru_cache
from struct import pack
from typing import Any, Final

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame
from websockets.http11 import Request

from server.operation import Result
from server.web.corked import CorkedTransport
from server.web.edge import HEADER, request_id
from server.web.graphql_ws import SUBPROTOCOL
from server.web.graphql_ws_session import MOST_AT_ONCE, Desk, GraphQLSession

PATH: Final = "/graphql"
UNSENT_BYTES: Final = 32 * 1024
"""What the kernel may hold of a client that does not read: without it megabytes, seconds old."""


class GraphQLSocket(WebSocketsSansIOProtocol):
    """One connection: a session's wire, or, for what is not GraphQL's, uvicorn's own."""

    def __init__(self, desk: Desk, **options: Any) -> None:
        super().__init__(**options)
        self._desk = desk
        self._session: GraphQLSession | None = None
        self.paused = False

    # ── from uvicorn to the session ──────────────────────────────────────────

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take over a connection, which was upgraded or is about to be."""
        if isinstance(transport, CorkedTransport):
            transport = transport.uncorked()
        super().connection_made(transport)

    def handle_connect(self, event: Request) -> None:
        """Answer the handshake of a client that speaks GraphQL's protocol; uvicorn any other."""
        offered = ",".join(event.headers.get_all("Sec-WebSocket-Protocol")).split(",")
        ours = event.path.partition("?")[0] == PATH
        if not ours or SUBPROTOCOL not in map(str.strip, offered):
            super().handle_connect(event)
            return
        response = self.conn.accept(event)
        if response.status_code != 101:
            super().handle_connect(event)
            return
        named = request_id(event.headers.get_all(HEADER))
        response.headers["Sec-WebSocket-Protocol"] = SUBPROTOCOL
        response.headers[HEADER] = named
        self.handshake_initiated = self.handshake_complete = True
        self.conn.send_response(response)
        self._write_out()
        self._bound_buffers()
        self._session = GraphQLSession(self, self._desk, named)

    def send_receive_event_to_app(self) -> None:
        """Hand a message to the session."""
        if self._session is None:
            super().send_receive_event_to_app()
            return
        data, self.frames = b"".join(self.frames), []
        if self.close_sent:
            return
        try:
            self._session.received(data.decode() if self.curr_msg_data_type == "text" else data)
        except UnicodeDecodeError:
            self.conn.send_close(1007)
            self.handle_parser_exception()

    def pause_writing(self) -> None:
        """Hear that the client does not take what is written."""
        self.paused = True
        super().pause_writing()

    def resume_writing(self) -> None:
        """Hear that it does again."""
        self.paused = False
        super().resume_writing()
        if self._session:
            self._session.resumed()

    def handle_close(self, event: Frame) -> None:
        """Hear that the client leaves."""
        self._lose()
        super().handle_close(event)

    def handle_parser_exception(self) -> None:
        """Part from a client whose bytes are no frames."""
        self._lose()
        super().handle_parser_exception()

    def shutdown(self) -> None:
        """Close it, since the server stops."""
        self._lose()
        super().shutdown()

    def connection_lost(self, exc: Exception | None) -> None:
        """Hear that the connection is gone."""
        self._lose()
        super().connection_lost(exc)

    def _lose(self) -> None:
        # Nothing may be written after a close frame, or the connection never ends.
        if self._session:
            self._session.lost()

    # ── from the session to the client ───────────────────────────────────────

    def send(self, frame: bytes) -> Any:  # type: ignore[override]
        """Send a text message; what uvicorn's own way of an ASGI message is otherwise."""
        if self._session is None:
            return super().send(frame)  # type: ignore[arg-type]
        self.transport.write(_header(len(frame)) + frame)
        return None

    def push(self, prefix: bytes, results: Sequence[Result]) -> None:
        """Send a message for each result: the prefix, its body, and a closing brace."""
        around = len(prefix) + 1
        if len(results) == 1:
            body = results[0].body
            self.transport.write(b"%b%b%b}" % (_header(around + len(body)), prefix, body))
            return
        parts: list[bytes] = []
        for result in results:
            parts += (_header(around + len(result.body)), prefix, result.body, b"}")
        self.transport.write(b"".join(parts))

    def hold(self, wait: bool) -> None:
        """Receive nothing for a while, or again."""
        if not self.transport.is_closing():
            (self.transport.pause_reading if wait else self.transport.resume_reading)()

    def close(self, code: int, reason: str) -> None:
        """Say why, and end it; by force, if the client does not listen."""
        if self.transport.is_closing() or self.close_sent:
            return
        self.hold(False)
        self.conn.send_close(code, reason)
        self._write_out()
        self.close_sent = True
        self.close_timer = self.loop.call_later(self._desk.timing.close, self.transport.abort)

    def _write_out(self) -> None:
        self.transport.write(b"".join(self.conn.data_to_send()))

    def _bound_buffers(self) -> None:
        self.transport.set_write_buffer_limits(high=MOST_AT_ONCE)
        connection: socket.socket | None = self.transport.get_extra_info("socket")
        if connection is not None and hasattr(socket, "TCP_NOTSENT_LOWAT"):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES)


@lru_cache(maxsize=4096)
def _header(length: int) -> bytes:
    """The header of an unmasked text frame (RFC 6455, 5.2)."""
    if length < 126:
        return pack("!BB", 0x81, length)
    if length < 1 << 16:
        return pack("!BBH", 0x81, 126, length)
    return pack("!BBQ", 0x81, 127, length)
