"""Events that happen all at once: how fast they reach a crowd."""

from __future__ import annotations

from functools import partial
from statistics import median

from tests.bench.live.crowd import CROWD, allow_sockets
from tests.bench.live.sides import Side, our_side, raw_side
from tests.bench.measure import Databases, Effort, Result, by_turns

EVENTS = 8


async def live_burst(databases: Databases, effort: Effort) -> Result:
    """Deliveries a second, from the request to the last one, of events written together."""
    allow_sockets(CROWD)
    async with (
        our_side(databases.large, CROWD) as ours,
        raw_side(CROWD, ours.followers.joined.message) as raw,
    ):
        our_turn, raw_turn = (partial(_rate, side, effort.seconds / 2) for side in (ours, raw))
        for warm in (our_turn, raw_turn):
            await warm()
        mine, theirs = map(median, await by_turns(our_turn, raw_turn, effort.rounds))
    return Result(
        ratio=round(mine / theirs, 2),
        ours=round(mine),
        peer=round(theirs),
        unit=f"deliveries/s of {EVENTS} events at once, {CROWD:,} subscribers",
        rounds=effort.rounds,
    )


async def _rate(side: Side, seconds: float) -> float:
    sent = await side.keep_sending(seconds, EVENTS)
    return EVENTS * side.followers.count * len(sent) / sum(each.last for each in sent)
