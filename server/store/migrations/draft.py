"""The draft of a revision: what `tables.py` has that the revisions before it do not make.

Run it as `make revision ID=0003 NAME=followers`, once more after each change of the tables while
the revision is unreleased, and read what it wrote: it sees no renames (they look like a drop and
an addition) and no changed CHECK constraints, and it moves no data.
"""

import asyncio
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from string import Template
from tempfile import TemporaryDirectory
from typing import TypeGuard

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.operations.ops import CreateForeignKeyOp, CreateTableOp, UpgradeOps
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, ForeignKeyConstraint
from sqlalchemy.schema import SchemaItem

from server.store.embedded import EmbeddedPostgres
from server.store.migrations.run import open_engine, upgrade_on
from server.store.tables import metadata

_VERSIONS = Path(__file__).parent / "versions"

_REVISION = Template('''\
"""Revision ${revision}: ${title}."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "${revision}"
down_revision = ${before}


def upgrade() -> None:
    ${operations}
''')

_NOISE = re.compile(
    r"# ###.*\s*|, nullable=True|, unique=False|, use_alter=True|astext_type=sa\.Text\(\)"
)
"""What Alembic writes although it says nothing."""


def draft(revision: str, name: str) -> Path:
    """Write that revision anew, with the help of a database that is thrown away; its file."""
    earlier = [id_ for file in _VERSIONS.glob("*.py") if (id_ := file.name[:4]) < revision]
    before = max(earlier, default=None)
    file = _VERSIONS / f"{revision}_{name}.py"
    words = {"title": name.replace("_", " "), "revision": revision}
    operations = asyncio.run(_operations_after(before))
    file.write_text(_REVISION.substitute(words, before=repr(before), operations=operations))
    for tidy in (["check", "--fix", "--select=F401"], ["format"]):
        command = [sys.executable, "-m", "ruff", *tidy, "--quiet", str(file)]
        subprocess.run(command, check=True)  # noqa: S603  # our own linter on our own file
    return file


async def _operations_after(revision: str | None) -> str:
    with TemporaryDirectory() as folder:
        async with EmbeddedPostgres.start(Path(folder), durable=False) as postgres:
            engine = open_engine(postgres.url)
            async with engine.begin() as connection:
                if revision:
                    await connection.run_sync(upgrade_on, revision)
                operations = await connection.run_sync(missing)
            await engine.dispose()
            return operations


def missing(connection: Connection) -> str:
    """The Python of a revision that makes this database what `tables.py` declares.

    Raises:
        SystemExit: it is that already.
    """
    context = MigrationContext.configure(connection, opts={"compare_server_default": True})
    found = produce_migrations(context, metadata).upgrade_ops
    if found is None or found.is_empty():
        sys.exit("The revisions before it make all that tables.py has.")
    found.ops.extend(list(_circles(found)))
    return _NOISE.sub("", render_python_code(found, migration_context=context))


def _circles(found: UpgradeOps) -> Iterator[CreateForeignKeyOp]:
    """Take the references that close a circle out of CREATE TABLE, which would pass over them."""
    for operation in found.ops:
        if isinstance(operation, CreateTableOp):
            circles = [part for part in operation.columns if _closes_circle(part)]
            operation.columns = [part for part in operation.columns if not _closes_circle(part)]
            yield from map(CreateForeignKeyOp.from_constraint, circles)


def _closes_circle(part: SchemaItem) -> TypeGuard[ForeignKeyConstraint]:
    return isinstance(part, ForeignKeyConstraint) and part.use_alter


if __name__ == "__main__":
    print(draft(*sys.argv[1:]))  # noqa: T201  # the answer of a command
