"""Statements as they reach PostgreSQL, watched and explained."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from server.store.database import Database
from server.store.readers import Readers

_TOKENS = re.compile(
    r"'(?:[^']|'')*'|\"[^\"]*\"|\(\s*SELECT\b|[()]|LEFT OUTER JOIN|UNION ALL|\s+|[^\s'\"()]+"
)
_CLAUSES = (
    "FROM",
    "WHERE",
    "ORDER",
    "LIMIT",
    "GROUP",
    "HAVING",
    "LEFT OUTER JOIN",
    "JOIN",
    "UNION ALL",
)


@dataclass(frozen=True, slots=True)
class Sent:
    """A statement with its arguments."""

    sql: str
    arguments: Sequence[Any]

    def __str__(self) -> str:
        given = [f"-- ${n} = {value!r}" for n, value in enumerate(self.arguments, 1)]
        return "\n".join([pretty(self.sql), *given]) + "\n"


@dataclass
class Watching:
    """A pool of connections that notes what is fetched."""

    pool: Any
    url: str
    sent: list[Sent] = field(default_factory=list)

    @property
    def database(self) -> Database:
        """The database whose fetches are noted."""
        pool: Any = self  # As much of a pool as it takes.
        return Database(pool, Readers(pool, most=0), self.url)

    async def fetch(self, sql: str, *arguments: Any) -> Any:
        """The rows, as the pool gives them."""
        self.sent.append(Sent(sql, arguments))
        return await self.pool.fetch(sql, *arguments)


@asynccontextmanager
async def watched(url: str) -> AsyncIterator[Watching]:
    """A watch on a database."""
    async with Database.connect(url, size=2) as database:
        yield Watching(database._pool, url)


def pretty(sql: str) -> str:
    """A statement over many lines, so that a diff of it can be read."""
    return "".join(_pieces(sql)).strip()


def _pieces(sql: str) -> Iterator[str]:
    """The tokens of a statement, with a new line before each clause, deeper in each subquery."""
    around: list[bool] = [True]
    for token in _TOKENS.findall(sql):
        indent = "  " * sum(around[1:])
        if token.startswith("("):
            around.append(len(token) > 1)
            yield token if len(token) == 1 else f"(\n{indent}  SELECT"
        elif token == ")":
            around.pop()
            yield token
        elif token in _CLAUSES and around[-1]:
            yield f"\n{indent}{token}"
        else:
            yield " " if token.isspace() else token
