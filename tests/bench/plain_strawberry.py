"""The peer: the same reads in plain Strawberry, as one writes them by hand.

Dataclasses, resolvers, one DataLoader for each edge, asyncpg, and Strawberry's own caches for
parsing and validation: nothing is left out that a careful author would do.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import orjson
import strawberry
from strawberry.extensions import ParserCache, ValidationCache
from strawberry.schema.config import StrawberryConfig

from schema.engine.scalars import write_duration, write_time
from tests.bench.plain_loaders import (
    DEPLOYMENTS,
    INCIDENTS,
    Loaders,
    deployment_of,
    incident_of,
)
from tests.bench.plain_types import Deployment, Duration, Incident, Moment


@strawberry.type
class Incidents:
    nodes: list[Incident]


@strawberry.type
class Query:
    @strawberry.field
    async def incidents(self, info: strawberry.Info, first: int) -> Incidents:
        loaders: Loaders = info.context
        rows = await loaders.pool.fetch(
            f"{INCIDENTS} order by declared_at desc, id desc limit $1", first
        )
        return Incidents(nodes=[incident_of(row) for row in rows])

    @strawberry.field
    async def deployment(
        self, info: strawberry.Info, repository: str, sha: str
    ) -> Deployment | None:
        loaders: Loaders = info.context
        row = await loaders.pool.fetchrow(
            f"""{DEPLOYMENTS} where repository = $1 and sha = $2
                order by environment ~* 'prod' desc, effective_at desc limit 1""",
            repository,
            sha,
        )
        return deployment_of(row) if row else None


SCHEMA = strawberry.Schema(
    query=Query,
    extensions=[ParserCache, ValidationCache],
    config=StrawberryConfig(
        scalar_map={
            Moment: strawberry.scalar(name="DateTime", serialize=write_time),
            Duration: strawberry.scalar(name="Duration", serialize=write_duration),
        }
    ),
)


class PlainStrawberry:
    """The peer: a schema and a pool."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record]) -> None:
        self._pool = pool

    def loaders(self) -> Loaders:
        """The context of one operation."""
        return Loaders(self._pool)

    @classmethod
    @asynccontextmanager
    async def connect(cls, url: str) -> AsyncIterator[PlainStrawberry]:
        """Open its pool until the block ends."""
        settings = {"jit": "off", "timezone": "UTC"}
        async with asyncpg.create_pool(
            url, min_size=1, max_size=10, server_settings=settings, init=_prepare
        ) as pool:
            yield cls(pool)

    async def __call__(self, query: str, variables: dict[str, Any]) -> bytes:
        """The bytes of an answer."""
        result = await SCHEMA.execute(query, variables, context_value=self.loaders())
        assert not result.errors, result.errors
        return orjson.dumps({"data": result.data})


async def _prepare(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    await connection.set_type_codec(
        "jsonb", schema="pg_catalog", encoder=json.dumps, decoder=orjson.loads
    )
