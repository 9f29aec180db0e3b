"""Root fields: a row looked up by its keys, and any node by its id."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from inspect import isawaitable
from typing import Any

import strawberry
from sqlalchemy import ColumnElement
from sqlalchemy.sql import Executable

from schema.engine import node_id, statement
from schema.engine.conditions import check_condition, is_given, plain
from schema.engine.declare import Node
from schema.engine.edges import rows_by
from schema.engine.errors import BadLookup, TooMany
from schema.engine.row import REGISTRY, Ask, RowField, RowType, argument, reading_of, target_of
from schema.engine.source import Reading

MAX_NODES = 100

ID = "id"
"""The way of a lookup that every node type has, and its argument."""


@dataclass(frozen=True, slots=True)
class Key:
    """An argument by which a row is looked up; `condition` binds it by its own name."""

    annotation: Any
    description: str
    condition: ColumnElement[bool]


class LookupField(RowField):
    """At most one row, by exactly one of several sets of keys."""

    def __init__(
        self,
        description: str,
        keys: Mapping[str, Key],
        ways: Sequence[tuple[str, ...]],
        optional: Sequence[str],
        prefer: Sequence[ColumnElement[Any]],
    ) -> None:
        self._keys, self._ways, self._optional, self.prefer = keys, ways, optional, prefer
        offered = {name: (key.annotation, key.description) for name, key in keys.items()}
        if any(ID in way for way in ways):
            offered = {ID: (strawberry.ID, "Its id."), **offered}
        needed = ways[0] if len(ways) == 1 else ()
        arguments = [
            argument(name, annotation if name in needed else annotation | None, text)
            for name, (annotation, text) in offered.items()
        ]
        super().__init__(description, arguments)
        self._statements: dict[tuple[str, ...], Executable] = {}

    @cached_property
    def target(self) -> RowType:
        """The type it leads to."""
        return target_of(self)

    def check(self) -> None:
        """Refuse a lookup that may find nothing but promises a row, and ways without their key."""
        if not self.nullable:
            raise self.mistake("it may find nothing. Annotate it `… | None`.")
        known = {*self._keys, ID} if self.target.prefix else set(self._keys)
        for name in {*self._optional, *(name for way in self._ways for name in way)} - known:
            raise self.mistake(f"it has no key {name}.")
        for name, key in self._keys.items():
            check_condition(self, name, key.condition)

    def get_result(self, source: Any, info: Any, args: list[Any], kwargs: Any) -> Any:
        """The row, or None where there is none that the viewer may see."""
        target = self.target
        if target.allow:
            target.allow(info.context)
        given = self.ask(kwargs).binds
        if ID in given:
            return find(reading_of(info), target, given[ID])
        return self._read(reading_of(info), given)

    def ask(self, arguments: Mapping[str, Any]) -> Ask:
        """The keys that are given: one of the ways, and no more.

        Raises:
            BadLookup: they are no way, or more than one.
            BadId: the id is none of this type's.
        """
        given = {name: plain(value) for name, value in arguments.items() if is_given(value)}
        self._check_way(given)
        if ID in given:
            given = {ID: self.target.key_named(str(given[ID]))}
        names = tuple(sorted(given))
        return Ask(names, names, given)

    def conditions(self, names: Sequence[str]) -> Sequence[ColumnElement[bool]]:
        """The conditions of these keys."""
        return [
            self._keys[name].condition
            if name in self._keys
            else statement.is_key(self.target, name)
            for name in names
        ]

    def _check_way(self, given: Mapping[str, Any]) -> None:
        way = set(given) - set(self._optional)
        if way not in map(set, self._ways) or (ID in given and len(given) > 1):
            ways = ", or ".join(" and ".join(map(_camel, way)) for way in self._ways)
            raise BadLookup(f"Give exactly one of: {ways}.")

    async def _read(self, reading: Reading, given: Mapping[str, Any]) -> Any:
        names = tuple(sorted(given))
        read = self._statements.get(names)
        if read is None:
            read = self._statements[names] = self._build(names)
        rows = await reading.fetch(read, **given)
        return self.target.cls.of(rows[0]) if rows else None

    def _build(self, names: tuple[str, ...]) -> Executable:
        return statement.first(self.target, self.conditions(names), self.prefer)


def lookup(
    description: str,
    *,
    keys: Mapping[str, Key],
    ways: Sequence[tuple[str, ...]],
    optional: Sequence[str] = (),
    prefer: Sequence[ColumnElement[Any]] = (),
) -> Any:
    """A root field that leads to one row.

    Args:
        keys: the arguments besides `id`.
        ways: the sets of keys of which exactly one must be given.
        optional: keys that may be added to any way but `id`.
        prefer: the order that decides where several rows fit.
    """
    return LookupField(description, keys, ways, optional, prefer)


async def find(reading: Reading, target: RowType, key: Any) -> Any:
    """The row with this key, or None, through the operation's loader."""
    found = rows_by(reading, target, target.key).load(key)
    return await found if isawaitable(found) else found


def node_types() -> dict[str, RowType]:
    """The row types that are nodes, by their prefix."""
    return {spec.prefix: spec for spec in REGISTRY.values() if spec.prefix}


class NodesField(RowField):
    """Nodes of any types, by their ids: a list, or one where `single`."""

    def __init__(self, description: str, *, single: bool) -> None:
        self.single = single
        one = argument("id", strawberry.ID, "The id of any object.")
        several = argument("ids", list[strawberry.ID], f"The ids, at most {MAX_NODES}.")
        super().__init__(description, [one if single else several])

    def get_result(self, source: Any, info: Any, args: list[Any], kwargs: Any) -> Any:
        """The nodes; null for each that there is none of, or none that the viewer may see."""
        wanted = [_node(info, each) for each in self._ids(kwargs)]
        # Not awaited here: what is wrong with one id is that item's error.
        return wanted[0] if self.single else wanted

    def _ids(self, arguments: Mapping[str, Any]) -> Sequence[str]:
        if self.single:
            return [arguments["id"]]
        ids: Sequence[str] = arguments["ids"]
        if len(ids) > MAX_NODES:
            raise TooMany(f"At most {MAX_NODES} ids at once.")
        return ids

    def ask(self, arguments: Mapping[str, Any]) -> Ask:
        """The types of the nodes, and their keys as the binds `id0`, `id1`, …

        Raises:
            BadId: one of them is no id.
        """
        named = [node_id.decode(each) for each in self._ids(arguments)]
        known = node_types()
        shape = tuple(prefix if prefix in known else None for prefix, _ in named)
        return Ask(shape, (), {f"{ID}{n}": key for n, (_, key) in enumerate(named)})


def node(description: str) -> Any:
    """A root field that leads to any node by its id."""
    return NodesField(description, single=True)


def nodes(description: str) -> Any:
    """A root field that leads to several nodes by their ids."""
    return NodesField(description, single=False)


@strawberry.type
class NodeQueries:
    node: Node | None = node("Any object, by its id; null where there is none for you.")
    nodes: list[Node | None] = nodes("Several objects, by their ids, in the order of the ids.")


async def _node(info: Any, text: str) -> Node | None:
    prefix, key = node_id.decode(text)
    target = node_types().get(prefix)
    if target is None:
        return None
    if target.allow:
        target.allow(info.context)
    found: Node | None = await find(reading_of(info), target, key)
    return found


async def read(reading: Reading, row_type: type, key: Any) -> Any:
    """The row of a declared type with this key, or None: for events and payloads."""
    spec: RowType = row_type.__rows__  # type: ignore[attr-defined]
    return await find(reading, spec, key)


def _camel(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(word.capitalize() for word in tail)
