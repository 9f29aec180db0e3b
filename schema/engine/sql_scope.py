"""Rows in SQL: a declared table under an alias, and what is joined to it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Label, Select, true
from sqlalchemy.sql.util import ClauseAdapter

from schema.engine.row import RowType


@dataclass(slots=True)
class Scope:
    """Rows of one type under an alias, and what has been joined to them so far."""

    spec: RowType
    alias: FromClause
    source: FromClause
    rows: int

    def own(self, expression: ColumnElement[Any]) -> ColumnElement[Any]:
        """An expression over the declared table, over this alias of it."""
        return over(expression, self.alias)

    def join(self, lateral: FromClause) -> ColumnElement[Any]:
        """Join something computed for each row; its value."""
        self.source = self.source.outerjoin(lateral, true())
        return lateral.c.value


def over(expression: ColumnElement[Any], *aliases: FromClause) -> ColumnElement[Any]:
    """An expression with tables replaced by these aliases of them."""
    found: Any = expression.element if isinstance(expression, Label) else expression
    for alias in aliases:
        found = ClauseAdapter(alias).traverse(found)
    return found  # type: ignore[no-any-return]


def correlated(rows: Select[Any], scope: Scope | None) -> Select[Any]:
    """Rows that refer to those around them, where there are some."""
    return rows if scope is None else rows.correlate(scope.alias)
