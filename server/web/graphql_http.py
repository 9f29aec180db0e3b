"""GraphQL over HTTP, as its draft specification has it, and the page a browser gets instead.

https://graphql.github.io/graphql-over-http/draft/
"""

from collections.abc import Callable
from typing import Final, assert_never

from starlette.requests import Request
from starlette.responses import Response

from server.errors import CodedError, ErrorCode
from server.operation import Answer, Operation, Refusal, Stream
from server.web import media, parameters
from server.web.authentication import bearer_token
from server.web.bodies import MEBIBYTE, Bodies
from server.web.ports import Authorise, Execute
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
_PREFLIGHT_HEADERS = ("graphql-require-preflight", "apollo-require-preflight", "x-requested-with")

Page = Callable[[Request], Response]


class GraphQLOverHTTP:
    """The door for one operation a request: POST, or GET for queries."""

    def __init__(
        self, *, execute: Execute, authorise: Authorise, page: Page, bodies: Bodies
    ) -> None:
        self._execute = execute
        self._authorise = authorise
        self._page = page
        self._bodies = bodies

    async def handle(self, request: Request) -> Response:
        """Answer a GET, HEAD or POST; every refusal is JSON with a code."""
        response = await self._respond(request)
        response.headers["Vary"] = "Accept"
        return response

    async def _respond(self, request: Request) -> Response:
        if _wants_page(request):
            return self._page(request)
        media_type = media.negotiate(_joined(request, "accept"))
        if media_type is None:
            return error_response(_not_acceptable())
        try:
            return await self._answer(request, media_type)
        except CodedError as error:
            return error_response(error, media_type)

    async def _answer(self, request: Request, media_type: str) -> Response:
        posted = request.method == "POST"
        (_require_json if posted else _require_preflight)(request)
        token = bearer_token(_raw_values(request, b"authorization"))
        viewer = await self._authorise(token)
        operation = await (self._posted(request) if posted else _in_url(request))
        outcome = await self._execute(operation, viewer, queries_only=not posted, streams=False)
        match outcome:
            case Answer():
                return _answered(outcome, media_type)
            case Refusal():
                return _refused(outcome, media_type, posted=posted)
            case Stream():
                await outcome.events.aclose()
                raise bad_request("Subscriptions run over WebSocket: graphql-transport-ws.")
            case _:
                assert_never(outcome)

    async def _posted(self, request: Request) -> Operation:
        return parameters.from_json(await self._bodies.read(request, MAX_BODY_BYTES))


async def _in_url(request: Request) -> Operation:
    return parameters.from_query_string(request.scope["query_string"])


def _answered(answer: Answer, media_type: str) -> Response:
    partial = answer.partial and media_type == media.GRAPHQL_RESPONSE
    return json_response(answer.body, PARTIAL_SUCCESS if partial else 200, None, media_type)


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


def _wants_page(request: Request) -> bool:
    return (
        request.method in {"GET", "HEAD"}
        and "query" not in request.query_params
        and media.accepts_html(_joined(request, "accept"))
    )


def _require_json(request: Request) -> None:
    values = request.headers.getlist("content-type")
    sent = media.parse(values[0]) if len(values) == 1 else None
    if sent is None or sent.name != media.JSON or not sent.is_utf8:
        raise _unsupported("Send the body as `Content-Type: application/json` in UTF-8.")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise _unsupported("Send the body without a Content-Encoding.")


def _require_preflight(request: Request) -> None:
    content_type = media.parse(request.headers.get("content-type", ""))
    if content_type is not None and content_type.name == media.JSON:
        return
    if not any(name in request.headers for name in _PREFLIGHT_HEADERS):
        raise bad_request("A GET request needs the header `GraphQL-Require-Preflight: 1`.")


def _unsupported(message: str) -> Rejected:
    return Rejected(415, ErrorCode.BAD_REQUEST, message, {"Accept-Post": media.JSON})


def _not_acceptable() -> Rejected:
    types = f"{media.GRAPHQL_RESPONSE} or {media.JSON}"
    return Rejected(406, ErrorCode.BAD_REQUEST, f"Accept {types}: nothing else is made here.")


def _joined(request: Request, name: str) -> str | None:
    values = request.headers.getlist(name)
    return ",".join(values) if values else None


def _raw_values(request: Request, name: bytes) -> list[bytes]:
    return [value for key, value in request.scope["headers"] if key == name]
