"""Which row stands for one that is asked for: itself, or the one that it became part of.

An incident that is merged keeps its row, as the record that somebody made. A deployment that
turned out to be another one is nothing of its own: its row is gone, and only its id leads on.
"""

from typing import Any

from sqlalchemy import UUID, ColumnElement, Integer, column, func, select, table

# Not the table itself: where statements rename that, what is asked here must stay as it is.
_told = table(
    "incident", column("id", UUID), column("number", Integer), column("merged_into_id", UUID)
)

_redirect = table("deployment_redirect", column("id", UUID), column("deployment_id", UUID))


def standing(key: ColumnElement[Any]) -> ColumnElement[Any]:
    """The key of the incident that stands for the one with this key.

    One step leads there: an incident that others are part of takes them along where it goes.
    """
    leads_to = select(_told.c.merged_into_id).where(_told.c.id == key).correlate_except(_told)
    return func.coalesce(leads_to.scalar_subquery(), key)


def standing_for_number(number: ColumnElement[int]) -> ColumnElement[Any]:
    """The key of the incident that stands for the one with this number."""
    key = func.coalesce(_told.c.merged_into_id, _told.c.id).label("key")
    return select(key).where(_told.c.number == number).scalar_subquery()


def standing_deployment(key: ColumnElement[Any]) -> ColumnElement[Any]:
    """The key of the deployment that stands for the one with this key.

    One step leads there: what leads to a deployment is led on where that turns out to be another.
    """
    leads_to = select(_redirect.c.deployment_id).where(_redirect.c.id == key)
    return func.coalesce(leads_to.correlate_except(_redirect).scalar_subquery(), key)
