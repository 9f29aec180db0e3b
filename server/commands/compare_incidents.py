"""Proposing which incidents may be records of one, and which are alike: found anew whenever one of
them changes.
"""

from uuid import UUID

from server.commands.work import Office
from server.domain.feed import FeedChange, FeedSubject
from server.domain.likeness import Likeness, likeness
from server.domain.similar import MOST, Similarity, similarity
from server.store import likeness as store
from server.store import queue, similar
from server.store.database import Row, Transaction
from server.store.queue import Job, JobKind
from server.store.statements import find_row
from server.store.tables import incident


async def compare(office: Office, incident_id: UUID) -> None:
    """Compare an incident with those around its time; nothing if there is none such.

    What is proposed of it is told in the feeds of both.
    """
    async with office.work() as work:
        await store.hold(work.tx)
        await queue.absorb(work.tx, Job(JobKind.COMPARE, incident_id))
        row = await find_row(work.tx, incident, id=incident_id)
        if row is None:
            return
        known = await store.kept(work.tx, incident_id)
        found = await _alike(work.tx, row)
        news = {
            other_id: found.get(other_id)
            for other_id in {**known, **found}
            if known.get(other_id) != found.get(other_id)
        }
        changed = set(await store.keep(work.tx, incident_id, news) if news else ())
        if await _relate(work.tx, row):
            changed.add(incident_id)
        for each in sorted(changed):
            await work.changed(each, FeedSubject.INCIDENT, each, FeedChange.REVISED)


async def _alike(tx: Transaction, row: Row) -> dict[UUID, Likeness]:
    """The incidents that are likely the same; none for one that became part of another."""
    if row["merged_into_id"]:
        return {}
    seen = await store.compared(tx, row)
    told = {
        other_id: likeness(seen.itself, other, seen.depends_on)
        for other_id, other in seen.others.items()
    }
    return {other_id: each for other_id, each in told.items() if each}


async def _relate(tx: Transaction, row: Row) -> bool:
    """Find the incidents that are most like this one; whether they are others than before.

    Those learn of it silently: that a new incident is like them is no change of theirs.
    """
    found: dict[UUID, Similarity] = {}
    if not row["merged_into_id"]:
        profiles = await similar.profiles(tx, row["id"])
        itself = profiles.pop(row["id"])
        told = {other_id: similarity(itself, other) for other_id, other in profiles.items()}
        found = {other_id: each for other_id, each in told.items() if each}
    most = sorted(found, key=lambda other_id: (-found[other_id].score, other_id))[:MOST]
    wanted = {other_id: found[other_id] for other_id in most}
    if wanted == await similar.kept(tx, row["id"]):
        return False
    await similar.keep(tx, row["id"], wanted)
    return True
