"""What is stored, for tests to compare."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import pytest
from sqlalchemy import Table, bindparam, delete, select

from server.errors import ErrorCode, Refused
from server.store.database import Database, Row
from server.store.ids import new_id
from server.store.queue import JOBS, JobKind
from server.store.statements import find_row, find_rows, insert_row
from server.store.tables import (
    deployment,
    feed,
    identity,
    person,
    service,
    service_source,
    timeline_entry,
)

T = TypeVar("T")
S = TypeVar("S")

_JOBS = select(JOBS.c.payload).where(JOBS.c.entrypoint == bindparam("kind")).order_by(JOBS.c.id)


@dataclass(frozen=True)
class Stored:
    """A look into the tables, and the hand of a source that puts something there."""

    database: Database

    async def row(self, table: Table, **keys: Any) -> Row:
        """The one row with these keys."""
        async with self.database.transaction() as tx:
            found = await find_row(tx, table, **keys)
        assert found is not None
        return found

    async def rows(self, table: Table, **keys: Any) -> list[Row]:
        """All rows with these keys."""
        async with self.database.transaction() as tx:
            return await find_rows(tx, table, **keys) if keys else await tx.fetch(select(table))

    async def add(self, table: Table, **values: object) -> UUID:
        """Insert a row with a new id, as an earlier transaction might have."""
        row_id = new_id()
        async with self.database.transaction() as tx:
            await insert_row(tx, table, id=row_id, **values)
        return row_id

    async def put(self, table: Table, **values: object) -> None:
        """Insert a row that has no id."""
        async with self.database.transaction() as tx:
            await insert_row(tx, table, **values)

    async def automatic_service(self, slug: str, source: str, external_id: str) -> UUID:
        """A service as a source makes it."""
        service_id = await self.add(service, slug=slug, name=slug.title(), automatic=True)
        await self.put(
            service_source, source=source, external_id=external_id, service_id=service_id
        )
        return service_id

    async def person(self, name: str, *, automatic: bool = False, **values: object) -> UUID:
        """A person without identities."""
        return await self.add(person, name=name, automatic=automatic, **values)

    async def automatic_person(self, name: str, provider: str, external_id: str) -> UUID:
        """A person as a source makes them."""
        person_id = await self.person(name, automatic=True)
        await self.put(
            identity, provider=provider, external_id=external_id, person_id=person_id, handle=name
        )
        return person_id

    async def deployment(self, at: datetime, **values: object) -> UUID:
        """A deployment of acme/shop that succeeded at this time."""
        row = {
            "source": "github",
            "external_id": str(new_id()),
            "repository": "acme/shop",
            "sha": "a" * 40,
            "environment": "production",
            "status": "SUCCESS",
            "finished_at": at,
            "effective_at": at,
        }
        return await self.add(deployment, **{**row, **values})

    async def timeline(self, incident_id: UUID) -> list[Row]:
        """The entries of an incident in the order they were written."""
        rows = await self.rows(timeline_entry, incident_id=incident_id)
        return sorted(rows, key=lambda row: row["id"])

    async def feed(self, incident_id: UUID) -> list[tuple[str, str]]:
        """Subject and change of every change, after it is certain that no sequence is missing."""
        rows = await self.rows(feed, incident_id=incident_id)
        rows.sort(key=lambda row: row["sequence"])
        assert [row["sequence"] for row in rows] == list(range(1, len(rows) + 1))
        return [(row["subject"], row["change"]) for row in rows]

    async def jobs(self, kind: JobKind) -> list[UUID]:
        """What waiting jobs of this kind are about."""
        rows = await self.database.fetch(_JOBS, kind=kind.value)
        return [UUID(bytes=row["payload"]) for row in rows]

    async def lose_jobs(self) -> None:
        """Take all jobs out of the queue, as a database that was restored might have lost them."""
        async with self.database.transaction() as tx:
            await tx.run(delete(JOBS))


async def refusal(attempt: Awaitable[Any]) -> set[tuple[ErrorCode, tuple[str, ...]]]:
    """Await an attempt that must be refused; the code and field path of each problem."""
    with pytest.raises(Refused) as refused:
        await attempt
    assert all(problem.message.endswith(".") for problem in refused.value.problems)
    return {(problem.code, problem.field) for problem in refused.value.problems}


async def twice_at_once(first: Awaitable[T], second: Awaitable[S]) -> tuple[T, S]:
    """Await both at the same time."""
    return await asyncio.gather(first, second)
