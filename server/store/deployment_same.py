"""How it is kept who tells of a deployment, and what of deployments that turn out to be one."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from uuid import UUID

from sqlalchemy import UUID as SQL_UUID
from sqlalchemy import (
    Text,
    any_,
    bindparam,
    extract,
    func,
    select,
    tuple_,
    union,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upserting

from server.domain.deployment_same import Place, Telling
from server.store.database import Row, Transaction
from server.store.merging import DEPLOYMENTS, merge, references
from server.store.statements import find_row, insert_row
from server.store.tables import deployment, deployment_redirect, deployment_source, incident

MAX_TELLINGS = 200
"""How many tellings of one place, those nearest in time, are looked at to see which are one."""

_IDS = ARRAY(SQL_UUID)
_telling = deployment_source.c

_NAMED = select(deployment_source).where(
    _telling.source == bindparam("source"), _telling.external_id == bindparam("external_id")
)

_away = func.abs(extract("epoch", _telling.last_at - bindparam("at", type_=_telling.last_at.type)))

_NEAR = (
    select(deployment_source)
    .where(
        _telling.repository == bindparam("repository"),
        _telling.sha == bindparam("sha"),
        _telling.environment == bindparam("environment"),
    )
    .order_by(_away, _telling.source, _telling.external_id)
    .limit(MAX_TELLINGS)
)

_new_telling = upserting(deployment_source).values(
    {each.name: bindparam(each.name, type_=each.type) for each in deployment_source.columns}
)
_PUT = _new_telling.on_conflict_do_update(
    index_elements=["source", "external_id"],
    set_={
        each.name: _new_telling.excluded[each.name]
        for each in deployment_source.columns
        if not each.primary_key
    },
)

_names = (
    func.unnest(
        bindparam("sources", type_=ARRAY(Text)), bindparam("external_ids", type_=ARRAY(Text))
    )
    .table_valued("source", "external_id")
    .render_derived(name="names")
)

_LED_BY = select(deployment.c.id, deployment.c.source, deployment.c.external_id).where(
    tuple_(deployment.c.source, deployment.c.external_id).in_(
        select(_names.c.source, _names.c.external_id)
    )
)

_LOCK = (
    select(deployment)
    .where(deployment.c.id == any_(bindparam("ids", type_=_IDS)))
    .order_by(deployment.c.id)
    .with_for_update(key_share=True)
)

_HOLD_INCIDENTS = (
    select(incident.c.id)
    .where(
        incident.c.id.in_(
            union(
                *(
                    select(column.table.c.incident_id).where(
                        column == any_(bindparam("ids", type_=_IDS))
                    )
                    for column in references(deployment)
                    if "incident_id" in column.table.c
                )
            )
        )
    )
    .order_by(incident.c.id)
    .with_for_update()
)


async def find(tx: Transaction, source: str, external_id: str) -> Telling | None:
    """What was known of a telling until now."""
    row = await tx.one(_NAMED, source=source, external_id=external_id)
    return _told(row) if row else None


async def near(tx: Transaction, telling: Telling) -> Mapping[Telling, UUID]:
    """The tellings of the same place, those nearest in time, each with its deployment."""
    place = telling.place
    rows = await tx.fetch(
        _NEAR,
        repository=place.repository,
        sha=place.sha,
        environment=place.environment,
        at=telling.last_at,
    )
    return {_told(row): row["deployment_id"] for row in rows}


async def put(tx: Transaction, tellings: Iterable[Telling], deployment_id: UUID) -> None:
    """Keep that these tell of the deployment, and what is known of them."""
    await tx.each(_PUT, [_columns(each) | {"deployment_id": deployment_id} for each in tellings])


async def led_by(tx: Transaction, tellings: Sequence[Telling]) -> Mapping[tuple[str, str], UUID]:
    """The deployments that are known under the name of one of these, by that name."""
    rows = await tx.fetch(
        _LED_BY,
        sources=[each.source for each in tellings],
        external_ids=[each.external_id for each in tellings],
    )
    return {(row["source"], row["external_id"]): row["id"] for row in rows}


async def hold_incidents(tx: Transaction, deployments: Collection[UUID]) -> Sequence[UUID]:
    """Lock the incidents that refer to these deployments, before the deployments themselves.

    It is the order in which whoever attributes an incident comes to lock them.
    """
    return [row["id"] for row in await tx.fetch(_HOLD_INCIDENTS, ids=list(deployments))]


async def lock(tx: Transaction, deployments: Collection[UUID]) -> Mapping[UUID, Row]:
    """The rows of these deployments by id, held against other writers, but not against whoever
    refers to them."""
    rows = await tx.fetch(_LOCK, ids=list(deployments))
    return {row["id"]: row for row in rows}


async def join(tx: Transaction, loser: UUID, winner: UUID) -> None:
    """Move all that refers to the one to the other, where the one's id leads from then on."""
    # From here on nobody refers to it anew: whoever was about to is waited for, and moved too.
    await find_row(tx, deployment, lock=True, id=loser)
    await merge(tx, DEPLOYMENTS, loser, winner)
    await insert_row(tx, deployment_redirect, id=loser, deployment_id=winner)


def _told(row: Row) -> Telling:
    place = Place(row["repository"], row["sha"], row["environment"])
    return Telling(row["source"], row["external_id"], place, row["first_at"], row["last_at"])


def _columns(telling: Telling) -> dict[str, object]:
    return {
        "source": telling.source,
        "external_id": telling.external_id,
        "repository": telling.place.repository,
        "sha": telling.place.sha,
        "environment": telling.place.environment,
        "first_at": telling.first_at,
        "last_at": telling.last_at,
    }
