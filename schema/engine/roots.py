"""Root fields that look up a row by its keys."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any

import strawberry
from sqlalchemy import ColumnElement
from sqlalchemy.sql import Executable
from strawberry.utils.str_converters import to_camel_case

from schema.engine import statement
from schema.engine.conditions import check_condition, is_given, plain
from schema.engine.edges import row_named, rows_by
from schema.engine.errors import BadLookup
from schema.engine.row import Ask, RowField, RowType, argument, reading_of
from schema.engine.source import Reading
from schema.engine.statement import Naming

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
            ways = ", or ".join(" and ".join(map(to_camel_case, way)) for way in self._ways)
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
    """The row that stands for this key, or None, through the operation's loader."""
    if target.standing:
        found = row_named(reading, Naming(target, (target.key.name,)), (key,))
    else:
        found = rows_by(reading, target, target.key).load(key)
    return await found if isawaitable(found) else found


async def read(reading: Reading, row_type: type, key: Any) -> Any:
    """The row of a declared type with this key, or None: for events and payloads."""
    spec: RowType = row_type.__rows__  # type: ignore[attr-defined]
    return await find(reading, spec, key)
