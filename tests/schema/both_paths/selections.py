"""Selections, drawn at random: fields, aliases, fragments, directives, merged duplicates.

Two fields that fall into one place of the answer under one name must ask for the same. So every
place remembers what stands in it, and whatever would clash is given another name.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from graphql import (
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    get_nullable_type,
    is_composite_type,
    is_list_type,
)

from tests.schema.both_paths.arguments import Arguments
from tests.schema.both_paths.headings import Abstract, Heading
from tests.schema.both_paths.values import literal
from tests.schema.both_paths.variables import Variables

Composite = GraphQLObjectType | Abstract

ALIASES = (
    *("id", "key", "value", "rank", "name", "data", "order", "select", "Name", "NAME", "name_1"),
    *("_", "_key", "_sorted", "whole", "x1", "t1", "l1", "p1", "e1", "r0", "v0", "v1", "first"),
    "a" * 63,
    "a" * 64,
    "long_" * 14,
    "long_" * 13 + "other",
)
"""Names that mean something to SQL or to the engine, and names that PostgreSQL would cut."""

DEEPEST = 9
"""Levels of fields; a list with its items is two of them."""

MOST_ROWS = 250
"""How many rows an operation may lead to, about; none but their columns are asked for then."""


@dataclass(eq=False, slots=True)
class Place:
    """A place of the answer: what stands in it under each name, and how it was asked for."""

    keys: dict[str, Asked] = field(default_factory=dict)
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A field as it was asked for once: its text without selection, and the place below it."""

    head: str
    signature: str
    parent: Composite | None
    type: Composite | None
    below: Place


class Selections:
    """Writes the selections of one operation."""

    def __init__(
        self, random: Random, schema: GraphQLSchema, arguments: Arguments, variables: Variables
    ) -> None:
        self._random, self._schema = random, schema
        self._arguments, self._variables = arguments, variables
        self._fields_left = int(random.triangular(2, 32, 6))
        self._heading = Heading(random)
        self._named: list[tuple[Composite, str]] = []
        self.fragments: list[str] = []

    def of(self, type_: Composite, place: Place, depth: int = 1, rows: int = 1) -> str:
        """A selection on a type, braces included."""
        count = self._random.choice((1, 2, 2, 3, 3, 4, 5))
        parts = [self._part(type_, place, depth, rows) for _ in range(count)]
        return f"{{ {' '.join(parts)} }}"

    def _part(self, type_: Composite, place: Place, depth: int, rows: int) -> str:
        drawn = self._random.random()
        if drawn < 0.05:
            return self._typename(place)
        if drawn < 0.13 and self._fields_left > 0:
            return self._inline(type_, type_, place, depth, rows)
        if drawn < 0.18 and self._fields_left > 0:
            return self._spread(type_, place, depth, rows)
        if drawn < 0.23:
            return self._again(type_, place, depth, rows) or self._typename(place)
        if isinstance(type_, Abstract) and drawn < 0.9 and depth < DEEPEST:
            return self._inline(self._heading.possible(type_), type_, place, depth, rows)
        if isinstance(type_, GraphQLUnionType):
            return self._typename(place)
        return self._field(type_, place, depth, rows)

    def _typename(self, place: Place) -> str:
        asked = Asked("__typename", "__typename: String!", None, None, Place())
        return self._named_in(place, asked).head + self._directive()

    def _inline(self, on: Composite, around: Composite, place: Place, depth: int, rows: int) -> str:
        interfaces = [each for each in (on, around) if isinstance(each, GraphQLObjectType)]
        wider = [each for type_ in interfaces for each in type_.interfaces]
        wanted = self._random.choice([on, on, on, *wider])
        condition = f"on {wanted.name} " if wanted is not around or self._chance(0.7) else ""
        return f"... {condition}{self._directive()} {self.of(wanted, place, depth + 1, rows)}"

    def _spread(self, type_: Composite, place: Place, depth: int, rows: int) -> str:
        """The use of a named fragment: of a new one, or of one that was used elsewhere."""
        known = [name for on, name in self._named if on is type_]
        if known and self._chance(0.7):
            return f"...{self._random.choice(known)}{self._directive()}"
        name = f"F{len(self.fragments)}"
        self.fragments.append("")
        index = len(self.fragments) - 1
        again = self._chance(0.6)
        # Where it is used again, its names must clash with none.
        inside = Place(prefix=f"f{index}_") if again else place
        written = self.of(type_, inside, depth + 1, rows * 2)
        self.fragments[index] = f"fragment {name} on {type_.name} {written}"
        if again:
            self._named.append((type_, name))
        return f"...{name}{self._directive()}"

    def _again(self, type_: Composite, place: Place, depth: int, rows: int) -> str | None:
        """A field that stands here already, with more of it selected, or the same."""
        alike = [each for each in place.keys.values() if each.parent is type_]
        if not alike or self._fields_left <= 0:
            return None
        asked = self._random.choice(alike)
        below = "" if asked.type is None else self.of(asked.type, asked.below, depth + 1, rows)
        return f"{asked.head}{self._directive()} {below}"

    def _field(self, type_: Composite, place: Place, depth: int, rows: int) -> str:
        self._fields_left -= 1
        tired = depth >= DEEPEST or rows > MOST_ROWS or self._fields_left <= 0
        name, definition = self._heading.field(type_, depth, tired=tired)
        found: Any = get_named_type(definition.type)
        below: Any = found if is_composite_type(found) else None
        written = f"{name}{self._arguments.written(type_.name, name, definition)}"
        wanted = Asked(written, f"{written}: {definition.type}", type_, below, Place())
        asked = self._named_in(place, wanted)
        head = f"{asked.head}{self._directive()}"
        if below is None:
            return head
        more = rows * (4 if is_list_type(get_nullable_type(definition.type)) else 1)
        return f"{head} {self.of(below, asked.below, depth + 1, more)}"

    def _named_in(self, place: Place, asked: Asked) -> Asked:
        """The field under a name that clashes with none of the place."""
        name = asked.head.partition("(")[0]
        key = place.prefix + name
        if self._chance(0.1):
            key = place.prefix + self._random.choice(ALIASES)
        number = 1
        while key in place.keys and place.keys[key].signature != asked.signature:
            number += 1
            key = f"{place.prefix}{name.lstrip('_')}_{number}"
        if key not in place.keys:
            head = asked.head if key == name else f"{key}: {asked.head}"
            place.keys[key] = replace(asked, head=head)
        return place.keys[key]

    def _directive(self) -> str:
        if not self._chance(0.07):
            return ""
        name, usual = self._random.choice((("skip", False), ("include", True)))
        boolean: Any = self._schema.get_directive(name).args["if"].type  # type: ignore[union-attr]

        def draw() -> bool:
            return usual if self._chance(0.7) else not usual

        value = self._variables.use(boolean, f"@{name}", draw) if self._chance(0.6) else draw()
        return f" @{name}(if: {literal(value)})"

    def _chance(self, share: float) -> bool:
        return self._random.random() < share
