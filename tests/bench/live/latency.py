"""From the commit of an event to its deliveries: in the server that wrote it, and in another."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from itertools import chain
from statistics import median, quantiles
from typing import TypeAlias

import aiohttp
import asyncpg

from tests.bench.live.publishers import Writer
from tests.bench.live.sides import Sent, our_side, strawberry_side
from tests.bench.measure import Databases, Effort, Result, all_by_turns

SUBSCRIBERS = 200

_NOTE_COMMITS = """
create table bench_commit (number integer not null, at timestamptz not null);
create function bench_commit() returns trigger language plpgsql as $$ begin
    insert into bench_commit values (substr(new.body, 2, 7)::integer, clock_timestamp());
    return null;
end $$;
create constraint trigger bench_commit after insert on timeline_entry
    deferrable initially deferred for each row execute function bench_commit();
"""
"""A deferred trigger runs when its transaction commits: no server can tell that moment better."""

_FORGET_COMMITS = """
drop trigger bench_commit on timeline_entry;
drop function bench_commit;
drop table bench_commit;
"""

Latencies: TypeAlias = list[float]
"""Milliseconds of deliveries."""


@dataclass(frozen=True, slots=True)
class Commits:
    """When each event was committed."""

    _connection: asyncpg.Connection[asyncpg.Record]

    async def by_number(self) -> Mapping[int, float]:
        """By the number of the event, on the machine's monotonic clock."""
        rows = await self._connection.fetch(
            "select number, extract(epoch from at)::float8 as at from bench_commit"
        )
        behind = time.time() - time.monotonic()
        return {row["number"]: row["at"] - behind for row in rows}


@asynccontextmanager
async def _noting_commits(database: str) -> AsyncIterator[Commits]:
    """Note the commits of events while the block runs."""
    connection = await asyncpg.connect(database)
    try:
        await connection.execute(_NOTE_COMMITS)
        yield Commits(connection)
        await connection.execute(_FORGET_COMMITS)
    finally:
        await connection.close()


async def live_latency(databases: Databases, effort: Effort) -> Result:
    """From commit to delivery, ours; from the request to delivery, plain Strawberry."""
    database = databases.large
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        side = await enter(our_side(database, SUBSCRIBERS))
        writer = await Writer.of(side.server, await enter(aiohttp.ClientSession()))
        peer = await enter(strawberry_side(SUBSCRIBERS))
        commits = await enter(_noting_commits(database))
        turns = (
            partial(side.keep_sending, effort.seconds / 2, publisher=writer),
            partial(side.keep_sending, effort.seconds / 2),
            partial(peer.keep_sending, effort.seconds / 2),
        )
        for warm in turns:
            await warm()
        here, across, theirs = map(
            list, map(chain.from_iterable, await all_by_turns(turns, effort.rounds))
        )
        committed = await commits.by_number()
    return _result(_since(committed, here), _since(committed, across), since_sent(theirs), effort)


def _since(committed: Mapping[int, float], sent: list[Sent]) -> Latencies:
    events = chain.from_iterable(each.delivered for each in sent)
    return [(at - committed[event.number]) * 1000 for event in events for at in event.times]


def since_sent(sent: list[Sent]) -> Latencies:
    """From the request that makes an event happen to each of its deliveries."""
    return [
        (at - each.start) * 1000 for each in sent for event in each.delivered for at in event.times
    ]


def _result(here: Latencies, across: Latencies, theirs: Latencies, effort: Effort) -> Result:
    p99, across_p99, their_p99 = (quantiles(each, n=100)[-1] for each in (here, across, theirs))
    mine, peer = median(here), median(theirs)
    return Result(
        ratio=round(peer / mine, 2),
        ours=round(mine, 2),
        peer=round(peer, 2),
        unit=f"ms from commit to delivery, {SUBSCRIBERS} subscribers (p50)",
        rounds=effort.rounds,
        note=f"p99 {p99:.1f}, peer {their_p99:.1f}; "
        f"written at another server: p50 {median(across):.1f}, p99 {across_p99:.1f}",
    )
