"""Writing the tricky rows into a migrated database."""

from __future__ import annotations

from sqlalchemy import bindparam, insert, text, update
from sqlalchemy.dialects.postgresql import UUID

from server.store import tables as t
from server.store.database import Database
from tests.schema.both_paths.tricky_rows import TrickyRows

SEED = 2026


async def write(url: str, made_by: type[TrickyRows] = TrickyRows) -> None:
    """Fill a migrated, empty database, always with the same rows."""
    rows = made_by(SEED)
    async with Database.connect(url, size=1) as database, database.transaction() as tx:
        for table, made in rows.all():
            binds = {
                column.name: bindparam(column.name, type_=column.type) for column in table.columns
            }
            await tx.each(insert(table).values(binds), made)
        lead = update(t.team).values(lead_id=bindparam("lead", type_=UUID))
        await tx.each(lead.where(t.team.c.id == bindparam("team", type_=UUID)), rows.leads())
    async with Database.connect(url, size=1) as database:
        await database.fetch(text("analyze"))
