"""One look at a vendor: batch after batch, each kept before the next one is asked for."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Self, TypeAlias

import structlog

from integrations.contract import (
    Backfills,
    Batch,
    Connection,
    Denied,
    Integration,
    Malformed,
    Manifest,
    Missing,
    Polls,
    RatePolicy,
    Rejected,
    Unwell,
)
from server.commands import polling
from server.commands.observe import Source
from server.commands.polling import Claim, Failure
from server.commands.work import Office
from server.domain.integration import FailureCode
from server.errors import CodedError, Unavailable
from server.jobs.job import name_of, to_the_end
from server.outbound.client import Client
from server.store.connection_state import Stream

_log = structlog.get_logger()

LONGEST_BATCH = timedelta(minutes=10)
"""How long one batch may take, with all that its client waits for."""

_UNTOLD = RatePolicy(requests=1, per_seconds=1)
"""The pace of an integration that names none."""

Ask: TypeAlias = Callable[[str | None], Awaitable[Batch]]
"""Asks an integration for the batch that follows a cursor."""


def _tell_nobody(_: Batch) -> None:
    return


@dataclass(frozen=True, slots=True)
class Look:
    """How one stream of a connection is read."""

    office: Office
    source: Source
    stream: Stream
    ask: Ask
    rest: timedelta
    client: Client

    @classmethod
    def for_news(
        cls, office: Office, integration: Integration, connection: Connection, client: Client
    ) -> Self | None:
        """How a connection's news are read; None where its integration has not the power."""
        if not isinstance(integration, Polls):
            return None
        manifest = integration.manifest
        ask = partial(integration.poll, connection, client)
        stream = Stream(manifest.name, connection.name)
        source = Source(manifest.name, manifest.title)
        return cls(office, source, stream, ask, _pace(manifest), client)

    @classmethod
    def for_the_past(
        cls,
        office: Office,
        integration: Integration,
        connection: Connection,
        client: Client,
        day: date,
    ) -> Self | None:
        """How a connection's past is read back to a day; None where nobody has the power."""
        if not isinstance(integration, Backfills):
            return None
        manifest = integration.manifest
        since = datetime.combine(day, time(), UTC)
        ask = partial(integration.backfill, connection, client, since)
        stream = polling.backfill_from(manifest.name, connection.name, day)
        source = Source(manifest.name, manifest.title)
        return cls(office, source, stream, ask, timedelta(0), client)

    async def take(
        self, held: Claim, most: int | None = None, tell: Callable[[Batch], None] = _tell_nobody
    ) -> Failure | None:
        """Read up to `most` batches from a claim on, and give it back; what went wrong, if any did.

        Raises:
            Unavailable: our own trouble, which is no failure of the vendor's.
        """
        async with self._held(held):
            done = 0
            while most is None or done < most:
                batch = await self._one(held)
                if isinstance(batch, Failure):
                    await polling.fail(self.office, held, batch)
                    return batch
                if batch is None:
                    break
                tell(batch)
                if not batch.more:
                    break
                held, done = replace(held, cursor=batch.cursor, failures=0), done + 1
        return None

    async def _one(self, held: Claim) -> Batch | Failure | None:
        """The next batch, kept; or why there is none; or None where the stream was lost."""
        try:
            async with asyncio.timeout(LONGEST_BATCH.total_seconds()):
                batch = await self.ask(held.cursor)
            if batch.more and batch.cursor == held.cursor:
                return Failure(FailureCode.FAULT, "It goes on from where it was, without end.")
            kept = await self._kept(held, batch)
        except Unavailable:
            raise
        except Exception as error:  # noqa: BLE001  # one connection's trouble is not the others'
            return failure_of(error)
        if not kept:
            _log.warning("a stream was read elsewhere meanwhile", stream=str(self.stream))
        return batch if kept else None

    async def _kept(self, held: Claim, batch: Batch) -> bool:
        """Keep a batch; without what cannot be kept, where it cannot be kept whole."""
        budget = self.client.budget
        keep = partial(polling.keep, self.office, held, self.source, rest=self.rest, budget=budget)
        try:
            return await keep(batch)
        except Unavailable:
            raise
        except Exception as error:  # noqa: BLE001  # whatever it is, it must not stop the rest
            _log.warning("a batch is sifted", stream=str(self.stream), error=name_of(error))
        return await keep(await self._sifted(batch))

    async def _sifted(self, batch: Batch) -> Batch:
        """The batch without the observations that cannot be kept: those are to be parked."""
        good, bad = [], list(batch.unreadable)
        for each in batch.observations:
            try:
                await polling.observe_alone(self.office, self.source, each)
                good.append(each)
            except Unavailable:
                raise
            except Exception as error:  # noqa: BLE001  # as above
                bad.append(polling.parked(each, name_of(error)))
        return replace(batch, observations=good, unreadable=bad)

    @asynccontextmanager
    async def _held(self, held: Claim) -> AsyncIterator[None]:
        """Renew a claim beside the block, and release it at its end."""
        renewing = asyncio.create_task(self._renew(held), name="lease")
        try:
            yield
        finally:
            await to_the_end(self._released(held, renewing))

    async def _released(self, held: Claim, renewing: asyncio.Task[None]) -> None:
        renewing.cancel()
        await asyncio.gather(renewing, return_exceptions=True)
        await polling.release(self.office, held)

    async def _renew(self, held: Claim) -> None:
        while True:
            await asyncio.sleep(polling.LEASE.total_seconds() / 3)
            try:
                await polling.renew(self.office, held)
            except CodedError as error:
                _log.warning("a lease was not renewed", error=name_of(error))


def poll_every(integration: Integration) -> timedelta | None:
    """How often news of a connection are looked for; None where they are not."""
    return _pace(integration.manifest) if isinstance(integration, Polls) else None


def _pace(manifest: Manifest) -> timedelta:
    return timedelta(seconds=(manifest.rate or _UNTOLD).poll_seconds)


_CODES: dict[type[Exception], FailureCode] = {
    Denied: FailureCode.DENIED,
    Missing: FailureCode.MISSING,
    Rejected: FailureCode.REJECTED,
    Unwell: FailureCode.UNWELL,
    Malformed: FailureCode.MALFORMED,
}
"""What the contract lets an integration raise, whose messages are in our own words."""


def failure_of(error: Exception) -> Failure:
    """What an operator is told of an error that an integration raised."""
    if isinstance(error, TimeoutError):
        return Failure(FailureCode.UNWELL, "One batch took too long.")
    code = next((code for kind, code in _CODES.items() if isinstance(error, kind)), None)
    if code is None:
        return Failure(FailureCode.FAULT, name_of(error))
    again_in = getattr(error, "again_in", None) or 0
    return Failure(code, str(error) or code.meaning, timedelta(seconds=again_in))
