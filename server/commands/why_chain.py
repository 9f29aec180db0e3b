"""Keeping what derives from a why-chain as a whole: what is open, and whether it is complete.

It is derived once for each command, after all that it changed.
"""

from uuid import UUID

from server.domain.feed import FeedSubject
from server.domain.why import complete, open_leaves
from server.store import why as stored
from server.store.database import Transaction

DERIVES_FROM = frozenset({FeedSubject.WHY, FeedSubject.ACTION_ITEM})
"""What it is made of."""


async def keep(tx: Transaction, incident_id: UUID) -> None:
    """Have what is open in an incident's chain as its whys and action items say now."""
    nodes = await stored.chain_of(tx, incident_id)
    await stored.put_open(tx, incident_id, open_leaves(nodes))
    await stored.put_complete(tx, incident_id, done=complete(nodes))
