"""GraphQL over HTTP, as its draft specification has it, and the page a browser gets instead.

https://graphql.github.io/graphql-over-http/draft/
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Self, assert_never

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from server.domain.viewer import Viewer
from server.errors import CodedError, ErrorCode
from server.operation import Answer, Operation, Refusal, Stream
from server.web import graphql_sse, media, parameters
from server.web.authentication import bearer_token
from server.web.bodies import MEBIBYTE, Bodies
from server.web.graphql_ws_session import Desk
from server.web.refusals import (
    RETRY_AFTER_SECONDS,
    Rejected,
    bad_request,
    error_body,
    error_response,
    json_response,
)

MAX_BODY_BYTES: Final = MEBIBYTE
PARTIAL_SUCCESS: Final = 294
"""The draft's status of a response that has both data and errors."""

# Any of these makes a browser ask (CORS preflight) before it sends a request from another site.
_PREFLIGHT_HEADERS = (
    b"graphql-require-preflight",
    b"apollo-require-preflight",
    b"x-requested-with",
)

Page = Callable[[Request], Response]


@dataclass(frozen=True, slots=True)
class Head:
    """What a request says before its body: each header's values, by its name in small letters."""

    method: str
    query_string: bytes
    headers: Mapping[bytes, Sequence[bytes]]

    @classmethod
    def of(cls, scope: Scope) -> Self:
        """The head of an ASGI request."""
        headers: dict[bytes, list[bytes]] = {}
        for name, value in scope["headers"]:
            headers.setdefault(name, []).append(value)
        return cls(scope["method"], scope["query_string"], headers)

    def text(self, name: bytes) -> str | None:
        """The values of a header, joined as one; None where it is not there."""
        values = self.headers.get(name)
        return b",".join(values).decode("latin-1") if values else None


class GraphQLOverHTTP:
    """The door for one operation a request: POST, or GET for queries.

    An ASGI application of its own: what a framework's routing and request objects cost is more
    than a small query does.
    """

    def __init__(self, desk: Desk, *, page: Page, bodies: Bodies) -> None:
        self._desk = desk
        self._page = page
        self._bodies = bodies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a GET, HEAD or POST; every refusal is JSON with a code."""
        response = await self._respond(scope, receive)
        response.headers["Vary"] = "Accept"
        await response(scope, receive, send)

    async def _respond(self, scope: Scope, receive: Receive) -> Response:
        head = Head.of(scope)
        if head.method not in {"GET", "HEAD", "POST"}:
            return error_response(_wrong_method())
        if _wants_page(head):
            return self._page(Request(scope))
        accept = head.text(b"accept")
        events = media.wants_events(accept)
        media_type = media.EVENT_STREAM if events else media.negotiate(accept)
        if media_type is None:
            return error_response(_not_acceptable())
        try:
            if head.method == "POST":
                return await self._posted(head, scope, receive, media_type)
            return await self._asked_by_url(head, media_type)
        except CodedError as error:
            return error_response(error, media.JSON if events else media_type)

    async def _posted(
        self, head: Head, scope: Scope, receive: Receive, media_type: str
    ) -> Response:
        _require_json(head)
        token, viewer = await self._bearer(head)
        body = await self._bodies.read(scope, receive, MAX_BODY_BYTES)
        operation = parameters.from_json(body)
        if media_type == media.EVENT_STREAM:
            return await self._told(head, operation, token, viewer)
        outcome = await self._desk.execute(operation, viewer, queries_only=False, streams=False)
        return _response(outcome, media_type, posted=True)

    async def _asked_by_url(self, head: Head, media_type: str) -> Response:
        _require_preflight(head)
        token, viewer = await self._bearer(head)
        operation = parameters.from_query_string(head.query_string)
        if media_type == media.EVENT_STREAM:
            return await self._told(head, operation, token, viewer)
        outcome = await self._desk.execute(operation, viewer, queries_only=True, streams=False)
        return _response(outcome, media_type, posted=False)

    async def _told(self, head: Head, operation: Operation, token: str, viewer: Viewer) -> Response:
        """The results as server-sent events."""
        after = graphql_sse.resume_after(head.text(graphql_sse.LAST_EVENT_ID))
        outcome = await self._desk.execute(
            replace(operation, resume_after=after),
            viewer,
            queries_only=head.method != "POST",
            streams=True,
        )
        match outcome:
            case Answer():
                return graphql_sse.answer_response(outcome)
            case Refusal():
                posted = head.method == "POST"
                return _refused(outcome, media.GRAPHQL_RESPONSE, posted=posted)
            case Stream():
                return graphql_sse.stream_response(outcome, token, viewer, self._desk.sessions)
            case _:
                assert_never(outcome)

    async def _bearer(self, head: Head) -> tuple[str, Viewer]:
        token = bearer_token(head.headers.get(b"authorization", ()))
        return token, await self._desk.authorise(token)


def _response(outcome: Answer | Refusal | Stream, media_type: str, *, posted: bool) -> Response:
    match outcome:
        case Answer():
            return _answered(outcome, media_type)
        case Refusal():
            return _refused(outcome, media_type, posted=posted)
        case Stream():
            raise bad_request("Subscriptions run over WebSocket, or as text/event-stream.")
        case _:
            assert_never(outcome)


def _answered(answer: Answer, media_type: str) -> Response:
    partial = answer.partial and media_type == media.GRAPHQL_RESPONSE
    headers = {} if answer.cost is None else {"GraphQL-Cost": str(answer.cost)}
    return json_response(answer.body, PARTIAL_SUCCESS if partial else 200, headers, media_type)


def _refused(refusal: Refusal, media_type: str, *, posted: bool) -> Response:
    status, headers = 400, {}
    if refusal.unavailable:
        status, headers = 503, {"Retry-After": str(RETRY_AFTER_SECONDS)}
    elif refusal.misplaced:
        status, headers = (400, {}) if posted else (405, {"Allow": "POST"})
    elif media_type == media.JSON:
        # A well-formed request is answered 200 in the legacy media type, whatever it asks for.
        status = 200
    return json_response(error_body(refusal.errors), status, headers, media_type)


def _wants_page(head: Head) -> bool:
    return (
        head.method in {"GET", "HEAD"}
        and not parameters.names_query(head.query_string)
        and media.accepts_html(head.text(b"accept"))
    )


def _require_json(head: Head) -> None:
    values = head.headers.get(b"content-type", ())
    sent = media.parse(values[0].decode("latin-1")) if len(values) == 1 else None
    if sent is None or sent.name != media.JSON or not sent.is_utf8:
        raise _unsupported("Send the body as `Content-Type: application/json` in UTF-8.")
    if (head.text(b"content-encoding") or "identity").lower() != "identity":
        raise _unsupported("Send the body without a Content-Encoding.")


def _require_preflight(head: Head) -> None:
    sent = media.parse(head.text(b"content-type") or "")
    if sent is not None and sent.name == media.JSON:
        return
    if not any(name in head.headers for name in _PREFLIGHT_HEADERS):
        raise bad_request("A GET request needs the header `GraphQL-Require-Preflight: 1`.")


def _unsupported(message: str) -> Rejected:
    return Rejected(415, ErrorCode.BAD_REQUEST, message, {"Accept-Post": media.JSON})


def _wrong_method() -> Rejected:
    allowed = {"Allow": "GET, HEAD, POST"}
    return Rejected(405, ErrorCode.BAD_REQUEST, "Send a POST, or a query by GET.", allowed)


def _not_acceptable() -> Rejected:
    types = f"{media.GRAPHQL_RESPONSE}, {media.JSON} or {media.EVENT_STREAM}"
    return Rejected(406, ErrorCode.BAD_REQUEST, f"Accept {types}: nothing else is made here.")
