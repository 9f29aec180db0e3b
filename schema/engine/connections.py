"""Fields that are Relay connections: pages by keyset, narrowed by arguments, in chosen orders."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ColumnElement
from sqlalchemy.sql import Executable
from strawberry.types.arguments import StrawberryArgument

from schema.engine import statement
from schema.engine.conditions import Filter, Where, check_condition, hashable, is_given, plain
from schema.engine.cursors import KINDS, read_cursor
from schema.engine.edges import loader
from schema.engine.pages import Connection, Page, RowPage, page_arguments, page_of
from schema.engine.row import Ask, RowField, argument, is_unique, reading_of
from schema.engine.source import Reading, Record
from schema.engine.statement import Order, Shape

STATEMENTS_KEPT = 256
"""How many shapes of one connection keep their statement."""


@dataclass(frozen=True, slots=True)
class Sorts:
    """The `orderBy` argument: an input {field, direction}, and each field's column.

    Columns must never be null. The first column with `descending` is the default order.
    """

    annotation: Any
    columns: Mapping[str, ColumnElement[Any]]
    descending: bool

    def order(self, order_by: Any) -> Order:
        """The order that an argument asks for, or the default."""
        if not is_given(order_by):
            name = next(iter(self.columns))
            return Order(name, self.descending, self.columns[name])
        name = order_by.field.value
        return Order(name, order_by.direction.value == "DESC", self.columns[name])

    def check(self, declared: RowField) -> None:
        """Refuse an order that a keyset cannot follow, and words that name none.

        Raises:
            DeclarationError: there are some.
        """
        for name, sorted_column in self.columns.items():
            if getattr(sorted_column, "nullable", False):
                raise declared.mistake(f"the order {name} is by a column that may be null.")
            if sorted_column.type.python_type not in KINDS:
                raise declared.mistake(f"no cursor can hold the column of the order {name}.")
        if self.annotation is not None and self._words() != set(self.columns):
            raise declared.mistake("the words of orderBy and the columns of sorts= differ.")

    def _words(self) -> set[str]:
        fields = self.annotation.__strawberry_definition__.fields
        (by,) = [each for each in fields if each.python_name == "field"]
        return {word.value for word in by.type.values}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one use of a connection asks for, in values: its page, its statement, its binds."""

    page: Page
    shape: Shape
    narrowing: Mapping[str, Any]
    position: Mapping[str, Any]


class ConnectionField(RowField):
    """A page of rows: of those that belong to this row, or of all."""

    def __init__(
        self,
        description: str,
        *,
        sorts: Sorts,
        via: Column[Any] | None,
        through: tuple[Column[Any], Column[Any]] | None,
        where: Where | None,
        filters: Mapping[str, Filter],
        only: ColumnElement[bool] | None,
        orderable: bool,
        backward: bool,
    ) -> None:
        self._filters, self._where, self._sorts = filters, where, sorts
        self._via, self._through = via, through
        self._always = () if only is None else (only,)
        arguments = [*page_arguments(backward=backward), *self._narrowing(orderable=orderable)]
        super().__init__(description, arguments)
        self._page = lru_cache(STATEMENTS_KEPT)(self._build_page)
        self._count = lru_cache(STATEMENTS_KEPT)(self._build_count)

    def _narrowing(self, *, orderable: bool) -> Sequence[StrawberryArgument]:
        arguments = [each.argument(name) for name, each in self._filters.items()]
        if self._where:
            wanted = self._where.annotation | None
            arguments.append(argument("where", wanted, "Only those for which all of this holds."))
        if orderable and self._sorts.annotation is not None:
            wanted = self._sorts.annotation | None
            arguments.append(argument("order_by", wanted, "The order, ties broken by the id."))
        return arguments

    @cached_property
    def path(self) -> statement.Path | None:
        """How the items belong to this row; None at the root."""
        if self._via is None and self._through is None:
            return None
        return statement.path_to(self, self.target, self._via, self._through)

    def columns(self) -> dict[str, ColumnElement[Any]]:
        """The key it starts from, unless it is a root."""
        return {self.path.local_label: self.path.local} if self.path else {}

    def check(self) -> None:
        """Refuse what is no connection, and orders and conditions that cannot work."""
        definition = getattr(self.inner, "__strawberry_definition__", None)
        if definition is None or definition.concrete_of is not _CONNECTION:
            raise self.mistake("a connection is annotated `Connection[…] | None`.")
        if self.owner is not None and self.path is None:
            raise self.mistake("give via= or through=: whose items are they?")
        if not is_unique(self.target.key):
            raise self.mistake(f"several rows may have the same {self.target.key}.")
        self._sorts.check(self)
        if self._where:
            self._where.check(self)
        for name, each in self._filters.items():
            check_condition(self, name, each.condition)
            if self._where and name in self._where.conditions:
                raise self.mistake(f"{name} is both a filter and a member of where=.")

    def get_result(self, source: Any, info: Any, args: list[Any], kwargs: Any) -> Any:
        """The page, read together with those of the rows beside this one."""
        wanted = self._wanted(kwargs)
        if self.path is not None:
            return self._of_parent(reading_of(info), wanted, source.row[self.path.local_label])
        if self.target.allow:
            self.target.allow(info.context)
        return self._whole(reading_of(info), wanted)

    def ask(self, arguments: Mapping[str, Any]) -> Ask:
        """The page, the order and the conditions that its arguments ask for."""
        wanted = self._wanted(arguments)
        shape = wanted.shape
        return Ask(shape, shape.conditions, {**wanted.narrowing, **wanted.position})

    def _wanted(self, kwargs: Mapping[str, Any]) -> Wanted:
        page = page_of(*(kwargs.get(name) for name in ("first", "after", "last", "before")))
        order = self._sorts.order(kwargs.get("order_by"))
        given = {name: plain(kwargs[name]) for name in self._filters if is_given(kwargs.get(name))}
        if self._where and is_given(kwargs.get("where")):
            given |= self._where.given(kwargs["where"])
        resumed = page.cursor is not None
        shape = Shape(tuple(sorted(given)), order, page.size, page.backward, resumed)
        return Wanted(page, shape, given, self._position(page, order))

    def _position(self, page: Page, order: Order) -> Mapping[str, Any]:
        if page.cursor is None:
            return {}
        types = [order.column.type.python_type, UUID]
        value, key = read_cursor(page.cursor, self.tag(order), types)
        return {"at_value": value, "at_key": key}

    def tag(self, order: Order) -> str:
        """What cursors carry, so that one order's are no other's."""
        return f"{self.target.name}:{order.name}:{'DESC' if order.descending else 'ASC'}"

    def conditions(self, names: Sequence[str]) -> Sequence[ColumnElement[bool]]:
        """The conditions of these filters and members of `where`, and what holds always."""
        members = self._where.conditions if self._where else {}
        asked = (
            self._filters[name].condition if name in self._filters else members[name]
            for name in names
        )
        return [*self._always, *asked]

    def _build_page(self, shape: Shape) -> Executable:
        return statement.page(self.target, self.path, self.conditions(shape.conditions), shape)

    def _build_count(self, names: tuple[str, ...]) -> Executable:
        return statement.count(self.target, self.path, self.conditions(names))

    async def _whole(self, reading: Reading, wanted: Wanted) -> RowPage:
        """The page of a root."""
        read = self._page(wanted.shape)
        rows = await reading.fetch(read, **wanted.narrowing, **wanted.position)

        async def count() -> int:
            read = self._count(wanted.shape.conditions)
            (row,) = await reading.fetch(read, **wanted.narrowing)
            return int(row["count"])

        return self._row_page(rows, wanted, count)

    def _of_parent(self, reading: Reading, wanted: Wanted, parent: Any) -> Awaitable[RowPage]:
        """The page of a row, loaded with those of the rows beside it."""

        async def load(parents: list[Any]) -> list[RowPage]:
            return await self._load(reading, wanted, parents)

        binds = hashable({**wanted.narrowing, **wanted.position})
        return loader(reading, (self.where, wanted.shape, binds), load).load(parent)  # type: ignore[no-any-return]

    async def _load(self, reading: Reading, wanted: Wanted, parents: list[Any]) -> list[RowPage]:
        read = self._page(wanted.shape)
        binds = {**wanted.narrowing, **wanted.position}
        by_parent: defaultdict[Any, list[Record]] = defaultdict(list)
        for row in await reading.fetch(read, keys=parents, **binds):
            by_parent[row[statement.PARENT]].append(row)
        return [
            self._row_page(by_parent[parent], wanted, self._counter(reading, wanted, parent))
            for parent in parents
        ]

    def _counter(
        self, reading: Reading, wanted: Wanted, parent: Any
    ) -> Callable[[], Awaitable[int]]:
        """Counts what belongs to a row, together with what belongs to the rows beside it."""
        names, narrowing = wanted.shape.conditions, wanted.narrowing

        async def load(parents: list[Any]) -> list[int]:
            rows = await reading.fetch(self._count(names), keys=parents, **narrowing)
            counts = {row[statement.PARENT]: int(row["count"]) for row in rows}
            return [counts.get(parent, 0) for parent in parents]

        key = (self.where, "count", hashable(narrowing))
        return lambda: loader(reading, key, load).load(parent)

    def _row_page(
        self, rows: Sequence[Record], wanted: Wanted, count: Callable[[], Awaitable[int]]
    ) -> RowPage:
        order = self.tag(wanted.shape.order)
        return RowPage(rows, wanted.page, self.target.cls, order, count)

    async def rows(
        self, reading: Reading, where: Any, among: list[UUID] | None, most: int
    ) -> Sequence[Record]:
        """The first rows of a root for which `where` holds, of those with keys `among`."""
        given = self._where.given(where) if self._where and is_given(where) else {}
        narrowed = among is not None
        order = self._sorts.order(None)
        # A statement fetches one more than its size: there it tells whether there are more.
        shape = Shape(tuple(sorted(given)), order, most - 1, among=narrowed)
        binds = {**given, "among": among} if narrowed else given
        return await reading.fetch(self._page(shape), **binds)


_CONNECTION: Any = Connection.__strawberry_definition__  # type: ignore[attr-defined]


def connection(
    description: str,
    *,
    sorts: Sorts,
    via: Column[Any] | None = None,
    through: tuple[Column[Any], Column[Any]] | None = None,
    where: Where | None = None,
    filters: Mapping[str, Filter] | None = None,
    only: ColumnElement[bool] | None = None,
    orderable: bool = True,
    backward: bool = True,
) -> Any:
    """A field that is a page of rows.

    Args:
        sorts: the orders to choose from.
        via: for items of a row, the column of theirs that holds its key.
        through: or the two columns of a table in between.
        where: the input that narrows it.
        filters: further arguments that narrow it.
        only: what holds of every row of it, whatever the arguments are.
        orderable: whether there is an `orderBy` argument.
        backward: whether there are `last` and `before` arguments.
    """
    return ConnectionField(
        description,
        sorts=sorts,
        via=via,
        through=through,
        where=where,
        filters=filters or {},
        only=only,
        orderable=orderable,
        backward=backward,
    )
