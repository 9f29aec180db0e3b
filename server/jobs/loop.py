"""What a worker does again and again, besides the jobs of its queue."""

import asyncio
from datetime import timedelta
from typing import NoReturn, Protocol

import structlog

from server.jobs.job import name_of

_log = structlog.get_logger()


class Recurs(Protocol):
    """Something that is done at the start of a worker and every while."""

    @property
    def name(self) -> str: ...

    @property
    def every(self) -> timedelta: ...

    async def once(self) -> None:
        """Do it. What it raises is logged; it is done again after `every`."""
        ...


async def for_ever(recurs: Recurs) -> NoReturn:
    """Do it for ever; what fails is tried again the next time."""
    while True:
        try:
            await recurs.once()
        except Exception as error:  # noqa: BLE001  # the database may be away; it comes back
            _log.warning(f"{recurs.name} failed", error=name_of(error))
        await asyncio.sleep(recurs.every.total_seconds())
