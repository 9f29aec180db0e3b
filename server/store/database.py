"""The way to PostgreSQL: SQLAlchemy Core builds statements, asyncpg runs them.

A statement is compiled once for each statement object, so statements are module constants or
come from a cached function; values travel as bind parameters only.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Self
from weakref import WeakKeyDictionary

import asyncpg
import orjson
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.sql import Executable

from server.errors import CodedError, ErrorCode, Unavailable, refuse
from server.store.readers import Readers, Row

MAX_BINDS_AT_ONCE = 10_000

_DIALECT = PGDialect_asyncpg()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped

_LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
    TimeoutError,
)
"""What asyncpg raises when the database is not there, or goes away under a statement."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement as it is sent: its SQL, and the names of $1, $2, … with values of constants."""

    sql: str
    names: tuple[str, ...]
    constants: dict[str, object]

    def arguments(self, binds: dict[str, object]) -> list[object]:
        """The values of $1, $2, …"""
        constants = self.constants
        return [binds[name] if name in binds else constants[name] for name in self.names]


_prepared: WeakKeyDictionary[Executable, Prepared] = WeakKeyDictionary()


def prepare(statement: Executable) -> Prepared:
    """A statement made ready to be sent, for whoever keeps it himself."""
    compiled = statement.compile(dialect=_DIALECT)  # type: ignore[attr-defined]
    constants = {name: value for name, value in compiled.params.items() if value is not None}
    return Prepared(compiled.string, tuple(compiled.positiontup or ()), constants)


def _prepare(statement: Executable | Prepared) -> Prepared:
    if isinstance(statement, Prepared):
        return statement
    found = _prepared.get(statement)
    if found is None:
        found = _prepared[statement] = prepare(statement)
    return found


__all__ = ["Database", "Prepared", "Row", "Transaction", "prepare"]


class Transaction:
    """Statements that take effect together, or not at all."""

    def __init__(self, connection: asyncpg.Connection[Row]) -> None:
        self._connection = connection

    async def fetch(self, statement: Executable, /, **binds: object) -> list[Row]:
        """All rows of a statement."""
        prepared = _prepare(statement)
        return await self._connection.fetch(prepared.sql, *prepared.arguments(binds))

    async def one(self, statement: Executable, /, **binds: object) -> Row | None:
        """The first row of a statement, if there is one."""
        prepared = _prepare(statement)
        return await self._connection.fetchrow(prepared.sql, *prepared.arguments(binds))

    async def value(self, statement: Executable, /, **binds: object) -> Any:
        """The first column of the first row, or None."""
        row = await self.one(statement, **binds)
        return row[0] if row else None

    async def run(self, statement: Executable, /, **binds: object) -> int:
        """Execute a statement; how many rows it changed."""
        prepared = _prepare(statement)
        tag = await self._connection.execute(prepared.sql, *prepared.arguments(binds))
        count = tag.rpartition(" ")[2]
        return int(count) if count.isdigit() else 0

    async def each(self, statement: Executable, rows: Iterable[dict[str, object]]) -> None:
        """Execute a statement once for each mapping of binds, in one round trip."""
        prepared = _prepare(statement)
        arguments = [prepared.arguments(row) for row in rows]
        if arguments:
            await self._connection.executemany(prepared.sql, arguments)


class _PooledConnection(asyncpg.Connection):
    """A connection without the reset round trip on release.

    Safe because pooled connections never LISTEN, take session locks, or SET outside a
    transaction; in return small statements are about twice as fast.
    """

    def get_reset_query(self) -> str:
        return ""


class Database:
    """A pool of connections to one PostgreSQL."""

    def __init__(self, pool: asyncpg.Pool[Row], readers: Readers, url: str) -> None:
        self._pool, self._readers = pool, readers
        self.url = url

    @classmethod
    @asynccontextmanager
    async def connect(cls, url: str, *, size: int = 10) -> AsyncIterator[Self]:
        """Open a pool of up to `size` connections, and close it at the end.

        Raises:
            Unavailable: nothing answers at `url`.
        """
        try:
            pool = await asyncpg.create_pool(url, max_size=size, **_POOL)
        except _LOST as lost:
            raise Unavailable("The database cannot be reached.") from lost
        readers = Readers(pool, most=size // 2)
        try:
            yield cls(pool, readers, url)
        finally:
            await readers.close()
            await _close(pool)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """Run a block in one transaction: committed at its end, rolled back if it raises.

        Raises:
            Unavailable: the database went away; nothing of the block is kept for sure.
        """
        with _coded():
            async with self._pool.acquire() as connection, connection.transaction():
                yield Transaction(connection)  # type: ignore[arg-type]  # a proxy of one

    async def fetch(self, statement: Executable | Prepared, /, **binds: object) -> Sequence[Row]:
        """All rows of a reading statement.

        A connection that died idle is replaced and the statement sent once more: reading twice
        harms nobody.

        Raises:
            Unavailable: the database is not there.
            CodedError: TIMEOUT, the statement took longer than it may.
        """
        prepared = _prepare(statement)
        arguments = prepared.arguments(binds)
        with _coded():
            try:
                return await self._readers.fetch(prepared.sql, arguments)
            except _LOST:
                return await self._readers.fetch(prepared.sql, arguments)

    async def one(self, statement: Executable, /, **binds: object) -> Row | None:
        """The first row of a reading statement, if there is one; errors as `fetch`."""
        rows = await self.fetch(statement, **binds)
        return rows[0] if rows else None


class _coded:  # noqa: N801  # a context manager reads as a word
    """Translate asyncpg's errors of absence and delay into ours; let all others pass."""

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, asyncpg.QueryCanceledError):
            message = "The operation took too long. Ask for less at once."
            raise CodedError(message, ErrorCode.TIMEOUT) from error
        if isinstance(error, asyncpg.DeadlockDetectedError | asyncpg.LockNotAvailableError):
            raise Unavailable("Others were writing the same rows. Try again.") from error
        if isinstance(error, asyncpg.CharacterNotInRepertoireError):
            raise refuse(ErrorCode.INVALID, "Text cannot hold the character NUL.") from error
        if isinstance(error, _LOST) and not isinstance(error, CodedError):
            raise Unavailable("The database cannot be reached.") from error


async def _close(pool: asyncpg.Pool[Row]) -> None:
    """Close the pool, by force where statements do not end."""
    try:
        await asyncio.wait_for(pool.close(), 3)
    except TimeoutError:
        pool.terminate()


async def _prepare_connection(connection: asyncpg.Connection[Row]) -> None:
    await connection.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        encoder=lambda value: orjson.dumps(value).decode(),
        decoder=orjson.loads,
    )
    # Answers come as JSON; their bytes go out as they are.
    await connection.set_type_codec(
        "json", schema="pg_catalog", encoder=bytes, decoder=bytes, format="binary"
    )


_POOL: dict[str, Any] = {
    "min_size": 1,
    "connection_class": _PooledConnection,
    "init": _prepare_connection,
    "max_cacheable_statement_size": 256 * 1024,
    "statement_cache_size": 500,
    "command_timeout": 30,
    "timeout": 10,
    "server_settings": {
        "application_name": "whychain",
        "timezone": "UTC",
        "intervalstyle": "iso_8601",
        "jit": "off",
        # What is read often lies in memory: there a page out of order costs no more than the next.
        "random_page_cost": "1.1",
        # Statements are large and prepared once; planning one anew costs more than running it.
        "plan_cache_mode": "force_generic_plan",
        "statement_timeout": "10s",
        "idle_in_transaction_session_timeout": "30s",
    },
}
