"""How post-mortems are read."""

from sqlalchemy import any_

from server.store.tables import postmortem
from server.store.views.incident import OF_SERVICES, OF_TEAMS
from server.store.views.sight import texts, told

summary = told(postmortem.c.summary)
impact = told(postmortem.c.impact)
lessons = told(postmortem.c.lessons)
override_reason = told(postmortem.c.override_reason)

POSTMORTEMS = {
    "state": postmortem.c.state == any_(texts("state")),
    "services": postmortem.c.incident_id.in_(OF_SERVICES),
    "teams": postmortem.c.incident_id.in_(OF_TEAMS),
}
"""The conditions of `PostmortemWhere`."""
