"""Making two rows of one table one: every reference to the one becomes a reference to the other.

The references are read from the map of the data, so that a table that is added later is moved
too.
"""

from collections.abc import Collection, Sequence
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
    null,
    update,
)
from sqlalchemy.sql import Executable

from server.store.database import Transaction
from server.store.statements import delete_rows
from server.store.tables import (
    deployment,
    hypothesis_evidence,
    metadata,
    person,
    service,
    timeline_entry,
    why_evidence,
)


@dataclass(frozen=True, slots=True)
class Moves:
    """What moves all references to one row of `table`, in this order; binds: loser and winner."""

    table: Table
    statements: tuple[Executable, ...]


async def merge(tx: Transaction, moves: Moves, loser: UUID, winner: UUID) -> None:
    """Move everything that refers to `loser` to `winner`, and delete `loser`.

    Where both are referred to alike, as with two roles in one incident, the winner's row stays.
    """
    await move(tx, moves, loser, winner)
    await delete_rows(tx, moves.table, id=loser)


async def move(tx: Transaction, moves: Moves, loser: UUID, winner: UUID) -> None:
    """Move the references to `loser` to `winner`."""
    for statement in moves.statements:
        await tx.run(statement, loser=loser, winner=winner)


def references(table: Table) -> tuple[Column[UUID], ...]:
    """Every column of any table that refers to this table's id."""
    return tuple(
        column
        for other in metadata.sorted_tables
        for column in other.columns
        if any(key.column is table.c.id for key in column.foreign_keys)
    )


def moves_of(table: Table, among: Collection[Table] = metadata.sorted_tables) -> Moves:
    """The statements that move all references to a row of this table that are `among` these."""
    columns = [column for column in references(table) if column.table in among]
    return Moves(
        table,
        (
            *_between_the_two(columns),
            *(_to_itself(column) for column in columns if column.table is table),
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


def _to_itself(column: Column[UUID]) -> Executable:
    """Forget that the winner refers to the loser: it would refer to itself."""
    return (
        update(column.table)
        .where(column.table.c.id == bindparam("winner"), column == bindparam("loser"))
        .values({column.name: null()})
    )


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
DEPLOYMENTS = moves_of(deployment)
EVIDENCE = moves_of(timeline_entry, among=(hypothesis_evidence, why_evidence))
"""What an entry is evidence for; its revisions stay its own."""
