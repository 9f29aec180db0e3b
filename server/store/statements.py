"""Plain statements over one table, built once for each shape."""

from collections.abc import Iterable
from functools import lru_cache
from uuid import UUID

from sqlalchemy import Table, any_, bindparam, delete, insert, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as SQL_UUID
from sqlalchemy.dialects.postgresql import insert as upserting
from sqlalchemy.sql import Executable

from server.store.database import Row, Transaction

_IDS = ARRAY(SQL_UUID)


@lru_cache(maxsize=512)
def _insert(table: Table, names: tuple[str, ...], ignore: bool) -> Executable:
    values = {name: bindparam(name, type_=table.c[name].type) for name in names}
    if ignore:
        return upserting(table).values(values).on_conflict_do_nothing()
    return insert(table).values(values)


@lru_cache(maxsize=512)
def _update(table: Table, names: tuple[str, ...], keys: tuple[str, ...]) -> Executable:
    values = {name: bindparam(f"to_{name}", type_=table.c[name].type) for name in names}
    where = [table.c[key] == bindparam(f"of_{key}", type_=table.c[key].type) for key in keys]
    return update(table).values(values).where(*where)


@lru_cache(maxsize=512)
def _select(table: Table, keys: tuple[str, ...], lock: bool) -> Executable:
    where = [table.c[key] == bindparam(key, type_=table.c[key].type) for key in keys]
    statement = select(table).where(*where)
    return statement.with_for_update() if lock else statement


@lru_cache(maxsize=128)
def _delete(table: Table, keys: tuple[str, ...]) -> Executable:
    where = [table.c[key] == bindparam(key, type_=table.c[key].type) for key in keys]
    return delete(table).where(*where)


@lru_cache(maxsize=128)
def _known(table: Table) -> Executable:
    return select(table.c.id).where(table.c.id == any_(bindparam("ids", type_=_IDS)))


async def insert_row(tx: Transaction, table: Table, **values: object) -> None:
    """Insert one row."""
    await tx.run(_insert(table, tuple(values), False), **values)


async def insert_rows(
    tx: Transaction, table: Table, rows: list[dict[str, object]], *, ignore: bool = False
) -> None:
    """Insert rows of one shape; with `ignore`, those that are new."""
    if rows:
        await tx.each(_insert(table, tuple(rows[0]), ignore), rows)


async def update_row(
    tx: Transaction, table: Table, changes: dict[str, object], **keys: object
) -> int:
    """Set columns of the rows with these keys; how many there were."""
    if not changes:
        return 0
    statement = _update(table, tuple(changes), tuple(keys))
    binds = {f"to_{name}": value for name, value in changes.items()}
    return await tx.run(statement, **binds, **{f"of_{key}": value for key, value in keys.items()})


async def update_rows(tx: Transaction, table: Table, rows: list[dict[str, object]]) -> None:
    """Set columns of rows that are known by their ids, the same columns in each."""
    if rows:
        names = tuple(name for name in rows[0] if name != "id")
        binds = [
            {"of_id": row["id"], **{f"to_{name}": row[name] for name in names}} for row in rows
        ]
        await tx.each(_update(table, names, ("id",)), binds)


async def find_row(
    tx: Transaction, table: Table, *, lock: bool = False, **keys: object
) -> Row | None:
    """The row with these keys, locked against other writers with `lock`."""
    return await tx.one(_select(table, tuple(keys), lock), **keys)


async def find_rows(tx: Transaction, table: Table, **keys: object) -> list[Row]:
    """All rows with these keys."""
    return await tx.fetch(_select(table, tuple(keys), False), **keys)


async def delete_rows(tx: Transaction, table: Table, **keys: object) -> int:
    """Delete the rows with these keys; how many there were."""
    return await tx.run(_delete(table, tuple(keys)), **keys)


async def known_ids(tx: Transaction, table: Table, ids: Iterable[UUID]) -> set[UUID]:
    """Those of these ids that are rows of the table."""
    distinct = list(dict.fromkeys(ids))
    rows = await tx.fetch(_known(table), ids=distinct) if distinct else []
    return {row["id"] for row in rows}
