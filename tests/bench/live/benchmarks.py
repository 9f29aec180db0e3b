"""The benchmarks of what is pushed, by their names."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from itertools import chain
from statistics import median

from tests.bench.live.burst import live_burst
from tests.bench.live.crowd import CROWD, Figures, crowd
from tests.bench.live.latency import live_latency
from tests.bench.live.sides import Side, our_side
from tests.bench.live.stalled import live_beside_stalled
from tests.bench.measure import Databases, Effort, Result


async def cpu_against(peer: str, count: int, databases: Databases, effort: Effort) -> Result:
    """The server's processor time for one delivery, all its work for the event included."""
    found = await crowd(databases, effort, count)
    theirs, ours = found[peer], found["ours"]
    mine, other = (median(turn.cpu for turn in each.turns) for each in (ours, theirs))
    postgres = median(turn.postgres for turn in ours.turns)
    write = ours.side.unheard
    return Result(
        ratio=round(other / mine, 2),
        ours=round(mine, 2),
        peer=round(other, 2),
        unit="µs of CPU per delivery",
        rounds=effort.rounds,
        note=f"to write the event, at another server, costs {1e3 * write:.1f} ms; "
        f"PostgreSQL {postgres:.1f} ms per event; "
        f"last delivery after {_last(ours):.0f} ms, peer {_last(theirs):.0f}; "
        f"{_joined(ours.side)} s until all followed, peer {_joined(theirs.side)}",
    )


async def live_last_vs_strawberry_4000(databases: Databases, effort: Effort) -> Result:
    """From the request to write an event until the last subscriber has it."""
    found = await crowd(databases, effort, CROWD)
    mine, other = _last(found["ours"]), _last(found["strawberry"])
    return Result(
        ratio=round(other / mine, 2),
        ours=round(mine, 1),
        peer=round(other, 1),
        unit="ms until the last delivery (p50)",
        rounds=effort.rounds,
    )


async def live_kb_per_subscriber(databases: Databases, effort: Effort) -> Result:
    """What each subscriber adds to the server's memory."""
    found = await crowd(databases, effort, CROWD)
    return _kilobytes(found["ours"].side, found["strawberry"].side)


async def live_kb_per_subscriber_asgi(databases: Databases, effort: Effort) -> Result:
    """The same where every socket is an ASGI task."""
    found = await crowd(databases, effort, CROWD)
    async with our_side(databases.large, CROWD, direct_sockets="false") as side:
        return _kilobytes(side, found["strawberry"].side)


def _kilobytes(ours: Side, theirs: Side) -> Result:
    mine, other = (side.growth / 1024 for side in (ours, theirs))
    return Result(
        ratio=round(other / mine, 2),
        ours=round(mine, 1),
        peer=round(other, 1),
        unit="KB per subscriber",
        rounds=1,
    )


def _last(figures: Figures) -> float:
    return median(chain.from_iterable(turn.lasts for turn in figures.turns))


def _joined(side: Side) -> str:
    return f"{side.followers.joined.seconds:.1f}"


_AGAINST = (
    ("strawberry", 1000),
    ("strawberry", CROWD),
    ("yoga", 1000),
    ("yoga", CROWD),
    ("raw", CROWD),
)

LIVE: Mapping[str, Callable[[Databases, Effort], Awaitable[Result]]] = {
    **{
        f"live_cpu_vs_{peer}_{count}": partial(cpu_against, peer, count) for peer, count in _AGAINST
    },
    **{
        benchmark.__name__: benchmark
        for benchmark in (
            live_last_vs_strawberry_4000,
            live_kb_per_subscriber,
            live_kb_per_subscriber_asgi,
            live_burst,
            live_latency,
            live_beside_stalled,
        )
    },
}
