"""The tests' PostgreSQL: one server a session, one database a test.

The server is the embedded one, started by the first process of the session that wants it, or
any PostgreSQL ≥ 15 whose address stands in WHYCHAIN_TEST_DATABASE_URL and where databases may be
created. Databases are copied from a template that is migrated once: that takes tens of
milliseconds, where migrating takes half a second.
"""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from shutil import disk_usage
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import pytest

from server.store import migrations
from server.store.embedded import EmbeddedPostgres
from server.store.migrate import migrate

_SERVER = pytest.StashKey[str]()
_SHARED_MEMORY = Path("/dev/shm")
_ROOM = 2 << 30
"""Bytes that must be free there: a session needs about a tenth."""
_TURN = 0x54657374
"""The advisory lock of the worker that makes the template while the others wait."""


def server_url(config: pytest.Config) -> str:
    """The server's address, which every worker gets from the process that started it.

    Whoever starts an embedded server must outlive all who use it, and workers end in any order.
    """
    if given := os.environ.get("WHYCHAIN_TEST_DATABASE_URL"):
        return given
    if hasattr(config, "workerinput"):
        return str(config.workerinput["server_url"])
    if _SERVER not in config.stash:
        config.stash[_SERVER] = _start_server(config)
    return config.stash[_SERVER]


def _start_server(config: pytest.Config) -> str:
    stack = ExitStack()
    config.add_cleanup(stack.close)
    folder = stack.enter_context(TemporaryDirectory(prefix="whychain-", dir=_memory()))
    runner = stack.enter_context(asyncio.Runner(loop_factory=asyncio.new_event_loop))
    server = EmbeddedPostgres.start(Path(folder), durable=False)
    url = runner.run(server.__aenter__()).url
    stack.callback(lambda: runner.run(server.__aexit__(None, None, None)))
    return url


def _memory() -> Path | None:
    """A folder in memory, where there is one with room: some disks take 0.5 s for a database."""
    if not _SHARED_MEMORY.is_dir() or not os.access(_SHARED_MEMORY, os.W_OK):
        return None
    return _SHARED_MEMORY if disk_usage(_SHARED_MEMORY).free > _ROOM else None


async def migrated_template(server: str) -> str:
    """The name of a migrated database that others are copied from, made if it is not there."""
    name = f"whychain_template_{_migrations_digest()}"
    async with _connection(server) as admin:
        await admin.execute("select pg_advisory_lock($1)", _TURN)
        # A database becomes a template when it is complete: what is none is somebody's half.
        if not await admin.fetchval("select datistemplate from pg_database where datname=$1", name):
            await admin.execute(f"drop database if exists {name}")
            await admin.execute(f"create database {name}")
            await migrate(_at(server, name))
            await admin.execute(f"alter database {name} is_template true allow_connections false")
    return name


@asynccontextmanager
async def new_database(server: str, template: str = "template0") -> AsyncIterator[str]:
    """The address of a copy of the template; it is dropped at the end, whoever is connected."""
    name = f"whychain_test_{uuid4().hex}"
    async with _connection(server) as admin:
        await admin.execute(f"create database {name} template {template}")
        try:
            yield _at(server, name)
        finally:
            await admin.execute(f"drop database {name} with (force)")


@asynccontextmanager
async def _connection(server: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection = await asyncpg.connect(server)
    try:
        yield connection
    finally:
        await connection.close()


def _at(server: str, database: str) -> str:
    return urlsplit(server)._replace(path=f"/{database}").geturl()


def _migrations_digest() -> str:
    folder = Path(migrations.__file__).parent / "versions"
    source = b"".join(file.read_bytes() for file in sorted(folder.glob("*.py")))
    return hashlib.sha256(source).hexdigest()[:12]
