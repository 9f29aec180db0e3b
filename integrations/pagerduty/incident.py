"""What PagerDuty says of an incident, its people and its service, wherever it says it."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

from integrations.observation import (
    Moment,
    PageEvent,
    PageObserved,
    PageState,
    PersonRef,
    ServiceRef,
    to_json,
)
from integrations.payload import NAME_LIMIT, TITLE_LIMIT, JsonObject, digest_of

PROVIDER = "pagerduty"

RANKS = {
    PageEvent.TRIGGERED: 0,
    PageEvent.REOPENED: 10,
    PageEvent.UNACKNOWLEDGED: 20,
    PageEvent.SERVICE_CHANGED: 30,
    PageEvent.PRIORITY_CHANGED: 31,
    PageEvent.ASSIGNED: 32,
    PageEvent.ESCALATED: 33,
    PageEvent.NOTIFIED: 33,
    PageEvent.RESPONDER_ADDED: 34,
    PageEvent.OTHER: 35,
    PageEvent.NOTE: 36,
    PageEvent.STATUS_UPDATE: 37,
    PageEvent.ACKNOWLEDGED: 40,
    PageEvent.MERGED: 49,
    PageEvent.RESOLVED: 50,
    PageEvent.SEEN: 60,
}
"""What comes first of what PagerDuty dates with the same millisecond: the beginning, what sends
it back to the beginning, what changes it, what takes it on, the end, and how it stands then."""

_STATES = {
    "triggered": PageState.TRIGGERED,
    "acknowledged": PageState.ACKNOWLEDGED,
    "resolved": PageState.RESOLVED,
}

_SECOND = timedelta(seconds=1)
"""PagerDuty cuts the time of a change to the second: by the end of that second it stood so."""

_USERS = {"user", "user_reference"}


def state_of(incident: JsonObject) -> PageState | None:
    """Its state; of one that became part of another none, for it is resolved in name only."""
    if merged_into(incident):
        return None
    return _STATES.get(incident.prose("status", NAME_LIMIT) or "")


def merged_into(incident: JsonObject) -> str | None:
    """The incident that it became part of, which PagerDuty gives as why it is resolved."""
    reason = incident.object_or_none("resolve_reason")
    if reason is None or reason.prose("type", NAME_LIMIT) != "merge_resolve_reason":
        return None
    target = reason.object_or_none("incident")
    return target.identity("id") if target else None


def priority_of(incident: JsonObject) -> str | None:
    """The label, "" where PagerDuty says that there is none, None where it says nothing."""
    if not incident.has("priority"):
        return None
    priority = incident.object_or_none("priority")
    return label_of(priority) if priority else ""


def label_of(priority: JsonObject) -> str | None:
    """What people call a priority."""
    return priority.prose("summary", NAME_LIMIT) or priority.prose("name", NAME_LIMIT)


def service_of(reference: JsonObject | None) -> ServiceRef | None:
    """The service that is referred to."""
    if reference is None:
        return None
    external_id = reference.identity("id")
    name = reference.prose("summary", NAME_LIMIT) or external_id
    return ServiceRef(PROVIDER, external_id, name)


def person_of(reference: JsonObject | None) -> PersonRef | None:
    """The user; None where it is a service, an integration, an escalation policy or a team."""
    if reference is None or reference.prose("type", NAME_LIMIT) not in _USERS:
        return None
    return PersonRef(
        PROVIDER, reference.identity("id"), name=reference.prose("summary", NAME_LIMIT)
    )


def as_it_stands(incident: JsonObject) -> PageObserved:
    """What a whole incident says of itself at its last change, of which its log has the events.

    Raises:
        Malformed: a field that is needed is missing or of another type.
    """
    created_at = incident.instant("created_at")
    at = (incident.instant_or_none("updated_at") or created_at) + _SECOND
    return PageObserved(
        moment=Moment(at, RANKS[PageEvent.SEEN], ""),
        external_id=incident.identity("id"),
        event_id=f"seen:{at.isoformat()}",
        event=PageEvent.SEEN,
        title=incident.prose("title", TITLE_LIMIT),
        state=state_of(incident),
        priority=priority_of(incident),
        created_at=created_at,
        service=service_of(incident.object_or_none("service")),
        url=incident.web_url("html_url"),
        listed=True,
    )


def sealed(page: PageObserved) -> PageObserved:
    """With the digest of what it says, so that reading it again is no news."""
    digest = digest_of_json(to_json(page))
    return replace(page, moment=replace(page.moment, digest=digest))


def digest_of_json(value: Any) -> str:
    """The digest of what `value` says, however it was written."""
    return digest_of(json.dumps(value, sort_keys=True).encode())
