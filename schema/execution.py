"""Running operations: from a request to the bytes of its answer, on every door alike."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson
import structlog
from graphql import Executor, GraphQLError, GraphQLSchema, OperationType

from schema.answers import (
    answered,
    executed,
    plain,
    refusal,
    request_error,
    stack_of,
    unexecuted,
)
from schema.context import Context
from schema.engine.compiler import Compiler, Request
from schema.engine.documents import Document, Documents, Refused, name_of
from schema.engine.executor import RowExecutor
from schema.subscribing import Subscriptions
from server.domain.viewer import Viewer
from server.errors import CodedError, ErrorCode
from server.operation import Answer, Operation, Refusal, Stream

log = structlog.get_logger()

_LASTING = frozenset({ErrorCode.UNAVAILABLE, ErrorCode.TIMEOUT})
"""Our own trouble, which asking again at once only adds to."""


@dataclass(frozen=True, slots=True)
class Operations:
    """The executor that doors are given."""

    schema: GraphQLSchema
    documents: Documents
    context: Callable[[Viewer], Context]
    compiler: Compiler
    subscriptions: Subscriptions
    strict: bool = False
    """Whether a fault of the compiler is raised, and not left to the resolvers: for tests."""

    async def __call__(
        self, operation: Operation, viewer: Viewer, *, queries_only: bool, streams: bool
    ) -> Answer | Refusal | Stream:
        """Run one operation for a viewer."""
        document = self.documents.read(operation.query)
        if isinstance(document, Refused):
            return refusal(document)
        node = document.operation(operation.operation_name)
        if node is None:
            return request_error("Say which operation to run: operationName names none, or many.")
        kind, price = node.operation, document.prices[name_of(node)]
        if misplaced := _misplaced(kind, queries_only=queries_only, streams=streams):
            return misplaced
        cost = price.of(operation.variables)
        if cost > self.documents.limits.cost:
            return refusal(self.documents.too_dear(price, operation.variables))
        if kind is OperationType.SUBSCRIPTION:
            return await self.subscriptions(document, operation, viewer)
        found = None
        if kind is OperationType.QUERY:
            found = await self.compiled(document, operation, viewer)
        found = found or await self.resolved(document, operation, viewer)
        return Answer(found.body, found.partial, cost) if isinstance(found, Answer) else found

    async def resolved(
        self, document: Document, operation: Operation, viewer: Viewer
    ) -> Answer | Refusal:
        """The answer of the resolvers, errors included."""
        executor = self._executor(document, operation, viewer)
        if isinstance(executor, list):
            return unexecuted(executor)
        return answered(await executed(executor))

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
            error = plain(GraphQLError(trouble.message), trouble.message, trouble.code)
            if trouble.code is ErrorCode.UNAVAILABLE:
                return Refusal(orjson.dumps([error]), unavailable=True)
            return Answer(orjson.dumps({"errors": [error], "data": None}), partial=True)
        except Exception as fault:
            if self.strict:
                raise
            log.warning("a compiled statement failed", stack=stack_of(fault))
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


def _misplaced(kind: OperationType, *, queries_only: bool, streams: bool) -> Refusal | None:
    """The refusal of an operation that is not for the door it came through."""
    if kind is OperationType.MUTATION and queries_only:
        return request_error("Send a mutation by POST.", misplaced=True)
    if kind is OperationType.SUBSCRIPTION and not streams:
        message = "Subscribe over a WebSocket (graphql-transport-ws) at this path."
        return request_error(message, misplaced=True)
    return None
