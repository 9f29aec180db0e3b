"""How deployments are kept that somebody records."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import insert

from server.store.database import Transaction
from server.store.tables import deployment_pull_request

_link = insert(deployment_pull_request).values(
    deployment_id=bindparam("deployment"), pull_request_id=bindparam("pull_request"), recorded=True
)

_LINK_RECORDED = _link.on_conflict_do_update(
    index_elements=["deployment_id", "pull_request_id"],
    set_={"recorded": True},
    where=~deployment_pull_request.c.recorded,
)


async def link_recorded(
    tx: Transaction, deployment_id: UUID, pull_requests: Collection[UUID]
) -> None:
    """Say that these pull requests are in the deployment, whatever its commits tell."""
    rows: list[dict[str, object]] = [
        {"deployment": deployment_id, "pull_request": each} for each in pull_requests
    ]
    await tx.each(_LINK_RECORDED, rows)
