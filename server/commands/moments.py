"""Keeping the moments of an incident as its account tells them.

They are derived once for each command, after all that it changed.
"""

from uuid import UUID

from server.domain.feed import FeedSubject
from server.domain.moments import moments
from server.store import moments as stored
from server.store.database import Transaction

DERIVE_FROM = frozenset(
    {
        FeedSubject.INCIDENT,
        FeedSubject.TIMELINE,
        FeedSubject.HYPOTHESIS,
        FeedSubject.ATTRIBUTION,
    }
)
"""What an account is made of."""


async def keep(tx: Transaction, incident_id: UUID) -> None:
    """Have an incident's moments as its account tells them now."""
    await stored.put(tx, incident_id, moments(await stored.account_of(tx, incident_id)))
