"""Pages of connections in SQL: the items numbered, and what is made of all of them."""

from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import (
    ARRAY,
    JSON,
    Boolean,
    ColumnElement,
    Integer,
    case,
    func,
    literal_column,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from schema.engine.cursors import cursor_sql
from schema.engine.statement import Shape

PAGED = frozenset({"nodes", "edges", "pageInfo"})
"""The fields of a connection that read its page."""

RANK = "rank"
"""The number of an item in the order of the statement, from 1."""


def number(value: int) -> ColumnElement[int]:
    """A number that stands in the text: PostgreSQL plans anew where a limit is a parameter."""
    return literal_column(str(value), Integer)


@dataclass(frozen=True, slots=True)
class Position:
    """Where an item stands in the order that `tag` names."""

    tag: str
    value: ColumnElement[Any]
    key: ColumnElement[Any]

    @property
    def cursor(self) -> ColumnElement[str]:
        """The position as a cursor."""
        return cursor_sql(self.tag, self.value, self.key)


@dataclass(slots=True)
class Pages:
    """One page under its alias, and the values it has to carry for each item."""

    shape: Shape
    alias: str
    columns: list[ColumnElement[Any]] = field(default_factory=list)
    read: bool = False
    """Whether anything is made of all items: what is only said of the page needs none."""

    def listed(self, value: ColumnElement[Any]) -> ColumnElement[Any]:
        """A value of every item as a list, in the order of the answer."""
        order = self._rank.desc() if self.shape.backward else self._rank.asc()
        every = func.json_agg(aggregate_order_by(self._carried(value), order), type_=JSON)
        return func.coalesce(every.filter(self._kept), literal_column("'[]'::json", JSON))

    def info(self, name: str, position: Position) -> ColumnElement[Any]:
        """A field of the page info. A cursor is an item, so there is one on its other side."""
        backward = self.shape.backward
        match name:
            case "hasNextPage":
                return self._resumed if backward else self._more
            case "hasPreviousPage":
                return self._more if backward else self._resumed
            case "startCursor":
                return self._end(position, first=not backward)
            case _:
                return self._end(position, first=backward)

    @property
    def _resumed(self) -> ColumnElement[bool]:
        return literal_column("true" if self.shape.resumed else "false", Boolean)

    @property
    def _more(self) -> ColumnElement[bool]:
        return func.coalesce(func.bool_or(self._rank > number(self.shape.size)), False)

    def _end(self, position: Position, *, first: bool) -> ColumnElement[Any]:
        """The cursor of the item that the statement reads first, or last.

        It is written once, from that item's values: writing it costs more than reading a row.
        """
        key = self._at_end(position.key, first=first)
        value = self._at_end(position.value, first=first)
        return case((key.is_not(None), replace(position, value=value, key=key).cursor))

    def _at_end(self, value: ColumnElement[Any], *, first: bool) -> ColumnElement[Any]:
        order = self._rank.asc() if first else self._rank.desc()
        carried = aggregate_order_by(self._carried(value), order)
        every: Any = func.array_agg(carried, type_=ARRAY(value.type)).filter(self._kept)
        return type_coerce(every[1], value.type)

    def _carried(self, value: ColumnElement[Any]) -> ColumnElement[Any]:
        """A value that is computed with the item, as it is seen from outside."""
        name = f"v{len(self.columns)}"
        self.columns.append(value.label(name))
        return literal_column(f"{self.alias}.{name}", value.type)

    @property
    def _rank(self) -> ColumnElement[int]:
        self.read = True
        return literal_column(f"{self.alias}.{RANK}", Integer)

    @property
    def _kept(self) -> ColumnElement[bool]:
        """Whether an item is on the page, and not the one that tells of more."""
        return self._rank <= number(self.shape.size)
