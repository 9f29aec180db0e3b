"""Webhooks without a pause: how many are taken and brought into state, and that none is lost."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from itertools import count
from secrets import token_hex
from time import monotonic

import aiohttp
import asyncpg
import orjson

from tests.bench.measure import Databases, Effort, Result
from tests.bench.servers import started
from tests.bench.webhooks import bare_inbox
from tests.bench.webhooks.pages import Body, annotated, triggered
from tests.house import eventually, serving, signed_by_pagerduty

SENDERS = 8
EVENTS_OF_A_PAGE = 50
TURNS_OF_SUSTAINED = 30
"""The load lasts as long as so many turns of other benchmarks: a minute."""

MOST_BACKLOG = 2_000
"""How many deliveries may wait before senders pause: a sustained rate is not a growing queue."""

_WAITING = "select count(*) from delivery where state = 'PENDING'"
_STATES = "select state, count(*) from delivery group by state"
_NOTES = "select count(*) from timeline_entry where body like $1"

Send = Callable[[Body], Awaitable[int]]


async def webhooks_sustained(databases: Databases, effort: Effort) -> Result:
    """Deliveries a second until the last is processed; the peer only keeps what it is sent."""
    mark = token_hex(4)
    async with serving(database_url=databases.small) as served:
        connection = await asyncpg.connect(databases.small)
        before = dict(await connection.fetch(_STATES))
        seconds = effort.seconds * TURNS_OF_SUSTAINED
        start = monotonic()
        sent = await _sent(served.pagerduty, mark, seconds, partial(_waiting, connection))
        ended = monotonic()
        await eventually(partial(_nothing_waits, connection), seconds=seconds + 60)
        drained = monotonic()
        states = dict(await connection.fetch(_STATES))
        notes = await connection.fetchval(_NOTES, f"{mark} %")
        await connection.close()
    assert states.keys() <= {"DONE", *before}, states
    assert states["DONE"] - before.get("DONE", 0) == sum(sent), (states, before, sent)
    assert notes == sent[1], f"{sent[1] - notes} notes are lost"
    rate = sum(sent) / (drained - start)
    peer = await _bare_rate(databases.small, effort.seconds)
    return Result(
        ratio=round(rate / peer, 2),
        ours=round(rate),
        peer=round(peer),
        unit=f"deliveries/s for {seconds:.0f} s, brought into state (peer: only kept)",
        rounds=1,
        note=f"{sum(sent):,} sent, none lost; drained {drained - ended:.1f} s after the last",
    )


async def _nothing_waits(connection: asyncpg.Connection[asyncpg.Record]) -> bool:
    return await _waiting(connection) == 0


async def _waiting(connection: asyncpg.Connection[asyncpg.Record]) -> int:
    waiting: int = await connection.fetchval(_WAITING)
    return waiting


async def _sent(
    send: Send, mark: str, seconds: float, waiting: Callable[[], Awaitable[int]] | None = None
) -> tuple[int, int]:
    """Send for so long, by several at once; how many pages, and how many notes on them."""
    bodies = _bodies(mark)
    end = monotonic() + seconds
    room = asyncio.Event()
    room.set()
    counts = [0, 0]

    async def keep_sending() -> None:
        while monotonic() < end:
            await room.wait()
            kind, body = next(bodies)
            assert await send(body) == 202
            counts[kind] += 1

    async def watch() -> None:
        while waiting and monotonic() < end:
            (room.clear if await waiting() > MOST_BACKLOG else room.set)()
            await asyncio.sleep(0.1)
        room.set()

    await asyncio.gather(watch(), *(keep_sending() for _ in range(SENDERS)))
    return counts[0], counts[1]


def _bodies(mark: str) -> Iterator[tuple[int, Body]]:
    """Pages, each with its notes; 0 stands before what begins a page, 1 before a note."""
    for number in count():
        page = f"P{mark}{number}"
        yield 0, triggered(page)
        for note in range(EVENTS_OF_A_PAGE - 1):
            yield 1, annotated(page, f"{mark} {number}.{note}")


async def _bare_rate(database: str, seconds: float) -> float:
    """How many a second the bare inbox keeps."""
    module = ("-m", bare_inbox.__name__, database)
    async with started(sys.executable, *module) as server, aiohttp.ClientSession() as http:

        async def send(body: Body) -> int:
            raw = orjson.dumps(body)
            headers = signed_by_pagerduty(bare_inbox.SECRET, raw)
            address = f"{server.url}/webhooks/pagerduty"
            async with http.post(address, data=raw, headers=headers) as response:
                return response.status

        await _sent(send, "warm", seconds / 2)
        start = monotonic()
        sent = await _sent(send, token_hex(4), seconds)
        return sum(sent) / (monotonic() - start)
