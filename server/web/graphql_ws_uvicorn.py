"""The short way for GraphQL sockets on uvicorn: no ASGI task, no queue, frames written directly.

A socket costs a fraction of the memory that the ASGI door needs, and a delivery half of the work.
Only the handshake leans on uvicorn's inner parts, so uvicorn's version is pinned; on any other
server, and for any other path, the ASGI application answers.
"""

import asyncio
import logging
import socket
from collections.abc import Sequence
from functools import lru_cache
from http import HTTPStatus
from struct import pack
from typing import Any, Final

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import CloseCode, Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import Protocol, Side, State

from server.operation import Result
from server.web.corked import CorkedTransport
from server.web.edge import HEADER, request_id
from server.web.graphql_ws import MAX_FRAME_BYTES, SUBPROTOCOL
from server.web.graphql_ws_session import MOST_AT_ONCE, Desk, GraphQLSession

PATH: Final = "/graphql"
UNSENT_BYTES: Final = 32 * 1024
"""What the kernel may hold of a client that does not read: without it megabytes, seconds old."""

_log = logging.getLogger("server.web.sockets")


class Handshake(WebSocketsSansIOProtocol):
    """A connection until it is known what its client wants of it."""

    def __init__(self, desk: Desk, **options: Any) -> None:
        super().__init__(**options)
        self._desk = desk

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take over a connection that is to be upgraded."""
        if isinstance(transport, CorkedTransport):
            transport = transport.uncorked()
        super().connection_made(transport)

    def handle_connect(self, event: Request) -> None:
        """Hand a client that speaks GraphQL's protocol to a socket of ours; uvicorn any other."""
        offered = ",".join(event.headers.get_all("Sec-WebSocket-Protocol")).split(",")
        ours = event.path.partition("?")[0] == PATH
        if not ours or SUBPROTOCOL not in map(str.strip, offered):
            super().handle_connect(event)
            return
        response = self.conn.accept(event)
        if response.status_code != HTTPStatus.SWITCHING_PROTOCOLS:
            super().handle_connect(event)
            return
        named = request_id(event.headers.get_all(HEADER))
        response.headers["Sec-WebSocket-Protocol"] = SUBPROTOCOL
        response.headers[HEADER] = named
        self.conn.send_response(response)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.connections.discard(self)
        sockets: Any = self.connections
        successor = GraphQLSocket(self.transport, self._desk, sockets, named)
        # uvicorn sets this protocol when it returns from here, and nothing is read before that.
        self.loop.call_soon(self.transport.set_protocol, successor)


class GraphQLSocket(asyncio.Protocol):
    """One connection: a session's wire."""

    __slots__ = ("_close_seconds", "_conn", "_fragments", "_held", "_session", "_sockets",
                 "_transport", "paused")  # fmt: skip

    def __init__(
        self, transport: asyncio.Transport, desk: Desk, sockets: set[object], named: str
    ) -> None:
        self._transport, self._sockets = transport, sockets
        self._close_seconds = desk.timing.close
        self._conn = Protocol(Side.SERVER, state=State.OPEN, max_size=MAX_FRAME_BYTES, logger=_log)
        self._fragments: list[Frame] = []
        self.paused = self._held = False
        sockets.add(self)
        self._bound_buffers()
        self._session = GraphQLSession(self, desk, named)

    # ── from the client to the session ───────────────────────────────────────

    def data_received(self, data: bytes) -> None:
        """Take the frames in it."""
        self._conn.receive_data(data)
        for event in self._conn.events_received():
            self._take(event)
        self._answer()

    def eof_received(self) -> bool:
        """Hear that no more will come."""
        return False

    def pause_writing(self) -> None:
        """Hear that the client does not take what is written; what it says gets no answer either.

        Else whoever asks and never reads would fill the memory with pongs.
        """
        self.paused = True
        self._read_or_wait()

    def resume_writing(self) -> None:
        """Hear that it does again."""
        self.paused = False
        self._read_or_wait()
        self._session.resumed()

    def connection_lost(self, exc: Exception | None) -> None:
        """Hear that the connection is gone."""
        self._session.lost()
        self._sockets.discard(self)

    def shutdown(self) -> None:
        """Close it at once, since the server stops."""
        self._session.lost()
        self.close(CloseCode.SERVICE_RESTART, "Service restart")
        self._transport.close()

    def _take(self, frame: Any) -> None:
        if frame.opcode is Opcode.PONG or frame.opcode is Opcode.PING:
            return
        if frame.opcode is Opcode.CLOSE:
            self._session.lost()
            return
        self._fragments.append(frame)
        if not frame.fin:
            return
        fragments, self._fragments = self._fragments, []
        message = b"".join(each.data for each in fragments)
        if fragments[0].opcode is Opcode.BINARY:
            self._session.received(message)
            return
        try:
            self._session.received(message.decode())
        except UnicodeDecodeError:
            self._session.lost()
            self.close(CloseCode.INVALID_DATA, "Text is UTF-8")

    def _answer(self) -> None:
        """Send what the protocol itself has to say: pongs, and the last frame of all."""
        said = b"".join(self._conn.data_to_send())
        if said:
            self._transport.write(said)
        if self._conn.close_expected():
            # Nothing may be written after a close frame, or the connection never ends.
            self._session.lost()
            if self._conn.close_rcvd or self._conn.parser_exc:
                self._transport.close()

    # ── from the session to the client ───────────────────────────────────────

    def send(self, frame: bytes) -> None:
        """Send a text message, in UTF-8."""
        self._transport.write(_header(len(frame)) + frame)

    def push(self, prefix: bytes, results: Sequence[Result]) -> None:
        """Send a message for each result: the prefix, its body, and a closing brace."""
        around = len(prefix) + 1
        if len(results) == 1:
            body = results[0].body
            self._transport.write(b"".join((_header(around + len(body)), prefix, body, b"}")))
            return
        parts: list[bytes] = []
        for result in results:
            parts += (_header(around + len(result.body)), prefix, result.body, b"}")
        self._transport.write(b"".join(parts))

    def hold(self, wait: bool) -> None:
        """Receive nothing for a while, or again."""
        self._held = wait
        self._read_or_wait()

    def _read_or_wait(self) -> None:
        if self._transport.is_closing():
            return
        if self._held or self.paused:
            self._transport.pause_reading()
        else:
            self._transport.resume_reading()

    def close(self, code: int, reason: str) -> None:
        """Say why, and end it; by force, if the client does not listen."""
        if self._transport.is_closing() or self._conn.state is not State.OPEN:
            return
        self._transport.resume_reading()  # for the client's own last word
        self._conn.send_close(code, reason)
        self._transport.write(b"".join(self._conn.data_to_send()))
        asyncio.get_running_loop().call_later(self._close_seconds, self._transport.abort)

    def _bound_buffers(self) -> None:
        self._transport.set_write_buffer_limits(high=MOST_AT_ONCE)
        connection: socket.socket | None = self._transport.get_extra_info("socket")
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
