"""People who write into the same incidents at the same time, some slowly, some in vain."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Any
from uuid import UUID, uuid4

import aiohttp

from server.commands import incident as incidents
from server.commands import timeline
from server.commands.timeline import AddEntries, Entry, RetractEntry, ReviseEntry
from server.commands.work import Office, Work
from server.domain.incident import Severity
from server.domain.timeline import TimelineKind
from server.domain.viewer import Scope, Viewer

SLOW_SECONDS = 0.03
ADMIN = Viewer("token:test", "test", frozenset({Scope.ADMIN}))

ADD = """
mutation ($incident: ID!, $body: String!, $key: String!) {
  addTimelineEntries(input: {incident: $incident, idempotencyKey: $key, entries: [
    {kind: NOTE, occurredAt: "2026-01-01T00:00:00Z", body: $body}]}) { userErrors { code } } }
"""


async def declared(office: Office, title: str) -> UUID:
    """An incident to write into."""
    return await incidents.declare(office, ADMIN, incidents.Declare(title, Severity.SEV2))


async def noted(office: Office, incident: UUID, body: str) -> UUID:
    """A note that was just written."""
    entry = Entry(TimelineKind.NOTE, datetime.now(UTC), body)
    (found,) = await timeline.add(office, ADMIN, AddEntries(incident, (entry,)))
    return found


class ChangeOfMind(Exception):
    """What rolls a transaction back."""


@dataclass(frozen=True)
class Doors:
    """The servers' HTTP, any of which may be away."""

    urls: Sequence[str]
    token: str
    http: aiohttp.ClientSession

    async def post(self, chance: Random, query: str, **variables: object) -> Any:
        """The answer of the first server that gives one."""
        body = {"query": query, "variables": variables}
        headers = {"authorization": f"Bearer {self.token}"}
        while True:
            with suppress(OSError, aiohttp.ClientError):
                url = chance.choice(self.urls) + "/graphql"
                async with self.http.post(url, json=body, headers=headers) as response:
                    if response.status == 200:
                        return await response.json()
            await asyncio.sleep(0.05)


@dataclass
class Writer:
    """One of them: in this process, and now and then through a server's door."""

    office: Office
    doors: Doors
    incidents: Sequence[UUID]
    chance: Random
    own: list[UUID] = field(default_factory=list)
    """What may still be revised."""

    async def write(self, times: int, pause: float) -> None:
        """Write so many times, with a pause of this mean length between."""
        ways = (self.add, self.add, self.add, self.slowly, self.in_vain, self.post, self.revise)
        for _ in range(times):
            await self.chance.choice((*ways, self.retract))(self.chance.choice(self.incidents))
            await asyncio.sleep(self.chance.uniform(0, 2 * pause))

    def _entry(self) -> Entry:
        return Entry(TimelineKind.NOTE, datetime.now(UTC), f"note {self.chance.getrandbits(64):x}")

    async def add(self, incident: UUID) -> None:
        """One to four entries at once."""
        entries = tuple(self._entry() for _ in range(self.chance.randint(1, 4)))
        self.own += await timeline.add(self.office, ADMIN, AddEntries(incident, entries))

    async def slowly(self, incident: UUID) -> None:
        """Two entries, and a transaction that dawdles while it holds their sequences."""
        async with self._dawdling(incident) as work:
            self.own.append(await timeline.write(work, incident, self._entry()))

    async def in_vain(self, incident: UUID) -> None:
        """The same, but it is rolled back."""
        with suppress(ChangeOfMind):
            async with self._dawdling(incident):
                raise ChangeOfMind

    @asynccontextmanager
    async def _dawdling(self, incident: UUID) -> AsyncIterator[Work]:
        async with self.office.work() as work:
            await timeline.require_incident(work, incident)
            await timeline.write(work, incident, self._entry())
            await asyncio.sleep(self.chance.uniform(0, SLOW_SECONDS))
            yield work

    async def post(self, incident: UUID) -> None:
        """One entry through a door, again with the same key if the answer is lost."""
        body, key = f"posted {self.chance.getrandbits(64):x}", str(uuid4())
        answer = await self.doors.post(
            self.chance, ADD, incident=f"inc_{incident.hex}", body=body, key=key
        )
        assert answer == {"data": {"addTimelineEntries": {"userErrors": []}}}, answer

    async def revise(self, incident: UUID) -> None:
        """Change what an own entry says."""
        if self.own:
            change = ReviseEntry(self.chance.choice(self.own), {"body": self._entry().body})
            await timeline.revise(self.office, ADMIN, change)

    async def retract(self, incident: UUID) -> None:
        """Take an own entry back."""
        if self.own:
            entry = self.own.pop(self.chance.randrange(len(self.own)))
            await timeline.retract(self.office, ADMIN, RetractEntry(entry, "a change of mind"))
