"""Noticing that pages were merged at their paging system."""

from collections.abc import Sequence
from uuid import UUID

from integrations.observation import PageObserved
from server.commands.work import Work
from server.store import page_merge
from server.store.queue import Job, JobKind


async def note(
    work: Work, source: str, incident_id: UUID, fresh: Sequence[PageObserved], *, opened: bool
) -> None:
    """Have the incident of a page joined with those of the pages that it was merged with.

    That is a job of its own: it locks two incidents. The other page may become known much later,
    so it is looked at when an incident is opened, too.
    """
    external_id = fresh[0].external_id
    into = {each.merged_into for each in fresh if each.merged_into} - {external_id}
    await page_merge.keep(work.tx, source, external_id, into)
    if into or (opened and await page_merge.is_awaited(work.tx, source, external_id)):
        work.later(Job(JobKind.MERGE_PAGES, incident_id))
