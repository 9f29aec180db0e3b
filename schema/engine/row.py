"""What a declared type is made of: its rows, its fields, and the register of all types."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Self, TypeAlias
from uuid import UUID

import strawberry
from sqlalchemy import Column, ColumnElement, PrimaryKeyConstraint, Table, UniqueConstraint
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.base import StrawberryList, StrawberryOptional
from strawberry.types.field import StrawberryField

from schema.engine import node_id
from schema.engine.errors import DeclarationError
from schema.engine.source import Reading, Record

KEY = "_key"
"""The label under which every selected row carries its key."""


class Row:
    """One row of a declared type, as its columns read it, or only the key of one."""

    row: strawberry.Private[Record]
    key: strawberry.Private[UUID | None]

    @classmethod
    def of(cls, row: Record) -> Self:
        """The row that was read."""
        instance = cls.__new__(cls)
        instance.row = row
        return instance

    @classmethod
    def keyed(cls, key: UUID) -> Self:
        """A row still to be read: what a mutation or an event hands to a `ref` field."""
        instance = cls.__new__(cls)
        instance.row = {}
        instance.key = key
        return instance

    @property
    def unread(self) -> bool:
        """Whether only its key is known."""
        return not self.row


@dataclass(frozen=True, slots=True, eq=False)
class KeyPart:
    """One field of a key: its name in the API, its column, and what reads a value of it.

    `read` raises a TypeError where it is given something else.
    """

    name: str
    column: Column[Any]
    read: Callable[[Any], Any]


Standing: TypeAlias = Callable[[ColumnElement[Any]], ColumnElement[Any]]


@dataclass(slots=True, eq=False)
class RowType:
    """The declaration of a type over a table.

    `keys` are the names of fields by which other services refer to a row; `named_by` are these
    keys once all is sealed. `standing` makes of a key that is asked for the key of the row that
    stands for it.
    """

    cls: type[Row]
    table: Table
    key: Column[Any]
    prefix: str | None
    visible: ColumnElement[bool] | None
    order: Sequence[ColumnElement[Any]]
    allow: Callable[[Any], None] | None
    keys: Sequence[tuple[str, ...]]
    standing: Standing | None
    named_by: list[tuple[KeyPart, ...]] = field(default_factory=list)
    columns: dict[str, ColumnElement[Any]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name of the type in the API."""
        return self.cls.__name__

    def key_named(self, public_id: str) -> UUID:
        """The key in a public id.

        Raises:
            BadId: it is no id of this type.
        """
        return node_id.decode_as(self.prefix or "", public_id, f"this type, {self.name}")


@dataclass(frozen=True, slots=True)
class Ask:
    """What the arguments of one field ask for: a shape, and values for it.

    Asks of equal shapes are answered by the same statement. `narrowing` are the names of the
    conditions that are set, `binds` the values of these and of a position.
    """

    shape: Hashable
    narrowing: Sequence[str]
    binds: Mapping[str, Any]


REGISTRY: dict[str, RowType] = {}
"""Every declared row type by name."""


class RowField(StrawberryField):
    """A field that reads data as it was declared, without a resolver of its own."""

    def __init__(self, description: str, arguments: Sequence[StrawberryArgument] = ()) -> None:
        super().__init__(description=description)
        self.init = self.repr = self.compare = False
        self._arguments = list(arguments)
        self.owner: RowType | None = None

    @property
    def is_basic_field(self) -> bool:
        """False: reading needs the operation's context."""
        return False

    @property
    def where(self) -> str:
        """The line to change when the declaration is wrong."""
        owner = self.origin.__name__ if isinstance(self.origin, type) else "?"
        return f"{owner}.{self.python_name}"

    @property
    def row_type(self) -> RowType:
        """The declaration it stands in.

        Raises:
            DeclarationError: it stands on a root, a payload or an event.
        """
        if self.owner is None:
            raise self.mistake("it stands on no row type.")
        return self.owner

    @property
    def nullable(self) -> bool:
        """Whether its annotation allows null."""
        return isinstance(self.type, StrawberryOptional)

    @property
    def inner(self) -> Any:
        """The type of its annotation, without the null."""
        return self.type.of_type if isinstance(self.type, StrawberryOptional) else self.type

    @cached_property
    def target(self) -> RowType:
        """The row type that it leads to.

        Raises:
            DeclarationError: it leads to none.
        """
        return target_of(self)

    def targets(self, shape: Any) -> Sequence[RowType]:
        """The row types that it leads to, where its arguments have this shape."""
        return [self.target]

    def mistake(self, what: str) -> DeclarationError:
        """The error to raise for a wrong declaration: the line to change, and what is wrong."""
        return DeclarationError(f"{self.where}: {what}")

    def check_table(self, expression: ColumnElement[Any]) -> None:
        """Refuse a column of another table: every row would be paired with all of that table's.

        Raises:
            DeclarationError: it is one.
        """
        table = self.row_type.table
        if isinstance(expression, Column) and expression.table is not table:
            raise self.mistake(f"{expression} is no column of {table.name}.")

    def columns(self) -> dict[str, ColumnElement[Any]]:
        """What has to be selected with the row it stands on, by label."""
        return {}

    def ask(self, arguments: Mapping[str, Any]) -> Ask:
        """What its arguments ask for, as values and by Python's names.

        Raises:
            EngineError: they are not allowed.
        """
        raise self.mistake("it has no arguments that narrow it.")

    def conditions(self, names: Sequence[str]) -> Sequence[ColumnElement[bool]]:
        """The conditions of these names on the rows that it leads to."""
        return ()

    def reader(self) -> Callable[[Row], Any] | None:
        """What reads its value from a row, if the row holds it."""
        return None

    def seal(self, namespace: Mapping[str, Any]) -> None:
        """Resolve the names in its annotation, now that all types are known, and check it.

        Raises:
            DeclarationError: a mistake, with the line to change.
        """
        annotation = self.type_annotation
        if annotation is None:
            raise self.mistake("it has no annotation.")
        self.type_annotation = StrawberryAnnotation(
            annotation.raw_annotation,
            namespace={**(annotation.namespace or {}), **namespace},
        )
        try:
            self.type_annotation.evaluate()
        except NameError as unknown:
            raise self.mistake(f"{unknown}.") from unknown
        self.check()

    def check(self) -> None:
        """Compare the annotation with what is declared.

        Raises:
            DeclarationError: they differ.
        """


def row_fields(cls: type) -> list[RowField]:
    """The declared fields of a class."""
    definition = cls.__strawberry_definition__  # type: ignore[attr-defined]
    return [each for each in definition.fields if isinstance(each, RowField)]


def target_of(declared: RowField) -> RowType:
    """The row type that a field leads to: X of `X`, `X | None`, `list[X]`, `Connection[X]`."""
    found: Any = declared.type
    while isinstance(found, StrawberryOptional | StrawberryList):
        found = found.of_type
    definition = getattr(found, "__strawberry_definition__", None)
    inner = definition.type_var_map.get("T") if definition else None
    spec: RowType | None = getattr(inner or found, "__rows__", None)
    if spec is None:
        raise declared.mistake("it does not lead to a declared row type.")
    return spec


def collect(spec: RowType) -> dict[str, ColumnElement[Any]]:
    """All that has to be selected for a row of a type, by label."""
    columns: dict[str, ColumnElement[Any]] = {}
    for each in row_fields(spec.cls):
        for label, expression in each.columns().items():
            if columns.setdefault(label, expression) is not expression:
                raise each.mistake(f"{label} means two different things.")
    return columns


def is_unique(column: Column[Any]) -> bool:
    """Whether the table holds each value of a column at most once."""
    return bool(column.unique) or any(
        isinstance(constraint, PrimaryKeyConstraint | UniqueConstraint)
        and [each.name for each in constraint.columns] == [column.name]
        for constraint in column.table.constraints
    )


def reading_of(info: Any) -> Reading:
    """The operation's way to the data."""
    reading: Reading = info.context.reading
    return reading


def argument(
    name: str, annotation: Any, description: str, default: object = strawberry.UNSET
) -> StrawberryArgument:
    """An argument of a declared field."""
    return StrawberryArgument(
        python_name=name,
        graphql_name=None,
        type_annotation=StrawberryAnnotation(annotation),
        description=description,
        default=default,
    )
