"""Rows that mutations and events hand out: each answered by one statement, like a query.

The executor meets such a row in the middle of an operation, so what is selected of it is planned
by itself. Plans are found again by the operation they belong to and by where they stand in it.
"""

from collections import OrderedDict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from inspect import isawaitable
from typing import Any

from graphql import FragmentDefinitionNode, GraphQLResolveInfo, OperationDefinitionNode
from graphql.execution.collect_fields import FieldDetails, FragmentDetails

from schema.engine.compiler import Compiler, Kept, Shapes
from schema.engine.errors import EngineError
from schema.engine.loader import Loader
from schema.engine.plan import (
    Plan,
    Planner,
    Surroundings,
    UncompilableError,
    directive_variables,
)
from schema.engine.row import RowType
from schema.engine.source import Reading
from schema.engine.sql import Builder
from schema.engine.sql_binds import Binds
from schema.engine.sql_json import NULL_MARK
from schema.engine.statement import PARENT

KEPT = 1_000
"""How many plans are kept."""


@dataclass(frozen=True, slots=True)
class Written:
    """The JSON of a row, to be put into the answer as it is."""

    json: bytes


_BROKEN = Written(b"")
"""Stands for a row that holds a null too many, so that the resolvers have to tell of it."""


@dataclass(slots=True)
class _Place:
    """One place in one operation where rows are handed out, with its plans.

    It holds the operation, so that nothing else can have its identity meanwhile.
    """

    operation: OperationDefinitionNode
    steering: Sequence[str]
    plans: dict[Hashable, Shapes | None] = field(default_factory=dict)


@dataclass(slots=True)
class Subtrees:
    """Answers what is selected of rows that are known by their keys."""

    compiler: Compiler
    _places: OrderedDict[Hashable, _Place] = field(default_factory=OrderedDict)

    async def read(
        self, info: GraphQLResolveInfo[Any], target: RowType, keys: Sequence[Any], reading: Reading
    ) -> list[Written | None] | None:
        """The rows with these keys, None for each that the viewer may not see.

        None instead of them all where no statement can give them without an error.
        """
        try:
            shapes = self._shapes(info, target)
            if shapes is None:
                return None
            asks = [asked.ask(info.variable_values) for asked in shapes.plan.asked]
        except EngineError:
            return None
        kept = self.compiler.kept(
            shapes, asks, lambda: Builder(Binds(asks)).rows(shapes.plan, target)
        )
        if kept is None:
            return None
        found = await _rows_of(reading, shapes, kept, kept.values(asks), keys)
        return None if _BROKEN in found else found

    def _shapes(self, info: GraphQLResolveInfo[Any], target: RowType) -> Shapes | None:
        place = self._place(info)
        values = info.variable_values.coerced
        key = tuple(values.get(name) for name in place.steering)
        if key not in place.plans:
            place.plans[key] = self._planned(info, target)
        return place.plans[key]

    def _place(self, info: GraphQLResolveInfo[Any]) -> _Place:
        path = tuple(part for part in info.path.as_list() if isinstance(part, str))
        key = (id(info.operation), path)
        place = self._places.get(key)
        if place is None:
            nodes = (info.operation, *info.fragments.values())
            steering = dict.fromkeys(name for node in nodes for name in directive_variables(node))
            place = self._places[key] = _Place(info.operation, tuple(steering))
            if len(self._places) > KEPT:
                self._places.popitem(last=False)
        return place

    def _planned(self, info: GraphQLResolveInfo[Any], target: RowType) -> Shapes | None:
        around = Surroundings(info.operation, info.variable_values, _details(info.fragments))
        nodes = [FieldDetails(node, None) for node in info.field_nodes]
        planner = Planner(self.compiler.core, around, self.compiler.converted)
        try:
            return Shapes(Plan(planner.of_type(target.name, nodes), planner.asked))
        except (UncompilableError, EngineError):
            return None


async def _rows_of(
    reading: Reading, shapes: Shapes, kept: Kept, binds: Mapping[str, Any], keys: Sequence[Any]
) -> list[Written | None]:
    """The rows with these keys. Events that are executed beside each other are read together."""

    async def load(keys: list[Any]) -> list[Written | None]:
        rows = await reading.fetch(kept.statement, keys=keys, **binds)
        by_key = {row[PARENT]: _written(row["value"]) for row in rows}
        return [by_key.get(key) for key in keys]

    if len(keys) > 1:
        return await load(list(keys))
    place = ("subtree", id(shapes))
    loader = reading.loaders.get(place)
    if loader is None:
        loader = reading.loaders[place] = Loader(load)
    found = loader.load(keys[0])
    return [await found if isawaitable(found) else found]


def _written(value: bytes) -> Written:
    return _BROKEN if NULL_MARK in value else Written(value)


def _details(fragments: Mapping[str, FragmentDefinitionNode]) -> dict[str, FragmentDetails]:
    return {name: FragmentDetails(node) for name, node in fragments.items()}
