"""Joining incidents whose pages were merged at the paging system.

What a person did in either is kept, as where a person joins them; what sources tell goes on to be
told by the page that remains there.
"""

from uuid import UUID

from server.commands.merge_incidents import MergeIncidents, both, join
from server.commands.work import Office
from server.store import page_merge


async def merge_pages(office: Office, incident_id: UUID) -> int:
    """Join all incidents with this one that its pages lead to or come from; how many were.

    Raises:
        Refused: TOO_MANY, their why-chains are too long for one; CONFLICT, somebody joined one of
            them meanwhile.
    """
    joined = 0
    while await _join_one(office, incident_id):
        joined += 1
    return joined


async def _join_one(office: Office, incident_id: UUID) -> bool:
    async with office.work() as work:
        apart = await page_merge.apart(work.tx, incident_id)
        if apart is None:
            return False
        merged, target = await both(work, MergeIncidents(*apart))
        await join(work, merged, target, by=None, settled=frozenset())
    return True
