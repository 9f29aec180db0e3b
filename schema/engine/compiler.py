"""The compiler: an operation answered by one statement, whose JSON is the answer.

It only gives answers without errors. Whatever it cannot give, an operation that needs Python, an
argument that is not allowed, a null where none is promised, is left to the resolvers.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import strawberry
from graphql import GraphQLSchema, OperationDefinitionNode, OperationType
from graphql.execution import VariableValues
from sqlalchemy.sql import Executable
from strawberry.types.arguments import convert_arguments

from schema.engine.arguments import Variables, variables_of
from schema.engine.documents import Document
from schema.engine.errors import EngineError
from schema.engine.plan import (
    Plan,
    Planner,
    Surroundings,
    UncompilableError,
    directive_variables,
)
from schema.engine.row import Ask, RowField
from schema.engine.source import Reading
from schema.engine.sql import Builder, Compiled
from schema.engine.sql_binds import Binds
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

    operation: OperationDefinitionNode
    variables: Variables
    steering: Sequence[str]
    plans: dict[Hashable, "Shapes | None"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kept:
    """A statement that is kept, in whatever form its host runs it, and where its binds come from.

    Not SQLAlchemy's tree of it, which weighs a hundred times as much as its text.
    """

    statement: Any
    binds: Mapping[str, tuple[int, str]]

    def values(self, asks: Sequence[Ask]) -> dict[str, Any]:
        """The values of its binds."""
        return {name: asks[n].binds[own] for name, (n, own) in self.binds.items()}


@dataclass(slots=True)
class Shapes:
    """A plan, and its statements by the shape of its arguments."""

    plan: Plan
    statements: OrderedDict[Hashable, Kept | None] = field(default_factory=OrderedDict)


@dataclass(slots=True)
class Compiler:
    """Compiles the operations of one schema.

    `prepare` turns a statement that was made into what the `Source` is to run: its text, say.
    """

    schema: strawberry.Schema
    core: GraphQLSchema
    prepare: Callable[[Executable], Any] = lambda statement: statement
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
        (row,) = await reading.fetch(found.statement, **found.binds)
        return written(found.plan, row)

    def compiled(self, request: Request) -> "Found | None":
        """The statement of a request and the values of its binds; None where there is none.

        Raises:
            EngineError: an argument is not allowed.
        """
        known = self._known(request)
        if known is None:
            return None
        variables = known.variables.coerce(request.variables)
        if variables is None:
            return None
        shapes = self._shapes(known, request.document, variables)
        if shapes is None:
            return None
        asks = [asked.ask(variables) for asked in shapes.plan.asked]
        kept = self.kept(shapes, asks, lambda: Builder(Binds(asks)).build(shapes.plan))
        if kept is None:
            return None
        return Found(shapes.plan, asks, kept.statement, kept.values(asks))

    def _known(self, request: Request) -> Known | None:
        kept = request.document.kept
        if request.operation_name not in kept:
            kept[request.operation_name] = self._learnt(request.document, request.operation_name)
        known: Known | None = kept[request.operation_name]
        return known

    def _learnt(self, document: Document, name: str | None) -> Known | None:
        operation = document.operation(name)
        if operation is None or operation.operation is not OperationType.QUERY:
            return None
        variables = variables_of(self.core, operation.variable_definitions or ())
        steering = directive_variables(document.node)
        return None if variables is None else Known(operation, variables, steering)

    def _shapes(self, known: Known, document: Document, variables: VariableValues) -> Shapes | None:
        key = tuple(variables.coerced.get(name) for name in known.steering)
        if key not in known.plans:
            if len(known.plans) >= SHAPES_KEPT:
                known.plans.clear()
            around = Surroundings(known.operation, variables, document.fragments)
            known.plans[key] = self._planned(around)
        return known.plans[key]

    def _planned(self, around: Surroundings) -> Shapes | None:
        try:
            return Shapes(Planner(self.core, around, self.converted).plan())
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
    ) -> Kept | None:
        """The statement of a plan for arguments of one shape, built once."""
        key = tuple(ask.shape for ask in asks)
        if key not in shapes.statements:
            shapes.statements[key] = self._built(build)
            if len(shapes.statements) > SHAPES_KEPT:
                shapes.statements.popitem(last=False)
        shapes.statements.move_to_end(key)
        return shapes.statements[key]

    def _built(self, build: Callable[[], Compiled]) -> Kept | None:
        try:
            built = build()
        except UncompilableError:
            return None
        return Kept(self.prepare(built.statement), built.binds)


@dataclass(frozen=True, slots=True)
class Found:
    """A statement for one request, with all that it takes to run it."""

    plan: Plan
    asks: Sequence[Ask]
    statement: Any
    binds: Mapping[str, Any]


def allowed(plan: Plan, asks: Sequence[Ask], context: Any) -> bool:
    """Whether the viewer may enter at every root; if not, the resolvers say so."""
    try:
        for root in plan.roots:
            shape = asks[root.asked.position].shape if root.asked else None
            for target in root.declared.targets(shape) if root.declared else ():
                if target.allow:
                    target.allow(context)
    except Exception:  # noqa: BLE001  # whatever the host raises, it will raise it again
        return False
    return True


def written(plan: Plan, row: Any) -> bytes | None:
    """The answer's JSON from the values of its roots; None where it holds a null too many."""
    parts = []
    for index, root in enumerate(plan.roots):
        value: bytes = row[f"r{index}"] or b"null"
        if NULL_MARK in value:
            return None
        parts.append(b'"' + root.key.encode() + b'":' + value)
    return b'{"data":{' + b",".join(parts) + b"}}"
