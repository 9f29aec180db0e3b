"""The board through our resolvers, and through a plain Strawberry schema written by hand.

Both run in this process, and its processor time is compared: what PostgreSQL spends is not in it.
"""

from __future__ import annotations

import gc
from collections.abc import Awaitable, Callable
from datetime import date
from statistics import median
from time import process_time

import orjson

from schema.build import build, graphql_schema
from schema.context import Context
from schema.engine.compiler import Compiler
from schema.engine.documents import Document, Documents
from schema.engine.source import Reading
from schema.execution import Operations
from schema.subscribing import Subscriptions
from server.commands.work import Office
from server.domain.action_item import Sprints
from server.domain.viewer import Scope, Viewer
from server.live.hub import Hub
from server.operation import Answer, Operation
from server.store.database import Database, prepare
from server.store.views.sight import binds_of
from tests.bench.measure import Databases, Effort, Result, by_turns
from tests.bench.plain_strawberry import PlainStrawberry
from tests.bench.reads import BOARD, BOARD_VARIABLES

VIEWER = Viewer("bench", "bench", frozenset({Scope.ADMIN}))


def operations(database: Database) -> Operations:
    """Our execution on a database, without doors."""
    hub = Hub(database)
    office = Office(
        database=database,
        publish=hub.hear,
        wake=lambda: None,
        sprints=Sprints(start=date(2026, 1, 5), days=14),
    )
    schema = graphql_schema()

    def context(viewer: Viewer) -> Context:
        return Context(viewer, Reading(database, binds_of(viewer)), office, hub)

    compiler = Compiler(build(), schema, prepare)
    subscriptions = Subscriptions(schema, context, hub)
    return Operations(schema, Documents(schema), context, compiler, subscriptions)


async def loaders_vs_strawberry(databases: Databases, effort: Effort) -> Result:
    """CPU of this process for one board, from the request's text to the bytes of its answer.

    Raises:
        AssertionError: the two do not give the same answer.
    """
    url = databases.large
    async with Database.connect(url) as database, PlainStrawberry.connect(url) as plain:
        run = operations(database)

        async def ours() -> bytes:
            document = run.documents.read(BOARD)
            assert isinstance(document, Document), document
            found = await run.resolved(document, Operation(BOARD, None, BOARD_VARIABLES), VIEWER)
            assert isinstance(found, Answer), found
            return found.body

        async def peer() -> bytes:
            return await plain(BOARD, dict(BOARD_VARIABLES))

        mine, theirs = orjson.loads(await ours()), orjson.loads(await peer())
        assert len(mine["data"]["incidents"]["nodes"]) == BOARD_VARIABLES["first"]
        assert mine == theirs, "the two answers differ"
        return await _compared(ours, peer, effort)


async def _compared(
    ours: Callable[[], Awaitable[bytes]], peer: Callable[[], Awaitable[bytes]], effort: Effort
) -> Result:
    for each in (ours, peer):
        await _milliseconds(each, 5)  # warms what is kept
    mine, theirs = map(
        median,
        await by_turns(
            lambda: _milliseconds(ours, effort.repeats),
            lambda: _milliseconds(peer, effort.repeats),
            effort.rounds,
        ),
    )
    unit = "ms of CPU per operation, in one process"
    return Result(round(theirs / mine, 2), round(mine, 3), round(theirs, 3), unit, effort.rounds)


async def _milliseconds(operation: Callable[[], Awaitable[bytes]], repeats: int) -> float:
    gc.collect()
    start = process_time()
    for _ in range(repeats):
        await operation()
    return (process_time() - start) / repeats * 1000
