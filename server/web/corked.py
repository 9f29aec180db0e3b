"""uvicorn's HTTP protocol, with the head of a response and its body sent in one packet.

uvicorn writes them one after the other, and uvloop sends what is written at once: the client wakes
up twice. On a small answer the first of two writes costs an eighth of all that the server does.
It leans on uvicorn's inner parts, so uvicorn's version is pinned.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class CorkedTransport:
    """A transport that sends what is written in one turn of the event loop at the turn's end."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport, self._loop = transport, loop
        self._written: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send it soon."""
        if not self._written:
            self._loop.call_soon(self.flush)
        self._written.append(data)

    def uncorked(self) -> asyncio.Transport:
        """The transport itself, once all is sent."""
        self.flush()
        return self._transport

    def flush(self) -> None:
        """Send it now."""
        written, self._written = self._written, []
        if written:
            self._transport.write(b"".join(written))

    def close(self) -> None:
        """Close it once all is sent."""
        self.flush()
        self._transport.close()


class CorkedProtocol(HttpToolsProtocol):
    """One connection."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Write through a cork from now on."""
        corked: Any = CorkedTransport(transport, self.loop)
        super().connection_made(corked)
