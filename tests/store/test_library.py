"""Searching ten thousand post-mortems reads those that have the words, and no others."""

from __future__ import annotations

from hashlib import md5
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from server.store import library
from server.store.database import Database
from server.store.library import Search, Way
from tests.queries.plans import Plan
from tests.queries.statements import Sent

_FILL = (
    """insert into incident (id, title, severity, status, declared_at)
       select md5(n::text)::uuid, 'Incident ' || n, 'SEV2', 'RESOLVED', now()
       from generate_series(1, 10000) n""",
    """insert into library_entry (incident_id, published_at, title, causes, lessons, rest)
       select id, declared_at, title, 'Because of ' || md5(title), '', '' from incident""",
    """insert into postmortem (id, incident_id, state, missing)
       select id, id, 'PUBLISHED', '{}' from incident""",
    "update library_entry set causes = 'The quorum was lost' where title = 'Incident 17'",
    "vacuum analyze incident",
    "vacuum analyze postmortem",
    "vacuum analyze library_entry",
)


def md5_of(number: str) -> UUID:
    """The id of the incident of this number."""
    return UUID(md5(number.encode(), usedforsecurity=False).hexdigest())


@pytest.fixture
async def pool(database_url: str) -> Any:
    connection = await asyncpg.connect(database_url)
    try:
        for statement in _FILL:
            await connection.execute(statement)
        yield connection
    finally:
        await connection.close()


async def test_large_libraries_are_searched_by_their_indexes(
    database: Database, pool: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[Sent] = []

    async def noted(_: object, sql: str, arguments: list[object]) -> list[Any]:
        sent.append(Sent(sql, arguments))
        return await pool.fetch(sql, *arguments)  # type: ignore[no-any-return]

    monkeypatch.setattr("server.store.readers.Readers.fetch", noted)
    for people in (True, False):
        rights = {"viewer_incidents": True, "viewer_people": people}
        for way, query in ((Way.WORDS, "quorum"), (Way.SPELLING, "quorun was lost")):
            search = Search(query, rights, {})
            (found,) = await library.page(database, search, way, None, 10)
            assert found["incident_id"] == md5_of("17")
            assert await library.count(database, search, way) == 1
    for each in sent:
        plan = await Plan.of(pool, each, "analyze", "timing off")
        assert plan.scanned_whole() == set()
        assert plan.rows_read()["library_entry"] < 100
