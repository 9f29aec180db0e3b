"""Running operations: from a request to the bytes of its answer, on every door alike."""

import asyncio
import traceback
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any
from uuid import uuid4

import orjson
import structlog
from graphql import (
    ExecutionResult,
    Executor,
    GraphQLError,
    GraphQLSchema,
    OperationType,
    create_source_event_stream,
)

from schema.context import RETRY_SECONDS, Context
from schema.engine import errors as engine
from schema.engine.compiler import Compiler, Request
from schema.engine.documents import Document, Documents, Refused
from schema.engine.executor import RowExecutor
from server.domain.viewer import Viewer
from server.errors import CodedError, ErrorCode, Unavailable
from server.operation import Answer, Operation, Refusal, Stream

log = structlog.get_logger()

_ENGINE_CODES: Mapping[type[engine.EngineError], ErrorCode] = {
    engine.BadCursor: ErrorCode.BAD_CURSOR,
    engine.BadId: ErrorCode.BAD_ID,
    engine.BadPage: ErrorCode.INVALID,
    engine.BadLookup: ErrorCode.INVALID,
    engine.TooMany: ErrorCode.TOO_MANY,
}

_LASTING = frozenset({ErrorCode.UNAVAILABLE, ErrorCode.TIMEOUT})
"""Our own trouble, which asking again at once only adds to."""


@dataclass(frozen=True, slots=True)
class Operations:
    """The executor that doors are given."""

    schema: GraphQLSchema
    documents: Documents
    context: Callable[[Viewer], Context]
    compiler: Compiler
    strict: bool = False
    """Whether a fault of the compiler is raised, and not left to the resolvers: for tests."""

    async def __call__(
        self, operation: Operation, viewer: Viewer, *, queries_only: bool, streams: bool
    ) -> Answer | Refusal | Stream:
        """Run one operation for a viewer."""
        document = self.documents.read(operation.query)
        if isinstance(document, Refused):
            return _refusal(document)
        node = document.operation(operation.operation_name)
        if node is None:
            return _request_error("Say which operation to run: operationName names none, or many.")
        kind = node.operation
        if kind is OperationType.MUTATION and queries_only:
            return _request_error("Send a mutation by POST.", misplaced=True)
        if kind is OperationType.SUBSCRIPTION and not streams:
            message = "Subscribe over a WebSocket (graphql-transport-ws) at this path."
            return _request_error(message, misplaced=True)
        if kind is OperationType.QUERY:
            answered = await self.compiled(document, operation, viewer)
            if answered:
                return answered
        if kind is OperationType.SUBSCRIPTION:
            return await self._subscribe(document, operation, viewer)
        return await self.resolved(document, operation, viewer)

    async def resolved(
        self, document: Document, operation: Operation, viewer: Viewer
    ) -> Answer | Refusal:
        """The answer of the resolvers, errors included."""
        executor = self._executor(document, operation, viewer)
        if isinstance(executor, list):
            return _unexecuted(executor)
        return _answered(await _executed(executor))

    async def compiled(
        self, document: Document, operation: Operation, viewer: Viewer
    ) -> Answer | Refusal | None:
        """The answer of one statement; None where the resolvers have to give it."""
        request = Request(document, operation.operation_name, operation.variables)
        try:
            body = await self.compiler.answer(request, self.context(viewer))
        except GraphQLError:
            return None  # An argument that its variable does not fit: resolvers tell the place.
        except CodedError as trouble:
            if trouble.code not in _LASTING:
                return None
            # The resolvers would only wait for the same trouble again.
            error = _plain(GraphQLError(trouble.message), trouble.message, trouble.code)
            if trouble.code is ErrorCode.UNAVAILABLE:
                return Refusal(orjson.dumps([error]), unavailable=True)
            return Answer(orjson.dumps({"errors": [error], "data": None}), partial=True)
        except Exception as fault:
            if self.strict:
                raise
            log.warning("a compiled statement failed", stack=_stack(fault))
            return None
        return None if body is None else Answer(body)

    def _executor(
        self, document: Document, operation: Operation, viewer: Viewer
    ) -> Executor[Any] | list[GraphQLError]:
        """What will run the operation, or what is wrong with its variables."""
        return RowExecutor.build(
            self.schema,
            document.node,
            context_value=self.context(viewer),
            raw_variable_values=dict(operation.variables),
            operation_name=operation.operation_name,
        )

    async def _subscribe(
        self, document: Document, operation: Operation, viewer: Viewer
    ) -> Refusal | Stream:
        executor = self._executor(document, operation, viewer)
        if isinstance(executor, list):
            return _unexecuted(executor)
        stream: Any = create_source_event_stream(executor)
        if isawaitable(stream):
            stream = await stream
        if isinstance(stream, ExecutionResult):
            return _unexecuted(stream.errors or [])
        return Stream(self._events(stream, executor, viewer))

    async def _events(
        self, stream: Any, executor: Executor[Any], viewer: Viewer
    ) -> AsyncGenerator[bytes, None]:
        """One execution for each event, each with loaders of its own."""
        try:
            async for event in stream:
                yield _body(await self._event(event, executor, viewer))
        finally:
            await stream.aclose()

    async def _event(
        self, event: object, executor: Executor[Any], viewer: Viewer
    ) -> ExecutionResult:
        """The answer to one event. While the database is away it waits: no event is lost."""
        while True:
            of_event = executor.build_per_event_executor(event)
            of_event.context_value = self.context(viewer)
            result = await _executed(of_event)
            errors = result.errors or []
            if not any(isinstance(error.original_error, Unavailable) for error in errors):
                return result
            await asyncio.sleep(RETRY_SECONDS)


async def _executed(executor: Executor[Any]) -> ExecutionResult:
    # A subscription's events are executed like queries: all fields at once.
    serially = executor.operation.operation is OperationType.MUTATION
    result: Any = executor.execute_operation(serially)
    return result if isinstance(result, ExecutionResult) else await result


def _answered(result: ExecutionResult) -> Answer | Refusal:
    errors = result.errors or []
    nothing = not any((result.data or {}).values())
    if nothing and errors and all(isinstance(each.original_error, Unavailable) for each in errors):
        return _unexecuted(errors)
    if result.data is None and errors and all(not error.path for error in errors):
        return _unexecuted(errors)
    return Answer(_body(result), partial=bool(result.errors))


def _unexecuted(errors: Sequence[GraphQLError]) -> Refusal:
    unavailable = any(isinstance(error.original_error, Unavailable) for error in errors)
    return Refusal(orjson.dumps([_formatted(error) for error in errors]), unavailable=unavailable)


def _body(result: ExecutionResult) -> bytes:
    body: dict[str, object] = {}
    if result.errors:
        body["errors"] = [_formatted(error) for error in result.errors]
    body["data"] = result.data
    return orjson.dumps(body)


def _refusal(refused: Refused) -> Refusal:
    code = ErrorCode.PARSE_FAILED if refused.syntax else ErrorCode.VALIDATION_FAILED
    code = ErrorCode.TOO_MANY if refused.too_large else code
    return Refusal(orjson.dumps([_plain(error, error.message, code) for error in refused.errors]))


def _request_error(message: str, *, misplaced: bool = False) -> Refusal:
    error = _plain(GraphQLError(message), message, ErrorCode.BAD_REQUEST)
    return Refusal(orjson.dumps([error]), misplaced=misplaced)


def _formatted(error: GraphQLError) -> dict[str, object]:
    """An error as a client may see it: coded, and masked where it is none of ours."""
    cause = error.original_error
    if isinstance(cause, CodedError):
        return _plain(error, cause.message, cause.code)
    if isinstance(cause, engine.EngineError):
        return _plain(error, str(cause), _ENGINE_CODES.get(type(cause), ErrorCode.INVALID))
    if cause is None or not error.path:
        return _plain(error, error.message, ErrorCode.VALIDATION_FAILED)
    if isinstance(cause, GraphQLError) and cause.nodes:
        # Raised for a place of the document: an argument that its variable does not fit.
        return _plain(error, error.message, ErrorCode.VALIDATION_FAILED)
    return _masked(error, cause)


def _masked(error: GraphQLError, cause: Exception) -> dict[str, object]:
    error_id = uuid4().hex
    # Not exc_info: renderers may add the locals of frames, and with them texts and secrets.
    stack = _stack(cause)
    log.error("operation failed", error_id=error_id, path=error.path, stack=stack)
    message = "A fault of the server. Quote the id when you report it."
    shown = _plain(error, message, ErrorCode.INTERNAL)
    return {**shown, "extensions": {"code": ErrorCode.INTERNAL.value, "id": error_id}}


def _plain(error: GraphQLError, message: str, code: ErrorCode) -> dict[str, object]:
    shown: dict[str, object] = {"message": message}
    if error.locations:
        shown["locations"] = [
            {"line": place.line, "column": place.column} for place in error.locations
        ]
    if error.path:
        shown["path"] = list(error.path)
    return {**shown, "extensions": {"code": code.value}}


def _stack(fault: BaseException) -> str:
    """Where a fault arose, without its message, which may quote a text or a secret."""
    return "".join(traceback.format_tb(fault.__traceback__)) + type(fault).__name__
