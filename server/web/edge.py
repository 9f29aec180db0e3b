"""The edge that every request crosses: its id, the headers of every response, and the mask."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uuid_utils import uuid4

from server.log import REQUEST_ID
from server.web.refusals import error_response, mask

HEADER: Final = "X-Request-Id"

_NAME: Final = HEADER.lower().encode()
_ACCEPTABLE_ID = re.compile(r"[A-Za-z0-9._:@+/=-]{1,128}")
_INTERNAL_ERROR = 1011

# For JSON. The GraphiQL page and its assets set their own.
_SECURITY_HEADERS: Final[Mapping[bytes, bytes]] = {
    b"cache-control": b"no-store",
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
    b"referrer-policy": b"no-referrer",
    b"x-content-type-options": b"nosniff",
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
        given = [value.decode("latin-1") for name, value in scope["headers"] if name == _NAME]
        named = request_id(given)
        started = False

        async def stamp(message: Message) -> None:
            nonlocal started
            if message["type"] in {"http.response.start", "websocket.accept"}:
                started = True
                _stamp(message, named.encode())
            await send(message)

        REQUEST_ID.set(named)  # Each request runs in a task of its own.
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


def request_id(given: Sequence[str]) -> str:
    """The id of a request: the one its header gives, if it is one and harmless, or a new one."""
    if len(given) == 1 and _ACCEPTABLE_ID.fullmatch(given[0]):
        return given[0]
    return uuid4().hex


def _stamp(message: Message, named: bytes) -> None:
    headers = [*message.get("headers", ()), (_NAME, named)]
    if message["type"] == "http.response.start":
        present = {name for name, _ in headers}
        headers += [each for each in _SECURITY_HEADERS.items() if each[0] not in present]
    message["headers"] = headers
