"""The database's shape brought up to this release.

A revision's name is its place in line: four digits, at the front of its file's name. The newest
that this release has is `HEAD`; a database beyond it was migrated by a later release, and
revisions leave the release before them working, so during a rollout and after a rollback this
release runs on it as it is.
"""

from pathlib import Path

import asyncpg
from sqlalchemy import Text, column, func, select, table

from server.errors import Unavailable
from server.store.database import Database

REVISIONS = tuple(
    sorted(file.name[:4] for file in (Path(__file__).parent / "migrations/versions").glob("*.py"))
)
HEAD = REVISIONS[-1]

OLDEST_SERVER = 15
"""The oldest major version of PostgreSQL that has all that our statements use."""

_SERVER_VERSION = select(func.current_setting("server_version_num", type_=Text))
_REVISION = select(column("version_num", Text)).select_from(table("alembic_version"))


async def migrate(url: str) -> None:
    """Bring the database to this release's newest revision; any number of processes may try.

    All that is missing is done in one transaction: the database is at the head afterwards, or as
    it was before.

    Raises:
        Unavailable: nothing answers at `url`, its PostgreSQL is older than 15, it belongs to
            another product, or somebody held a lock for longer than we wait.
    """
    async with Database.connect(url, size=1) as database:
        refuse_old(int((await database.fetch(_SERVER_VERSION))[0][0]))
        if await at_head(database):
            return
    # Alembic costs 130 ms to import, and a server that starts seldom has anything to migrate.
    from server.store.migrations.run import upgrade

    await upgrade(url, HEAD)


async def at_head(database: Database) -> bool:
    """Whether the database has every revision of this release, or of a later one.

    Raises:
        Unavailable: the database is not there, or belongs to another product.
    """
    try:
        row = await database.one(_REVISION)
    except asyncpg.UndefinedTableError:
        return False
    if row is None:
        return False
    revision: str = row[0]
    if not revision.isdecimal():
        raise Unavailable(
            f"The database is at revision {revision!r}, which is none of Whychain's: it belongs to "
            "another product. Create one for Whychain alone."
        )
    return revision >= HEAD


def refuse_old(version: int) -> None:
    """Raise Unavailable for a PostgreSQL that is too old; `version` is its server_version_num."""
    if version // 10_000 < OLDEST_SERVER:
        raise Unavailable(
            f"The database runs on PostgreSQL {version // 10_000}.{version % 10_000}; Whychain "
            f"needs {OLDEST_SERVER} or later."
        )
