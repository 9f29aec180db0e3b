"""How deployments are kept that somebody records, and found by the ids that they had."""

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import UUID as SQL_UUID
from sqlalchemy import any_, bindparam, column, func, select, update
from sqlalchemy.dialects.postgresql import ARRAY, insert

from server.store.database import Transaction
from server.store.redirect import standing_deployment
from server.store.tables import deployment, deployment_pull_request, deployment_recorded

_IDS = ARRAY(SQL_UUID)

_link = insert(deployment_pull_request).values(
    deployment_id=bindparam("deployment"), pull_request_id=bindparam("pull_request"), recorded=True
)

_LINK_RECORDED = _link.on_conflict_do_update(
    index_elements=["deployment_id", "pull_request_id"],
    set_={"recorded": True},
    where=~deployment_pull_request.c.recorded,
)

_FORGET_RECORDED = (
    update(deployment_pull_request)
    .where(
        deployment_pull_request.c.deployment_id == bindparam("deployment"),
        deployment_pull_request.c.recorded,
        ~(deployment_pull_request.c.pull_request_id == any_(bindparam("kept", type_=_IDS))),
    )
    .values(recorded=False)
)

_recorded = insert(deployment_recorded).values(
    {each.name: bindparam(each.name, type_=each.type) for each in deployment_recorded.columns}
)
_PUT_RECORDED = _recorded.on_conflict_do_update(
    index_elements=["external_id"],
    set_={
        each.name: _recorded.excluded[each.name]
        for each in deployment_recorded.columns
        if each.name not in ("external_id", "created_at")
    },
)

_asked = (
    func.unnest(bindparam("ids", type_=_IDS))
    .table_valued(column("id", SQL_UUID))
    .render_derived(name="asked")
)

_STANDING = (
    select(_asked.c.id.label("asked"), deployment.c.id)
    .select_from(_asked)
    .join(deployment, deployment.c.id == standing_deployment(_asked.c.id))
    .with_for_update(read=True, key_share=True, of=deployment)
)


async def standing(tx: Transaction, ids: Collection[UUID]) -> Mapping[UUID, UUID]:
    """The deployments that these ids lead to, where they do; they stay until the transaction ends.

    The id of one that turned out to be another one leads to that.
    """
    rows = await tx.fetch(_STANDING, ids=list(ids)) if ids else []
    return {row["asked"]: row["id"] for row in rows}


async def put_recorded(tx: Transaction, **values: object) -> None:
    """Keep what somebody records of a deployment, in the place of what was recorded before."""
    await tx.run(_PUT_RECORDED, **values)


async def forget_recorded(tx: Transaction, deployment_id: UUID, kept: Collection[UUID]) -> None:
    """Say that of its pull requests only these are in the deployment whatever its commits tell."""
    await tx.run(_FORGET_RECORDED, deployment=deployment_id, kept=list(kept))


async def link_recorded(
    tx: Transaction, deployment_id: UUID, pull_requests: Collection[UUID]
) -> None:
    """Say that these pull requests are in the deployment, whatever its commits tell."""
    rows: list[dict[str, object]] = [
        {"deployment": deployment_id, "pull_request": each} for each in pull_requests
    ]
    await tx.each(_LINK_RECORDED, rows)
