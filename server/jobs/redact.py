"""Rendering texts anew without names when people became known."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from server.commands import message_entries
from server.commands.redaction import RERENDER, rerender
from server.commands.work import Office
from server.store import queue
from server.store.queue import JobKind


@dataclass(frozen=True, slots=True)
class Redact:
    """The one job for everybody who became known. It may run any number of times."""

    office: Office
    kind: JobKind = JobKind.REDACT

    async def run(self, id_: UUID, attempt: int) -> timedelta | None:
        """Render every text for all who are known now."""
        async with self.office.work() as work:
            await queue.absorb(work.tx, RERENDER)
        await message_entries.rename(self.office)
        await rerender(self.office)
        return None
