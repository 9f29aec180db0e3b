"""The sweep: finds deliveries that wait without a job, and clears the queue's notes."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import NoReturn

import structlog

from server.commands import delivery
from server.commands.work import Office
from server.jobs.job import name_of

_log = structlog.get_logger()

KEEP_NOTES = timedelta(days=1)
"""How long the queue's notes of jobs that ended are kept, for an operator to look at."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """Runs at the start of a worker and every while."""

    office: Office
    older_than: timedelta = timedelta(seconds=5)
    every: timedelta = timedelta(seconds=10)

    async def run(self) -> NoReturn:
        """Sweep for ever; what fails is tried again the next time."""
        while True:
            try:
                await self.once()
            except Exception as error:  # noqa: BLE001  # the database may be away; it comes back
                _log.warning("sweep failed", error=name_of(error))
            await asyncio.sleep(self.every.total_seconds())

    async def once(self) -> None:
        """Sweep."""
        found = await delivery.recover(self.office, self.older_than)
        if found:
            _log.warning("deliveries had no job", count=found)
        await delivery.forget_jobs(self.office, KEEP_NOTES)
