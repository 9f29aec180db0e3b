"""The peer PostGraphile 5: the same reads over the same database, from Node."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import orjson

from tests.bench import cpu
from tests.bench.measure import Databases, Effort, Result
from tests.bench.npm import node_for
from tests.bench.race import race, under_load
from tests.bench.servers import Question, Server, ours, started

HERE = Path(__file__).parent
BOARD = (HERE / "board.graphql").read_text()
SMALL = (HERE / "small.graphql").read_text()

NODE_MAJOR = 22
"""The oldest Node that PostGraphile 5 runs on; where npm has a binary of it, it is installed."""

ALIKE = 0.05
"""By how much two answers may differ, in values and in bytes, and count as the same amount."""


async def against_postgraphile(
    databases: Databases, effort: Effort, question: Question, peer_question: Question
) -> Result:
    """Requests a second of our server and of PostGraphile for the same amount of data.

    Raises:
        AssertionError: the two answers are not alike.
        Skipped: there is no Node on this machine.
    """
    postmaster = await cpu.postmaster(databases.large)
    async with ours(databases.large) as server, postgraphile(databases.large) as peer:
        mine, theirs = await server.answer(question), await peer.answer(peer_question)
        return await race(
            under_load(server, question, postmaster),
            under_load(peer, peer_question, postmaster),
            effort,
            _compared(mine, theirs),
        )


def _compared(mine: bytes, theirs: bytes) -> str:
    """What both answers hold, in words.

    The names differ, and what hangs where; what there is to know must not.
    """
    values, their_values = (_values(orjson.loads(body)) for body in (mine, theirs))
    assert abs(values - their_values) <= ALIKE * values, (values, their_values)
    told = f"{values:,} values in {len(mine):,} bytes"
    return f"{told}, peer {their_values:,} in {len(theirs):,}"


def _values(json: Any) -> int:
    """How many values a JSON text holds that are neither object nor list."""
    match json:
        case dict():
            return sum(map(_values, json.values()))
        case list():
            return sum(map(_values, json))
        case _:
            return 1


@asynccontextmanager
async def postgraphile(database: str) -> AsyncIterator[Server]:
    """PostGraphile on a database, installed as package-lock.json says."""
    node = await asyncio.to_thread(node_for, HERE, "PostGraphile", NODE_MAJOR)
    production = {"NODE_ENV": "production", "GRAPHILE_ENV": "production"}
    async with started(node, HERE / "serve.mjs", database, **production) as server:
        yield server
