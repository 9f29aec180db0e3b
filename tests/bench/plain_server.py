"""`python -m tests.bench.plain_server <database>`: the plain Strawberry peer over HTTP."""

from __future__ import annotations

import sys

import orjson
import uvicorn
import uvloop
from starlette.requests import Request
from starlette.responses import Response
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL

from server.serving import listen, port_of
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
    """Serve until a signal, with uvicorn's options as our own server sets them."""
    with listen("127.0.0.1", 0) as listening:
        async with PlainStrawberry.connect(database) as plain:
            config = uvicorn.Config(
                View(plain),
                http="httptools",
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
            )
            url = f"http://127.0.0.1:{port_of(listening)}/graphql"
            sys.stdout.write(f"Strawberry serves {url}\n")
            sys.stdout.flush()
            await uvicorn.Server(config).serve([listening])


if __name__ == "__main__":
    uvloop.run(serve(sys.argv[1]))
