"""The polling: looks for news of every connection when it is due, each at its own pace."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import NoReturn

import structlog

from server.commands import polling
from server.commands.polling import Claim
from server.commands.work import Office
from server.domain.integration import FailureCode
from server.jobs.job import name_of, to_the_end
from server.jobs.look import Look

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Poll:
    """Runs beside a worker. Of all processes that do, one at a time looks at a connection.

    `most` is how many batches one look takes before others, in this process or elsewhere, may
    have the connection; it is due again at once.
    """

    office: Office
    looks: Sequence[Look]
    every: timedelta = timedelta(seconds=2)
    most: int = 20

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Look for news beside the block."""
        following = [
            asyncio.create_task(self._follow(look), name=f"poll {look.stream.connection}")
            for look in self.looks
        ]
        try:
            yield
        finally:
            for each in following:
                each.cancel()
            await asyncio.gather(*following, return_exceptions=True)

    async def _follow(self, look: Look) -> NoReturn:
        """Look for ever; a connection that stopped is tried at the start, for it may be mended."""
        started = True
        while True:
            try:
                await self.once(look, stopped_too=started)
                started = False
            except Exception as error:  # noqa: BLE001  # the database may be away; it comes back
                _log.warning("poll failed", of=look.stream.connection, error=name_of(error))
            await asyncio.sleep(self.every.total_seconds())

    async def once(self, look: Look, *, stopped_too: bool = False) -> bool:
        """Look, if it is due and nobody else does; whether it was."""
        held = await self._claimed(look, stopped_too=stopped_too)
        if held is None:
            return False
        failure = await look.take(held, self.most)
        if failure:
            tell = _log.error if failure.code is FailureCode.DENIED else _log.warning
            tell(
                "nothing came from a vendor",
                connection=look.stream.connection,
                code=failure.code.value,
                reason=failure.message,
            )
        return True

    async def _claimed(self, look: Look, *, stopped_too: bool) -> Claim | None:
        """The right to look; given back at once where nobody waits for it any more."""
        claimed: list[Claim | None] = []

        async def claim() -> Claim | None:
            claimed.append(await polling.claim(self.office, look.stream, stopped_too=stopped_too))
            return claimed[0]

        try:
            return await to_the_end(claim())
        except asyncio.CancelledError:
            for held in filter(None, claimed):
                await polling.release(self.office, held)
            raise
