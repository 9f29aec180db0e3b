"""Request bodies, read within bounds: of size, of time, and of memory over all requests."""

import asyncio
from typing import Final

from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive, Scope

from server.errors import ErrorCode, Unavailable
from server.web.refusals import Rejected

MEBIBYTE: Final = 1024 * 1024


class Bodies:
    """Reads request bodies.

    `budget` bounds the bytes of all bodies that are being received at one moment: they come from
    senders that nobody has verified yet. `patience` (seconds) bounds how long one may take.
    """

    def __init__(self, *, budget: int = 256 * MEBIBYTE, patience: float = 30.0) -> None:
        self._budget = budget
        self._patience = patience

    async def read(self, scope: Scope, receive: Receive, limit: int) -> bytes:
        """Read a request's body of at most `limit` bytes.

        Raises:
            Rejected: 413 as soon as it is longer, or says that it will be; 408 when it is slow.
            Unavailable: too many bodies are being received at once.
            ClientDisconnect: the sender went away.
        """
        if _declared(scope) > limit:
            raise _too_large(limit)
        try:
            async with asyncio.timeout(self._patience):
                return await self._receive(receive, limit)
        except TimeoutError:
            raise Rejected(408, ErrorCode.TIMEOUT, "The body came too slowly.") from None

    async def _receive(self, receive: Receive, limit: int) -> bytes:
        chunk, more = _chunk(await receive())
        self._check(len(chunk), limit)
        return await self._gather(chunk, receive, limit) if more else chunk

    async def _gather(self, first: bytes, receive: Receive, limit: int) -> bytes:
        """The whole of a body that comes in pieces, counted against the budget meanwhile."""
        body, more = bytearray(first), True
        self._budget -= len(first)
        try:
            while more:
                chunk, more = _chunk(await receive())
                body += chunk
                self._budget -= len(chunk)
                self._check(len(body), limit, counted=len(body))
        finally:
            self._budget += len(body)
        return bytes(body)

    def _check(self, length: int, limit: int, *, counted: int = 0) -> None:
        """Refuse a body of this length, of which so much is counted in the budget already."""
        if length > limit:
            raise _too_large(limit)
        if length - counted > self._budget:
            raise Unavailable("Too many large requests at once; try again.")


def _declared(scope: Scope) -> int:
    """How long a body says that it is, in bytes; 0 where it does not say."""
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0


def _chunk(message: Message) -> tuple[bytes, bool]:
    """A piece of a body, and whether there is more."""
    if message["type"] == "http.disconnect":
        raise ClientDisconnect
    return message.get("body", b""), message.get("more_body", False)


def _too_large(limit: int) -> Rejected:
    return Rejected(413, ErrorCode.TOO_MANY, f"The body is larger than {limit} bytes.")
