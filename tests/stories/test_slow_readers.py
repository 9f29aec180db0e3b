"""Those who read slowly, or not at all: they harm neither the server nor the others."""

from __future__ import annotations

import asyncio
import socket
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Uuid, bindparam, text

from server.commands.work import Office
from server.live.hint import Hint
from tests.house import Served
from tests.stories.live_socket import LiveSocket
from tests.stories.truth import Truth
from tests.stories.writers import declared, noted

HEALTHY = 20
STALLED = 16
BATCHES = 14
BATCH = 500
"""Entries at once. All together are more than a server keeps for those who lag."""
BODY = "It was the pool. " * 120
GROWTH_BYTES = 64 * 1024 * 1024
"""By how much the server may grow; for the stalled alone it produces several times as much."""
NARROW_BYTES = 4096
"""The receive buffer of those who do not read: what waits, waits with the server."""


REPEAT = text("""
with grown as (
  update incident set sequence = sequence + :times where id = :incident
  returning sequence - :times as before),
numbers as (
  select gen_random_uuid() as id, before + number as sequence
  from grown, generate_series(1, :times) number),
entries as (
  insert into timeline_entry
  select (jsonb_populate_record(entry, to_jsonb(numbers))).* from timeline_entry entry, numbers
  where entry.id = :entry returning id),
changes as (
  insert into feed (incident_id, sequence, subject, subject_id, change, at)
  select :incident, sequence, 'TIMELINE', id, 'ADDED', now() from numbers)
select max(sequence) from numbers
""").bindparams(
    bindparam("times", type_=Integer),
    bindparam("incident", type_=Uuid),
    bindparam("entry", type_=Uuid),
)
"""Repeats an entry under new ids and sequences, faster than as many commands would."""


@dataclass
class Reader:
    """What one client has read."""

    line: LiveSocket
    sequences: list[int] = field(default_factory=list)
    lags: list[Any] = field(default_factory=list)
    operation: str = "1"

    async def read(self, until: int) -> None:
        """Read up to a sequence."""
        while not self.sequences or self.sequences[-1] < until:
            await self._take()

    async def read_until_told(self, last: int) -> None:
        """Read until it is said that something was left out, which has to be before the last."""
        while not self.lags:
            assert self.sequences[-1] < last, "it was not told"
            await self._take()

    async def _take(self) -> None:
        event = await self.line.event(self.operation)
        if "resumeAfter" in event:
            assert event["resumeAfter"] == self.sequences[-1]
            self.lags.append(event)
        else:
            self.sequences.append(event["sequence"])

    async def resume(self, incident: UUID) -> None:
        """Follow anew, after what was said to be the last that was sent."""
        await self.line.send(id=self.operation, type="complete")
        self.operation = "2"
        after = self.lags[-1]["resumeAfter"]
        await self.line.follow(f"inc_{incident.hex}", after, self.operation)


async def written(office: Office, incident: UUID, entry: UUID) -> int:
    """Write a batch, all of it at once; the last sequence."""
    async with office.database.transaction() as tx:
        last: int = await tx.value(REPEAT, entry=entry, incident=incident, times=BATCH)
    office.publish([Hint(incident, last)])
    return last


async def following(
    stack: AsyncExitStack, served: Served, incident: UUID, **options: Any
) -> Reader:
    """A client that follows from the start, and has read the first entry."""
    line = LiveSocket.open(served.url, served.keys.token, **options)
    reader = Reader(await stack.enter_async_context(line))
    await reader.line.follow(f"inc_{incident.hex}", 0)
    await reader.read(1)
    return reader


async def stalling(stack: AsyncExitStack, served: Served, incident: UUID) -> Reader:
    """The same, but it stops reading then."""
    narrow = socket.socket()
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, NARROW_BYTES)
    narrow.connect(("127.0.0.1", int(served.url.rpartition(":")[2])))
    reader = await following(stack, served, incident, sock=narrow)
    stack.callback(reader.line.frames.transport.abort)
    reader.line.frames.transport.pause_reading()
    return reader


async def resident(served: Served) -> int:
    """The bytes of memory that the server holds."""
    ps = await asyncio.create_subprocess_exec(
        *("ps", "-o", "rss=", "-p", str(served.process.pid)), stdout=asyncio.subprocess.PIPE
    )
    out, _ = await ps.communicate()
    return int(out) * 1024


async def test_slow_readers_are_told_what_they_missed_and_harm_nobody(
    served: Served, office: Office, stack: AsyncExitStack
) -> None:
    incident = await declared(office, "A long one")
    entry = await noted(office, incident, BODY)
    healthy = [await following(stack, served, incident) for _ in range(HEALTHY)]
    slow = [await stalling(stack, served, incident) for _ in range(2)]
    for _ in range(STALLED):
        await stalling(stack, served, incident)
    before = await resident(served)
    for _ in range(BATCHES):
        last = await written(office, incident, entry)
        await asyncio.gather(*(reader.read(last) for reader in healthy))
    assert STALLED * BATCHES * BATCH * len(BODY) > 3 * GROWTH_BYTES
    assert await resident(served) - before < GROWTH_BYTES

    resuming, staying = slow
    for reader in slow:
        reader.line.frames.transport.resume_reading()
        await reader.read_until_told(last)
    await resuming.resume(incident)
    last = await written(office, incident, entry)
    await asyncio.gather(*(reader.read(last) for reader in (*healthy, *slow)))
    truth = [sequence for sequence, _ in (await Truth.of(office.database, incident)).changes]
    for reader in (*healthy, resuming):
        assert reader.sequences == truth
    assert not any(reader.lags for reader in healthy)
    assert staying.sequences == sorted(set(staying.sequences))
    missed = set(truth) - set(staying.sequences)
    assert len(missed) == sum(lag["skipped"] for lag in staying.lags)
