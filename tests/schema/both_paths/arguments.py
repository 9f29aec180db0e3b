"""The arguments of a field, drawn so that they go together and mostly find something."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from graphql import GraphQLArgument, GraphQLField, GraphQLNonNull, Undefined

from tests.schema.both_paths.stock import Order, Stock, is_connection
from tests.schema.both_paths.values import UNREAL, Values, Word, literal
from tests.schema.both_paths.variables import Variables

UNREAL_NUMBER = 999_999
SIZES = (0, 1, 1, 2, 2, 3, 5, 25)

BAD: tuple[Mapping[str, Any], ...] = (
    {"first": -1},
    {"first": 101},
    {"first": 1, "last": 1},
    {"after": "garbage"},
    {"before": "WyJ4IiwxXQ"},
    {"first": 2, "before": "a"},
)
"""Arguments of pages that are refused."""

PAGING = ("first", "after", "last", "before", "orderBy")
"""The arguments of connections that have to go together."""


class Arguments:
    """Writes the arguments of one field after another."""

    def __init__(self, random: Random, stock: Stock, variables: Variables) -> None:
        self._random, self._stock, self._variables = random, stock, variables
        self._values = Values(random, stock)

    def written(self, parent: str, name: str, field: GraphQLField) -> str:
        """The arguments with their parentheses; nothing where none are given."""
        arguments = self._arguments(parent, name, field)
        parts = [f"{each}: {literal(value)}" for each, value in arguments.items()]
        self._random.shuffle(parts)
        return f"({', '.join(parts)})" if parts else ""

    def _arguments(self, parent: str, name: str, field: GraphQLField) -> dict[str, Any]:
        if parent == "Query" and name in self._stock.keys:
            return self._keys(name, field)
        paged = is_connection(field)
        if paged and self._random.random() < 0.015:
            bad = self._random.choice(BAD)
            return {key: value for key, value in bad.items() if key in field.args}
        found = self._page(f"{parent}.{name}", field) if paged else {}
        for each, argument in field.args.items():
            if not (paged and each in PAGING):
                found |= self._other(each, argument)
        return found

    def _keys(self, name: str, field: GraphQLField) -> dict[str, Any]:
        """The keys that look up a row; of one that there is not, at times."""
        rows = self._stock.keys[name]
        row = self._random.choice(rows)
        alike = [each for each in rows if set(each) == set(row)]

        def draw(key: str) -> Callable[[], Any]:
            return lambda: self._real_or_not((choose(alike) if len(row) == 1 else row)[key])

        choose = self._random.choice

        return {
            key: self._placed(field.args[key], f"{name}.{key}", draw(key), needed=True)
            for key in row
        }

    def _real_or_not(self, key: Any) -> Any:
        if self._random.random() < 0.95:
            return key
        if isinstance(key, int):
            return UNREAL_NUMBER
        prefix, _, digits = key.partition("_")
        return f"{prefix}_{UNREAL}" if len(digits) == len(UNREAL) else "nothing"

    def _page(self, place: str, field: GraphQLField) -> dict[str, Any]:
        """Which page: an order, a size, a cursor that was made in this order."""
        choose, chance = self._random.choice, self._random.random
        order: Order = choose([way for key, way in self._stock.cursors if key == place])
        backward = "last" in field.args and chance() < 0.35
        found: dict[str, Any] = {}
        size, cursor = ("last", "before") if backward else ("first", "after")
        if chance() < 0.75 or backward:
            found[size] = self._placed(field.args[size], size, lambda: choose(SIZES))
        cursors = self._stock.cursors[place, order]
        if cursors and chance() < 0.4:
            found[cursor] = self._placed(
                field.args[cursor], f"{place} {order}", lambda: choose(cursors)
            )
        if order:
            found["orderBy"] = self._order(field.args["orderBy"], order)
        return found

    def _order(self, argument: GraphQLArgument, order: tuple[str, str]) -> Any:
        value = {"field": Word(order[0]), "direction": Word(order[1])}
        if self._random.random() < 0.2:
            way: Any = argument.type.fields["direction"].type  # type: ignore[union-attr]
            written = self._variables.use(way, order[1], lambda: value["direction"], needed=True)
            return {**value, "direction": written}
        return self._placed(argument, str(order), lambda: value, needed=True)

    def _other(self, name: str, argument: GraphQLArgument) -> dict[str, Any]:
        """An argument that depends on no other."""
        needed = isinstance(argument.type, GraphQLNonNull) and argument.default_value is Undefined
        if not needed and self._random.random() < 0.5:
            return {}
        if self._random.random() < 0.3:
            return {name: self._values.draw(argument.type, name, self._nested)}

        def draw() -> Any:
            return self._values.draw(argument.type, name)

        return {name: self._placed(argument, name, draw, needed=needed)}

    def _nested(self, type_: Any, name: str, value: Any) -> Any:
        """A value inside another, or a variable in its place."""
        if self._random.random() < 0.7:
            return value
        return self._variables.use(type_, name, lambda: self._values.draw(type_, name))

    def _placed(
        self,
        argument: GraphQLArgument,
        purpose: str,
        draw: Callable[[], Any],
        *,
        needed: bool = False,
    ) -> Any:
        """A drawn value, or a variable that has one."""
        if self._random.random() < 0.6:
            return draw()
        type_: Any = argument.type
        if argument.default_value is not Undefined and self._random.random() < 0.5:
            # A variable that is left out leaves the argument its default.
            type_ = type_.of_type
        return self._variables.use(type_, purpose, draw, needed=needed)
