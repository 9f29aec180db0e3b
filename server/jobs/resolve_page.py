"""Resolving an incident's pages where they come from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from integrations.contract import Missing, ResolvesPages
from server.backoff import Backoff
from server.commands import resolve_pages
from server.commands.resolve_pages import OpenPage
from server.commands.work import Office
from server.jobs.acting import Outcome, act, longest
from server.jobs.job import BACKOFF
from server.outbound.agents import Agent
from server.store.queue import JobKind

RESOLVE = "resolve"
"""The setting of a connection that wants it."""


@dataclass(frozen=True, slots=True)
class ResolvePage:
    """The job of one incident that a person resolved. It may run any number of times."""

    office: Office
    agents: Sequence[Agent[ResolvesPages]]
    backoff: Backoff = BACKOFF
    kind: JobKind = JobKind.RESOLVE_PAGE

    async def run(self, id_: UUID, attempt: int) -> timedelta | None:
        """Resolve all of its pages that are open, at a connection that wants it."""
        outcomes = [
            await self._resolve(page, attempt)
            for page in await resolve_pages.due(self.office, id_)
            if self._of(page)
        ]
        return longest(outcomes)

    def _of(self, page: OpenPage) -> list[Agent[ResolvesPages]]:
        return [each for each in self.agents if each.connection.integration == page.source]

    async def _resolve(self, page: OpenPage, attempt: int) -> Outcome:
        asked, connection = self._ask(page), self._of(page)[0].connection
        outcome = await act(self.office, connection, asked, self.backoff, attempt)
        if outcome.done:
            await resolve_pages.note(self.office, page)
        return outcome

    async def _ask(self, page: OpenPage) -> None:
        """Ask one account after another: nothing tells which of them the page is of."""
        for each in self._of(page):
            try:
                return await each.power.resolve_page(each.connection, each.http, page.external_id)
            except Missing:
                continue
        raise Missing(f"No connection knows the page {page.external_id}.")
