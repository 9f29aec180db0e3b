"""The ASGI application: every path, and who answers it."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from integrations.contract import ReceivesWebhooks, Secret
from server.errors import CodedError, ErrorCode
from server.web.bodies import Bodies
from server.web.edge import Edge
from server.web.graphql_http import GraphQLOverHTTP, Page
from server.web.graphql_ws_door import GraphQLOverWebSocket
from server.web.graphql_ws_session import Desk, Timing
from server.web.health import Health
from server.web.ports import AcceptDelivery, Authorise, Execute, Ready, Vouch
from server.web.refusals import Rejected, error_response
from server.web.sessions import Sessions
from server.web.webhooks import WebhookDoor

_EXPOSITION = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Doors:
    """The application, and the way to close it without losing a client.

    Run it with uvicorn's `ws_max_size` at `graphql_ws.MAX_FRAME_BYTES` and `ws_ping_interval`
    off: the doors ping by themselves, and uvicorn's close code 1011 tells npm's `graphql-ws`
    never to come back.
    """

    app: ASGIApp
    desk: Desk
    draining: asyncio.Event

    async def drain(self, seconds: float) -> None:
        """Turn readiness off and send every client that stays away, to come back elsewhere.

        They leave one after another over these seconds; requests are still answered. Call it
        before the server stops to listen.
        """
        self.draining.set()
        await self.desk.sessions.drain(seconds)


def build(
    *,
    execute: Execute,
    authorise: Authorise,
    vouch: Vouch,
    accept_delivery: AcceptDelivery,
    ready: Ready,
    page: Page,
    metrics: Callable[[], bytes],
    integrations: Mapping[str, ReceivesWebhooks],
    secrets: Mapping[str, tuple[Secret, ...]],
    assets: Sequence[BaseRoute] = (),
    origins: Sequence[str] = (),
    timing: Timing | None = None,
) -> Doors:
    """Join the doors to what is behind them.

    `metrics` gives the text of `/metrics`, in the format of Prometheus. `integrations` and
    `secrets` go by the integration's name; `page` is what a browser gets at
    `/graphql`, and `assets` are the routes of its scripts and styles.
    """
    bodies = Bodies()
    draining = asyncio.Event()
    sessions = Sessions(vouch, draining)
    desk = Desk(execute, authorise, sessions, timing or Timing())
    http = GraphQLOverHTTP(desk, page=page, bodies=bodies)
    websocket = GraphQLOverWebSocket(desk)
    webhooks = WebhookDoor(
        accept_delivery=accept_delivery, integrations=integrations, secrets=secrets, bodies=bodies
    )
    health = Health(ready=ready, draining=draining)
    routes: list[BaseRoute] = [
        WebSocketRoute("/graphql", websocket.handle),
        Route("/webhooks/{integration}", webhooks.handle, methods=["POST"]),
        Route("/livez", health.live),
        Route("/readyz", health.readiness),
        Route("/metrics", lambda _: Response(metrics(), media_type=_EXPOSITION)),
        *assets,
    ]
    around = [Middleware(Edge), *_cors(origins)]
    app = Entrance(_within(around, http), _routed(routes, around))
    return Doors(app, desk, draining)


class Entrance:
    """Lets GraphQL's requests in by the shortest way, and all others by their routes."""

    def __init__(self, graphql: ASGIApp, others: ASGIApp) -> None:
        self._graphql, self._others = graphql, others

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        short = scope["type"] == "http" and scope["path"] == "/graphql"
        await (self._graphql if short else self._others)(scope, receive, send)


def _within(around: Sequence[Middleware], app: ASGIApp) -> ASGIApp:
    for cls, arguments, options in reversed(around):
        app = cls(app, *arguments, **options)
    return app


def _routed(routes: list[BaseRoute], around: Sequence[Middleware]) -> ASGIApp:
    app = Starlette(
        routes=routes,
        middleware=around,
        exception_handlers={HTTPException: _refuse, CodedError: _refuse},
    )
    # A redirect would turn a POST to `/graphql/` into a puzzle; it is simply not there.
    app.router.redirect_slashes = False
    return app


def _cors(origins: Sequence[str]) -> list[Middleware]:
    """What lets pages of these origins call the API. There are no cookies to lend them."""
    if not origins:
        return []
    allowed = Middleware(
        CORSMiddleware,
        allow_origins=list(origins),
        allow_methods=["GET", "POST"],
        allow_headers=["Authorization", "Content-Type", "GraphQL-Require-Preflight"],
        expose_headers=["X-Request-Id", "Retry-After", "GraphQL-Cost"],
        max_age=600,
    )
    return [allowed]


async def _refuse(_: Request, error: Exception) -> Response:
    match error:
        case CodedError():
            return error_response(error)
        case HTTPException(status_code=status, headers=headers):
            code = ErrorCode.NOT_FOUND if status == 404 else ErrorCode.BAD_REQUEST
            message = f"{HTTPStatus(status).phrase}."
            return error_response(Rejected(status, code, message, headers))
        case _:
            raise error
