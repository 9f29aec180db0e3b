"""Telling vendors of a deployment that ended, so that they show it beside their pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from integrations.contract import TellsDeployments
from server.backoff import Backoff
from server.commands import tell_deployment
from server.commands.work import Office
from server.jobs.acting import act, longest
from server.jobs.job import BACKOFF
from server.outbound.agents import Agent
from server.store.queue import JobKind


@dataclass(frozen=True, slots=True)
class TellDeployment:
    """The job of one deployment. It may run any number of times; each connection is told once.

    Which environments a connection wants to hear of, its integration knows.
    """

    office: Office
    agents: Sequence[Agent[TellsDeployments]]
    backoff: Backoff = BACKOFF
    kind: JobKind = JobKind.TELL_DEPLOYMENT

    async def run(self, id_: UUID, attempt: int) -> timedelta | None:
        """Tell all connections that were not told yet."""
        news = await tell_deployment.news_of(self.office, id_)
        if news is None:
            return None
        told = await tell_deployment.told(self.office, id_)
        outcomes = []
        for each in self.agents:
            connection = each.connection
            if (connection.integration, connection.name) in told:
                continue
            asked = each.power.tell_deployment(connection, each.http, news)
            outcome = await act(self.office, connection, asked, self.backoff, attempt)
            outcomes.append(outcome)
            if outcome.done:
                await tell_deployment.note(self.office, id_, connection)
        return longest(outcomes)
