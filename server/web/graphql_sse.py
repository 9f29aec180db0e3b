"""GraphQL over server-sent events: one operation a request, its results as they come.

The "distinct connections mode" of https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md.
Each event carries its position as `id`, so a client that reconnects with `Last-Event-ID`, as
browsers do by themselves, misses nothing.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Final

from starlette.responses import Response, StreamingResponse

from server.domain.viewer import Viewer
from server.errors import CodedError
from server.operation import Answer, Following, Result, Stream
from server.web.graphql_ws import Closed
from server.web.media import EVENT_STREAM
from server.web.refusals import bad_request, error_body, errors_json
from server.web.sessions import Sessions

LAST_EVENT_ID: Final = b"last-event-id"
MOST_AT_ONCE: Final = 64 * 1024

HEARTBEAT_SECONDS: Final = 12.0
"""How long it may be silent: proxies cut connections that are."""

_COMPLETE: Final = b"event: complete\ndata:\n\n"
_HEARTBEAT: Final = b":\n\n"


def resume_after(last_event_id: str | None) -> int | None:
    """The position that a client has, as it says in `Last-Event-ID`.

    Raises:
        CodedError: BAD_REQUEST, it is none that was sent as an `id`.
    """
    if not last_event_id:
        return None
    if not (last_event_id.isascii() and last_event_id.isdigit() and len(last_event_id) < 16):
        raise bad_request("`Last-Event-ID` is none of the ids that were sent.")
    return int(last_event_id)


def answer_response(answer: Answer) -> Response:
    """The one result of a query or a mutation, as a stream that ends."""
    return Response(_next(answer.body) + _COMPLETE, media_type=EVENT_STREAM)


def stream_response(stream: Stream, token: str, viewer: Viewer, sessions: Sessions) -> Response:
    """The results of a subscription, until it ends or the client leaves."""
    listener = _Listener(token, viewer)
    # Proxies of nginx's kind would gather events otherwise.
    headers = {"X-Accel-Buffering": "no"}
    content = listener.events(stream, sessions)
    return StreamingResponse(content, headers=headers, media_type=EVENT_STREAM)


class _Listener:
    """A client that listens, and may be sent away."""

    def __init__(self, token: str, viewer: Viewer) -> None:
        self._bearer = (token, viewer)
        self._woken = asyncio.Event()
        self._over = False

    def offer(self, results: Sequence[Result]) -> bool:
        """Say no: the stream takes them when the client has taken what came before."""
        self._woken.set()
        return False

    def wake(self) -> None:
        """Look for more results."""
        self._woken.set()

    def end(self, reason: Closed) -> None:
        """Stop: the client comes back by itself, with the last id it saw."""
        self._over = True
        self._woken.set()

    async def events(self, stream: Stream, sessions: Sessions) -> AsyncIterator[bytes]:
        """The bytes of the stream, which is followed while the client listens, and no sooner."""
        try:
            following = stream.follow(self)
        except CodedError as refusal:
            yield _next(error_body(errors_json(refusal))) + _COMPLETE
            return
        sessions.add(self)
        sessions.know(self, self._bearer)
        try:
            yield _HEARTBEAT  # So that the client knows at once that it was let in.
            async for part in self._taken(following):
                yield part
        finally:
            sessions.remove(self)
            following.leave()

    async def _taken(self, following: Following) -> AsyncIterator[bytes]:
        """What there is, as it comes. Nothing is taken that the client does not wait for."""
        while not self._over:
            self._woken.clear()
            results = following.take(MOST_AT_ONCE)
            if results:
                yield b"".join(map(_numbered, results))
            elif following.end:
                errors = following.end.errors
                yield (_next(error_body(errors)) if errors else b"") + _COMPLETE
                return
            elif not await self._woken_in_time():
                yield _HEARTBEAT

    async def _woken_in_time(self) -> bool:
        try:
            async with asyncio.timeout(HEARTBEAT_SECONDS):
                return await self._woken.wait()
        except TimeoutError:
            return False


def _numbered(result: Result) -> bytes:
    return b"id: %d\n" % result.position + _next(result.body)


def _next(body: bytes) -> bytes:
    """An event with a result."""
    return b"event: next\ndata: " + body.replace(b"\n", b"\ndata: ") + b"\n\n"
