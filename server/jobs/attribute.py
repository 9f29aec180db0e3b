"""Attributing an incident anew when its facts changed."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from server.commands import attribution
from server.commands.work import Office
from server.store.queue import JobKind


@dataclass(frozen=True, slots=True)
class Attribute:
    """The job of one incident's attribution. It may run any number of times."""

    office: Office
    kind: JobKind = JobKind.ATTRIBUTE

    async def run(self, id_: UUID, attempt: int) -> timedelta | None:
        """Compute it from all that is known now."""
        await attribution.recompute(self.office, id_)
        return None
