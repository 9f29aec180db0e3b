"""Comparing an incident with those around it when one of them changed."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from server.commands import compare_incidents
from server.commands.work import Office
from server.store.queue import JobKind


@dataclass(frozen=True, slots=True)
class Compare:
    """The job of proposing an incident's other records. It may run any number of times."""

    office: Office
    kind: JobKind = JobKind.COMPARE

    async def run(self, id_: UUID, attempt: int) -> timedelta | None:
        """Compare it with all that is known now."""
        await compare_incidents.compare(self.office, id_)
        return None
