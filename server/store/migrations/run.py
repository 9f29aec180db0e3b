"""Alembic, told all it needs by the program instead of by an `alembic.ini`."""

from pathlib import Path

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, NullPool, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from server.errors import Unavailable

_TURN = 0x57687963
"""The advisory lock whose holder migrates. The number says only "Whyc"; it must never change."""

_WAIT_FOR_TURN = "60s"
_WAIT_FOR_TABLES = "10s"
"""How long a revision queues for a table. Whoever reads that table meanwhile queues behind it."""


async def upgrade(url: str, revision: str) -> None:
    """Bring the database to at least this revision, in one transaction and one process at a time.

    Raises:
        Unavailable: somebody held a lock for longer than we wait.
    """
    engine = open_engine(url)
    try:
        async with engine.begin() as connection:
            await connection.execute(text(f"set local lock_timeout = '{_WAIT_FOR_TURN}'"))
            await connection.execute(select(func.pg_advisory_xact_lock(_TURN)))
            await connection.execute(text(f"set local lock_timeout = '{_WAIT_FOR_TABLES}'"))
            await connection.run_sync(upgrade_on, revision)
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", "") != asyncpg.LockNotAvailableError.sqlstate:
            raise
        raise Unavailable("The migration gave up waiting for a lock. Try again.") from error
    finally:
        await engine.dispose()


def upgrade_on(connection: Connection, revision: str) -> None:
    """Bring the database to at least this revision, in the connection's transaction."""
    if (MigrationContext.configure(connection).get_current_revision() or "") < revision:
        config = Config(attributes={"connection": connection})
        # A ConfigParser keeps it, to which a percent sign is the start of a variable.
        config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
        command.upgrade(config, revision)


def open_engine(url: str) -> AsyncEngine:
    """An engine, for what knows no other way; asyncpg reads the address, as it does elsewhere."""

    async def connect() -> "asyncpg.Connection[asyncpg.Record]":
        return await asyncpg.connect(url, server_settings={"application_name": "whychain migrate"})

    return create_async_engine("postgresql+asyncpg://", async_creator=connect, poolclass=NullPool)
