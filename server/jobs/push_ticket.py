"""Telling an action item's tracker what it does not know yet."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from integrations.contract import KeepsTickets, Missing, Unwell
from server.backoff import Backoff
from server.commands import ticket as tickets
from server.commands.observe_ticket import Tracker
from server.commands.ticket import Asking
from server.commands.work import Office
from server.domain.integration import FailureCode
from server.domain.link import Links
from server.errors import Unavailable
from server.jobs.job import BACKOFF
from server.jobs.look import failure_of
from server.outbound.agents import Agent
from server.store.queue import JobKind
from server.store.ticket import Place

LONGEST = timedelta(seconds=90)
"""How long a tracker may take, with all that its client waits for: less than the lease."""

BUSY = timedelta(seconds=2)
"""How long to wait while somebody else asks about the same ticket."""


@dataclass(frozen=True, slots=True)
class PushTicket:
    """The job of one action item. It may run any number of times; without a tracker it is over."""

    office: Office
    agents: Sequence[Agent[KeepsTickets]] = ()
    links: Links = field(default_factory=Links)
    backoff: Backoff = BACKOFF
    kind: JobKind = JobKind.TICKET

    async def run(self, id_: UUID, attempt: int) -> timedelta | None:
        """Look at the tracker, then tell it what it has otherwise."""
        place = await tickets.place(self.office, id_)
        if place is None or place.gone or (place.connection is None and place.state.closed):
            return None
        agent = self._agent(place)
        at = _connection(place, agent)
        if at is None:
            return None
        asking = await tickets.claim(self.office, id_, *at)
        if asking is None:
            return BUSY
        if agent is None:
            trouble = f"whychain.toml has no connection {place.connection} that keeps tickets."
            await tickets.fail(self.office, asking, trouble)
            return None
        return await self._attempt(agent, asking, place.team, attempt)

    def _agent(self, place: Place) -> Agent[KeepsTickets] | None:
        """Who keeps the ticket that there is, else who would keep a new one."""
        for each in self.agents:
            known = (each.connection.integration, each.connection.name)
            if known == (place.integration, place.connection):
                return each
        if place.external_id is not None:
            return None
        keeping = (each for each in self.agents if each.power.keeps(each.connection, place.team))
        return next(keeping, None)

    async def _attempt(
        self, agent: Agent[KeepsTickets], asking: Asking, team: str | None, attempt: int
    ) -> timedelta | None:
        try:
            async with asyncio.timeout(LONGEST.total_seconds()):
                await self._push(agent, asking, team)
        except Unavailable:
            raise
        except Exception as error:  # noqa: BLE001  # whatever it is, people are told of it
            return await self._failed(asking, error, attempt)
        return None

    async def _push(self, agent: Agent[KeepsTickets], asking: Asking, team: str | None) -> None:
        power, connection, http = agent.power, agent.connection, agent.http
        tracker = Tracker(connection.integration, agent.title)
        if asking.external_id is None:
            draft, telling = await tickets.draft(
                self.office, asking, tracker.name, team, self.links
            )
            seen = await power.create_ticket(connection, http, draft)
            await tickets.heard(self.office, asking, tracker, seen, telling)
            return
        try:
            seen = await power.read_ticket(connection, http, asking.external_id)
            rest = await tickets.heard(self.office, asking, tracker, seen)
            if rest:
                seen = await power.update_ticket(connection, http, asking.external_id, rest.change)
                await tickets.heard(self.office, asking, tracker, seen, rest)
        except Missing:
            await tickets.lose(self.office, asking, tracker)

    async def _failed(self, asking: Asking, error: Exception, attempt: int) -> timedelta | None:
        """Keep why it failed. A tracker that is unwell is soon asked again, others much later."""
        if isinstance(error, TimeoutError):
            error = Unwell("The tracker took too long.")
        failure = failure_of(error)
        is_ours = failure.code is FailureCode.FAULT
        trouble = failure.code.meaning if is_ours else failure.message
        passes = failure.code in _PASSING
        alone_for = failure.again_in
        await tickets.fail(self.office, asking, trouble, passes=passes, alone_for=alone_for)
        wait = self.backoff.after(attempt) if passes else None
        return max(wait, failure.again_in) if wait else None


_PASSING = frozenset({FailureCode.UNWELL, FailureCode.FAULT})
"""Trouble that may be over soon; any other is mended by people."""


def _connection(place: Place, agent: Agent[KeepsTickets] | None) -> tuple[str, str] | None:
    """The integration and connection to ask; None where there is nobody, nor ever was."""
    if agent:
        return agent.connection.integration, agent.connection.name
    if place.integration and place.connection:
        return place.integration, place.connection
    return None
