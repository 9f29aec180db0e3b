"""The queue's schema is what pgqueuer wants, but for the trigger that we do without."""

import asyncpg
from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment
from pgqueuer.domain.settings import DBSettings, Durability
from pgqueuer.queries import Queries

from server.store.queue import SCHEMA

_SETTINGS = DBSettings(db_schema=SCHEMA, durability=Durability.balanced)


async def test_pgqueuer_misses_nothing_but_its_trigger(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    try:
        queries = Queries.from_asyncpg_connection(connection)
        queries.qbe = QueryBuilderEnvironment(_SETTINGS)
        plan = await queries.plan_upgrade()
    finally:
        await connection.close()
    missing = sorted(" ".join(each.split()[:4]) for each in plan.statements)
    assert missing == [
        "CREATE FUNCTION jobs.fn_pgqueuer_changed() RETURNS",
        "CREATE TRIGGER tg_pgqueuer_changed AFTER",
    ]
    assert list(plan.notes) == []
