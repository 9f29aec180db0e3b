"""Pages of connections in SQL: the items numbered, and what is made of all of them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import JSON, ColumnElement, Integer, Text, func, literal_column
from sqlalchemy.dialects.postgresql import aggregate_order_by

from schema.engine.statement import Shape

PAGED = frozenset({"nodes", "edges", "pageInfo"})
"""The fields of a connection that read its page."""

RANK = "rank"
"""The number of an item in the order of the statement, from 1."""


def number(value: int) -> ColumnElement[int]:
    """A number that stands in the text: PostgreSQL plans anew where a limit is a parameter."""
    return literal_column(str(value), Integer)


@dataclass(slots=True)
class Pages:
    """One page under its alias, and the values it has to carry for each item."""

    shape: Shape
    alias: str
    columns: list[ColumnElement[Any]] = field(default_factory=list)

    def listed(self, value: ColumnElement[Any]) -> ColumnElement[Any]:
        """A value of every item as a list, in the order of the answer."""
        order = self._rank.desc() if self.shape.backward else self._rank.asc()
        every = func.json_agg(aggregate_order_by(self._carried(value), order), type_=JSON)
        return func.coalesce(every.filter(self._kept), literal_column("'[]'::json", JSON))

    def info(self, name: str, cursor: Callable[[], ColumnElement[Any]]) -> ColumnElement[Any]:
        """A field of the page info. A cursor is an item, so there is one on its other side."""
        backward = self.shape.backward
        more = func.coalesce(func.bool_or(self._rank > number(self.shape.size)), False)
        resumed: ColumnElement[bool] = literal_column("true" if self.shape.resumed else "false")
        match name:
            case "hasNextPage":
                return resumed if backward else more
            case "hasPreviousPage":
                return more if backward else resumed
            case "startCursor":
                return self._end(cursor(), first=not backward)
            case _:
                return self._end(cursor(), first=backward)

    def _end(self, cursor: ColumnElement[Any], *, first: bool) -> ColumnElement[Any]:
        """The cursor of the item that the statement reads first, or last."""
        order = self._rank.asc() if first else self._rank.desc()
        cursors = func.array_agg(aggregate_order_by(self._carried(cursor), order))
        return func.array_to_string(cursors.filter(self._kept)[1:1], "", type_=Text)

    def _carried(self, value: ColumnElement[Any]) -> ColumnElement[Any]:
        """A value that is computed with the item, as it is seen from outside."""
        name = f"v{len(self.columns)}"
        self.columns.append(value.label(name))
        return literal_column(f"{self.alias}.{name}", value.type)

    @property
    def _rank(self) -> ColumnElement[int]:
        return literal_column(f"{self.alias}.{RANK}", Integer)

    @property
    def _kept(self) -> ColumnElement[bool]:
        """Whether an item is on the page, and not the one that tells of more."""
        return self._rank <= number(self.shape.size)
