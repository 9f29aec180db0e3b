"""The embedded PostgreSQL: a real server that starts with the product, for those who have none.

    async with EmbeddedPostgres.start(data_dir) as server:
        pool = await asyncpg.create_pool(server.url)

- Any number of processes may use one data directory at the same time. One of them owns the
  server; when it ends, cleanly or by `kill -9`, the server ends with it and another process takes
  over within a second, at the same URL. Connections break then, as with any restart of a
  database: pools open new ones.
- What was committed stays, whatever is killed: the server, its owner, or both.
- It listens on a Unix socket in a folder that only its account may enter, and on nothing else.
- It runs as the user that starts it. Root's runs as `nobody`, wherever root keeps the data.

`cluster.py` says where things lie, `supervisor.py` how processes share the server, `guardian.py`
how it is kept from outliving its owner.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Self

from server.store.embedded.cluster import Cluster
from server.store.embedded.errors import EmbeddedPostgresError
from server.store.embedded.supervisor import Supervisor

__all__ = ["EmbeddedPostgres", "EmbeddedPostgresError"]


class EmbeddedPostgres:
    """The running server of one data directory, as its owner or attached to another's."""

    def __init__(self, cluster: Cluster, supervisor: Supervisor) -> None:
        """Made by `start`."""
        self._supervisor = supervisor
        self.url = cluster.url()
        """Where clients connect (asyncpg, SQLAlchemy); it stays the same over takeovers."""
        self.log = cluster.log
        """The file of PostgreSQL's own log."""

    @property
    def is_owner(self) -> bool:
        """Whether this process runs the server at present."""
        return self._supervisor.is_owner

    @classmethod
    @contextlib.asynccontextmanager
    async def start(
        cls, data_dir: Path, *, binaries: Path | None = None, durable: bool = True
    ) -> AsyncIterator[Self]:
        """Run the server of that data directory, or attach to it, until the context ends.

        The directory is made if need be (mode 0700), and the database `whychain` in it. Without
        `binaries` (a `bin` folder) they are looked for, as `binaries.py` says. A server that is
        not `durable` writes faster and may lose everything in a power cut: for tests.

        Raises EmbeddedPostgresError, whose message says what to do.
        """
        try:
            cluster = await asyncio.to_thread(Cluster.locate, data_dir, binaries, durable=durable)
            supervisor = Supervisor(cluster)
            await supervisor.start()
        except OSError as error:
            raise EmbeddedPostgresError(
                f"PostgreSQL could not be started in {data_dir}: {error}. Choose another "
                "WHYCHAIN_DATA_DIR, or set WHYCHAIN_DATABASE_URL."
            ) from error
        watch = asyncio.create_task(supervisor.watch(), name="embedded-postgres")
        try:
            yield cls(cluster, supervisor)
        finally:
            watch.cancel()
            try:
                await asyncio.wait([watch])
            finally:
                await supervisor.stop()
