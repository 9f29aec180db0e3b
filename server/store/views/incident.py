"""How incidents and their timelines are read."""

from sqlalchemy import (
    Boolean,
    Integer,
    any_,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
)

from server.domain.incident import IncidentStatus
from server.store.redirect import standing_for_number
from server.store.tables import (
    incident,
    incident_service,
    service,
    similar,
    team,
    timeline_entry,
)
from server.store.tables import moment as told_moment
from server.store.views.sight import mentions, moment, texts, told

incident_title = told(incident.c.title)
incident_summary = told(incident.c.summary)

OF_SERVICES = (
    select(incident_service.c.incident_id)
    .join(service, service.c.id == incident_service.c.service_id)
    .where(service.c.slug == any_(texts("services")))
)
OF_TEAMS = (
    select(incident_service.c.incident_id)
    .join(service, service.c.id == incident_service.c.service_id)
    .join(team, team.c.id == service.c.team_id)
    .where(team.c.slug == any_(texts("teams")))
)

# The word stands in the text, for that is what the index `incident_open_idx` is made of.
_is_open = incident.c.status != literal_column(f"'{IncidentStatus.RESOLVED.value}'")

BY_NUMBER = incident.c.id == standing_for_number(bindparam("number", type_=Integer))

STANDS = incident.c.merged_into_id.is_(None)
"""Whether it is a part of no other incident."""

INCIDENTS = {
    "severity": incident.c.severity == any_(texts("severity")),
    "status": incident.c.status == any_(texts("status")),
    "services": incident.c.id.in_(OF_SERVICES),
    "teams": incident.c.id.in_(OF_TEAMS),
    "declared_after": incident.c.declared_at > moment("declared_after"),
    "declared_before": incident.c.declared_at < moment("declared_before"),
    "open": _is_open == bindparam("open", type_=Boolean),
    "search": or_(mentions(incident_title, "search"), mentions(incident_summary, "search")),
}
"""The conditions of `IncidentWhere`."""

ENTRY_KINDS = timeline_entry.c.kind == any_(texts("kinds"))

KNOWN_BEFORE = func.coalesce(timeline_entry.c.known_at, timeline_entry.c.occurred_at) < moment(
    "known_before"
)
"""What the team could know before a time: at once, where nothing else is told."""

moment_prompt = case((told_moment.c.missing, told_moment.c.questions[1]))
"""The question that a missing moment is asked for with."""

MOST_SIMILAR = similar.c.rank <= bindparam("first", type_=Integer)
similar_reason = told(similar.c.reason)
