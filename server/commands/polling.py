"""Keeping what a connection was asked for, together with the cursor where it goes on."""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from uuid import UUID

from integrations.contract import ENVELOPE_LIMIT, Batch, Connection, Unreadable
from integrations.observation import Observation, from_json, to_json
from server.backoff import Backoff
from server.commands.observe import Source, observe
from server.commands.redaction import RERENDER
from server.commands.work import Office, Work
from server.domain.delivery import DeliveryState
from server.domain.integration import Budget, FailureCode
from server.store import connection_state, delivery, directory
from server.store.connection_state import Stream
from server.store.database import Row
from server.store.ids import new_id

LEASE = timedelta(seconds=30)
"""After what silence a stream of a process that died may be read by another one."""

STOPPED = timedelta(hours=6)
"""How long a connection rests whose credential was refused."""

BACKOFF = Backoff(first=timedelta(seconds=30), factor=2, longest=timedelta(hours=1), most=20)
_LONGEST_AT = 10
"""From which failure on the wait is the longest there is."""

OBSERVATION = "observation"
"""The event under which an observation is parked that cannot be brought into state."""

MAX_MESSAGE = 500
"""Characters of a failure's message that are kept."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to read a stream from its cursor on, as long as it is renewed."""

    id: UUID
    lease: UUID
    cursor: str | None
    failures: int
    progress: float | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class Failure:
    """Why nothing came. `again_in` is how long the vendor wants to be left alone."""

    code: FailureCode
    message: str
    again_in: timedelta = timedelta(0)


def backfill_from(integration: str, connection: str, day: date) -> Stream:
    """The stream that reads a connection's past back to that day."""
    return Stream(integration, connection, f"backfill:{day.isoformat()}")


async def claim(
    office: Office, stream: Stream, *, anyway: bool = False, stopped_too: bool = False
) -> Claim | None:
    """Take a stream that is due and that nobody reads; see `connection_state.claim`."""
    lease = new_id()
    async with office.work() as work:
        row = await connection_state.claim(
            work.tx,
            stream,
            lease,
            work.now + LEASE,
            now=work.now,
            anyway=anyway,
            stopped_too=stopped_too,
        )
    return _claim(row) if row else None


def _claim(row: Row) -> Claim:
    return Claim(
        row["id"],
        row["lease"],
        row["cursor"],
        row["failures"],
        row["progress"],
        row["finished_at"],
    )


async def renew(office: Office, held: Claim) -> None:
    """Keep a claim for another while."""
    async with office.work() as work:
        until = work.now + LEASE
        await connection_state.change(work.tx, held.id, held.lease, {"leased_until": until})


async def release(office: Office, held: Claim) -> None:
    """Let others read the stream from when it is due."""
    async with office.work() as work:
        changes: dict[str, object] = {"lease": None, "leased_until": None}
        await connection_state.change(work.tx, held.id, held.lease, changes)


async def keep(
    office: Office,
    held: Claim,
    source: Source,
    batch: Batch,
    *,
    rest: timedelta,
    budget: Budget | None = None,
) -> bool:
    """Keep a batch in one transaction: what was seen, what could not be read, and the cursor.

    `rest` is how long the stream rests where there is no more. False, with nothing kept, where
    somebody else took the stream meanwhile.
    """
    async with office.work() as work:
        if not await connection_state.hold(work.tx, held.id, held.lease):
            return False
        for each in batch.unreadable:
            await _park(work, source, each)
        await observe(work, source, batch.observations)
        if directory.changed(work.tx):
            work.later(RERENDER)
        changes: dict[str, object] = {
            "cursor": batch.cursor,
            "due_at": work.now if batch.more else work.now + rest,
            "last_success_at": work.now,
            "failures": 0,
            "stopped": False,
            "progress": batch.progress,
            "finished_at": None if batch.more else work.now,
            **_columns_of(budget),
        }
        await connection_state.change(work.tx, held.id, held.lease, changes)
    return True


async def observe_alone(office: Office, source: Source, seen: Observation) -> None:
    """Bring one observation of a batch that cannot be kept whole into state."""
    async with office.work() as work:
        await observe(work, source, [seen])


def parked(seen: Observation, reason: str) -> Unreadable:
    """What to park in the place of an observation that cannot be brought into state."""
    body = json.dumps(to_json(seen)).encode()
    return Unreadable(f"{OBSERVATION}:{sha256(body).hexdigest()}", OBSERVATION, reason, body)


def unparked(body: bytes) -> Observation:
    """The observation that was parked, for it to be replayed.

    Raises:
        UnreadableError: it is one that this version does not know.
    """
    return from_json(json.loads(body))


def _columns_of(budget: Budget | None) -> dict[str, object]:
    if budget is None:
        return {}
    return {
        "budget_remaining": budget.remaining,
        "budget_limit": budget.limit,
        "budget_resets_at": budget.resets_at,
    }


async def _park(work: Work, source: Source, record: Unreadable) -> None:
    """Park a record in the inbox, once for each key, where it can be looked at and replayed."""
    kept = await delivery.accept(
        work.tx,
        source=source.name,
        key=_printable(record.key),
        event=_printable(record.event),
        body=record.body,
        now=work.now,
    )
    if kept:
        reason = record.reason.replace("\0", "")
        await delivery.settle(work.tx, kept, DeliveryState.PARKED, now=work.now, error=reason)


def _printable(text: str) -> str:
    """A name that can be stored and shown like an envelope's, whatever a record is called."""
    if text and text.isascii() and text.isprintable() and len(text) <= ENVELOPE_LIMIT:
        return text
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


async def fail(office: Office, held: Claim, failure: Failure) -> None:
    """Note why nothing came, and when to try again; the cursor stays where it is."""
    async with office.work() as work:
        stopped = failure.code is FailureCode.DENIED
        wait = STOPPED if stopped else BACKOFF.after(min(held.failures + 1, _LONGEST_AT))
        changes: dict[str, object] = {
            "due_at": work.now + max(wait or BACKOFF.longest, failure.again_in),
            "last_failure_at": work.now,
            "failure_code": failure.code.value,
            "failure_message": failure.message[:MAX_MESSAGE],
            "failures": held.failures + 1,
            "stopped": stopped,
        }
        await connection_state.change(work.tx, held.id, held.lease, changes)


async def note_failure(office: Office, connection: Connection, failure: Failure) -> None:
    """Note what went wrong at a connection outside of its polling, which goes on undisturbed."""
    async with office.work() as work:
        changes: dict[str, object] = {
            "last_failure_at": work.now,
            "failure_code": failure.code.value,
            "failure_message": failure.message[:MAX_MESSAGE],
        }
        stream = Stream(connection.integration, connection.name)
        await connection_state.note(work.tx, stream, changes)
