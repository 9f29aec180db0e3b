"""The doors on a real socket."""

import socket
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import aiohttp
import pytest
import uvicorn
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp
from websockets.asyncio.client import ClientConnection, connect

from integrations.contract import Secret
from server.web.corked import CorkedProtocol
from server.web.graphql_ws import MAX_FRAME_BYTES
from server.web.graphql_ws_session import Desk, Timing
from server.web.graphql_ws_uvicorn import Handshake
from server.web.routes import Doors, build
from tests.web.toys import SECRET, AskingVendor, Toy, ToyVendor


@asynccontextmanager
async def serve(app: ASGIApp, desk: Desk | None = None) -> AsyncIterator[str]:
    """Serve `app` with the settings of production on a free port; yields `127.0.0.1:port`.

    With a desk its sockets are served past ASGI.
    """
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(
            app,
            http=CorkedProtocol,
            ws=partial(Handshake, desk) if desk else "websockets-sansio",
            ws_max_size=MAX_FRAME_BYTES,
            ws_ping_interval=None,
            ws_per_message_deflate=False,
            lifespan="off",
            log_config=None,
            timeout_graceful_shutdown=2,
        )
        config.load()
        server = uvicorn.Server(config)
        server.lifespan = config.lifespan_class(config)
        # Not `serve()`: that takes Ctrl-C from pytest, and ends on a tick of 0.1 s.
        await server.startup([listener])
        try:
            yield f"127.0.0.1:{listener.getsockname()[1]}"
        finally:
            await server.shutdown([listener])


@dataclass(frozen=True)
class House:
    """The doors as a client sees them, and the toy behind them."""

    toy: Toy
    doors: Doors
    address: str
    http: aiohttp.ClientSession

    @property
    def graphql(self) -> str:
        return f"http://{self.address}/graphql"

    def url(self, path: str) -> str:
        return f"http://{self.address}{path}"

    def socket(
        self, *subprotocols: str, path: str = "/graphql", **options: Any
    ) -> AbstractAsyncContextManager[ClientConnection]:
        offered = [*subprotocols] or ["graphql-transport-ws"]
        return connect(
            f"ws://{self.address}{path}",
            subprotocols=None if offered == ["none"] else offered,  # type: ignore[arg-type]
            compression=None,
            proxy=None,
            max_size=None,
            **options,
        )


def make_doors(toy: Toy, timing: Timing | None = None) -> Doors:
    def page(_: Request) -> Response:
        return HTMLResponse("<title>GraphiQL</title>", headers={"Cache-Control": "no-cache"})

    vendors = {
        "toy": ToyVendor(),
        "patient": ToyVendor("patient", malformed_status=202),
        "asking": AskingVendor("asking"),
        "unset": ToyVendor("unset"),
        "empty": ToyVendor("empty"),
    }
    secret = Secret(SECRET)
    return build(
        execute=toy.execute,
        authorise=toy.authorise,
        vouch=toy.vouch,
        accept_delivery=toy.accept_delivery,
        ready=toy.ready,
        page=page,
        metrics=lambda: b"",
        integrations=vendors,
        secrets={
            "toy": (Secret("the-next-secret"), secret),
            "patient": (secret,),
            "asking": (secret,),
            "empty": (Secret(""),),
        },
        timing=timing,
    )


@asynccontextmanager
async def open_house(timing: Timing | None = None, *, direct: bool = True) -> AsyncIterator[House]:
    """The doors with other timings than production's."""
    toy = Toy()
    doors = make_doors(toy, timing)
    desk = doors.desk if direct else None
    async with serve(doors.app, desk) as address, aiohttp.ClientSession() as http:
        yield House(toy, doors, address, http)


@pytest.fixture
def direct() -> bool:
    """Whether sockets are served past ASGI; tests of sockets ask for both."""
    return True


BOTH_WAYS = pytest.mark.parametrize("direct", [True, False], ids=["direct", "asgi"])


@pytest.fixture
async def house(direct: bool) -> AsyncIterator[House]:
    """The doors with production's timings."""
    async with open_house(direct=direct) as house:
        yield house
