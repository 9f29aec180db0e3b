"""The worker: takes jobs from the queue and runs them, a few at a time, until it is stopped."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import asyncpg
import structlog
from pgqueuer.adapters.drivers.asyncpg import AsyncpgPoolDriver
from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment, QueryQueueBuilder
from pgqueuer.domain.errors import RetryRequested
from pgqueuer.domain.models import Job
from pgqueuer.domain.settings import DBSettings
from pgqueuer.qm import QueueManager
from pgqueuer.queries import Queries

from server.backoff import Backoff
from server.jobs.job import BACKOFF, Runs, name_of
from server.jobs.loop import Recurs, for_ever
from server.store.queue import SCHEMA

_log = structlog.get_logger()

logging.getLogger("pgqueuer").setLevel(logging.CRITICAL)
"""It tells of a database that went away in many tracebacks; the worker does in one line."""

CONCURRENCY = 4
"""How many jobs run at the same time, each with a connection of the database's pool."""

HEARTBEAT_TIMEOUT = timedelta(seconds=5)
"""After what silence a job of a worker that died is given to another one."""

POLL = timedelta(seconds=1)
"""How long a job waits at most whose message was lost."""

GRACE = timedelta(seconds=10)
"""How long jobs that run may take to end when the worker is stopped."""

RECONNECT = timedelta(seconds=0.5)
"""How long to wait before asking again for a database that went away."""

_AT_ONCE = 20
"""How many jobs are taken from the queue in one statement; twice that many may wait here."""

_SETTINGS = DBSettings(db_schema=SCHEMA)

_POOL: dict[str, Any] = {
    "min_size": 1,
    "max_size": 3,
    "timeout": 5,
    "command_timeout": 10,
    "server_settings": {"application_name": "whychain worker", "timezone": "UTC"},
}


@dataclass(slots=True)
class Worker:
    """Runs the jobs of a queue. Jobs it had taken when it died run elsewhere, soon after."""

    url: str
    jobs: Sequence[Runs]
    loops: Sequence[Recurs] = ()
    backoff: Backoff = BACKOFF
    _slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(CONCURRENCY))
    _pool: "asyncpg.Pool[asyncpg.Record] | None" = None
    _manager: QueueManager | None = None
    _stopping: bool = False

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run jobs beside the block; at its end let those that run end, and stop."""
        working = asyncio.create_task(self._work(), name="worker")
        looping = [asyncio.create_task(for_ever(each), name=each.name) for each in self.loops]
        try:
            yield
        finally:
            for each in looping:
                each.cancel()
            await self._stop(working)
            await asyncio.gather(working, *looping, return_exceptions=True)

    async def _stop(self, working: "asyncio.Task[None]") -> None:
        self._stopping = True
        if self._manager:
            self._manager.shutdown.set()
        _, running = await asyncio.wait({working}, timeout=GRACE.total_seconds())
        if running and self._pool:
            # Without its connections first: a job that is cancelled would leave the queue.
            self._pool.terminate()
        working.cancel()

    async def _work(self) -> None:
        """Take jobs from the queue, again and again after the database went away."""
        while not self._stopping:
            try:
                await self._take_jobs()
            except Exception as error:  # noqa: BLE001  # a worker that ends runs nothing any more
                _log.warning("the worker lost its queue", error=name_of(error))
                await asyncio.sleep(RECONNECT.total_seconds())

    async def _take_jobs(self) -> None:
        self._pool = pool = await asyncpg.create_pool(self.url, **_POOL)
        try:
            await self._manage(pool).run(
                dequeue_timeout=POLL,
                batch_size=_AT_ONCE,
                max_concurrent_tasks=2 * _AT_ONCE,
                shutdown_on_listener_failure=True,
                heartbeat_timeout=HEARTBEAT_TIMEOUT,
                log_aggregation_interval=timedelta(0),
            )
        finally:
            # Closing would wait for a listener whose connection died with its place taken.
            pool.terminate()

    def _manage(self, pool: "asyncpg.Pool[asyncpg.Record]") -> QueueManager:
        queries = Queries(
            AsyncpgPoolDriver(pool),
            qbe=QueryBuilderEnvironment(_SETTINGS),
            qbq=QueryQueueBuilder(_SETTINGS),
        )
        manager = QueueManager(queries)
        for each in self.jobs:
            manager.entrypoint(each.kind.value, accepts_context=False)(partial(self._run, each))
        self._manager = manager
        if self._stopping:
            manager.shutdown.set()
        return manager

    async def _run(self, runs: Runs, job: Job) -> None:
        async with self._slots:
            if self._stopping:
                raise RetryRequested  # somebody else may have it, at once
            wait = await self._attempt(runs, UUID(bytes=job.payload), job.attempts + 1)
        if wait is not None:
            raise RetryRequested(wait) from None

    async def _attempt(self, runs: Runs, id_: UUID, attempt: int) -> timedelta | None:
        """Make one attempt; how long to wait before the next one, if there shall be one."""
        try:
            return await runs.run(id_, attempt)
        except Exception as error:  # noqa: BLE001  # one job's failure is not the worker's
            wait = self.backoff.after(attempt)
            told = {"job": runs.kind.value, "of": str(id_), "error": name_of(error)}
            if wait is None:
                _log.error("job given up", **told)
            else:
                _log.warning("job failed", **told, attempt=attempt)
            return wait
