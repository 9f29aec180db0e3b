"""`python -m tests.bench.plain_server <database>`: the plain Strawberry peer over HTTP."""

from __future__ import annotations

import sys

import orjson
import uvloop
from starlette.requests import Request
from starlette.responses import Response
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL

from tests.bench import peer
from tests.bench.plain_loaders import Loaders
from tests.bench.plain_strawberry import SCHEMA, PlainStrawberry


class View(GraphQL[Loaders, None]):
    """Strawberry's own view, with loaders for each request, and the fastest JSON."""

    def __init__(self, plain: PlainStrawberry) -> None:
        super().__init__(SCHEMA, graphql_ide=None)
        self._plain = plain

    async def get_context(
        self, request: Request | WebSocket, response: Response | WebSocket
    ) -> Loaders:
        """The loaders of one request."""
        return self._plain.loaders()

    def encode_json(self, data: object) -> bytes:
        """The bytes of an answer."""
        return orjson.dumps(data)


async def serve(database: str) -> None:
    """Serve a database until a signal."""
    async with PlainStrawberry.connect(database) as plain:
        await peer.serve("Strawberry", View(plain), ws="none")


if __name__ == "__main__":
    uvloop.run(serve(sys.argv[1]))
