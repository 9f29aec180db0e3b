"""The action items that people and teams are reminded of, without names, and who was told."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Date, Select, Text, any_, bindparam, func, literal, select
from sqlalchemy.dialects.postgresql import UUID as SQL_UUID

from server.domain.action_item import ActionItemState
from server.domain.reminder import Item, ReminderRole
from server.store.database import Row, Transaction
from server.store.tables import action_item, identity, incident, person, reminder, team

PAGE = 200
MAX_ITEMS = 1_000
"""How many items one message counts, those due first."""

_open = literal([state.value for state in ActionItemState if not state.closed], ARRAY(Text))
IS_OPEN = action_item.c.state == any_(_open)
_horizon = bindparam("horizon", type_=Date)
_after = bindparam("after", type_=SQL_UUID)

_person = {
    ReminderRole.OWNER: action_item.c.owner_id,
    ReminderRole.TEAM_LEAD: team.c.lead_id,
}


def _late(statement: Select[Any]) -> Select[Any]:
    """With the owner's team, of open items that are due by a day."""
    return (
        statement.join(person, person.c.id == action_item.c.owner_id)
        .outerjoin(team, team.c.id == person.c.team_id)
        .where(IS_OPEN, action_item.c.due_on <= _horizon)
    )


_PEOPLE = {
    role: _late(select(column.label("id")).select_from(action_item))
    .where(column > _after)
    .distinct()
    .order_by(column)
    .limit(PAGE)
    for role, column in _person.items()
}

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

_DUE = {role: _late(ITEMS).where(column == bindparam("person")) for role, column in _person.items()}

_REMINDED = select(reminder.c.person_id).where(
    reminder.c.role == bindparam("role"),
    reminder.c.day == bindparam("day"),
    reminder.c.person_id == any_(bindparam("people", type_=ARRAY(SQL_UUID))),
)

_IDENTITIES = (
    select(identity.c.provider, identity.c.external_id)
    .where(identity.c.person_id == bindparam("person"))
    .order_by(identity.c.provider, identity.c.external_id)
)


async def people(tx: Transaction, role: ReminderRole, horizon: date, after: UUID) -> Sequence[UUID]:
    """A page of those who are in a role for open items that are due by a day, by their ids."""
    return [row["id"] for row in await tx.fetch(_PEOPLE[role], horizon=horizon, after=after)]


async def reminded(
    tx: Transaction, role: ReminderRole, ids: Sequence[UUID], day: date
) -> set[UUID]:
    """Those of these people who were told in that role on a day."""
    rows = await tx.fetch(_REMINDED, role=role.value, people=list(ids), day=day)
    return {row["person_id"] for row in rows}


async def teams(tx: Transaction, after: UUID) -> Sequence[Row]:
    """A page of the teams, by their ids: id, slug, name."""
    return await tx.fetch(_TEAMS, after=after)


async def due(tx: Transaction, role: ReminderRole, person_id: UUID, horizon: date) -> list[Item]:
    """The open items due by a day for which a person is in a role."""
    rows = await tx.fetch(_DUE[role], person=person_id, horizon=horizon)
    return [item_of(row) for row in rows]


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
