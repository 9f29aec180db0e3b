"""Two servers under the same load, by turns: requests a second, and what each request costs."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from statistics import median
from urllib.parse import urlsplit

import orjson

from tests.bench import cpu, load
from tests.bench.measure import Effort, Result, by_turns
from tests.bench.servers import Question, Server

CONNECTIONS = 4
WARMING_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Turn:
    """What one turn showed.

    Costs are milliseconds of processor time for each request, of the server and of PostgreSQL.
    """

    per_second: float
    p50: float
    server: float
    postgres: float


Side = Callable[[float], Awaitable[Turn]]
"""One side of a race: takes a turn of so many seconds."""


def under_load(
    server: Server, question: Question, postmaster: int, *, connections: int = CONNECTIONS
) -> Side:
    """A side that answers a question over HTTP."""
    where = urlsplit(server.url)
    request = server.request(question)
    host, port = where.hostname or "", where.port or 0

    async def turn(seconds: float) -> Turn:
        server_before, postgres_before = cpu.seconds(server.pid), cpu.seconds(postmaster)
        found = await _loaded(load.Load(host, port, request, connections, seconds))
        each = 1000 / found.answers
        return Turn(
            per_second=found.answers / found.seconds,
            p50=found.p50 * 1000,
            server=(cpu.seconds(server.pid) - server_before) * each,
            postgres=(cpu.seconds(postmaster) - postgres_before) * each,
        )

    return turn


async def _loaded(wanted: load.Load) -> load.Found:
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-I", load.__file__, stdin=PIPE, stdout=PIPE, stderr=PIPE
    )
    out, err = await program.communicate(orjson.dumps(asdict(wanted)))
    assert program.returncode == 0, err.decode()
    return load.Found(**orjson.loads(out))


async def race(ours: Side, peer: Side, effort: Effort, note: str = "") -> Result:
    """Requests a second of two sides, after a turn of either that warms what is kept."""
    mine, theirs = await turns(ours, peer, effort)
    rate, their_rate = (median(turn.per_second for turn in side) for side in (mine, theirs))
    costs = f"CPU ms per request (server + PostgreSQL): {cost(mine)}, peer {cost(theirs)}"
    return Result(
        ratio=round(rate / their_rate, 2),
        ours=round(rate, 1),
        peer=round(their_rate, 1),
        unit="requests/s",
        rounds=effort.rounds,
        note="; ".join(filter(None, (costs, note))),
    )


async def turns(ours: Side, peer: Side, effort: Effort) -> tuple[list[Turn], list[Turn]]:
    """All turns of two sides, warm from the first on."""
    for side in (ours, peer):
        await side(WARMING_SECONDS)
    return await by_turns(lambda: ours(effort.seconds), lambda: peer(effort.seconds), effort.rounds)


def cost(turns: list[Turn]) -> str:
    """The medians of what a request costs."""
    server, postgres = median(t.server for t in turns), median(t.postgres for t in turns)
    return f"{server:.2f} + {postgres:.2f}"
