"""How a type is declared over its table: columns, edges to other rows, and who may see it.

    @rows(t.deployment, prefix="dep", order=[t.deployment.c.effective_at.desc()])
    class Deployment(Node):
        \"\"\"A change that reached an environment.\"\"\"

        sha: str = column("The commit that was deployed.")
        deployer: Person | None = one("Who deployed it.", t.deployment.c.deployer_id)
        pull_requests: list[PullRequest] = many("What it contained.", through=(…, …))

Every field begins with its description. A declaration refers to other row types by name; the
names are resolved when the schema is sealed, so modules need not import each other.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import Any, TypeVar

import strawberry
from sqlalchemy import BigInteger, Column, ColumnElement, Table
from strawberry.types.base import StrawberryList

from schema.engine import node_id
from schema.engine.errors import DeclarationError
from schema.engine.row import KEY, REGISTRY, Row, RowField, RowType, Standing, row_fields

C = TypeVar("C", bound=type)
F = TypeVar("F", bound=Callable[..., Any])


def rows(
    table: Table,
    *,
    key: Column[Any] | None = None,
    prefix: str | None = None,
    visible: ColumnElement[bool] | None = None,
    order: Sequence[ColumnElement[Any]] = (),
    allow: Callable[[Any], None] | None = None,
    keys: Sequence[tuple[str, ...]] = (),
    standing: Standing | None = None,
) -> Callable[[C], C]:
    """Declare the decorated class over `table`.

    Args:
        key: the column that names a row; the table's only primary key by default.
        prefix: makes it a Node, whose ids begin so.
        visible: rows for which this is not true do not exist for the viewer.
        order: the order of lists of it; ties are broken by the key.
        allow: called with the operation's context where the API is entered, at roots and at what
            mutations and events hand out; raises where nothing of this type may be read.
        keys: makes it an entity, to which other services refer by the values of these fields; of
            several rows with the same values they mean the first one in `order`.
        standing: for rows that may become part of others: makes of a key, that a client asks for,
            the key of the row that stands for it now.

    Raises:
        DeclarationError: the table has no single key, the name or the prefix is taken, or the
            class has no docstring.
    """

    def declare(cls: C) -> C:
        _check_names(cls, prefix)
        only_key = key if key is not None else _only_key(cls, table)
        spec = RowType(cls, table, only_key, prefix, visible, order, allow, keys, standing)
        if prefix:
            cls.is_type_of = staticmethod(lambda value, _info: type(value) is cls)  # type: ignore[attr-defined]
        cls.__rows__ = spec  # type: ignore[attr-defined]
        declared = strawberry.type(cls, description=_first_paragraph(cls))
        for field in row_fields(cls):
            if field.origin is cls:
                field.owner = spec
        REGISTRY[cls.__name__] = spec
        return declared

    return declare


def _check_names(cls: type, prefix: str | None) -> None:
    if cls.__name__ in REGISTRY:
        raise DeclarationError(f"{cls.__name__} is declared twice.")
    if (prefix is not None) is not issubclass(cls, Node):
        raise DeclarationError(f"{cls.__name__}: a Node has a prefix, a Row has none.")
    if prefix is None:
        return
    if not node_id.is_prefix(prefix):
        raise DeclarationError(f"{cls.__name__}: a prefix is two to five small letters.")
    for other in REGISTRY.values():
        if other.prefix == prefix:
            raise DeclarationError(f"{cls.__name__}: the prefix {prefix!r} is {other.name}'s.")


def _only_key(cls: type, table: Table) -> Column[Any]:
    columns = list(table.primary_key.columns)
    if len(columns) != 1:
        raise DeclarationError(f"{cls.__name__}: {table.name} has no single key; give key=.")
    return columns[0]


def _first_paragraph(cls: type) -> str:
    if not cls.__doc__:
        raise DeclarationError(f"{cls.__name__} has no docstring: it is the type's description.")
    return " ".join(cls.__doc__.strip().partition("\n\n")[0].split())


_COMPARED = (str, int, float, bool, datetime, date)
"""Annotations that have to be what the column's type is in Python."""


class ColumnField(RowField):
    """The value of a column, or of an expression over the row's table."""

    def __init__(
        self, description: str, expression: ColumnElement[Any] | None, *, never_null: bool
    ) -> None:
        super().__init__(description)
        self._expression, self._never_null = expression, never_null
        self._part: Callable[..., Any] | None = None
        self.listed = False

    @property
    def is_basic_field(self) -> bool:
        """True: the value is in the row."""
        return True

    @property
    def expression(self) -> ColumnElement[Any]:
        """What it reads: what was given, or the column of its name."""
        if self._expression is not None:
            return self._expression
        table = self.row_type.table
        if self.python_name not in table.c:
            raise self.mistake(f"{table.name} has no column {self.python_name}.")
        return table.c[self.python_name]

    def columns(self) -> dict[str, ColumnElement[Any]]:
        """Itself, under its own name."""
        return {self.python_name: self.expression}

    def check(self) -> None:
        """Refuse a nullability or a type unlike the column's; find the type of JSON's parts."""
        self.check_table(self.expression)
        self._check_null()
        self._check_type()
        self.listed = isinstance(self.inner, StrawberryList)
        part = self.inner.of_type if self.listed else self.inner
        if isinstance(part, type) and hasattr(part, "__strawberry_definition__"):
            self._part = part

    def _check_null(self) -> None:
        column = self.expression
        if not isinstance(column, Column) or (column.nullable and self._never_null):
            return
        if column.nullable and not self.nullable:
            raise self.mistake("the column may be null. Annotate it `… | None`.")
        if self.nullable and not column.nullable:
            raise self.mistake("the column is never null. Annotate it without None.")

    def _check_type(self) -> None:
        annotated, stored = self.inner, self.expression.type
        if annotated is int and isinstance(stored, BigInteger):
            raise self.mistake("the column has 64 bits, and GraphQL's Int has 32.")
        if annotated not in _COMPARED:
            return
        try:
            found = stored.python_type
        except NotImplementedError:
            return
        if found is not annotated:
            raise self.mistake(f"the column is {found.__name__}.")

    def reader(self) -> Callable[[Row], Any]:
        """The value as it was read; JSON as the type that describes it."""
        name, part = self.python_name, self._part
        if part is None:
            return lambda row: row.row[name]
        if self.listed:
            return lambda row: _parts(part, row.row[name])
        return lambda row: None if row.row[name] is None else part(**row.row[name])

    def get_result(self, source: Any, info: Any, args: list[Any], kwargs: Any) -> Any:
        """What the reader reads."""
        return self._read(source)

    @cached_property
    def _read(self) -> Callable[[Row], Any]:
        return self.reader()


def _parts(part: Callable[..., Any], items: list[dict[str, Any]] | None) -> list[Any] | None:
    return None if items is None else [part(**item) for item in items]


class NodeIdField(RowField):
    """The public id of a row."""

    @property
    def is_basic_field(self) -> bool:
        """True: the key is in the row."""
        return True

    def reader(self) -> Callable[[Row], Any]:
        """Prefix and key."""
        return _public_id

    def get_result(self, source: Any, info: Any, args: list[Any], kwargs: Any) -> Any:
        """What the reader reads."""
        return _public_id(source)


def _public_id(row: Row) -> str:
    spec: RowType = row.__rows__  # type: ignore[attr-defined]
    return node_id.encode(spec.prefix or "", row.row[KEY])


def _node_id(description: str) -> Any:
    return NodeIdField(description)


@strawberry.interface(description="An object with an id of its own.")
class Node(Row):
    id: strawberry.ID = _node_id("Its id: opaque, the same for ever.")


def column(
    description: str,
    expression: ColumnElement[Any] | None = None,
    *,
    never_null: bool = False,
    name: str | None = None,
) -> Any:
    """A field that is the column of the same name, or an expression over the table.

    Args:
        never_null: the column may be null, but not in rows that this type shows.
        name: its name in the API, where that of the attribute will not do.
    """
    field = ColumnField(description, expression, never_null=never_null)
    field.graphql_name = name
    return field


def resolved(description: str, *, name: str | None = None) -> Callable[[F], F]:
    """A field that needs Python: a resolver of its own."""
    field: Any = strawberry.field(description=description, name=name)
    return field  # type: ignore[no-any-return]


def subscription(description: str) -> Callable[[F], F]:
    """A subscription: a resolver that gives an asynchronous iterator of events."""
    field: Any = strawberry.subscription(description=description)
    return field  # type: ignore[no-any-return]
