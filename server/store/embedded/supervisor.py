"""The supervisor: the part of each process that keeps the shared server running.

Every process on a data directory runs one. Whichever gets the lock owns the server: it starts
PostgreSQL and starts it again when it dies. The others are attached: they use the server and try
the lock ten times a second, so that one of them takes over when the owner ends, however it ends.
The address never changes; what clients notice is broken connections, as after any restart.
"""

import asyncio

import asyncpg
import structlog

from server.store.embedded.cluster import DATABASE, Cluster
from server.store.embedded.creation import create_cluster
from server.store.embedded.errors import EmbeddedPostgresError
from server.store.embedded.fence import fence
from server.store.embedded.guarded import Guarded
from server.store.embedded.lock import OwnerLock

START_SECONDS = 120.0
"""How long a start may take, waiting for another process's start included."""

_TICK_SECONDS = 0.1
_LONGEST_RETRY_SECONDS = 10.0
_POLL_SECONDS = 0.01
_CONNECT_SECONDS = 10.0

_NOT_YET = (
    OSError,  # no socket, or nobody listens; also what a time-out is
    asyncpg.CannotConnectNowError,  # starting up, recovering or shutting down
    asyncpg.PostgresConnectionError,  # ended while we connected
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.InvalidCatalogNameError,  # the owner is about to create the database
)

_IS_THERE = "select exists (select from pg_database where datname = $1)"

_log = structlog.get_logger(__name__)


class Supervisor:
    """Owns or attaches to the server of one cluster."""

    def __init__(self, cluster: Cluster) -> None:
        """Nothing runs before `start`."""
        self._cluster = cluster
        self._lock = OwnerLock(cluster.lock)
        self._postgres: Guarded | None = None

    @property
    def is_owner(self) -> bool:
        """Whether this process runs the server."""
        return self._lock.held

    async def start(self) -> None:
        """Return once the server answers, started by this process or by another."""
        clock = asyncio.get_running_loop().time
        deadline = clock() + START_SECONDS
        while clock() < deadline:
            if self._lock.acquire():
                await self._run_server()
                return
            if await self._answers():
                return
            await asyncio.sleep(_POLL_SECONDS)
        raise self._cluster.failure(
            f"The process that owns {self._cluster.home} (its id is in {self._cluster.lock.name}) "
            f"did not start PostgreSQL within {START_SECONDS:.0f} s: stop it and start again."
        )

    async def watch(self) -> None:
        """Keep the server running until cancelled."""
        pause = _TICK_SECONDS
        while True:
            await asyncio.sleep(pause)
            if self._postgres is not None and self._postgres.status is None:
                continue
            try:
                if self._lock.acquire():
                    await self._restart_server()
                pause = _TICK_SECONDS
            except (EmbeddedPostgresError, OSError) as error:
                _log.error("embedded_postgres.failed", error=str(error))
                pause = min(2 * pause, _LONGEST_RETRY_SECONDS)

    async def stop(self) -> None:
        """Shut the server down if this process owns it, then let another take over."""
        postgres, self._postgres = self._postgres, None
        try:
            if postgres is not None:
                await postgres.stop()
        finally:
            self._lock.release()

    async def _restart_server(self) -> None:
        if self._postgres is None:
            _log.info("embedded_postgres.taking_over", data=str(self._cluster.home))
        else:
            _log.warning("embedded_postgres.died", status=self._postgres.status)
            await self._postgres.stop()
        await self._run_server()

    async def _run_server(self) -> None:
        """Start the server and wait until it answers; on failure give the ownership back."""
        cluster = self._cluster
        try:
            cluster.make_socket_folder()
            await create_cluster(cluster)
            await fence(cluster.path)
            with cluster.open_log() as log:
                self._postgres = Guarded(
                    cluster.command(), cwd=cluster.path, account=cluster.account, output=log
                )
            await self._until_ready(self._postgres)
        except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            await self.stop()
            raise cluster.failure(f"PostgreSQL failed as it started ({error}).") from error
        except BaseException:
            await self.stop()
            raise

    async def _until_ready(self, postgres: Guarded) -> None:
        clock = asyncio.get_running_loop().time
        deadline = clock() + START_SECONDS
        while (connection := await self._connect("postgres")) is None:
            if postgres.status is not None:
                raise self._cluster.failure("PostgreSQL ended as it started.")
            if clock() > deadline:
                raise self._cluster.failure(
                    f"PostgreSQL did not answer within {START_SECONDS:.0f} s."
                )
            await asyncio.sleep(_POLL_SECONDS)
        try:
            if not await connection.fetchval(_IS_THERE, DATABASE):
                await connection.execute(f"create database {DATABASE}")
        finally:
            await connection.close(timeout=_CONNECT_SECONDS)

    async def _answers(self) -> bool:
        """Whether the product's database can be used."""
        connection = await self._connect(DATABASE)
        if connection is not None:
            await connection.close(timeout=_CONNECT_SECONDS)
        return connection is not None

    async def _connect(self, database: str) -> "asyncpg.Connection[asyncpg.Record] | None":
        if not (self._cluster.says_ready and self._cluster.sockets_are_trusted):
            return None
        try:
            return await asyncpg.connect(
                self._cluster.url(database), timeout=_CONNECT_SECONDS, ssl=False
            )
        except _NOT_YET:
            return None
