"""Making two rows of one table one: every reference to the one becomes a reference to the other.

The references are read from the map of the data, so that a table that is added later is moved
too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import (
    Column,
    ColumnElement,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    bindparam,
    delete,
    exists,
    update,
)
from sqlalchemy.sql import Executable

from server.store.database import Transaction
from server.store.statements import delete_rows
from server.store.tables import metadata, person, service


@dataclass(frozen=True, slots=True)
class Moves:
    """What moves all references to one row of `table`, in this order; binds: loser and winner."""

    table: Table
    statements: tuple[Executable, ...]


async def merge(tx: Transaction, moves: Moves, loser: UUID, winner: UUID) -> None:
    """Move everything that refers to `loser` to `winner`, and delete `loser`.

    Where both are referred to alike, as with two roles in one incident, the winner's row stays.
    """
    for statement in moves.statements:
        await tx.run(statement, loser=loser, winner=winner)
    await delete_rows(tx, moves.table, id=loser)


def references(table: Table) -> tuple[Column[UUID], ...]:
    """Every column of any table that refers to this table's id."""
    return tuple(
        column
        for other in metadata.sorted_tables
        for column in other.columns
        if any(key.column is table.c.id for key in column.foreign_keys)
    )


def moves_of(table: Table) -> Moves:
    """The statements that move all references to a row of this table."""
    columns = references(table)
    return Moves(
        table,
        (
            *_between_the_two(columns),
            *(_double(column, key) for column in columns for key in _keys_with(column)),
            *(_move(column) for column in columns),
        ),
    )


def _between_the_two(columns: Sequence[Column[UUID]]) -> list[Executable]:
    """Delete what relates the two to each other: one row has no relation to itself."""
    return [
        delete(one.table).where(_of_the_two(one), _of_the_two(other))
        for one in columns
        for other in columns
        if one.table is other.table and one.name < other.name and one.primary_key
    ]


def _of_the_two(column: Column[UUID]) -> ColumnElement[bool]:
    return column.in_([bindparam("loser"), bindparam("winner")])


def _keys_with(column: Column[UUID]) -> list[list[Column[object]]]:
    """The other columns of each key that this column is a part of."""
    return [
        [other for other in key.columns if other is not column]
        for key in column.table.constraints
        if isinstance(key, PrimaryKeyConstraint | UniqueConstraint) and column.name in key.columns
    ]


def _double(column: Column[UUID], others: Sequence[Column[object]]) -> Executable:
    """Delete the loser's rows that the winner has too: they would be one key twice."""
    kept = column.table.alias("kept")
    alike = [kept.c[other.name] == other for other in others]
    is_double = exists().where(kept.c[column.name] == bindparam("winner"), *alike)
    return delete(column.table).where(column == bindparam("loser"), is_double)


def _move(column: Column[UUID]) -> Executable:
    return (
        update(column.table)
        .where(column == bindparam("loser"))
        .values({column.name: bindparam("winner")})
    )


PEOPLE = moves_of(person)
SERVICES = moves_of(service)
