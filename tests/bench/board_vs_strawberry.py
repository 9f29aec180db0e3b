"""The board over HTTP: our server, and plain Strawberry with a DataLoader for each edge."""

from __future__ import annotations

import orjson

from tests.bench import cpu
from tests.bench.measure import Databases, Effort, Result
from tests.bench.race import race, under_load
from tests.bench.reads import BOARD, BOARD_VARIABLES
from tests.bench.servers import Question, ours, plain_strawberry


async def board_vs_strawberry(databases: Databases, effort: Effort) -> Result:
    """Requests a second for a whole board."""
    return await against_strawberry(databases, effort, Question(BOARD, BOARD_VARIABLES))


async def against_strawberry(databases: Databases, effort: Effort, question: Question) -> Result:
    """Requests a second of our server and of plain Strawberry for the same question.

    Raises:
        AssertionError: the two do not give the same answer.
    """
    postmaster = await cpu.postmaster(databases.large)
    async with ours(databases.large) as server, plain_strawberry(databases.large) as peer:
        mine, theirs = await server.answer(question), await peer.answer(question)
        assert orjson.loads(mine) == orjson.loads(theirs), "the two answers differ"
        return await race(
            under_load(server, question, postmaster),
            under_load(peer, question, postmaster),
            effort,
            f"{len(mine):,} bytes, peer {len(theirs):,}",
        )
