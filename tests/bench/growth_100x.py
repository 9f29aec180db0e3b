"""The board on a hundred times the data: how much longer one reader waits."""

from __future__ import annotations

from statistics import median

from tests.bench import cpu
from tests.bench.measure import Databases, Effort, Result
from tests.bench.race import turns, under_load
from tests.bench.reads import BOARD, BOARD_VARIABLES
from tests.bench.servers import Question, ours


async def growth_100x(databases: Databases, effort: Effort) -> Result:
    """The median latency over one connection, on the long history and on a hundredth of it."""
    postmaster = await cpu.postmaster(databases.large)
    question = Question(BOARD, BOARD_VARIABLES)
    async with ours(databases.large) as large, ours(databases.small) as small:
        long, short = await turns(
            under_load(large, question, postmaster, connections=1),
            under_load(small, question, postmaster, connections=1),
            effort,
        )
    on_large, on_small = (median(turn.p50 for turn in side) for side in (long, short))
    return Result(
        ratio=round(on_large / on_small, 2),
        ours=round(on_large, 3),
        peer=round(on_small, 3),
        unit="ms (p50) on 100 x the data, and on 1 x: less is better",
        rounds=effort.rounds,
    )
