"""What a viewer may see, as binds that reach every reading statement."""

from typing import Any

from sqlalchemy import ARRAY, Boolean, Column, ColumnElement, DateTime, Text, bindparam, case, func

from server.domain.viewer import Scope, Viewer

SEES_PEOPLE = bindparam("viewer_people", type_=Boolean)
SEES_INCIDENTS = bindparam("viewer_incidents", type_=Boolean)
SEES_DEPLOYMENTS = bindparam("viewer_deployments", type_=Boolean)
SEES_INBOX = bindparam("viewer_inbox", type_=Boolean)


def binds_of(viewer: Viewer) -> dict[str, object]:
    """The viewer's rights, by the names that statements bind.

    Who may read incidents may read the deployments that they refer to.
    """
    incidents = viewer.may(Scope.INCIDENTS_READ)
    return {
        "viewer_people": viewer.may(Scope.PEOPLE_READ),
        "viewer_incidents": incidents,
        "viewer_deployments": incidents or viewer.may(Scope.DEPLOYMENTS_READ),
        "viewer_inbox": viewer.may(Scope.ADMIN),
    }


def told(column: Column[Any]) -> ColumnElement[Any]:
    """A text as the viewer may read it: without names, for those who may not see people."""
    redacted = column.table.c[f"{column.name}_redacted"]
    return case((SEES_PEOPLE, column), else_=func.coalesce(redacted, column))


def texts(name: str) -> Any:
    """A bind that is a list of texts."""
    return bindparam(name, type_=ARRAY(Text))


def moment(name: str) -> Any:
    """A bind that is a time."""
    return bindparam(name, type_=DateTime(timezone=True))


def mentions(expression: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """Whether a text contains what the bind `name` says, without regard to case.

    Searches what the viewer may read, so that a search never finds a hidden name.
    """
    wanted = func.lower(bindparam(name, type_=Text))
    return func.strpos(func.lower(func.coalesce(expression, "")), wanted) > 0
