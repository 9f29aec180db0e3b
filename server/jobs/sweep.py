"""The sweep: finds deliveries that wait without a job, and clears the queue's notes."""

from dataclasses import dataclass
from datetime import timedelta

import structlog

from server.commands import delivery
from server.commands.work import Office

_log = structlog.get_logger()

KEEP_NOTES = timedelta(days=1)
"""How long the queue's notes of jobs that ended are kept, for an operator to look at."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """Seldom finds anything: a job may be lost with a database that was restored."""

    office: Office
    older_than: timedelta = timedelta(seconds=5)
    every: timedelta = timedelta(seconds=10)
    name: str = "sweep"

    async def once(self) -> None:
        """Sweep."""
        found = await delivery.recover(self.office, self.older_than)
        if found:
            _log.warning("deliveries had no job", count=found)
        await delivery.forget_jobs(self.office, KEEP_NOTES)
