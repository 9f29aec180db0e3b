"""The retry of tickets: what trackers refused, and action items from before there was a tracker."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import structlog

from integrations.contract import KeepsTickets
from server.commands import ticket as tickets
from server.commands.work import Office
from server.outbound.agents import Agent
from server.store.ticket import without

_log = structlog.get_logger()

MOST = 100
"""How many of each are found at once."""

_START = UUID(int=0)


@dataclass(slots=True)
class RetryTickets:
    """Goes round all open action items, a page at a time; several workers may do so at once."""

    office: Office
    agents: Sequence[Agent[KeepsTickets]]
    every: timedelta = timedelta(minutes=1)
    name: str = "retry of tickets"
    _after: UUID = field(default=_START, init=False)

    async def once(self) -> None:
        """Find the next ones."""
        again = await tickets.try_again(self.office, MOST)
        new = await self._without_ticket()
        await tickets.begin(self.office, new)
        if again or new:
            _log.info("tickets are tried", again=again, new=len(new))

    async def _without_ticket(self) -> list[UUID]:
        """Of the next items without a ticket, those whose team has a tracker."""
        rows = await without(self.office.database, self._after, MOST)
        self._after = rows[-1]["id"] if len(rows) == MOST else _START
        return [row["id"] for row in rows if self._is_kept(row["team"])]

    def _is_kept(self, team: str | None) -> bool:
        return any(each.power.keeps(each.connection, team) for each in self.agents)
