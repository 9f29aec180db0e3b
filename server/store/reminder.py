"""The action items that people and teams are reminded of, without names."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ARRAY, Date, Text, any_, bindparam, func, literal, select
from sqlalchemy.dialects.postgresql import UUID as SQL_UUID

from server.domain.action_item import ActionItemState
from server.domain.reminder import Item
from server.store.database import Row, Transaction
from server.store.tables import action_item, identity, incident, team

PAGE = 200
MAX_ITEMS = 1_000
"""How many items one message counts, those due first."""

_open = literal([state.value for state in ActionItemState if not state.closed], ARRAY(Text))
IS_OPEN = action_item.c.state == any_(_open)
_today = bindparam("today", type_=Date)
_after = bindparam("after", type_=SQL_UUID)

_OWNERS = (
    select(action_item.c.owner_id)
    .distinct()
    .where(
        IS_OPEN,
        action_item.c.due_on <= _today,
        action_item.c.owner_id > _after,
    )
    .order_by(action_item.c.owner_id)
    .limit(PAGE)
)

_TEAMS = (
    select(team.c.id, team.c.slug, team.c.name)
    .where(team.c.id > _after)
    .order_by(team.c.id)
    .limit(PAGE)
)

ITEMS = (
    select(
        action_item.c.id,
        func.coalesce(action_item.c.title_redacted, action_item.c.title).label("title"),
        action_item.c.incident_id,
        incident.c.number,
        action_item.c.due_on,
        action_item.c.state,
        action_item.c.completed_at,
    )
    .join(incident, incident.c.id == action_item.c.incident_id)
    .order_by(action_item.c.due_on, action_item.c.id)
    .limit(MAX_ITEMS)
)

_DUE = ITEMS.where(
    IS_OPEN, action_item.c.due_on <= _today, action_item.c.owner_id == bindparam("owner")
)

_IDENTITIES = (
    select(identity.c.provider, identity.c.external_id)
    .where(identity.c.person_id == bindparam("person"))
    .order_by(identity.c.provider, identity.c.external_id)
)


async def owners(tx: Transaction, today: date, after: UUID) -> Sequence[UUID]:
    """A page of the owners of open items whose day is today or over, by their ids."""
    return [row["owner_id"] for row in await tx.fetch(_OWNERS, today=today, after=after)]


async def teams(tx: Transaction, after: UUID) -> Sequence[Row]:
    """A page of the teams, by their ids: id, slug, name."""
    return await tx.fetch(_TEAMS, after=after)


async def due(tx: Transaction, owner: UUID, today: date) -> list[Item]:
    """The open items of a person whose day is today or over."""
    return [item_of(row) for row in await tx.fetch(_DUE, owner=owner, today=today)]


async def identities(tx: Transaction, person_id: UUID) -> list[tuple[str, str]]:
    """Who a person is to each provider."""
    rows = await tx.fetch(_IDENTITIES, person=person_id)
    return [(row["provider"], row["external_id"]) for row in rows]


def item_of(row: Row) -> Item:
    """An item, as a row of `ITEMS`."""
    return Item(
        row["id"],
        row["title"],
        row["incident_id"],
        row["number"],
        row["due_on"],
        ActionItemState(row["state"]),
        row["completed_at"],
    )
