"""Joining people when addresses of theirs became known."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from server.commands.join_people import join_people
from server.commands.work import Office
from server.store import queue
from server.store.person import JOIN
from server.store.queue import JobKind


@dataclass(frozen=True, slots=True)
class JoinPeople:
    """The one job for all addresses that became known. It may run any number of times."""

    office: Office
    kind: JobKind = JobKind.JOIN_PEOPLE

    async def run(self, id_: UUID, attempt: int) -> timedelta | None:
        """Join all who are one by the addresses that are known now."""
        async with self.office.work() as work:
            await queue.absorb(work.tx, JOIN)
        await join_people(self.office)
        return None
