"""What the draft of a revision finds missing in a database."""

import pytest

from server.store.migrations.draft import missing
from server.store.migrations.run import open_engine
from server.store.tables import metadata


async def _missing(url: str) -> str:
    engine = open_engine(url)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(missing)
    finally:
        await engine.dispose()


async def test_empty_database_lacks_every_table(empty_database_url: str) -> None:
    operations = await _missing(empty_database_url)
    assert operations.count("op.create_table(") == len(metadata.tables)


async def test_reference_that_closes_a_circle_comes_after_both_tables(
    empty_database_url: str,
) -> None:
    """Inside CREATE TABLE, Alembic would leave it out without a word."""
    operations = await _missing(empty_database_url)
    assert operations.count("team_lead_id_fkey") == 1
    assert operations.index("op.create_foreign_key(") > operations.rindex("op.create_table(")


async def test_migrated_database_lacks_nothing(database_url: str) -> None:
    with pytest.raises(SystemExit, match="all that tables"):
        await _missing(database_url)
