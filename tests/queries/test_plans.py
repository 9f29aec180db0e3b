"""The golden queries stay quick when tables grow: their statements use the indexes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import asyncpg
import pytest

from schema.engine.documents import Refused
from tests import postgres
from tests.bench import history
from tests.queries.conftest import write_sql
from tests.queries.golden import Golden, goldens
from tests.queries.plans import Plan
from tests.queries.statements import Sent, Watching
from tests.schema.conftest import Graph

INCIDENTS = 1_600
"""With all that belongs to them 85,000 rows."""

LARGE = 1_000
"""Rows from which on a table must not be read as a whole."""

MOST_READ = 2_500
"""Rows of one large table that a statement may read: the board reads its 20 incidents' entries."""

_GENERIC_PLANS = 160_000
"""The version of PostgreSQL that explains plans for arguments it does not know."""


@pytest.fixture(scope="session")
def large_url(database_server: str, database_template: str) -> Iterator[str]:
    """The address of a database with tens of thousands of rows around those of `data.sql`."""
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        database = postgres.new_database(database_server, database_template)
        url = runner.run(database.__aenter__())
        try:
            runner.run(history.write(url, INCIDENTS))
            runner.run(write_sql(url, "data.sql", "large.sql"))
            yield url
        finally:
            runner.run(database.__aexit__(None, None, None))


@pytest.fixture
def small_url(large_url: str) -> str:
    """The address of the database that `graph` reads."""
    return large_url


@pytest.fixture
async def large(large_url: str) -> set[str]:
    """The tables with many rows."""
    connection = await asyncpg.connect(large_url)
    try:
        counted = "select relname from pg_class where relkind = 'r' and reltuples > $1"
        return {row["relname"] for row in await connection.fetch(counted, float(LARGE))}
    finally:
        await connection.close()


@pytest.mark.parametrize("golden", goldens(), ids=lambda each: each.path.stem)
async def test_large_tables_are_read_by_their_indexes(
    golden: Golden, graph: Graph, watching: Watching, large: set[str]
) -> None:
    sent = await _sent(golden, graph, watching)
    plans = [await Plan.of(watching.pool, sent)]
    version = await watching.pool.fetchval("select current_setting('server_version_num')::int")
    if version >= _GENERIC_PLANS:
        plans.append(await Plan.of(watching.pool, sent, "generic_plan"))
    for plan in plans:
        found = plan.scanned_whole() & large - golden.scans
        assert not found, f"{golden.path.name} reads every row of {found}: an index is missing"


@pytest.mark.parametrize("golden", goldens(), ids=lambda each: each.path.stem)
async def test_few_rows_of_large_tables_are_read(
    golden: Golden, graph: Graph, watching: Watching, large: set[str]
) -> None:
    sent = await _sent(golden, graph, watching)
    plan = await Plan.of(watching.pool, sent, "analyze", "timing off")
    read = {name: rows for name, rows in plan.rows_read().items() if name in large - golden.scans}
    assert {name: rows for name, rows in read.items() if rows > MOST_READ} == {}


async def _sent(golden: Golden, graph: Graph, watching: Watching) -> Sent:
    """The statement of a golden query, with its real arguments."""
    document = graph.run.documents.read(golden.text)
    assert not isinstance(document, Refused), document.errors
    assert await graph.run.compiled(document, golden.operation, golden.viewer)
    (sent,) = watching.sent
    return sent


async def test_every_table_that_grows_is_large(large: set[str]) -> None:
    growing = {
        *("incident", "incident_service", "timeline_entry", "timeline_revision", "responder"),
        *("hypothesis", "hypothesis_evidence", "why", "why_evidence", "action_item"),
        *("deployment", "deployment_pull_request", "pull_request", "pull_request_dependency"),
        *("attribution", "attribution_candidate", "suspect"),
        *("person", "identity", "service", "service_source", "service_dependency"),
        *("ticket", "action_item_change", "delivery"),
    }
    assert growing - large == set()
