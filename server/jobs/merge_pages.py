"""Joining incidents when their pages were merged at the paging system."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from server.commands.merge_pages import merge_pages
from server.commands.work import Office
from server.store.queue import JobKind


@dataclass(frozen=True, slots=True)
class MergePages:
    """The job of one incident's pages. It may run any number of times."""

    office: Office
    kind: JobKind = JobKind.MERGE_PAGES

    async def run(self, id_: UUID, attempt: int) -> timedelta | None:
        """Join it with all that its pages are known to be merged with now."""
        await merge_pages(self.office, id_)
        return None
