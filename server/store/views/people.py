"""How people, teams and services are read."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Text,
    any_,
    bindparam,
    case,
    cast,
    func,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import ARRAY, array

from server.domain.catalog import OtherName
from server.domain.redaction import role_of
from server.store.tables import C_TEXT, other_name, person, service, service_source, team
from server.store.views.sight import SEES_PEOPLE, mentions, texts

_TEAM = "{team}"

_team_name = (
    select(team.c.name).where(team.c.id == person.c.team_id).correlate(person).scalar_subquery()
)

person_role = func.coalesce(func.replace(role_of(_TEAM), _TEAM, _team_name), role_of(None))
"""What stands for a person: the words of `domain.redaction.role_of`."""

person_name = type_coerce(case((SEES_PEOPLE, person.c.name), else_=person_role), C_TEXT)
"""A person's name, or the role that stands for it."""

person_email = case((SEES_PEOPLE, person.c.email))
person_team_id = case((SEES_PEOPLE, person.c.team_id)).label("team_id")

_nicknames = func.array(
    select(other_name.c.name)
    .where(other_name.c.person_id == person.c.id, other_name.c.kind == OtherName.NICKNAME.value)
    .order_by(other_name.c.name)
    .correlate(person)
    .scalar_subquery(),
    type_=ARRAY(Text),
)
person_nicknames = case((SEES_PEOPLE, _nicknames), else_=cast(array([]), ARRAY(Text)))

PEOPLE = {"search": mentions(person_name, "search")}


def _sources(source: str) -> ColumnElement[Any]:
    """The ids under which a source knows the service, sorted."""
    ids = (
        select(service_source.c.external_id)
        .where(service_source.c.service_id == service.c.id, service_source.c.source == source)
        .order_by(service_source.c.external_id)
        .correlate(service)
        .scalar_subquery()
    )
    return func.array(ids, type_=ARRAY(Text))


service_repositories = _sources("repository")
service_pagerduty = _sources("pagerduty")

SERVICE_BY_SLUG = service.c.slug == bindparam("slug", type_=Text)

SERVICES = {
    "teams": service.c.team_id.in_(select(team.c.id).where(team.c.slug == any_(texts("teams")))),
    "search": or_(mentions(service.c.name, "search"), mentions(service.c.slug, "search")),
}
"""The conditions of `ServiceWhere`."""
