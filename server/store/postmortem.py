"""How post-mortems are kept: one for each incident, and what decides on its publication."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from functools import reduce
from operator import add
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Text, any_, bindparam, exists, func, insert, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as SQL_UUID

from server.domain.moments import MomentKind
from server.domain.postmortem import TEXTS, PostmortemState, Standing
from server.domain.why import WhyLack
from server.store.database import Database, Row, Transaction
from server.store.ids import new_id
from server.store.statements import find_row
from server.store.tables import (
    action_item,
    incident,
    moment,
    postmortem,
    responder,
    why,
    why_open,
)


def _of_incident(what: Column[str], *only: ColumnElement[bool]) -> ColumnElement[list[str]]:
    """The distinct values of a column in the incident's rows of its table."""
    found = (
        select(what)
        .where(what.table.c.incident_id == incident.c.id, *only)
        .distinct()
        .correlate(incident)
        .scalar_subquery()
    )
    return func.array(found, type_=ARRAY(what.type))


def _found(*texts: Column[Any]) -> ColumnElement[int]:
    """How much is found in the language of texts of one row."""
    found = (func.jsonb_array_length(text.table.c[f"{text.name}_findings"]) for text in texts)
    return reduce(add, (func.coalesce(each, 0) for each in found))


def _found_below(*texts: Column[Any]) -> ColumnElement[int]:
    """How much is found in texts of all the incident's rows of a table."""
    table = texts[0].table
    return (
        select(func.coalesce(func.sum(_found(*texts)), 0))
        .where(table.c.incident_id == incident.c.id)
        .correlate(incident)
        .scalar_subquery()
    )


_FINDINGS = (
    _found(*(postmortem.c[name] for name in TEXTS))
    + _found_below(why.c.question, why.c.answer)
    + _found_below(action_item.c.title)
)
"""In what people wrote to explain and to promise. A timeline also quotes what was said then."""

_ACTION_ITEMS = (
    select(func.count())
    .where(action_item.c.incident_id == incident.c.id)
    .correlate(incident)
    .scalar_subquery()
)

_TOOK_PART = exists().where(
    responder.c.incident_id == incident.c.id,
    responder.c.person_id == postmortem.c.facilitator_id,
)

_STANDINGS = (
    select(
        postmortem,
        incident.c.why_complete,
        _of_incident(moment.c.kind, moment.c.missing).label("moments"),
        _of_incident(why_open.c.lack).label("lacks"),
        _ACTION_ITEMS.label("action_items"),
        _TOOK_PART.label("took_part"),
        _FINDINGS.label("findings"),
    )
    .select_from(postmortem.join(incident, incident.c.id == postmortem.c.incident_id))
    .where(
        postmortem.c.incident_id == any_(bindparam("incidents", type_=ARRAY(SQL_UUID))),
        postmortem.c.state != PostmortemState.PUBLISHED.value,
    )
    .order_by(postmortem.c.incident_id)
)


_LISTED = (
    select(
        postmortem.c.id.label("postmortem_id"),
        incident.c.number,
        incident.c.title,
        incident.c.title_redacted,
        incident.c.severity,
        incident.c.declared_at,
    )
    .join(incident, incident.c.id == postmortem.c.incident_id)
    .where(
        postmortem.c.state == bindparam("state", type_=Text),
        func.coalesce(postmortem.c.published_at, postmortem.c.created_at)
        >= bindparam("since", type_=postmortem.c.created_at.type),
    )
    .order_by(incident.c.number)
)

_EVER = date(1970, 1, 1)

_BEGIN = (
    insert(postmortem)
    .values(
        id=bindparam("new_id", type_=postmortem.c.id.type),
        incident_id=bindparam("incident", type_=postmortem.c.id.type),
        state=PostmortemState.DRAFT.value,
        missing=[],
        created_at=bindparam("now", type_=postmortem.c.created_at.type),
        updated_at=bindparam("now", type_=postmortem.c.created_at.type),
    )
    .returning(postmortem)
)


async def opened(tx: Transaction, incident_id: UUID, now: datetime) -> tuple[Row, bool]:
    """The post-mortem of an incident that is locked, and whether it had to be begun."""
    if found := await find_row(tx, postmortem, incident_id=incident_id):
        return found, False
    begun = await tx.fetch(_BEGIN, new_id=new_id(), incident=incident_id, now=now)
    return begun[0], True


async def listed(database: Database, state: PostmortemState, since: date | None) -> Sequence[Row]:
    """The post-mortems in a state, published or begun on a day (UTC) or later, by number."""
    midnight = datetime.combine(since or _EVER, time(), UTC)
    return await database.fetch(_LISTED, state=state.value, since=midnight)


async def unpublished(tx: Transaction, incidents: Sequence[UUID]) -> Sequence[Row]:
    """The post-mortems of these incidents that can still be published, with their facts."""
    return await tx.fetch(_STANDINGS, incidents=list(incidents))


def standing_of(row: Row) -> Standing:
    """What decides about a post-mortem, of a row of `unpublished`."""
    return Standing(
        texts={name: row[name] for name in TEXTS},
        has_facilitator=row["facilitator_id"] is not None,
        took_part=row["took_part"],
        moments=frozenset(map(MomentKind, row["moments"])),
        why_complete=row["why_complete"],
        lacks=frozenset(map(WhyLack, row["lacks"])),
        action_items=row["action_items"],
        findings=int(row["findings"]),
    )
