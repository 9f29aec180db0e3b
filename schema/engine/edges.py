"""Fields that lead from a row to others: to one, to the same row, to many."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property
from inspect import isawaitable
from typing import Any

from sqlalchemy import Column, ColumnElement
from sqlalchemy.sql import Executable
from strawberry.types.base import StrawberryList

from schema.engine import statement
from schema.engine.conditions import Filter, check_condition, hashable, is_given, plain
from schema.engine.loader import Load, Loader
from schema.engine.row import (
    Ask,
    Row,
    RowField,
    RowType,
    collect,
    is_unique,
    reading_of,
)
from schema.engine.source import Reading
from schema.engine.statement import Naming


def loader(reading: Reading, key: object, load: Load) -> Loader:
    """The operation's loader for this key, made where there is none yet."""
    found = reading.loaders.get(key)
    if found is None:
        found = reading.loaders[key] = Loader(load)
    return found


def row_named(reading: Reading, naming: Naming, values: tuple[Any, ...]) -> Any:
    """The row that a key of its type names, through the operation's loader."""

    async def load(keys: list[Any]) -> list[Row | None]:
        columns = [list(range(len(keys))), *map(list, zip(*keys, strict=True))]
        binds = dict(zip(naming.labels(), columns, strict=True))
        rows = await reading.fetch(statement.named(naming), **binds)
        by_place = {row[statement.PARENT]: naming.target.cls.of(row) for row in rows}
        return [by_place.get(place) for place in range(len(keys))]

    return loader(reading, naming, load).load(values)


def rows_by(reading: Reading, target: RowType, remote: Column[Any]) -> Loader:
    """The operation's loader of the rows of a type by the value of a unique column."""

    async def load(keys: list[Any]) -> list[Row | None]:
        found = await reading.fetch(statement.by_keys(target, remote), keys=keys)
        by_key = {row[statement.PARENT]: target.cls.of(row) for row in found}
        return [by_key.get(key) for key in keys]

    return loader(reading, (target.name, remote.name), load)


class OneField(RowField):
    """At most one row, found by the value of a column of this row."""

    def __init__(
        self, description: str, local: ColumnElement[Any], remote: Column[Any] | None
    ) -> None:
        super().__init__(description)
        self.local, self._remote = local, remote
        name: str = local.name
        self._label = f"_{name}"

    @cached_property
    def remote(self) -> Column[Any]:
        """The target's column."""
        return self.target.key if self._remote is None else self._remote

    def columns(self) -> dict[str, ColumnElement[Any]]:
        """The column it starts from."""
        return {self._label: self.local}

    def check(self) -> None:
        """Refuse what may lead to several rows, or to none where the annotation promises one."""
        self.check_table(self.local)
        if isinstance(self.inner, StrawberryList):
            raise self.mistake("one() leads to one row. Use many() for a list.")
        if not is_unique(self.remote):
            raise self.mistake(f"several rows may have the same {self.remote}.")
        if isinstance(self.local, Column) and self.local.nullable and not self.nullable:
            raise self.mistake("the column may be null. Annotate it `… | None`.")

    def get_result(self, source: Any, info: Any, args: list[Any], kwargs: Any) -> Any:
        """The row, or None; read together with those of the rows beside this one."""
        value = self.value(source)
        return None if value is None else self.loader(reading_of(info)).load(value)

    def value(self, source: Row) -> Any:
        """The value by which a row's other row is found."""
        return source.row[self._label]

    def loader(self, reading: Reading) -> Loader:
        """The operation's loader of the rows that it leads to."""
        return rows_by(reading, self.target, self.remote)


class SameField(RowField):
    """Another view of the same row."""

    def columns(self) -> dict[str, ColumnElement[Any]]:
        """What the view reads."""
        return collect(self.target)

    def check(self) -> None:
        """Refuse a view of another table, or of itself."""
        owner = self.row_type
        if self.target.table is not owner.table or self.target is owner:
            raise self.mistake(f"it has to lead to another type over {owner.table.name}.")

    def get_result(self, source: Any, info: Any, args: list[Any], kwargs: Any) -> Any:
        """The view."""
        return self.target.cls.of(source.row)


class RefField(RowField):
    """A row that a mutation or an event names by its key; read when it is asked for."""

    def __init__(self, description: str) -> None:
        super().__init__(description)
        self.init = self.repr = self.compare = True
        self.default = None

    def check(self) -> None:
        """Refuse a type that no key names."""
        if not is_unique(self.target.key):
            raise self.mistake(f"several rows may have the same {self.target.key}.")

    def get_result(self, source: Any, info: Any, args: list[Any], kwargs: Any) -> Any:
        """The row as it is now; of a list, all of them."""
        value = getattr(source, self.python_name)
        if value is None:
            return None
        if self.target.allow:
            self.target.allow(info.context)
        many = isinstance(value, list)
        keys = [each.key for each in value] if many else [value.key]
        return self._read(info, keys, many=many) if keys else []

    async def _read(self, info: Any, keys: Sequence[Any], *, many: bool) -> Any:
        found = await read_keyed(info._raw_info, self.target, keys, reading_of(info))
        return found if many else found[0]


async def read_keyed(
    info: Any, target: RowType, keys: Sequence[Any], reading: Reading
) -> Sequence[Any]:
    """The rows with these keys at a place of an operation, by one statement where that can be."""
    if reading.subtrees:
        found = await reading.subtrees.read(info, target, keys, reading)
        if found is not None:
            return found
    load = rows_by(reading, target, target.key).load
    coming = [load(key) for key in keys]
    return [await each if isawaitable(each) else each for each in coming]


class ManyField(RowField):
    """All rows that belong to this one. For lists whose length a rule bounds."""

    def __init__(
        self,
        description: str,
        via: Column[Any] | None,
        through: tuple[Column[Any], Column[Any]] | None,
        order: Sequence[ColumnElement[Any]],
        filters: Mapping[str, Filter],
    ) -> None:
        super().__init__(description, [each.argument(name) for name, each in filters.items()])
        self._via, self._through, self._order = via, through, order
        self._filters = filters
        self._statements: dict[tuple[str, ...], Executable] = {}

    @cached_property
    def path(self) -> statement.Path:
        """How they belong to this row."""
        return statement.path_to(self, self.target, self._via, self._through)

    def columns(self) -> dict[str, ColumnElement[Any]]:
        """The key it starts from."""
        return {self.path.local_label: self.path.local}

    def check(self) -> None:
        """Refuse an annotation that is no list, and filters that do not bind their argument."""
        if not isinstance(self.type, StrawberryList):
            raise self.mistake("many() is never null. Annotate it `list[…]`.")
        for name, each in self._filters.items():
            check_condition(self, name, each.condition)

    @property
    def order(self) -> Sequence[ColumnElement[Any]]:
        """The order of the rows, ties broken by their key."""
        return self._order or self.target.order

    def ask(self, arguments: Mapping[str, Any]) -> Ask:
        """The filters that say something."""
        given = {name: plain(value) for name, value in arguments.items() if is_given(value)}
        names = tuple(sorted(given))
        return Ask(names, names, given)

    def conditions(self, names: Sequence[str]) -> Sequence[ColumnElement[bool]]:
        """The conditions of these filters."""
        return [self._filters[name].condition for name in names]

    def _statement(self, names: tuple[str, ...]) -> Executable:
        found = self._statements.get(names)
        if found is None:
            conditions = self.conditions(names)
            found = statement.children(self.target, self.path, conditions, self.order)
            self._statements[names] = found
        return found

    def get_result(self, source: Any, info: Any, args: list[Any], kwargs: Any) -> Any:
        """The rows, read together with those of the rows beside this one."""
        reading = reading_of(info)
        given = {name: plain(value) for name, value in kwargs.items() if is_given(value)}

        async def load(keys: list[Any]) -> list[list[Row]]:
            return await self._load(reading, given, keys)

        key = (self.where, hashable(given))
        return loader(reading, key, load).load(source.row[self.path.local_label])

    async def _load(
        self, reading: Reading, given: Mapping[str, Any], keys: list[Any]
    ) -> list[list[Row]]:
        read = self._statement(tuple(sorted(given)))
        by_parent: defaultdict[Any, list[Row]] = defaultdict(list)
        for row in await reading.fetch(read, keys=keys, **given):
            by_parent[row[statement.PARENT]].append(self.target.cls.of(row))
        return [by_parent[key] for key in keys]


def one(description: str, local: ColumnElement[Any], remote: Column[Any] | None = None) -> Any:
    """A field that leads to the row whose `remote` (its key by default) equals `local`."""
    return OneField(description, local, remote)


def same(description: str) -> Any:
    """A field that leads to another view of the same row."""
    return SameField(description)


def ref(description: str) -> Any:
    """A field of a payload or an event that names a row by its key: pass `Type.keyed(key)`."""
    return RefField(description)


def many(
    description: str,
    *,
    via: Column[Any] | None = None,
    through: tuple[Column[Any], Column[Any]] | None = None,
    order: Sequence[ColumnElement[Any]] = (),
    filters: Mapping[str, Filter] | None = None,
) -> Any:
    """A field that leads to all rows that belong to this one.

    Args:
        via: the column of theirs that holds this row's key.
        through: or the two columns of a table in between: this row's key, theirs.
        order: their order; the type's by default.
        filters: arguments that narrow it.
    """
    return ManyField(description, via, through, order, filters or {})
