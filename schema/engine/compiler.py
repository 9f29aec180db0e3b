"""The compiler: an operation answered by one statement, whose JSON is the answer.

It only gives answers without errors. Whatever it cannot give, an operation that needs Python, an
argument that is not allowed, a null where none is promised, is left to the resolvers.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import strawberry
from graphql import GraphQLSchema, OperationType
from graphql.execution import Executor, VariableValues, get_variable_values
from strawberry.types.arguments import convert_arguments

from schema.engine.documents import Document
from schema.engine.errors import EngineError
from schema.engine.plan import Asked, Plan, Planner, UncompilableError, directive_variables
from schema.engine.roots import NodesField, node_types
from schema.engine.row import Ask, RowField
from schema.engine.source import Reading
from schema.engine.sql import Builder, Compiled
from schema.engine.sql_json import NULL_MARK

SHAPES_KEPT = 100
"""How many statements are kept for one plan: one for each shape of its variables."""


@dataclass(slots=True)
class Tally:
    """How many operations were compiled, and how many were left to the resolvers."""

    compiled: int = 0
    left: int = 0


@dataclass(frozen=True, slots=True)
class Request:
    """One operation to be answered: which of a document's, for which variables."""

    document: Document
    operation_name: str | None
    variables: Mapping[str, Any]


@dataclass(slots=True)
class Known:
    """What is known of one operation of a document, whatever its variables are."""

    executor: Executor[Any]
    steering: Sequence[str]
    plans: dict[Hashable, "Shapes | None"] = field(default_factory=dict)


@dataclass(slots=True)
class Shapes:
    """A plan, and its statements by the shape of its arguments."""

    plan: Plan
    statements: OrderedDict[Hashable, Compiled | None] = field(default_factory=OrderedDict)


@dataclass(slots=True)
class Compiler:
    """Compiles the operations of one schema.

    `explain` is given the text of each statement that is made, where somebody wants to see it.
    """

    schema: strawberry.Schema
    core: GraphQLSchema
    explain: Callable[[Compiled], None] | None = None
    tally: Tally = field(default_factory=Tally)

    async def answer(self, request: Request, context: Any) -> bytes | None:
        """The JSON of an answer, `{"data": …}`; None where the resolvers have to give it."""
        answered = await self._answer(request, context)
        if answered is None:
            self.tally.left += 1
        else:
            self.tally.compiled += 1
        return answered

    async def _answer(self, request: Request, context: Any) -> bytes | None:
        try:
            found = self.compiled(request)
        except EngineError:
            return None
        if found is None or not allowed(found.plan, found.asks, context):
            return None
        reading: Reading = context.reading
        (row,) = await reading.fetch(found.compiled.statement, **found.binds)
        return written(found.plan, row)

    def compiled(self, request: Request) -> "Found | None":
        """The statement of a request and the values of its binds; None where there is none.

        Raises:
            EngineError: an argument is not allowed.
        """
        known = self._known(request)
        if known is None:
            return None
        variables = self._coerced(known, request.variables)
        if variables is None:
            return None
        shapes = self._shapes(known, variables)
        if shapes is None:
            return None
        asks = [asked.ask(variables) for asked in shapes.plan.asked]
        compiled = self.kept(shapes, asks, lambda: Builder(asks).build(shapes.plan))
        if compiled is None:
            return None
        binds = {name: asks[n].binds[own] for name, (n, own) in compiled.binds.items()}
        return Found(shapes.plan, asks, compiled, binds)

    def _known(self, request: Request) -> Known | None:
        kept = request.document.kept
        if request.operation_name not in kept:
            executor = Executor.build(
                self.core,
                request.document.node,
                raw_variable_values=dict(request.variables),
                operation_name=request.operation_name,
            )
            if isinstance(executor, list):
                return None
            steering = directive_variables(request.document.node)
            query = executor.operation.operation is OperationType.QUERY
            kept[request.operation_name] = Known(executor, steering) if query else None
        known: Known | None = kept[request.operation_name]
        return known

    def _coerced(self, known: Known, raw: Mapping[str, Any]) -> VariableValues | None:
        definitions = known.executor.operation.variable_definitions or ()
        found = get_variable_values(self.core, definitions, dict(raw))
        return None if isinstance(found, list) else found

    def _shapes(self, known: Known, variables: VariableValues) -> Shapes | None:
        key = tuple(variables.coerced.get(name) for name in known.steering)
        if key not in known.plans:
            if len(known.plans) >= SHAPES_KEPT:
                known.plans.clear()
            known.executor.variable_values = variables
            known.plans[key] = self._planned(known.executor)
        return known.plans[key]

    def _planned(self, executor: Executor[Any]) -> Shapes | None:
        try:
            return Shapes(Planner(self.core, executor, self.converted).plan())
        except (UncompilableError, EngineError):
            return None

    def converted(self, values: Mapping[str, Any], declared: RowField) -> Mapping[str, Any]:
        """GraphQL's arguments of a field as the Python values that its resolver would get."""
        converter = self.schema.schema_converter
        return convert_arguments(
            dict(values),
            declared.arguments,
            scalar_registry=converter.scalar_registry,
            config=converter.config,
        )

    def kept(
        self, shapes: Shapes, asks: Sequence[Ask], build: Callable[[], Compiled]
    ) -> Compiled | None:
        """The statement of a plan for arguments of one shape, built once."""
        key = tuple(ask.shape for ask in asks)
        if key not in shapes.statements:
            shapes.statements[key] = self._built(build)
            if len(shapes.statements) > SHAPES_KEPT:
                shapes.statements.popitem(last=False)
        shapes.statements.move_to_end(key)
        return shapes.statements[key]

    def _built(self, build: Callable[[], Compiled]) -> Compiled | None:
        try:
            built = build()
        except UncompilableError:
            return None
        if self.explain:
            self.explain(built)
        return built


@dataclass(frozen=True, slots=True)
class Found:
    """A statement for one request, with all that it takes to run it."""

    plan: Plan
    asks: Sequence[Ask]
    compiled: Compiled
    binds: Mapping[str, Any]


def allowed(plan: Plan, asks: Sequence[Ask], context: Any) -> bool:
    """Whether the viewer may enter at every root; if not, the resolvers say so."""
    try:
        for root in plan.roots:
            for target in _targets(root.declared, root.asked, asks):
                if target.allow:
                    target.allow(context)
    except Exception:  # noqa: BLE001  # whatever the host raises, it will raise it again
        return False
    return True


def _targets(declared: RowField | None, asked: Asked | None, asks: Sequence[Ask]) -> Sequence[Any]:
    if declared is None:
        return ()
    if isinstance(declared, NodesField) and asked is not None:
        shape: Any = asks[asked.position].shape
        return [node_types()[prefix] for prefix in shape if prefix]
    return [declared.target]  # type: ignore[attr-defined]  # every other root leads to one type


def written(plan: Plan, row: Any) -> bytes | None:
    """The answer's JSON from the values of its roots; None where it holds a null too many."""
    parts = []
    for index, root in enumerate(plan.roots):
        value: bytes = row[f"r{index}"] or b"null"
        if NULL_MARK in value:
            return None
        parts.append(b'"' + root.key.encode() + b'":' + value)
    return b'{"data":{' + b",".join(parts) + b"}}"
