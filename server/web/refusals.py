"""How a door says no: the status, the headers and the JSON of every error.

The body is that of GraphQL on every path, webhooks and health included:
`{"errors": [{"message": …, "extensions": {"code": …}}]}`.
"""

import traceback
from collections.abc import Mapping
from typing import Final
from uuid import uuid4

import orjson
import structlog
from starlette.responses import Response

from server.errors import CodedError, ErrorCode, Problem, Refused

JSON: Final = "application/json"
RETRY_AFTER_SECONDS: Final = 5
_MAX_WORDS: Final = 500

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)

STATUS: Final[Mapping[ErrorCode, int]] = {
    ErrorCode.INVALID: 400,
    ErrorCode.NOT_FOUND: 404,
    ErrorCode.CONFLICT: 409,
    ErrorCode.FORBIDDEN: 403,
    ErrorCode.UNAUTHENTICATED: 401,
    ErrorCode.TOO_MANY: 413,
    ErrorCode.BAD_REQUEST: 400,
    ErrorCode.PARSE_FAILED: 400,
    ErrorCode.VALIDATION_FAILED: 400,
    ErrorCode.BAD_CURSOR: 400,
    ErrorCode.BAD_ID: 400,
    ErrorCode.AHEAD_OF_FEED: 400,
    ErrorCode.MERGED: 410,
    ErrorCode.TIMEOUT: 503,
    ErrorCode.UNAVAILABLE: 503,
    ErrorCode.INTERNAL: 500,
}


class Rejected(CodedError):
    """A request refused with an HTTP status that its code alone does not tell."""

    def __init__(
        self,
        status: int,
        code: ErrorCode,
        message: str,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message, code)
        self.status = status
        self.headers = headers or {}


class Masked(CodedError):
    """An exception nobody expected, as the client sees it: an id that the log knows too."""

    code = ErrorCode.INTERNAL

    def __init__(self, error_id: str) -> None:
        super().__init__(f"The server failed. Quote the error id {error_id} when you report it.")
        self.error_id = error_id


def bad_request(message: str) -> CodedError:
    """Make the refusal of a request that cannot be read, to be raised."""
    return CodedError(message, ErrorCode.BAD_REQUEST)


def mask(fault: Exception, door: str, *, quote: bool = True) -> Masked:
    """Log an unexpected exception under a new id and make what the client may see of it.

    The log gets the stack without its variables, which hold bodies and tokens. `quote=False`
    keeps the exception's own words out as well, where they may repeat what came in.
    """
    masked = Masked(uuid4().hex)
    root = _root(fault)
    _log.error(
        "unexpected exception",
        door=door,
        error_id=masked.error_id,
        kind=type(root).__qualname__,
        words=str(root)[:_MAX_WORDS] if quote else None,
        stack="".join(traceback.format_tb(root.__traceback__)),
    )
    return masked


def errors_json(error: CodedError) -> bytes:
    """The JSON list of an error: one member, or one for each problem of a `Refused`."""
    if isinstance(error, Refused):
        return orjson.dumps([_member(problem.message, _of(problem)) for problem in error.problems])
    extensions: dict[str, object] = {"code": str(error.code)}
    if isinstance(error, Masked):
        extensions["id"] = error.error_id
    return orjson.dumps([_member(error.message, extensions)])


def error_body(errors: bytes) -> bytes:
    """The body around a JSON list of errors."""
    return b'{"errors":' + errors + b"}"


def error_response(error: CodedError, media_type: str = JSON) -> Response:
    """The response that tells a client of `error`."""
    headers = dict(error.headers) if isinstance(error, Rejected) else _headers(error.code)
    status = error.status if isinstance(error, Rejected) else STATUS[error.code]
    return json_response(error_body(errors_json(error)), status, headers, media_type)


def json_response(
    body: bytes, status: int, headers: Mapping[str, str] | None = None, media_type: str = JSON
) -> Response:
    """A response of JSON that is encoded already."""
    content_type = f"{media_type}; charset=utf-8"
    return Response(body, status, {**(headers or {}), "Content-Type": content_type})


def _root(fault: BaseException) -> BaseException:
    """What really happened: a task group wraps the exception of its task."""
    while isinstance(fault, BaseExceptionGroup):
        fault = fault.exceptions[0]
    return fault


def _headers(code: ErrorCode) -> dict[str, str]:
    match STATUS[code]:
        case 401:
            return {"WWW-Authenticate": "Bearer"}
        case 503:
            return {"Retry-After": str(RETRY_AFTER_SECONDS)}
        case _:
            return {}


def _of(problem: Problem) -> dict[str, object]:
    code = str(problem.code)
    return {"code": code, "field": problem.field} if problem.field else {"code": code}


def _member(message: str, extensions: dict[str, object]) -> dict[str, object]:
    # A message may quote what came in, and a lone surrogate of it would not encode.
    readable = message.encode("utf-8", "replace").decode()
    return {"message": readable, "extensions": extensions}
