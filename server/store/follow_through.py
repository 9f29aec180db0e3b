"""A cohort of action items, counted by one statement: as a whole, by team, and by month."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    Date,
    Integer,
    Select,
    Subquery,
    Text,
    and_,
    any_,
    bindparam,
    cast,
    func,
    select,
    tuple_,
)

from server.domain.action_item import ActionItemState
from server.domain.follow_through import WITHIN, FollowThrough, Measured, OfMonth, OfTeam
from server.store.database import Database, Row
from server.store.reminder import IS_OPEN
from server.store.tables import action_item, person, team
from server.store.views.sight import SEES_INCIDENTS, moment

_c = action_item.c
_now = moment("now")
_today = cast(func.timezone("UTC", _now), Date)
_done_on = cast(func.timezone("UTC", _c.completed_at), Date)
_month = cast(func.date_trunc("month", func.timezone("UTC", _c.created_at)), Date)

_matured = _c.created_at <= _now - WITHIN
_expected = _c.due_on < _today


def _counted(name: str, *conditions: Any) -> Any:
    return func.count().filter(and_(*conditions)).label(name)


_COUNTS = (
    func.count().label("created"),
    _counted("matured", _matured),
    _counted("within", _matured, _c.completed_at <= _c.created_at + WITHIN),
    _counted("expected", _expected),
    _counted("on_time", _expected, _done_on <= _c.due_on),
    _counted("open", IS_OPEN),
    _counted("overdue", IS_OPEN, _expected),
    _counted("dropped", _c.state == ActionItemState.DROPPED.value),
)


@cache
def _statement(of_team: bool) -> Select[Any]:
    """By grouping sets over what each owner has in each month: so each item is looked at once.

    A row of the whole has neither a team nor a month.
    """
    each = _each(of_team)
    sums: list[Any] = [
        cast(func.coalesce(func.sum(each.c[name]), 0), Integer).label(name)
        for name in FollowThrough.__slots__
    ]
    kind = func.grouping(team.c.slug, each.c.month).label("kind")
    found: Select[Any] = select(kind, team.c.slug.label("team"), each.c.month, *sums)
    return (
        found.select_from(each)
        .join(person, person.c.id == each.c.owner_id)
        .outerjoin(team, team.c.id == person.c.team_id)
        .group_by(func.grouping_sets(tuple_(), tuple_(team.c.slug), tuple_(each.c.month)))
        .order_by("kind", team.c.slug.nulls_last(), each.c.month)
    )


def _each(of_team: bool) -> Subquery:
    """What each owner has in each month, of one team's people or of all."""
    found: Select[Any] = select(_c.owner_id, _month.label("month"), *_COUNTS)
    found = found.where(
        SEES_INCIDENTS, _c.created_at >= moment("since"), _c.created_at < moment("until")
    ).group_by(_c.owner_id, "month")
    if of_team:
        people = select(person.c.id).join(team, team.c.id == person.c.team_id)
        slug = bindparam("team", type_=Text)
        found = found.where(
            _c.owner_id == any_(func.array(people.where(team.c.slug == slug).scalar_subquery()))
        )
    return found.subquery()


_OF_TEAM, _OF_MONTH, _WHOLE = 1, 2, 3
"""What `grouping` says of a row: which of the two it is not grouped by, as bits."""


async def measure(
    database: Database,
    rights: Mapping[str, object],
    team_slug: str | None,
    time: tuple[datetime, datetime],
    now: datetime,
) -> Measured:
    """The cohort of a time as it stands now; of one team's people, or of all."""
    binds = {"since": time[0], "until": time[1], "now": now, **rights}
    if team_slug is not None:
        binds["team"] = team_slug
    rows = await database.fetch(_statement(team_slug is not None), **binds)
    (whole,) = (row for row in rows if row["kind"] == _WHOLE)
    return Measured(
        _tally(whole),
        [OfTeam(row["team"], _tally(row)) for row in rows if row["kind"] == _OF_TEAM],
        [OfMonth(row["month"], _tally(row)) for row in rows if row["kind"] == _OF_MONTH],
    )


def _tally(row: Row) -> FollowThrough:
    return FollowThrough(**{name: row[name] for name in FollowThrough.__slots__})
