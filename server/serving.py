"""Listening: uvicorn around the doors, and a stop that loses no client."""

from __future__ import annotations

import asyncio
import gc
import socket
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Any

import uvicorn

from server.web.corked import CorkedProtocol
from server.web.graphql_ws import MAX_FRAME_BYTES
from server.web.graphql_ws_uvicorn import Handshake
from server.web.routes import Doors

BACKLOG = 2048

LEAVING_SHARE = 0.6
"""Over which part of the time to drain clients are sent away; the rest is theirs to go."""


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; with port 0, on a free one.

    Raises:
        OSError: the address is taken or not ours.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=BACKLOG)


def port_of(listening: socket.socket) -> int:
    """The port that a socket listens on."""
    port: int = listening.getsockname()[1]
    return port


def _sockets(doors: Doors, *, direct_sockets: bool) -> Any:
    """How WebSockets are served: by uvicorn's own protocol as ASGI has it, or past that."""
    return partial(Handshake, doors.desk) if direct_sockets else "websockets-sansio"


class Server(uvicorn.Server):
    """uvicorn that first sends its sockets away, and stops when they are gone.

    The first SIGTERM or SIGINT turns readiness off and closes every WebSocket, so that its
    client comes back elsewhere; after that, or after `drain_seconds`, it stops. A second signal
    stops it at once.
    """

    def __init__(
        self,
        doors: Doors,
        drain_seconds: float,
        started: Callable[[], None],
        *,
        direct_sockets: bool = True,
    ) -> None:
        super().__init__(
            uvicorn.Config(
                doors.app,
                http=CorkedProtocol,
                ws=_sockets(doors, direct_sockets=direct_sockets),
                ws_per_message_deflate=False,
                ws_max_size=MAX_FRAME_BYTES,
                ws_ping_interval=None,
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=2,
            )
        )
        self._doors = doors
        self._drain_seconds = drain_seconds
        self._started = started
        self._draining: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Also: tell that requests are taken now."""
        await super().startup(sockets)
        # What was made until now, the schema above all, stays: the collector need not look again.
        gc.collect()
        gc.freeze()
        self._started()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Drain first; on a second signal stop at once. Either way the exit code is 0."""
        if self._doors.draining.is_set():
            self.force_exit = self.should_exit
            self.should_exit = True
            return
        self._doors.draining.set()
        self._draining = asyncio.get_running_loop().create_task(self._drain())

    async def _drain(self) -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._drain_seconds
        await self._doors.drain(self._drain_seconds * LEAVING_SHARE)
        # uvicorn tells by no event that its last connection is gone.
        while self.server_state.connections and loop.time() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        self.should_exit = True
