"""Similar incidents: which ones are compared, and what came of it."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Column,
    ColumnElement,
    any_,
    bindparam,
    cast,
    delete,
    func,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.dialects.postgresql import UUID as SQL_UUID

from server.domain.similar import MOST, Profile, Similarity
from server.store.database import Transaction
from server.store.statements import find_rows, insert_rows
from server.store.tables import incident, incident_service, library_entry, service, similar
from server.store.views.incident import STANDS

MAX_COMPARED = 100
"""With how many incidents one is compared: by their words, and as many by their services."""

_IDS = ARRAY(SQL_UUID)
_ITSELF = bindparam("incident", type_=SQL_UUID)

_tells = func.ts_filter(library_entry.c.nameless_words, literal_column("'{a,b}'::\"char\"[]"))
_lexemes = func.unnest(func.tsvector_to_array(_tells)).table_valued("lexeme").render_derived()
_ANY_WORD = (
    select(cast(func.string_agg(func.quote_literal(_lexemes.c.lexeme), " | "), TSQUERY))
    .select_from(library_entry)
    .join(_lexemes, literal_column("true"))
    .where(library_entry.c.incident_id == _ITSELF)
    .scalar_subquery()
)

_other = library_entry.alias("other")
_wanted = select(_ANY_WORD.label("query")).cte("wanted")

_BY_WORDS = (
    select(_other.c.incident_id)
    .join(_wanted, _other.c.nameless_words.op("@@")(_wanted.c.query))
    .join(incident, incident.c.id == _other.c.incident_id)
    .where(STANDS, incident.c.id != _ITSELF)
    .order_by(func.ts_rank(_other.c.nameless_words, _wanted.c.query).desc(), incident.c.id)
    .limit(MAX_COMPARED)
)

_BY_SERVICES = (
    select(incident.c.id.label("incident_id"))
    .where(
        STANDS,
        incident.c.id != _ITSELF,
        incident.c.id.in_(
            select(incident_service.c.incident_id).where(
                incident_service.c.service_id.in_(
                    select(incident_service.c.service_id).where(
                        incident_service.c.incident_id == _ITSELF
                    )
                )
            )
        ),
    )
    .order_by(incident.c.declared_at.desc(), incident.c.id)
    .limit(MAX_COMPARED)
)


def _nameless(column: Column[str]) -> ColumnElement[str]:
    return func.coalesce(column.table.c[f"{column.name}_redacted"], column).label(column.name)


_PROFILES = select(
    library_entry.c.incident_id,
    _nameless(library_entry.c.title),
    _nameless(library_entry.c.causes),
).where(library_entry.c.incident_id == any_(bindparam("incidents", type_=_IDS)))

_SERVICES = (
    select(incident_service.c.incident_id, service.c.id, service.c.name)
    .join(service, service.c.id == incident_service.c.service_id)
    .where(incident_service.c.incident_id == any_(bindparam("incidents", type_=_IDS)))
)

_FORGET = delete(similar).where(
    or_(similar.c.incident_id == _ITSELF, similar.c.other_id == _ITSELF)
)

_of_these = similar.c.incident_id == any_(bindparam("incidents", type_=_IDS))
_ranked = (
    select(
        similar.c.incident_id,
        similar.c.other_id,
        func.row_number()
        .over(
            partition_by=similar.c.incident_id,
            order_by=(similar.c.score.desc(), similar.c.other_id),
        )
        .label("rank"),
    )
    .where(_of_these)
    .subquery("ranked")
)
_RANK = (
    update(similar)
    .values(rank=_ranked.c.rank)
    .where(similar.c.incident_id == _ranked.c.incident_id, similar.c.other_id == _ranked.c.other_id)
)
_DROP = delete(similar).where(_of_these, similar.c.rank > MOST)


async def profiles(tx: Transaction, incident_id: UUID) -> dict[UUID, Profile]:
    """An incident, and those that may be similar to it."""
    found = [
        row["incident_id"]
        for candidates in (_BY_WORDS, _BY_SERVICES)
        for row in await tx.fetch(candidates, incident=incident_id)
    ]
    ids = list({incident_id, *found})
    services: dict[UUID, dict[UUID, str]] = {}
    for row in await tx.fetch(_SERVICES, incidents=ids):
        services.setdefault(row["incident_id"], {})[row["id"]] = row["name"]
    return {
        row["incident_id"]: Profile(
            row["title"], row["causes"], services.get(row["incident_id"], {})
        )
        for row in await tx.fetch(_PROFILES, incidents=ids)
    }


async def kept(tx: Transaction, incident_id: UUID) -> dict[UUID, Similarity]:
    """The incidents that are shown as similar to this one."""
    rows = await find_rows(tx, similar, incident_id=incident_id)
    return {row["other_id"]: Similarity(row["score"], row["reason"]) for row in rows}


async def keep(tx: Transaction, incident_id: UUID, others: Mapping[UUID, Similarity]) -> None:
    """Keep these as the incidents that are similar to this one, and it among theirs."""
    await tx.run(_FORGET, incident=incident_id)
    pairs = [
        (*ids, told)
        for other_id, told in others.items()
        for ids in ((incident_id, other_id), (other_id, incident_id))
    ]
    rows: list[dict[str, object]] = [
        {
            "incident_id": one,
            "other_id": other,
            "score": told.score,
            "rank": MOST + 1,
            "reason": told.reason,
        }
        for one, other, told in pairs
    ]
    await insert_rows(tx, similar, rows)
    touched = [incident_id, *others]
    await tx.run(_RANK, incidents=touched)
    await tx.run(_DROP, incidents=touched)
