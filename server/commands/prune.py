"""Deleting what has been kept for long enough, a bounded number of rows in each transaction."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from server.commands import once
from server.commands.work import Office
from server.store import prune
from server.store.database import Transaction

MOST_AT_ONCE = 500
"""How many rows one transaction deletes: bodies are large, and others write the same tables."""

KEYS_OUTLIVE_BODIES = timedelta(days=30)
"""How much longer a delivery's key is kept than its body, to tell a webhook that is sent again.

PagerDuty sends one again for 48 hours, GitHub has one sent again for three days; a key that is
gone costs little, because what comes twice changes nothing.
"""

Delete = Callable[[Transaction, datetime, int], Awaitable[int]]


async def prune_deliveries(office: Office, bodies_for: timedelta) -> int:
    """Delete bodies of what came in so long ago and is done, and later its rows; how many bodies.

    What waits or is parked is kept, however old it is.
    """
    emptied = await _all(office, prune.empty_deliveries, bodies_for)
    await _all(office, prune.forget_deliveries, bodies_for + KEYS_OUTLIVE_BODIES)
    return emptied


async def prune_keys(office: Office) -> int:
    """Delete the idempotency keys that were first used too long ago to count; how many."""
    return await _all(office, prune.forget_keys, once.KEPT_FOR)


async def prune_messages(office: Office, kept_for: timedelta) -> int:
    """Delete messages of so long ago whose channel belonged to no incident then; how many."""
    total = await _all(office, prune.forget_messages, kept_for)
    async with office.work() as work:
        await prune.forget_mentions(work.tx, work.now - kept_for)
    return total


async def _all(office: Office, delete: Delete, older_than: timedelta) -> int:
    """Delete until fewer are left than one transaction deletes."""
    total = 0
    while True:
        async with office.work() as work:
            count = await delete(work.tx, work.now - older_than, MOST_AT_ONCE)
        total += count
        if count < MOST_AT_ONCE:
            return total
