"""Request bodies, read within bounds: of size, of time, and of memory over all requests."""

import asyncio
from typing import Final

from starlette.requests import Request

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

    async def read(self, request: Request, limit: int) -> bytes:
        """Read a body of at most `limit` bytes.

        Raises:
            Rejected: 413 as soon as it is longer, or says that it will be; 408 when it is slow.
            Unavailable: too many bodies are being received at once.
            ClientDisconnect: the sender went away.
        """
        declared = request.headers.get("content-length", "0")
        if declared.isdecimal() and int(declared) > limit:
            raise _too_large(limit)
        try:
            async with asyncio.timeout(self._patience):
                return await self._receive(request, limit)
        except TimeoutError:
            raise Rejected(408, ErrorCode.TIMEOUT, "The body came too slowly.") from None

    async def _receive(self, request: Request, limit: int) -> bytes:
        body = bytearray()
        try:
            async for chunk in request.stream():
                body += chunk
                self._budget -= len(chunk)
                if len(body) > limit:
                    raise _too_large(limit)
                if self._budget < 0:
                    raise Unavailable("Too many large requests at once; try again.")
        finally:
            self._budget += len(body)
        return bytes(body)


def _too_large(limit: int) -> Rejected:
    return Rejected(413, ErrorCode.TOO_MANY, f"The body is larger than {limit} bytes.")
