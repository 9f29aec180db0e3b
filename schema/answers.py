"""Answers: what executing gave, as the bytes of a body and the coded errors in it."""

import traceback
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

import orjson
import structlog
from graphql import ExecutionResult, Executor, GraphQLError, OperationType

from schema.engine import errors as engine
from schema.engine.documents import Refused
from server.errors import CodedError, ErrorCode, Unavailable
from server.operation import Answer, Refusal

log = structlog.get_logger()

_ENGINE_CODES: Mapping[type[engine.EngineError], ErrorCode] = {
    engine.BadCursor: ErrorCode.BAD_CURSOR,
    engine.BadId: ErrorCode.BAD_ID,
    engine.BadPage: ErrorCode.INVALID,
    engine.BadLookup: ErrorCode.INVALID,
    engine.BadReference: ErrorCode.INVALID,
    engine.TooMany: ErrorCode.TOO_MANY,
}


async def executed(executor: Executor[Any]) -> ExecutionResult:
    # A subscription's events are executed like queries: all fields at once.
    serially = executor.operation.operation is OperationType.MUTATION
    result: Any = executor.execute_operation(serially)
    return result if isinstance(result, ExecutionResult) else await result


def answered(result: ExecutionResult) -> Answer | Refusal:
    errors = result.errors or []
    nothing = not any((result.data or {}).values())
    if nothing and errors and all(isinstance(each.original_error, Unavailable) for each in errors):
        return unexecuted(errors)
    if result.data is None and errors and all(not error.path for error in errors):
        return unexecuted(errors)
    return Answer(body_of(result), partial=bool(result.errors))


def unexecuted(errors: Sequence[GraphQLError]) -> Refusal:
    unavailable = any(isinstance(error.original_error, Unavailable) for error in errors)
    return Refusal(orjson.dumps([formatted(error) for error in errors]), unavailable=unavailable)


def body_of(result: ExecutionResult) -> bytes:
    body: dict[str, object] = {}
    if result.errors:
        body["errors"] = [formatted(error) for error in result.errors]
    body["data"] = result.data
    return orjson.dumps(body)


def refusal(refused: Refused) -> Refusal:
    code = ErrorCode.PARSE_FAILED if refused.syntax else ErrorCode.VALIDATION_FAILED
    code = ErrorCode.TOO_MANY if refused.too_large else code
    return Refusal(orjson.dumps([plain(error, error.message, code) for error in refused.errors]))


def request_error(message: str, *, misplaced: bool = False) -> Refusal:
    error = plain(GraphQLError(message), message, ErrorCode.BAD_REQUEST)
    return Refusal(orjson.dumps([error]), misplaced=misplaced)


def formatted(error: GraphQLError) -> dict[str, object]:
    """An error as a client may see it: coded, and masked where it is none of ours."""
    cause = error.original_error
    if isinstance(cause, CodedError):
        return plain(error, cause.message, cause.code)
    if isinstance(cause, engine.EngineError):
        return plain(error, str(cause), _ENGINE_CODES.get(type(cause), ErrorCode.INVALID))
    if cause is None or not error.path:
        return plain(error, error.message, ErrorCode.VALIDATION_FAILED)
    if isinstance(cause, GraphQLError) and cause.nodes:
        # Raised for a place of the document: an argument that its variable does not fit.
        return plain(error, error.message, ErrorCode.VALIDATION_FAILED)
    return _masked(error, cause)


def _masked(error: GraphQLError, cause: Exception) -> dict[str, object]:
    error_id = uuid4().hex
    # Not exc_info: renderers may add the locals of frames, and with them texts and secrets.
    stack = stack_of(cause)
    log.error("operation failed", error_id=error_id, path=error.path, stack=stack)
    message = "A fault of the server. Quote the id when you report it."
    shown = plain(error, message, ErrorCode.INTERNAL)
    return {**shown, "extensions": {"code": ErrorCode.INTERNAL.value, "id": error_id}}


def faults(fault: Exception) -> bytes:
    """A fault outside of any field, as the JSON list of errors that a client may see."""
    if isinstance(fault, CodedError):
        return orjson.dumps([plain(GraphQLError(fault.message), fault.message, fault.code)])
    return orjson.dumps([_masked(GraphQLError(""), fault)])


def plain(error: GraphQLError, message: str, code: ErrorCode) -> dict[str, object]:
    shown: dict[str, object] = {"message": message}
    if error.locations:
        shown["locations"] = [
            {"line": place.line, "column": place.column} for place in error.locations
        ]
    if error.path:
        shown["path"] = list(error.path)
    return {**shown, "extensions": {"code": code.value}}


def stack_of(fault: BaseException) -> str:
    """Where a fault arose, without its message, which may quote a text or a secret."""
    return "".join(traceback.format_tb(fault.__traceback__)) + type(fault).__name__
