"""Keeping what post-mortems lack, whenever anything of their incident changes.

It is derived once for each command, after all that it changed.
"""

from collections.abc import Sequence
from uuid import UUID

from server.domain.postmortem import missing
from server.store.database import Transaction
from server.store.postmortem import standing_of, unpublished
from server.store.statements import update_row
from server.store.tables import postmortem


async def keep(tx: Transaction, incidents: Sequence[UUID]) -> list[tuple[UUID, UUID]]:
    """Say anew what the post-mortems of these incidents lack.

    Returns:
        Those that lack something else than before: the incident, and the post-mortem.
    """
    changed = []
    for row in await unpublished(tx, incidents):
        lacks = [gap.advice for gap in missing(standing_of(row))]
        if lacks != row["missing"]:
            await update_row(tx, postmortem, {"missing": lacks}, id=row["id"])
            changed.append((row["incident_id"], row["id"]))
    return changed
