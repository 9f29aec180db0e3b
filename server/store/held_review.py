"""How the action items of a team stand, or of all teams, and the reviews that were held."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Select, any_, bindparam, func, or_, select

from server.domain.follow_through import WITHIN, share
from server.domain.reminder import Item
from server.store.database import Row, Transaction
from server.store.reminder import IS_OPEN, ITEMS, item_of
from server.store.tables import action_item, held_review, person
from server.store.views.sight import moment

_c = action_item.c

_COUNTS: tuple[Any, ...] = (
    func.count().label("due"),
    func.count().filter(_c.completed_at.is_not(None)).label("completed"),
)


@cache
def _standing(of_team: bool) -> Select[Any]:
    found = ITEMS.where(or_(IS_OPEN, _c.completed_at >= moment("since")))
    return _owned(found) if of_team else found


@cache
def _rate(of_team: bool) -> Select[Any]:
    found = (
        select(*_COUNTS)
        .select_from(action_item)
        .where(
            _c.due_on > bindparam("after", type_=Date),
            _c.due_on <= bindparam("today", type_=Date),
        )
    )
    return _owned(found) if of_team else found


@cache
def _last(of_team: bool) -> Select[Any]:
    team = held_review.c.team_id
    of = team == bindparam("team") if of_team else team.is_(None)
    return select(func.max(held_review.c.held_at)).where(of)


def _owned(statement: Select[Any]) -> Select[Any]:
    people = select(person.c.id).where(person.c.team_id == bindparam("team"))
    return statement.where(_c.owner_id == any_(func.array(people.scalar_subquery())))


def _binds(team: UUID | None) -> dict[str, object]:
    return {"team": team} if team else {}


async def standing(tx: Transaction, team: UUID | None, since: datetime) -> Sequence[Item]:
    """The items that are open, or were done since a time; those due first, up to `MAX_ITEMS`."""
    rows: Sequence[Row] = await tx.fetch(_standing(team is not None), since=since, **_binds(team))
    return [item_of(row) for row in rows]


async def rate(tx: Transaction, team: UUID | None, today: date) -> float | None:
    """The share done of the items that were due in the last 90 days; None where none was."""
    binds = {"after": today - WITHIN, "today": today, **_binds(team)}
    row = await tx.one(_rate(team is not None), **binds)
    return share(row["completed"], row["due"]) if row else None


async def last(tx: Transaction, team: UUID | None) -> datetime | None:
    """When the last review of a team was held, or of all teams."""
    found: datetime | None = await tx.value(_last(team is not None), **_binds(team))
    return found
