"""Keeping webhooks, and bringing what they say into state once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from integrations.observation import Observation
from server.commands.observe import Source, observe
from server.commands.redaction import RERENDER
from server.commands.work import Office
from server.domain.delivery import DeliveryState
from server.errors import CodedError, Unavailable
from server.store import delivery, directory, queue
from server.store.queue import Job, JobKind


@dataclass(frozen=True, slots=True)
class Inbox:
    """The way into the inbox, as the webhooks' door wants it."""

    office: Office

    async def __call__(self, *, source: str, key: str, event: str, body: bytes) -> bool:
        """Keep a verified webhook and have it processed; False where its key is known already.

        Raises:
            Unavailable: it could not be stored; the sender shall try again.
        """
        try:
            async with self.office.work() as work:
                kept = await delivery.accept(
                    work.tx, source=source, key=key, event=event, body=body, now=work.now
                )
                if kept:
                    work.later(Job(JobKind.DELIVERY, kept))
        except CodedError as error:
            raise Unavailable("The delivery could not be stored. Send it again.") from error
        return kept is not None


@dataclass(frozen=True, slots=True)
class KeptDelivery:
    """A delivery that is being processed. `attempts` counts this one."""

    id: UUID
    source: str
    event: str
    body: bytes
    received_at: datetime
    attempts: int

    def __repr__(self) -> str:
        return f"KeptDelivery({self.id}, {self.source}, {self.event})"


async def begin(office: Office, delivery_id: UUID) -> KeptDelivery | None:
    """Count an attempt, committed before it is made: so one that kills its process counts too.

    None where nothing waits: the delivery is done, parked, or unknown.
    """
    async with office.work() as work:
        row = await delivery.begin(work.tx, delivery_id)
    if row is None:
        return None
    return KeptDelivery(
        row["id"], row["source"], row["event"], row["body"], row["received_at"], row["attempts"]
    )


async def finish(
    office: Office, kept: KeptDelivery, source: Source, seen: Sequence[Observation]
) -> None:
    """Bring all that a delivery says into state and mark it done, in one transaction."""
    async with office.work() as work:
        if await delivery.hold(work.tx, kept.id):
            await observe(work, source, seen)
            if directory.changed(work.tx):
                work.later(RERENDER)
            await delivery.settle(work.tx, kept.id, DeliveryState.DONE, now=work.now)


async def park(office: Office, delivery_id: UUID, error: str) -> None:
    """Give a delivery up, saying why; its body is kept."""
    async with office.work() as work:
        if await delivery.hold(work.tx, delivery_id):
            await delivery.settle(
                work.tx, delivery_id, DeliveryState.PARKED, now=work.now, error=error
            )


async def note(office: Office, delivery_id: UUID, error: str) -> None:
    """Say why an attempt failed; the delivery waits for the next one."""
    async with office.work() as work:
        if await delivery.hold(work.tx, delivery_id):
            await delivery.settle(work.tx, delivery_id, DeliveryState.PENDING, error=error)


MAX_FORGOTTEN = 500
"""How many deliveries one sweep has processed."""


async def recover(office: Office, older_than: timedelta) -> int:
    """Have deliveries processed that have waited so long without a job; how many.

    A job may be lost with a database that was restored, or cancelled by hand; a delivery is not.
    """
    async with office.work() as work:
        found = await delivery.forgotten(work.tx, work.now - older_than, MAX_FORGOTTEN)
        work.later(*(Job(JobKind.DELIVERY, each) for each in found))
    return len(found)


async def forget_jobs(office: Office, older_than: timedelta) -> None:
    """Delete what the queue noted of jobs that ended so long ago."""
    async with office.work() as work:
        await queue.forget(work.tx, work.now - older_than)
