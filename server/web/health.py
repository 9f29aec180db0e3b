"""The doors of whoever runs the server: is it alive, and can it take requests?"""

import asyncio

import orjson
from starlette.requests import Request
from starlette.responses import Response

from server.web.ports import Ready
from server.web.refusals import RETRY_AFTER_SECONDS, json_response


class Health:
    """Answers probes. `draining` is set once the server is on its way out."""

    def __init__(self, *, ready: Ready, draining: asyncio.Event) -> None:
        self._ready = ready
        self._draining = draining

    async def live(self, _: Request) -> Response:
        """200 while the process answers at all: a missing database must not restart it."""
        return json_response(b'{"status":"live"}', 200)

    async def readiness(self, _: Request) -> Response:
        """200, or 503 with the reason."""
        reason = "The server is shutting down." if self._draining.is_set() else await self._ready()
        if reason is None:
            return json_response(b'{"status":"ready"}', 200)
        body = orjson.dumps({"status": "not ready", "reason": reason})
        return json_response(body, 503, {"Retry-After": str(RETRY_AFTER_SECONDS)})
