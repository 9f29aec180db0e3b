"""Driving the integration against the fake: whole rounds, or one batch after the other."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from integrations.contract import Batch, Connection, Http, Secret
from integrations.observation import Observation, PageEvent, PageObserved
from integrations.pagerduty import plugin, poll
from integrations.pagerduty.ask import PagerDutyApi
from tests.integrations.asking import asking
from tests.integrations.fake_pagerduty import TOKEN, FakePagerDuty, running
from tests.integrations.pagerduty_records import at


@dataclass(slots=True)
class Reader:
    """The integration, a connection, the fake behind it, and the time that it is."""

    fake: FakePagerDuty
    connection: Connection
    http: Http
    now: datetime

    @property
    def api(self) -> PagerDutyApi:
        return PagerDutyApi(self.connection, self.http)

    async def poll(self, cursor: str | None = None) -> Batch:
        return await poll.poll(self.api, cursor, self.now)

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
        while not batches or batches[-1].more:
            cursor = batches[-1].cursor if batches else None
            batches.append(await poll.backfill(self.api, since, cursor, self.now))
        return batches


@asynccontextmanager
async def reading(
    fake: FakePagerDuty, *, minute: float = 60, token: str = TOKEN, **settings: Any
) -> AsyncIterator[Reader]:
    """A reader of the fake for the time of the block, so many minutes after noon."""
    async with running(fake):
        secrets = {"token": Secret(token)}
        connection = Connection("pagerduty", "acme", fake.base_url, settings, secrets)
        yield Reader(fake, connection, await asking(plugin, connection), at(minute))


def events(seen: list[Observation], incident_id: str | None = None) -> list[PageObserved]:
    """What happened to an incident, or to all, in order; without how they stand."""
    pages = [
        each
        for each in seen
        if isinstance(each, PageObserved)
        and each.event is not PageEvent.SEEN
        and incident_id in (None, each.external_id)
    ]
    return sorted(pages, key=lambda page: page.moment)


def standing(seen: list[Observation]) -> dict[str, PageObserved]:
    """How each incident stands, as it was last seen."""
    pages = [each for each in seen if isinstance(each, PageObserved)]
    last = sorted(pages, key=lambda page: page.moment)
    return {page.external_id: page for page in last if page.event is PageEvent.SEEN}
