"""Driving the integration against the fake, with the host's own client in a time that flies."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from integrations.contract import (
    Assignee,
    Batch,
    Connection,
    Http,
    Secret,
    TicketChange,
    TicketDraft,
)
from integrations.jira import plugin
from integrations.observation import Observation, TicketObserved
from server.outbound.clients import Clients
from tests.integrations.fake_jira import EMAIL, TOKEN, FakeJira, running
from tests.integrations.jira_site import Node, Site
from tests.outbound.conftest import Time

MARKER = "whychain-0123456789abcdef"
URL = "https://whychain.example.com/incidents/7"


def draft(marker: str = MARKER, **fields: Any) -> TicketDraft:
    """A ticket to be created."""
    usual = {
        "title": "Bound the queue of the importer",
        "description": "It grew until the host died.\n- bound it\n- alert on it",
        "due_on": date(2026, 4, 1),
        "priority": "P1",
        "labels": ("post mortem",),
        "assignee": Assignee(email="ADA@example.com"),
        "team": "payments",
        "url": URL,
    }
    return TicketDraft(marker, **{**usual, **fields})


def a_site(count: int = 10, *, minutes: int = 1, is_cloud: bool = True) -> Site:
    """As many tickets, one after the other, and beside each an issue that is none of ours."""
    site = Site(is_cloud=is_cloud)
    for number in range(1, count + 1):
        site.now += timedelta(minutes=minutes)
        for labels in (["whychain", f"whychain-{number}"], ["backend"]):
            fields = {"project": {"key": "PAY"}, "summary": f"Do {number}", "labels": labels}
            site.create(fields, ())
    return site


@dataclass(frozen=True, slots=True)
class Desk:
    """The integration, a connection, and the fake behind it."""

    fake: FakeJira
    connection: Connection
    http: Http
    passing: Time = field(default_factory=Time)

    @property
    def site(self) -> Site:
        return self.fake.site

    def issue(self, ticket: TicketObserved) -> Node:
        """What the site has of a ticket."""
        return self.site.issues[ticket.external_id]

    async def create(self, wanted: TicketDraft | None = None) -> TicketObserved:
        return await plugin.create_ticket(self.connection, self.http, wanted or draft())

    async def update(self, ticket: TicketObserved, **change: Any) -> TicketObserved:
        """Change it, and forget what was asked before."""
        self.fake.asked.clear()
        wanted = TicketChange(**change)
        return await plugin.update_ticket(self.connection, self.http, ticket.external_id, wanted)

    async def read(self, external_id: str) -> TicketObserved:
        return await plugin.read_ticket(self.connection, self.http, external_id)

    async def poll(self, cursor: str | None = None) -> Batch:
        return await plugin.poll(self.connection, self.http, cursor)

    async def round(self, cursor: str | None = None) -> tuple[list[Observation], str]:
        """Batches until there are no more."""
        seen: list[Observation] = []
        while True:
            batch = await self.poll(cursor)
            seen += batch.observations
            cursor = batch.cursor
            if not batch.more:
                return seen, cursor

    async def backfill(self, since: datetime) -> list[Batch]:
        batches: list[Batch] = []
        cursor: str | None = None
        while not batches or batches[-1].more:
            batches.append(await plugin.backfill(self.connection, self.http, since, cursor))
            cursor = batches[-1].cursor
        return batches


@asynccontextmanager
async def at_desk(
    fake: FakeJira | None = None, token: str = TOKEN, **settings: Any
) -> AsyncIterator[Desk]:
    """A desk at the fake for the time of the block."""
    passing = Time()
    async with running(fake or FakeJira()) as found, Clients.open(passing.timing()) as clients:
        edition = "cloud" if found.site.is_cloud else "data-center"
        usual = {
            "edition": edition,
            "email": EMAIL,
            "project": "OPS",
            "projects": {"payments": "PAY"},
        }
        connection = Connection(
            "jira", "acme", found.site.base_url, {**usual, **settings}, {"token": Secret(token)}
        )
        yield Desk(found, connection, clients.of(plugin, connection), passing)
