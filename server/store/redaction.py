"""Every text that has a rendering without names, as the map of the data declares them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Table, bindparam, select, tuple_, update
from sqlalchemy.sql import Executable

from server.store.database import Database, Row
from server.store.tables import metadata

REDACTED = "_redacted"
"""How the column of a rendering ends, after the name of its text's."""

PAGE = 500


@dataclass(frozen=True, slots=True)
class Texts:
    """One column of texts that somebody wrote, and the column of its renderings.

    `keys` are the table's key: ids. A text is a string, or JSON that holds strings.
    """

    keys: tuple[str, ...]
    page: Executable
    render: Executable


def texts_of(table: Table) -> tuple[Texts, ...]:
    """The texts of a table that have renderings."""
    return tuple(
        _texts(table, column)
        for column in table.columns
        if f"{column.name}{REDACTED}" in table.columns
    )


def _texts(table: Table, written: Column[Any]) -> Texts:
    keys = tuple(table.primary_key.columns)
    rendering = table.columns[f"{written.name}{REDACTED}"]
    after = tuple_(*(bindparam(f"after_{key.name}", type_=key.type) for key in keys))
    return Texts(
        keys=tuple(key.name for key in keys),
        page=select(*keys, written.label("text"), rendering.label("rendering"))
        .where(tuple_(*keys) > after, written.is_not(None))
        .order_by(*keys)
        .limit(PAGE),
        render=update(table)
        .where(
            *(key == bindparam(f"of_{key.name}", type_=key.type) for key in keys),
            written == bindparam("read", type_=written.type),
        )
        .values({rendering.name: bindparam("rendered", type_=rendering.type)}),
    )


EVERY_TEXT = tuple(texts for table in metadata.sorted_tables for texts in texts_of(table))


async def read_all(database: Database, texts: Texts) -> AsyncIterator[Row]:
    """Every text with its key and rendering, page by page: no transaction lasts."""
    after: dict[str, object] = {f"after_{name}": UUID(int=0) for name in texts.keys}
    while rows := await database.fetch(texts.page, **after):
        for row in rows:
            yield row
        after = {f"after_{name}": rows[-1][name] for name in texts.keys}


async def render(database: Database, texts: Texts, row: Row, rendered: object) -> int:
    """Keep a rendering, unless the text became another one since it was read; how many were kept.

    Each in its own transaction: whoever holds one row at a time deadlocks with nobody.
    """
    key = {f"of_{name}": row[name] for name in texts.keys}
    async with database.transaction() as tx:
        return await tx.run(texts.render, read=row["text"], rendered=rendered, **key)
