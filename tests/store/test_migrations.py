"""The revisions, run for real: what they make, who may run them, and what they refuse."""

import asyncio
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from server.errors import ErrorCode, Unavailable
from server.store import migrations
from server.store.database import Database
from server.store.migrate import HEAD, REVISIONS, at_head, migrate, refuse_old
from server.store.migrations.run import open_engine, upgrade
from server.store.tables import metadata
from tests.store.catalog import catalog

_MIGRATE = """
import asyncio, sys
from server.store.migrate import migrate
print("ready", flush=True)
sys.stdin.readline()
asyncio.run(migrate(sys.argv[1]))
"""


@pytest.mark.snapshot
async def test_migrated_database_is_what_tables_declares(
    database_url: str, empty_database_url: str
) -> None:
    engine = open_engine(empty_database_url)
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    await engine.dispose()

    assert await catalog(database_url) == await catalog(empty_database_url)


async def test_catalog_sees_every_kind_of_difference(database_url: str) -> None:
    """The test above is only as good as what `catalog` sees."""
    before = await catalog(database_url)
    changes = [
        "alter table incident add surplus text",
        "alter table incident drop column url",
        'alter table incident alter source type text collate "default"',
        "alter table incident alter number type bigint",
        "alter table incident alter title drop not null",
        "alter table incident alter sequence set default 1",
        "alter table incident alter number drop identity",
        "alter table incident drop constraint incident_status_check",
        "alter table incident drop constraint incident_source_external_id_key",
        "alter table feed drop constraint feed_incident_id_fkey",
        "drop index incident_severity_id_idx",
        "comment on column person.automatic is 'else'",
        "create table surplus ()",
        "drop table idempotency",
    ]
    connection = await asyncpg.connect(database_url)
    try:
        for change in changes:
            await connection.execute(change)
            after = await catalog(database_url)
            assert after != before, change
            before = after
    finally:
        await connection.close()


async def test_five_processes_may_migrate_at_once(empty_database_url: str) -> None:
    command = [sys.executable, "-c", _MIGRATE, empty_database_url]
    processes = [
        await asyncio.create_subprocess_exec(
            *command, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        for _ in range(5)
    ]
    for process in processes:
        assert process.stdout
        assert await process.stdout.readline() == b"ready\n"
    await asyncio.gather(*(process.communicate(b"go\n") for process in processes))

    assert [process.returncode for process in processes] == [0] * 5
    async with Database.connect(empty_database_url, size=1) as database:
        assert await at_head(database)


async def test_database_is_at_head_only_when_migrated(empty_database_url: str) -> None:
    async with Database.connect(empty_database_url, size=1) as database:
        assert not await at_head(database)
        await migrate(empty_database_url)
        assert await at_head(database)


async def test_database_of_a_later_release_is_left_as_it_is(database_url: str) -> None:
    await _set_revision(database_url, "9999")
    await migrate(database_url)
    async with Database.connect(database_url, size=1) as database:
        assert await at_head(database)


async def test_database_of_another_product_is_refused(database_url: str) -> None:
    await _set_revision(database_url, "1a2b3c4d5e6f")
    with pytest.raises(Unavailable, match="belongs to another product"):
        await migrate(database_url)


async def test_failed_revision_leaves_nothing_behind(empty_database_url: str) -> None:
    connection = await asyncpg.connect(empty_database_url)
    try:
        await connection.execute("create table why_evidence ()")
        with pytest.raises(Exception, match="why_evidence"):
            await migrate(empty_database_url)
        assert await connection.fetchval("select to_regclass('incident')") is None
    finally:
        await connection.close()


async def test_no_database_is_unavailable(empty_database_url: str, tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        await migrate(f"postgresql://whychain@/whychain?host={tmp_path}")


@pytest.mark.parametrize("version", [90_624, 130_000, 140_023])
def test_old_postgresql_is_refused_with_what_to_do(version: int) -> None:
    with pytest.raises(Unavailable, match=rf"PostgreSQL {version // 10_000}\..* 15 or later") as it:
        refuse_old(version)
    assert it.value.code is ErrorCode.UNAVAILABLE


@pytest.mark.parametrize("version", [150_000, 180_006])
def test_new_postgresql_is_accepted(version: int) -> None:
    refuse_old(version)


def test_revisions_stand_in_the_order_of_their_names() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    chain = ScriptDirectory.from_config(config).walk_revisions()
    assert tuple(revision.revision for revision in chain)[::-1] == REVISIONS
    assert REVISIONS[-1] == HEAD


_BEFORE_TELLINGS = """
    insert into person (id, name, automatic) values (gen_random_uuid(), 'Ada', true);
    insert into deployment
        (id, source, external_id, repository, sha, environment, status, finished_at, effective_at,
            edited, deployer_id)
    select gen_random_uuid(), source, external_id, 'Acme/Shop', 'C0FFEE', 'Production', status,
        '2026-11-02T12:00Z', '2026-11-02T12:00Z', edited, person.id
    from person, (values
        ('github', '1', 'SUCCESS', array[]::text[]), ('api', 'derived', 'ROLLED_BACK', '{}'),
        ('api', 'said', 'ROLLED_BACK', '{status}')
    ) as told (source, external_id, status, edited);
    insert into observation (source, subject, at, rank, digest, facts)
    select 'github', 'deployment:1', '2026-11-02T12:00Z'::timestamptz + minute, 0, '',
        '{"created_at": "2026-11-02T11:50:00Z"}'
    from (values (interval '-1 minute'), (interval '2 minutes')) as told (minute);
    insert into pull_request (id, repository, number, title)
    values (gen_random_uuid(), 'Acme/Shop', 12, '#12'), (gen_random_uuid(), 'Acme/Shop', 13, '');
    insert into deployment_pull_request
    select deployment.id, pull_request.id, number = 12 from deployment, pull_request
"""


async def test_deployments_from_before_they_had_tellings_are_each_their_only_one(
    empty_database_url: str,
) -> None:
    await upgrade(empty_database_url, "0007")
    connection = await asyncpg.connect(empty_database_url)
    try:
        await connection.execute(_BEFORE_TELLINGS)
        await upgrade(empty_database_url, "0008")
        tellings = await connection.fetch(
            "select * from deployment_source join deployment using (source, external_id)"
            " where id = deployment_id order by source desc"
        )
        recorded = await connection.fetch("select * from deployment_recorded order by external_id")
    finally:
        await connection.close()
    assert len(tellings) == 3
    told = tellings[0]
    assert tuple(told.values())[3:6] == ("acme/shop", "c0ffee", "production")
    assert [f"{told[name]:%H:%M}" for name in ("first_at", "last_at")] == ["11:50", "12:02"]
    assert {(row["external_id"], row["status"]) for row in recorded} == {
        ("derived", "SUCCESS"),
        ("said", "ROLLED_BACK"),
    }
    assert all(row["pull_requests"] == [12] and row["deployer_id"] for row in recorded)


async def _set_revision(url: str, revision: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("update alembic_version set version_num = $1", revision)
    finally:
        await connection.close()
