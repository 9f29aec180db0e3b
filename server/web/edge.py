"""The edge that every request crosses: its id, the headers of every response, and the mask."""

import re
from collections.abc import Iterable, Mapping
from typing import Final
from uuid import uuid4

import structlog
from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.web.refusals import error_response, mask

REQUEST_ID: Final = "X-Request-Id"

_ACCEPTABLE_ID = re.compile(rb"[A-Za-z0-9._:@+/=-]{1,128}")
_INTERNAL_ERROR = 1011

# For JSON. The GraphiQL page and its assets set their own.
_SECURITY_HEADERS: Final[Mapping[str, str]] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Edge:
    """ASGI middleware around everything else.

    Takes the caller's `X-Request-Id` if it is harmless, makes one if not, sends it back and binds
    it to the log. An exception nobody expected leaves as 500 (WebSocket: 1011) with an id.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope["headers"])
        started = False

        async def stamp(message: Message) -> None:
            nonlocal started
            if message["type"] in {"http.response.start", "websocket.accept"}:
                started = True
                _stamp(message, request_id)
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, receive, stamp)
            except ClientDisconnect:
                return  # There is nobody to answer.
            except Exception as fault:  # noqa: BLE001 - the last place that can mask it
                await _refuse(fault, started, scope, receive, stamp)


async def _refuse(
    fault: Exception, started: bool, scope: Scope, receive: Receive, send: Send
) -> None:
    masked = mask(fault, scope["type"])
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": _INTERNAL_ERROR, "reason": masked.message})
    elif not started:
        await error_response(masked)(scope, receive, send)
    # A response that was cut off has no way to say so; the server closes its connection.


def _request_id(headers: Iterable[tuple[bytes, bytes]]) -> str:
    name = REQUEST_ID.lower().encode()
    given = [value for key, value in headers if key == name]
    if len(given) == 1 and _ACCEPTABLE_ID.fullmatch(given[0]):
        return given[0].decode("ascii")
    return uuid4().hex


def _stamp(message: Message, request_id: str) -> None:
    headers = MutableHeaders(scope=message)
    headers[REQUEST_ID] = request_id
    if message["type"] == "http.response.start":
        for name, value in _SECURITY_HEADERS.items():
            headers.setdefault(name, value)
