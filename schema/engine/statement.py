"""The statements that read declared rows.

Their binds are `keys`, `among`, `at_value` and `at_key`, the names in declared conditions, and
what the viewer is bound to. Numbers of rows stand in the text: PostgreSQL plans a statement anew
each time where its limit is a parameter.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    Column,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    TableValuedAlias,
    any_,
    bindparam,
    func,
    literal_column,
    select,
    true,
    tuple_,
)
from sqlalchemy.sql.functions import FunctionElement

from schema.engine.row import KEY, RowField, RowType
from schema.engine.source import MAX_ROWS

PARENT = "_parent"
"""The label of the value by which rows belong to their parent."""

PLACE = "_place"
"""The name of the value that says where in the answer a reference stands, from 0."""

SORTED = "_sorted"
"""The label of the value that a connection's order compares."""

RESERVED = frozenset({"keys", "among", "at_value", "at_key"})
"""The binds that a declared condition may not be named after."""


@dataclass(frozen=True, slots=True)
class Path:
    """How rows belong to a parent: the column of it, and what that is compared with.

    `joined` is the table in between, with its condition, where the two are not neighbours.
    """

    local: Column[Any]
    remote: Column[Any]
    joined: tuple[FromClause, ColumnElement[bool]] | None = None

    @property
    def local_label(self) -> str:
        """The label of the parent's column among what is selected with the parent."""
        return f"_{self.local.name}"


def path_to(
    declared: RowField,
    target: RowType,
    via: Column[Any] | None,
    through: tuple[Column[Any], Column[Any]] | None,
) -> Path:
    """The path from a row, on which the field stands, to rows of another type.

    Args:
        via: the target's column that holds the row's key.
        through: the two columns of a table in between: the row's key, the target's key.

    Raises:
        DeclarationError: there are both, or none, or `via` is another table's.
    """
    local = declared.row_type.key
    if via is not None and through is None:
        if via.table is not target.table:
            raise declared.mistake(f"via= has to be a column of {target.table.name}.")
        return Path(local, via)
    if through is None or via is not None:
        raise declared.mistake("give via= or through=, one of them.")
    near, far = through
    if near.table is not far.table:
        raise declared.mistake("through= has to be two columns of one table.")
    return Path(local, near, (near.table, far == target.key))


def selected(target: RowType) -> Sequence[ColumnElement[Any]]:
    """The columns of a declared row, each under its label."""
    columns = [expression.label(label) for label, expression in target.columns.items()]
    return [target.key.label(KEY), *columns]


def _from(target: RowType, path: Path | None) -> FromClause:
    if path is None or path.joined is None:
        return target.table
    between, condition = path.joined
    return target.table.join(between, condition)


def _visible(target: RowType) -> Sequence[ColumnElement[bool]]:
    """The condition under which a row exists for the viewer, if there is one."""
    return () if target.visible is None else (target.visible,)


def _keys(column: Column[Any], name: str = "keys") -> Any:
    return bindparam(name, type_=ARRAY(column.type))


def _at_most(rows: int) -> Any:
    return literal_column(str(rows))


@cache
def by_keys(target: RowType, column: Column[Any]) -> Select[Any]:
    """Rows whose `column` is one of the bind `keys`, each with that value as its parent.

    Made once for each type and column, so only when the type is sealed.
    """
    wanted = (column == any_(_keys(column)), *_visible(target))
    return select(column.label(PARENT), *selected(target)).where(*wanted)


def is_key(target: RowType, name: str) -> ColumnElement[bool]:
    """Whether a row stands for the key that is the bind of this name."""
    return target.key == _standing(target, bindparam(name, type_=target.key.type))


def _standing(target: RowType, key: ColumnElement[Any]) -> ColumnElement[Any]:
    """The key of the row that stands for a key: that of another row, where the type has such."""
    return target.standing(key) if target.standing else key


def first(
    target: RowType,
    conditions: Sequence[ColumnElement[bool]],
    order: Sequence[ColumnElement[Any]],
) -> Select[Any]:
    """The first row for which all conditions hold."""
    return (
        select(*selected(target))
        .where(*conditions, *_visible(target))
        .order_by(*order, target.key)
        .limit(_at_most(1))
    )


def among(target: RowType) -> ColumnElement[bool]:
    """Whether a row's key is one of the bind `among`."""
    return target.key == any_(_keys(target.key, "among"))


def children(
    target: RowType,
    path: Path,
    conditions: Sequence[ColumnElement[bool]],
    order: Sequence[ColumnElement[Any]],
) -> Select[Any]:
    """All rows that belong to one of the binds `keys`, in order."""
    return (
        select(path.remote.label(PARENT), *selected(target))
        .select_from(_from(target, path))
        .where(path.remote == any_(_keys(path.remote)), *conditions, *_visible(target))
        .order_by(*order, target.key)
        .limit(_at_most(MAX_ROWS + 1))
    )


@dataclass(frozen=True, slots=True)
class Naming:
    """How references name rows: by the values of these columns of one type."""

    target: RowType
    names: tuple[str, ...]

    @property
    def columns(self) -> Sequence[Column[Any]]:
        """The columns themselves."""
        return [self.target.table.c[name] for name in self.names]

    def conditions(self, listed: TableValuedAlias) -> Sequence[tuple[Column[Any], Any]]:
        """Each of the columns with what it has to equal, given references as rows."""
        return [
            (column, _standing(self.target, value) if column is self.target.key else value)
            for column in self.columns
            for value in (listed.c[column.name],)
        ]

    def labels(self, number: int = 0) -> Sequence[str]:
        """The binds that list the references' places, and their values for each column."""
        return [f"place{number}", *(f"key{number}_{n}" for n in range(len(self.names)))]

    def references(self, number: int = 0) -> FunctionElement[Any]:
        """The references: these lists, side by side."""
        types = [Integer(), *(column.type for column in self.columns)]
        labels = zip(self.labels(number), types, strict=True)
        return func.unnest(*(bindparam(label, type_=ARRAY(type_)) for label, type_ in labels))

    def rows(self, references: FunctionElement[Any], name: str) -> TableValuedAlias:
        """The references as rows: a place, and a value under each of the columns' names."""
        return references.table_valued(PLACE, *self.names).render_derived(name=name)


@cache
def named(naming: Naming) -> Select[Any]:
    """The row of each reference for which there is one, with the reference's place."""
    target = naming.target
    references = naming.rows(naming.references(), "named")
    found = (
        select(*selected(target))
        .where(*(column == value for column, value in naming.conditions(references)))
        .where(*_visible(target))
        .order_by(*target.order, target.key)
        .limit(_at_most(1))
        .correlate(references)
        .lateral("found")
    )
    return select(references.c[PLACE].label(PARENT), *found.c).select_from(
        references.join(found, true())
    )


@dataclass(frozen=True, slots=True)
class Order:
    """An order of a connection: a column and a direction, with the key as tie-break."""

    name: str
    descending: bool
    column: ColumnElement[Any] = field(compare=False)


@dataclass(frozen=True, slots=True)
class Shape:
    """What makes two requests of a connection the same statement.

    `conditions` are names; `among` and `resumed` say that the binds of these meanings narrow it.
    """

    conditions: tuple[str, ...]
    order: Order
    size: int
    backward: bool = False
    resumed: bool = False
    among: bool = False

    @property
    def falling(self) -> bool:
        """Whether the statement reads from the largest value down."""
        return self.order.descending is not self.backward


def page(
    target: RowType, path: Path | None, conditions: Sequence[ColumnElement[bool]], shape: Shape
) -> Select[Any]:
    """One page for each of the binds `keys` (or of the whole table, without a path).

    Fetches one item more than the shape's size, which tells whether there are more. A resumed
    page begins behind the binds `at_value` and `at_key`.
    """
    falling = shape.falling
    wanted = [*conditions, *_visible(target)]
    if shape.resumed:
        wanted.append(behind(shape.order, target, falling))
    if shape.among:
        wanted.append(among(target))
    items = (
        select(*selected(target), shape.order.column.label(SORTED))
        .select_from(_from(target, path))
        .where(*wanted)
        .order_by(*directed((shape.order.column, target.key), falling))
        .limit(_at_most(shape.size + 1))
    )
    return items if path is None else _of_each(path, items, falling)


def _of_each(path: Path, items: Select[Any], falling: bool) -> Select[Any]:
    """The same page for each of the binds `keys`."""
    parents = func.unnest(_keys(path.remote)).table_valued("key").render_derived(name="parents")
    of_one = items.where(path.remote == parents.c.key).correlate(parents).lateral("page")
    return (
        select(parents.c.key.label(PARENT), *of_one.c)
        .select_from(parents.join(of_one, true()))
        .order_by(*directed((of_one.c[SORTED], of_one.c[KEY]), falling))
        .limit(_at_most(MAX_ROWS + 1))
    )


def directed(columns: Sequence[ColumnElement[Any]], falling: bool) -> list[ColumnElement[Any]]:
    """An order by these columns, all in one direction."""
    return [column.desc() if falling else column.asc() for column in columns]


def behind(order: Order, target: RowType, falling: bool) -> ColumnElement[bool]:
    """Whether a row comes after the binds `at_value` and `at_key`."""
    position = tuple_(order.column, target.key)
    cursor = tuple_(
        bindparam("at_value", type_=order.column.type), bindparam("at_key", type_=target.key.type)
    )
    return position < cursor if falling else position > cursor


def count(
    target: RowType, path: Path | None, conditions: Sequence[ColumnElement[bool]]
) -> Select[Any]:
    """How many rows there are on all pages, for each of the binds `keys`."""
    wanted = [*conditions, *_visible(target)]
    if path is None:
        return select(func.count().label("count")).select_from(target.table).where(*wanted)
    return (
        select(path.remote.label(PARENT), func.count().label("count"))
        .select_from(_from(target, path))
        .where(path.remote == any_(_keys(path.remote)), *wanted)
        .group_by(path.remote)
    )
