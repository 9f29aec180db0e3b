"""One story told in many orders: the state in which each ends, and a clean table for the next."""

from sqlalchemy import text

from server.commands import attribution
from server.commands.work import Office
from server.store import tables
from server.store.database import Database
from tests.commands.state import Facts, state_of
from tests.commands.stored import Stored


async def attribute(office: Office, stored: Stored) -> None:
    """Attribute each incident anew."""
    for row in await stored.rows(tables.incident):
        await attribution.recompute(office, row["id"])


async def settled(office: Office, stored: Stored) -> Facts:
    """What is stored once the page's service is known to need the repository's, as facts."""
    async with office.database.transaction() as tx:
        await tx.run(
            text(
                "insert into service_dependency select paged.service_id, built.service_id"
                " from service_source paged, service_source built"
                " where paged.source = 'pagerduty' and built.source = 'repository'"
            )
        )
    await attribute(office, stored)
    return await state_of(stored)


async def forget_everything(database: Database) -> None:
    """Empty the tables, for the next order."""
    async with database.transaction() as tx:
        await tx.run(
            text(
                "truncate observation, incident, deployment, pull_request, push, service, person,"
                " identity, service_source, jobs.pgqueuer cascade"
            )
        )
