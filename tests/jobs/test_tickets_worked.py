"""Tickets through the real queue: workers that run beside each other, as the server has them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from integrations.contract import Connection, KeepsTickets, Unwell
from integrations.observation import TicketState
from server.commands.work import utc_now
from server.jobs.push_ticket import PushTicket
from server.jobs.wake import Wake
from server.jobs.worker import Worker
from server.outbound.agents import agents
from server.outbound.clients import Clients
from server.store import tables
from server.store.database import Database
from server.store.queue import JobKind
from tests.jobs.conftest import QUICKLY, until
from tests.jobs.ticketing import Ticketing


@asynccontextmanager
async def worked(database: Database, ticketing: Ticketing) -> AsyncIterator[Ticketing]:
    """Two workers that keep tickets beside the block, put together as the server is."""
    tracker = ticketing.tracker
    tracker.board.clock = utc_now
    connection = Connection("toy", "acme", "https://toy.example")
    async with Wake.running(database.url) as wake, Clients.open() as clients:
        office = replace(ticketing.office, wake=wake, clock=utc_now)
        found = agents(
            KeepsTickets,  # type: ignore[type-abstract]  # asked of objects, never made
            {"toy": tracker},
            [connection],
            clients,
        )
        job = PushTicket(office, found, backoff=QUICKLY)
        workers = [Worker(database.url, (job,), backoff=QUICKLY) for _ in range(2)]
        async with workers[0].running(), workers[1].running():
            yield replace(ticketing, office=office)


async def test_workers_bring_many_changes_of_an_item_in_step(
    database: Database, ticketing: Ticketing
) -> None:
    ticketing.tracker.before = lambda: asyncio.sleep(0.01)
    async with worked(database, ticketing) as there:
        item_id = await there.promise(due_on=None)
        await until(lambda: bool(there.board.tickets))
        for state in ("IN_PROGRESS", "OPEN", "IN_PROGRESS", "BLOCKED", "DONE"):
            await there.change(item_id, state=state)
        await until(lambda: there.board.only.state is TicketState.DONE)
        await until(lambda: _nothing_left(there))
    assert len(there.board.drafts) == 1
    row = await there.ticket(item_id)
    assert (row["status"], row["trouble"]) == ("Done", None)
    assert not any(entry[4] for entry in await there.audit(item_id))


async def test_workers_go_on_after_an_outage(database: Database, ticketing: Ticketing) -> None:
    failures = iter(range(3))

    def fails() -> None:
        if next(failures, None) is not None:
            raise Unwell("It did not answer.")

    ticketing.tracker.before = fails
    async with worked(database, ticketing) as there:
        items = [await there.promise(due_on=None) for _ in range(4)]
        await until(lambda: len(there.board.tickets) == len(items))
        await until(lambda: _nothing_left(there))
    rows = await there.stored.rows(tables.ticket)
    assert [row["trouble"] for row in rows] == [None] * 4


async def _nothing_left(there: Ticketing) -> bool:
    rows = await there.stored.rows(tables.ticket)
    waiting = await there.stored.jobs(JobKind.TICKET)
    return not waiting and all(row["lease"] is None for row in rows)
