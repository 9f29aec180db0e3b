"""Every text that has a rendering without names, as the map of the data declares them."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Table, bindparam, select, tuple_, update
from sqlalchemy.sql import Executable

from server.store.database import Database, Row
from server.store.tables import metadata

REDACTED = "_redacted"
FINDINGS = "_findings"
"""How the columns of a rendering and of findings end, after the name of their text's."""

PAGE = 500


@dataclass(frozen=True, slots=True)
class Texts:
    """One column of texts that somebody wrote, and the column of its renderings.

    `keys` are the table's key: ids. A text is a string, or JSON that holds strings. Of one that
    people write, the language is judged.
    """

    name: str
    judged: bool
    keys: tuple[str, ...]
    page: Executable
    render: Executable


def texts_of(table: Table) -> tuple[Texts, ...]:
    """The texts of a table that have renderings."""
    return tuple(
        _texts(table, column)
        for column in table.columns
        if f"{column.name}{REDACTED}" in table.columns and not column.name.endswith(FINDINGS)
    )


def _texts(table: Table, written: Column[Any]) -> Texts:
    keys = tuple(table.primary_key.columns)
    kept = _kept(table, written.name)
    after = tuple_(*(bindparam(f"after_{key.name}", type_=key.type) for key in keys))
    return Texts(
        name=written.name,
        judged=len(kept) > 1,
        keys=tuple(key.name for key in keys),
        page=select(*keys, written.label("text"), *(kept[each].label(each) for each in kept))
        .where(tuple_(*keys) > after, written.is_not(None))
        .order_by(*keys)
        .limit(PAGE),
        render=update(table)
        .where(
            *(key == bindparam(f"of_{key.name}", type_=key.type) for key in keys),
            written == bindparam("read", type_=written.type),
        )
        .values(
            {kept[each].name: bindparam(f"new_{each}", type_=kept[each].type) for each in kept}
        ),
    )


def _kept(table: Table, name: str) -> dict[str, Column[Any]]:
    """The columns that derive from a text, by what they hold."""
    names = {
        "rendering": f"{name}{REDACTED}",
        "findings": f"{name}{FINDINGS}",
        "findings_in_rendering": f"{name}{FINDINGS}{REDACTED}",
    }
    return {each: table.columns[name] for each, name in names.items() if name in table.columns}


EVERY_TEXT = tuple(texts for table in metadata.sorted_tables for texts in texts_of(table))


async def read_all(database: Database, texts: Texts) -> AsyncIterator[Row]:
    """Every text with its key and rendering, page by page: no transaction lasts."""
    after: dict[str, object] = {f"after_{name}": UUID(int=0) for name in texts.keys}
    while rows := await database.fetch(texts.page, **after):
        for row in rows:
            yield row
        after = {f"after_{name}": rows[-1][name] for name in texts.keys}


async def render(database: Database, texts: Texts, row: Row, rendered: Mapping[str, object]) -> int:
    """Keep what derives from a text, unless it became another one since it was read.

    How many were kept. Each in its own transaction: whoever holds one row at a time deadlocks
    with nobody.
    """
    key = {f"of_{name}": row[name] for name in texts.keys}
    async with database.transaction() as tx:
        new = {f"new_{name}": value for name, value in rendered.items()}
        return await tx.run(texts.render, read=row["text"], **new, **key)
