"""How tickets are kept: who asks about them, what both sides agreed on, what is left to do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    DateTime,
    Integer,
    Text,
    and_,
    any_,
    bindparam,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy import UUID as SQL_UUID
from sqlalchemy.dialects.postgresql import distinct_on, insert

from integrations.observation import TicketState
from server.domain.action_item import ActionItemField, ActionItemState
from server.domain.ticket import Agreed, Base
from server.store.database import Database, Row, Transaction
from server.store.ids import new_id
from server.store.tables import action_item, action_item_change, identity, person, team, ticket

_OPEN = literal([state.value for state in ActionItemState if not state.closed], ARRAY(Text))

_now = bindparam("now", type_=DateTime(timezone=True))
_until = bindparam("until", type_=DateTime(timezone=True))
_lease = bindparam("lease", type_=SQL_UUID)

_PLACE = (
    select(
        action_item.c.state,
        team.c.slug.label("team"),
        ticket.c.integration,
        ticket.c.connection,
        ticket.c.external_id,
        ticket.c.gone,
    )
    .select_from(
        action_item.join(person, person.c.id == action_item.c.owner_id)
        .outerjoin(team, team.c.id == person.c.team_id)
        .outerjoin(ticket, ticket.c.action_item_id == action_item.c.id)
    )
    .where(action_item.c.id == bindparam("item"))
)

_CLAIM = (
    insert(ticket)
    .values(
        id=bindparam("id", type_=SQL_UUID),
        action_item_id=bindparam("item", type_=SQL_UUID),
        integration=bindparam("integration"),
        connection=bindparam("connection"),
        lease=_lease,
        leased_until=_until,
        due_at=_until,
    )
    .on_conflict_do_update(
        index_elements=[ticket.c.action_item_id],
        set_={
            "integration": bindparam("integration"),
            "connection": bindparam("connection"),
            "lease": _lease,
            "leased_until": _until,
            "due_at": _until,
        },
        where=or_(ticket.c.leased_until.is_(None), ticket.c.leased_until < _now),
    )
    .returning(ticket)
)

_DUE = (
    update(ticket)
    .where(
        ticket.c.id.in_(
            select(ticket.c.id)
            .where(ticket.c.due_at <= _now)
            .order_by(ticket.c.due_at)
            .limit(bindparam("most", type_=Integer))
            .with_for_update(skip_locked=True)
        )
    )
    .values(due_at=_until)
    .returning(ticket.c.action_item_id)
)

_WITHOUT = (
    select(action_item.c.id, team.c.slug.label("team"))
    .select_from(
        action_item.join(person, person.c.id == action_item.c.owner_id)
        .outerjoin(team, team.c.id == person.c.team_id)
        .outerjoin(ticket, ticket.c.action_item_id == action_item.c.id)
    )
    .where(
        action_item.c.id > bindparam("after", type_=SQL_UUID),
        action_item.c.state == any_(_OPEN),
        ticket.c.id.is_(None),
    )
    .order_by(action_item.c.id)
    .limit(bindparam("most", type_=Integer))
)

_ASSIGNEE = (
    select(identity.c.external_id, person.c.email)
    .select_from(
        person.outerjoin(
            identity,
            and_(
                identity.c.person_id == person.c.id,
                identity.c.provider == bindparam("provider"),
            ),
        )
    )
    .where(person.c.id == bindparam("person"))
    .order_by(identity.c.external_id)
    .limit(1)
)

_CHANGES = (
    select(action_item_change.c.field, action_item_change.c.at)
    .ext(distinct_on(action_item_change.c.field))
    .where(
        action_item_change.c.action_item_id == bindparam("item"),
        action_item_change.c.overruled.is_(False),
    )
    .order_by(action_item_change.c.field, action_item_change.c.id.desc())
)

_LAST = (
    select(action_item_change.c.id)
    .where(
        action_item_change.c.action_item_id == bindparam("item"),
        action_item_change.c.field == bindparam("of_field"),
        action_item_change.c.overruled.is_(False),
    )
    .order_by(action_item_change.c.id.desc())
    .limit(1)
    .scalar_subquery()
)

_OVERRULE = (
    update(action_item_change).where(action_item_change.c.id == _LAST).values(overruled=True)
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an action item's ticket is, or may come to be: at the tracker of its owner's team."""

    state: ActionItemState
    team: str | None
    integration: str | None
    connection: str | None
    external_id: str | None
    gone: bool


async def place_of(tx: Transaction, item_id: UUID) -> Place | None:
    """Where an action item's ticket is; None where there is no such item."""
    row = await tx.one(_PLACE, item=item_id)
    if row is None:
        return None
    return Place(
        ActionItemState(row["state"]),
        row["team"],
        row["integration"],
        row["connection"],
        row["external_id"],
        bool(row["gone"]),
    )


async def claim(
    tx: Transaction,
    item_id: UUID,
    at: tuple[str, str],
    lease: UUID,
    *,
    now: datetime,
    until: datetime,
) -> Row | None:
    """Lease an item's ticket at an integration's connection; None where somebody else has it.

    If nothing more is heard of who has it, it is due again when the lease ends.
    """
    integration, connection = at
    return await tx.one(
        _CLAIM,
        id=new_id(),
        item=item_id,
        integration=integration,
        connection=connection,
        lease=lease,
        now=now,
        until=until,
    )


async def due(tx: Transaction, now: datetime, until: datetime, most: int) -> Sequence[UUID]:
    """The items whose tickets are to be tried again; they are due once more at `until`."""
    return [row["action_item_id"] for row in await tx.fetch(_DUE, now=now, until=until, most=most)]


async def without(database: Database, after: UUID, most: int) -> Sequence[Row]:
    """Items that are still to be done and have no ticket, with their owners' teams, by id."""
    return await database.fetch(_WITHOUT, after=after, most=most)


async def assignee(
    tx: Transaction, person_id: UUID, provider: str
) -> tuple[str | None, str | None]:
    """Who a person is to a provider: its id of them, and their address."""
    row = await tx.one(_ASSIGNEE, person=person_id, provider=provider)
    return (row["external_id"], row["email"]) if row else (None, None)


async def last_changes(tx: Transaction, item_id: UUID) -> Mapping[ActionItemField, datetime]:
    """When each field of an item was last changed, where it ever was; overruled ones aside."""
    rows = await tx.fetch(_CHANGES, item=item_id)
    return {ActionItemField(row["field"]): row["at"] for row in rows}


async def overrule(tx: Transaction, item_id: UUID, field: ActionItemField) -> None:
    """Note that the last change of a field no longer holds."""
    await tx.run(_OVERRULE, item=item_id, of_field=field.value)


def base_of(row: Row) -> Base:
    """What both sides last agreed on."""
    ours, theirs = row["agreed_state"], row["their_state"]
    return {
        ActionItemField.STATE: Agreed(
            ActionItemState(ours) if ours else None, TicketState(theirs) if theirs else None
        ),
        ActionItemField.OWNER: Agreed(row["agreed_owner_id"], row["their_owner_id"]),
        ActionItemField.DUE_ON: Agreed(row["agreed_due_on"], row["their_due_on"]),
    }


def columns_of(base: Base) -> dict[str, Any]:
    """The base as columns."""
    columns = {}
    for field, agreed in base.items():
        columns[f"agreed_{field.column}"] = agreed.ours
        columns[f"their_{field.column}"] = agreed.theirs
    return columns
