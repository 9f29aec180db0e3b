"""Finding the channels of an incident that became known, or another one, after it was mentioned."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from server.commands import channel
from server.commands.work import Office
from server.store.queue import JobKind


@dataclass(frozen=True, slots=True)
class Link:
    """The job of one incident's channels. It may run any number of times."""

    office: Office
    kind: JobKind = JobKind.LINK

    async def run(self, id_: UUID, attempt: int) -> timedelta | None:
        """Derive them from all that is known now."""
        await channel.reconsider(self.office, id_)
        return None
