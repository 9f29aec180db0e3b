"""Healthy subscribers beside others who never read: what those cost them."""

from __future__ import annotations

import socket
from contextlib import AsyncExitStack
from functools import partial
from itertools import chain
from statistics import median, quantiles
from urllib.parse import urlsplit

import aiohttp

from tests.bench import memory
from tests.bench.live.crowd import allow_sockets
from tests.bench.live.latency import since_sent
from tests.bench.live.publishers import Writer
from tests.bench.live.sides import Side, our_side
from tests.bench.measure import Databases, Effort, Result, all_by_turns
from tests.stories.live_socket import LiveSocket

HEALTHY = 500
STALLED = 100
NARROW_BYTES = 4096
"""The receive buffer of those who never read: what waits, waits with the server."""

FILLING_BURSTS = 150
"""Bursts of eight events that fill what the kernel and the server hold of each."""


async def live_beside_stalled(databases: Databases, effort: Effort) -> Result:
    """From the request to the delivery, for the slowest hundredth of healthy subscribers."""
    allow_sockets(HEALTHY + STALLED)
    async with AsyncExitStack() as stack:
        alone = await stack.enter_async_context(our_side(databases.large, HEALTHY))
        beside = await stack.enter_async_context(our_side(databases.small, HEALTHY))
        for _ in range(STALLED):
            await _stall(stack, beside)
        before = memory.resident(beside.server.pid)
        for side in (alone, beside):
            for _ in range(FILLING_BURSTS):
                await side.send(8)
        grown = memory.resident(beside.server.pid) - before
        turns = [partial(side.keep_sending, effort.seconds) for side in (beside, alone)]
        theirs, others = await all_by_turns(turns, effort.rounds)
    with_stalled, without = (
        since_sent(list(chain.from_iterable(side))) for side in (theirs, others)
    )
    worst, usual = (quantiles(each, n=100)[-1] for each in (with_stalled, without))
    return Result(
        ratio=round(usual / worst, 2),
        ours=round(worst, 1),
        peer=round(usual, 1),
        unit=f"ms until delivery (p99), {HEALTHY} beside {STALLED} who never read; peer: alone",
        rounds=effort.rounds,
        note=f"p50 {median(with_stalled):.1f}, alone {median(without):.1f}; "
        f"the server grew by {grown / 2**20:.1f} MiB while each of them missed "
        f"{FILLING_BURSTS * 8:,} events",
    )


async def _stall(stack: AsyncExitStack, side: Side) -> None:
    """Open a socket that follows, and never reads again."""
    where = urlsplit(side.server.url)
    narrow = socket.socket()
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, NARROW_BYTES)
    narrow.connect((where.hostname, where.port))
    token = side.server.headers["authorization"].removeprefix("Bearer ")
    base = side.server.url.removesuffix("/graphql")
    line = await stack.enter_async_context(LiveSocket.open(base, token, sock=narrow))
    stack.callback(line.frames.transport.abort)
    async with aiohttp.ClientSession() as http:
        writer = await Writer.of(side.server, http)
        await line.follow(writer.incident, int(str((await writer.variables())["after"])))
    line.frames.transport.pause_reading()
