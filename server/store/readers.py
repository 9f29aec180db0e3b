"""The short way to a connection for statements that only read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import asyncpg

Row: TypeAlias = asyncpg.Record


class Readers:
    """Connections of the pool that are kept for reading, the last used first.

    The pool takes a connection back in a task of its own, which costs as much as a small
    statement does. Once `most` are kept and busy, statements go through the pool.
    """

    def __init__(self, pool: asyncpg.Pool[Row], most: int) -> None:
        self._pool, self._room = pool, most
        self._idle: list[asyncpg.pool.PoolConnectionProxy[Row]] = []

    async def fetch(self, sql: str, arguments: Sequence[object]) -> Sequence[Row]:
        """All rows of a reading statement; raises what asyncpg raises."""
        if not self._idle:
            if not self._room:
                return await self._pool.fetch(sql, *arguments)
            await self._keep_another()
        connection = self._idle.pop()
        try:
            rows = await connection.fetch(sql, *arguments)
        except BaseException:
            # It may be broken, or its statement may still be on the way to be cancelled.
            self._room += 1
            await self._pool.release(connection)
            raise
        self._idle.append(connection)
        return rows

    async def _keep_another(self) -> None:
        self._room -= 1
        try:
            self._idle.append(await self._pool.acquire())
        except BaseException:
            self._room += 1
            raise

    async def close(self) -> None:
        """Give all that are idle back to the pool."""
        self._room = 0
        while self._idle:
            await self._pool.release(self._idle.pop())
