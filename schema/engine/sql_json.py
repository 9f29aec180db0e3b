"""JSON in SQL: rows as objects, objects as lists, and the mark of a null too many."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    FromClause,
    Select,
    Subquery,
    Text,
    func,
    literal_column,
    select,
)

from schema.engine.plan import Selected, UncompilableError

LONGEST_NAME = 63
"""Bytes of a name in PostgreSQL; it cuts longer ones."""

MOST_PAIRS = 50
"""How many names and values fit into one call of a function."""

WHOLE = "the object"
"""The column of rows that are JSON objects already, because a name did not fit.

No field of an answer can have this name."""

NULL_MARK = b'"\\u0000"'
"""Stands for a null where the API promises none. No text of PostgreSQL's contains it."""

MARK = literal_column("'\"\\u0000\"'::json", JSON)


def typename(selected: Selected) -> ColumnElement[Any]:
    """The name of the type on which `__typename` is asked for."""
    return literal_column(f"'{selected.parent}'::text", Text)


def _fit(columns: Sequence[tuple[str, ColumnElement[Any]]]) -> bool:
    """Whether PostgreSQL can name columns so, without cutting a name."""
    return all(len(name.encode()) <= LONGEST_NAME for name, _ in columns)


def built(pairs: Sequence[tuple[str, ColumnElement[Any]]]) -> ColumnElement[Any]:
    """A JSON object of these names and values."""
    if len(pairs) > MOST_PAIRS:
        raise UncompilableError("an object has too many fields")
    parts = [part for name, value in pairs for part in (_name_text(name), value)]
    return func.json_build_object(*parts, type_=JSON)


def _name_text(name: str) -> ColumnElement[Any]:
    # Names of GraphQL are letters, digits and underscores.
    return literal_column(f"'{name}'::text", Text)


def objects(
    columns: Sequence[tuple[str, ColumnElement[Any]]],
    source: FromClause,
    conditions: Sequence[ColumnElement[bool]],
) -> Select[Any]:
    """Rows that are objects of the answer: by the names of their columns, if those fit."""
    if not _fit(columns):
        columns = [(WHOLE, built(columns))]
    chosen = [value.label(name) for name, value in columns]
    return select(*chosen).select_from(source).where(*conditions)


def one_object(rows: Subquery) -> ColumnElement[Any]:
    """The JSON object of the rows of a subquery."""
    if list(rows.c.keys()) == [WHOLE]:
        return rows.c[WHOLE]
    return func.row_to_json(rows.table_valued(), type_=JSON)


def listed(rows: Subquery) -> ColumnElement[Any]:
    """The JSON list of all rows of a subquery, in their order."""
    whole = list(rows.c.keys()) == [WHOLE]
    each = select(rows.c[WHOLE] if whole else rows.table_valued()).select_from(rows)
    return func.array_to_json(func.array(each.scalar_subquery()), type_=JSON)
