"""Values of arguments, drawn at random, and how they are written."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    Undefined,
)

from tests.schema.both_paths.stock import Stock
from tests.schema.both_paths.tricky_rows import TEXTS

MOMENTS = (
    "2026-03-01T12:00:00Z",
    "2026-03-01T12:00:00.000001+00:00",
    "2026-03-01T14:00:00.5+02:00",
    "2026-03-01T23:59:59.123456Z",
    "1900-01-01T00:00:00Z",
    "2500-01-01T00:00:00-11:30",
)
DAYS = ("2000-02-29", "2026-03-01", "2026-03-02", "3000-01-01")
POOLS: Mapping[str, Sequence[Any]] = {
    "Boolean": (True, False),
    "Int": (0, 1, 2, 3, 5),
    "Float": (0, 1, 0.5, 0.25, 1e-7, 0.9999999999999999),
    "DateTime": MOMENTS,
    "Date": DAYS,
}
"""The values of scalars that mean the same everywhere."""

UNREAL = "0" * 32
NO_REPRESENTATIONS: tuple[Any, ...] = (
    {},
    5,
    "Incident",
    {"__typename": "Incident"},
    {"__typename": "Nothing", "id": f"inc_{UNREAL}"},
    {"__typename": "Team", "id": f"tea_{UNREAL}"},
    {"__typename": "Incident", "id": f"dep_{UNREAL}"},
    {"__typename": "Incident", "id": None},
    {"__typename": "Deployment", "repository": "acme/web", "sha": "c0ffee"},
    {"__typename": "PullRequest", "repository": "acme/web", "number": "1"},
    {"__typename": "PullRequest", "repository": "acme/web", "number": 2**31},
    {"__typename": "Service", "slug": "\0"},
)
"""What is refused as a representation of an entity."""


class Word(str):
    """A word of an enum: without quotes in a document."""

    __slots__ = ()


class Variable(str):
    """The use of a variable, `$` included."""

    __slots__ = ()


Nested = Callable[[GraphQLInputType, str, Any], Any]
"""Puts something else, a variable, into the place of a value inside another."""


def literal(value: Any) -> str:
    """A value as a document has it."""
    if isinstance(value, Word | Variable):
        return str(value)
    if isinstance(value, list):
        return f"[{', '.join(map(literal, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{name}: {literal(each)}' for name, each in value.items())}}}"
    return json.dumps(value)


class Values:
    """Draws values that fit a type, and mostly find something."""

    def __init__(self, random: Random, stock: Stock) -> None:
        self._random, self._stock = random, stock

    def draw(self, type_: GraphQLInputType, name: str, nested: Nested | None = None) -> Any:
        """A value for an argument or a member of this name.

        Args:
            nested: is shown each value inside of it, and gives what stands there.
        """
        chance = self._random.random
        if isinstance(type_, GraphQLNonNull):
            return self._some(type_.of_type, name, nested)
        return None if chance() < 0.08 else self._some(type_, name, nested)

    def _some(self, type_: Any, name: str, nested: Nested | None) -> Any:
        choose, chance = self._random.choice, self._random.random
        if isinstance(type_, GraphQLList):
            if chance() < 0.15:
                return self._some_item(type_.of_type, name)
            items = [self.draw(type_.of_type, name) for _ in range(choose((0, 1, 1, 2, 3)))]
            return [nested(type_.of_type, name, each) for each in items] if nested else items
        if isinstance(type_, GraphQLInputObjectType):
            return self._members(type_, nested)
        if isinstance(type_, GraphQLEnumType):
            return Word(choose(list(type_.values)))
        assert isinstance(type_, GraphQLScalarType), type_
        return self._scalar(type_.name, name)

    def _some_item(self, type_: Any, name: str) -> Any:
        """One item where a list may stand: GraphQL takes it for a list of one."""
        return self._some(type_.of_type if isinstance(type_, GraphQLNonNull) else type_, name, None)

    def _members(self, type_: GraphQLInputObjectType, nested: Nested | None) -> dict[str, Any]:
        members: dict[str, Any] = {}
        for name, member in type_.fields.items():
            needed = isinstance(member.type, GraphQLNonNull) and member.default_value is Undefined
            if needed or self._random.random() < 0.3:
                value = self.draw(member.type, name)
                members[name] = nested(member.type, name, value) if nested else value
        return members

    def _scalar(self, scalar: str, name: str) -> Any:
        if scalar in POOLS:
            return self._random.choice(POOLS[scalar])
        match scalar:
            case "ID":
                return self._id(name)
            case "String":
                return self._text(name)
            case "_Any":
                return self._representation()
        raise AssertionError(f"The generator knows no value of the scalar {scalar}.")

    def _id(self, name: str) -> str:
        """The id of an object of the type that an argument or a member means."""
        types: Mapping[str, list[str]] = {"owner": ["Person"]}
        ids = self._stock.ids
        type_ = self._random.choice(types.get(name) or list(ids))
        known = self._random.choice(ids[type_])
        return known if self._random.random() < 0.85 else f"{known.partition('_')[0]}_{UNREAL}"

    def _representation(self) -> Any:
        """An entity by one of its keys; one that there is not, or none at all, at times."""
        choose, chance = self._random.choice, self._random.random
        if chance() < 0.03:
            return choose(NO_REPRESENTATIONS)
        known = dict(choose(self._stock.representations))
        if chance() < 0.1:
            name = choose([each for each in known if each not in ("__typename", "id")] or ["id"])
            value = known[name]
            known[name] = 999_999 if isinstance(value, int) else f"{value[:4]}{UNREAL}"
        return known if chance() < 0.9 else {**known, "unheard": [None, {"of": 1.5}]}

    def _text(self, name: str) -> str:
        choose, chance = self._random.choice, self._random.random
        known = self._stock.words.get(name, TEXTS)
        if chance() < 0.1:
            return choose(TEXTS)
        if name != "search":
            return choose(known)
        found = choose([each for each in known if each])
        start = self._random.randrange(min(len(found), 60))
        part = found[start : start + choose((1, 2, 5))]
        return choose((part, part.upper(), part.lower()))
