"""Subscribing: from a subscription to its group of followers, and from events to results."""

import asyncio
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from inspect import isawaitable
from typing import Any

import orjson
from graphql import (
    ExecutionResult,
    Executor,
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    VariableNode,
    create_source_event_stream,
)

from schema.answers import body_of, executed, faults, unexecuted
from schema.context import Context
from schema.engine.arguments import parts
from schema.engine.documents import Document
from schema.engine.executor import RowExecutor
from schema.live import check_cursor
from schema.sharing import is_shared
from server.domain.viewer import Viewer
from server.errors import CodedError, Unavailable
from server.live.hub import Hub
from server.live.script import Script
from server.operation import Operation, Refusal, Stream

CURSOR = "after"
"""The argument of a subscription by which clients resume."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What is known of a subscription whatever its variables are.

    `cursor` is the variable that holds its cursor, and nothing else. `fixed` says that there is
    a cursor which no variable holds. `shared` says that its results hang on nothing but the
    document, the variables and the viewer's scopes.
    """

    cursor: str | None
    fixed: bool
    shared: bool


@dataclass(frozen=True, slots=True)
class Subscriptions:
    """Joins each subscription to the group of those who are told the same."""

    schema: GraphQLSchema
    context: Callable[[Viewer], Context]
    hub: Hub

    async def __call__(
        self, document: Document, operation: Operation, viewer: Viewer
    ) -> Refusal | Stream:
        """The stream of a subscription, or why there is none."""
        shape = self._shape(document, operation.operation_name)
        key = _key(shape, document, operation, viewer)
        try:
            return self._joined(shape, key, operation) or await self._begun(
                key, document, operation, viewer
            )
        except CodedError as error:
            return unexecuted([GraphQLError(error.message, original_error=error)])

    def _joined(self, shape: Shape, key: Hashable, operation: Operation) -> Stream | None:
        """The stream of a group that runs, for a cursor that is plainly good."""
        group = self.hub.group(key)
        if group is None or group.end or shape.fixed:
            return None
        if not group.resumes:
            return Stream(partial(self.hub.rejoin, key, group, None))
        after: object = operation.resume_after
        if after is None and shape.cursor:
            after = operation.variables.get(shape.cursor)
        if after is None:
            after = 0
        plain = type(after) is int and 0 <= after <= group.head
        if not plain:
            return None
        return Stream(partial(self.hub.rejoin, key, group, after))  # type: ignore[arg-type]

    async def _begun(
        self, key: Hashable, document: Document, operation: Operation, viewer: Viewer
    ) -> Refusal | Stream:
        """The stream of a group that may have to be begun: the resolver says what it follows."""
        executor = RowExecutor.build(
            self.schema,
            document.node,
            context_value=self.context(viewer),
            raw_variable_values=dict(operation.variables),
            operation_name=operation.operation_name,
        )
        if isinstance(executor, list):
            return unexecuted(executor)
        script: Any = create_source_event_stream(executor)
        if isawaitable(script):
            script = await script
        if isinstance(script, ExecutionResult):
            return unexecuted(script.errors or [])
        script = _resumed(script, operation.resume_after)
        encode = Encoder(executor, partial(self.context, viewer))
        return Stream(partial(self.hub.follow, key, script, encode))

    def _shape(self, document: Document, name: str | None) -> Shape:
        kept = ("subscription", name)
        if kept not in document.kept:
            document.kept[kept] = _shape_of(self.schema, document, name)
        shape: Shape = document.kept[kept]
        return shape


def _resumed(script: Script, after: int | None) -> Script:
    """A script from where the client says that it is."""
    if after is None or script.after is None:
        return script
    check_cursor(after, script.head)
    return replace(script, after=after)


def _key(shape: Shape, document: Document, operation: Operation, viewer: Viewer) -> Hashable:
    """What two subscriptions must have in common to be told the same."""
    others = {name: value for name, value in operation.variables.items() if name != shape.cursor}
    variables = orjson.dumps(others, option=orjson.OPT_SORT_KEYS)
    sight: Hashable = viewer.scopes if shape.shared else viewer
    return (document, operation.operation_name, variables, sight)


def _shape_of(schema: GraphQLSchema, document: Document, name: str | None) -> Shape:
    operation = document.operation(name)
    if operation is None:
        return Shape(None, fixed=False, shared=False)
    cursor, fixed = None, False
    for node in _cursors(operation):
        if isinstance(node, VariableNode) and _uses(document, node.name.value) == 1:
            cursor = node.name.value
        else:
            fixed = True
    if cursor and any(
        each.variable.name.value == cursor and each.default_value
        for each in operation.variable_definitions or ()
    ):
        cursor, fixed = None, True
    return Shape(cursor, fixed, is_shared(schema, document, operation))


def _cursors(operation: OperationDefinitionNode) -> Iterator[Any]:
    for field in operation.selection_set.selections:
        for argument in (field.arguments or ()) if isinstance(field, FieldNode) else ():
            if argument.name.value == CURSOR:
                yield argument.value


def _uses(document: Document, variable: str) -> int:
    """How often a document uses a variable, besides declaring it."""

    def count(node: Any) -> int:
        if isinstance(node, VariableNode):
            return int(node.name.value == variable)
        return sum(map(count, parts(node)))

    declared = sum(
        each.variable.name.value == variable
        for operation in document.operations.values()
        for each in operation.variable_definitions or ()
    )
    return count(document.node) - declared


@dataclass(frozen=True, slots=True)
class Encoder:
    """Executes the events of one group, as the viewer sees them who began it."""

    executor: Executor[Any]
    context: Callable[[], Context]

    async def __call__(self, events: Sequence[Any], /) -> Sequence[bytes]:
        """The JSON of each event's result; what they lead to is read together, and anew.

        Raises:
            Unavailable: the database is away.
        """
        context = self.context()
        if len(events) == 1:
            return [await self._encoded(events[0], context)]
        return await asyncio.gather(*(self._encoded(event, context) for event in events))

    async def _encoded(self, event: Any, context: Context) -> bytes:
        of_event = self.executor.build_per_event_executor(event)
        of_event.context_value = context
        result = await executed(of_event)
        for error in result.errors or ():
            if isinstance(error.original_error, Unavailable):
                raise error.original_error
        return body_of(result)

    def errors(self, fault: Exception) -> bytes:
        """A fault as a client may see it."""
        return faults(fault)
