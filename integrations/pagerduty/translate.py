"""PagerDuty's events in the words of the post-mortem. Pure: JSON in, observations out.

https://developer.pagerduty.com/docs/webhooks-overview describes the bodies. An event carries
either the whole incident as its data, or some other thing with a reference to the incident.
"""

from integrations.observation import (
    Moment,
    Observations,
    PageEvent,
    PageObserved,
    PageState,
    PersonRef,
    ServiceRef,
)
from integrations.payload import NAME_LIMIT, PROSE_LIMIT, TITLE_LIMIT, JsonObject

_PROVIDER = "pagerduty"
_INCIDENT = "incident."

_EVENTS = {
    "triggered": PageEvent.TRIGGERED,
    "acknowledged": PageEvent.ACKNOWLEDGED,
    "unacknowledged": PageEvent.UNACKNOWLEDGED,
    "delegated": PageEvent.ASSIGNED,
    "reassigned": PageEvent.ASSIGNED,
    "escalated": PageEvent.ESCALATED,
    "responder.added": PageEvent.RESPONDER_ADDED,
    "priority_updated": PageEvent.PRIORITY_CHANGED,
    "service_updated": PageEvent.SERVICE_CHANGED,
    "status_update_published": PageEvent.STATUS_UPDATE,
    "annotated": PageEvent.NOTE,
    "resolved": PageEvent.RESOLVED,
    "reopened": PageEvent.REOPENED,
}
"""What PagerDuty calls its events, after "incident."; any other is OTHER."""

_RANKS = {
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
}
"""What comes first of what PagerDuty dates with the same millisecond: the beginning, what sends
it back to the beginning, what changes it, what takes it on, and the end last."""

_STATES = {
    "triggered": PageState.TRIGGERED,
    "acknowledged": PageState.ACKNOWLEDGED,
    "resolved": PageState.RESOLVED,
}

_PAGES_ITS_ASSIGNEES = frozenset({PageEvent.TRIGGERED, PageEvent.ASSIGNED, PageEvent.ESCALATED})
_PAGED_LIMIT = 100


def observations(event_type: str, event: JsonObject, digest: str) -> Observations:
    """What one event says of an incident; nothing where it is about something else.

    Raises:
        Malformed: a field that is needed is missing or of another type.
    """
    if not event_type.startswith(_INCIDENT):
        return ()
    data = event.object("data")
    incident = _incident(data)
    if incident is None:
        return ()
    name = event_type.removeprefix(_INCIDENT)
    kind = _EVENTS.get(name, PageEvent.OTHER)
    moment = Moment(event.instant("occurred_at"), _RANKS[kind], digest)
    return (_page(event, kind, moment, incident, data, name),)


def _incident(data: JsonObject) -> JsonObject | None:
    """The incident itself, or the reference to it; roles hold it one step further in."""
    if _is_whole(data):
        return data
    roles = data.objects("incident_role_assignments", limit=1)
    return (roles[0] if roles else data).object_or_none("incident")


def _is_whole(incident: JsonObject) -> bool:
    return incident.prose("type", NAME_LIMIT) == "incident"


def _page(
    event: JsonObject,
    kind: PageEvent,
    moment: Moment,
    incident: JsonObject,
    data: JsonObject,
    name: str,
) -> PageObserved:
    whole = _is_whole(incident)
    return PageObserved(
        moment=moment,
        external_id=incident.identity("id"),
        event_id=event.identity_or_none("id") or moment.digest,
        event=kind,
        title=incident.prose("title" if whole else "summary", TITLE_LIMIT),
        state=_STATES.get(incident.prose("status", NAME_LIMIT) or "") if whole else None,
        priority=_priority(incident) if whole else None,
        created_at=incident.instant_or_none("created_at") if whole else None,
        service=_service(incident.object_or_none("service")) if whole else None,
        actor=_person(event.object_or_none("agent")),
        paged=_paged(kind, data),
        text=_text(kind, data),
        detail=_phrase(name) if kind is PageEvent.OTHER else None,
        url=incident.web_url("html_url"),
    )


def _priority(incident: JsonObject) -> str | None:
    """The label, "" where PagerDuty says that there is none, None where it says nothing."""
    if not incident.has("priority"):
        return None
    priority = incident.object_or_none("priority")
    return priority.prose("summary", NAME_LIMIT) if priority else ""


def _service(reference: JsonObject | None) -> ServiceRef | None:
    if reference is None:
        return None
    external_id = reference.identity("id")
    name = reference.prose("summary", NAME_LIMIT) or external_id
    return ServiceRef(_PROVIDER, external_id, name)


def _person(reference: JsonObject | None) -> PersonRef | None:
    """The user; None where it is a service, an integration, an escalation policy or a team."""
    if reference is None or reference.prose("type", NAME_LIMIT) != "user_reference":
        return None
    return PersonRef(
        _PROVIDER, reference.identity("id"), name=reference.prose("summary", NAME_LIMIT)
    )


def _paged(kind: PageEvent, data: JsonObject) -> tuple[PersonRef, ...]:
    if kind is PageEvent.RESPONDER_ADDED:
        asked = [_person(data.object_or_none("user"))]
    elif kind in _PAGES_ITS_ASSIGNEES:
        asked = [_person(assignee) for assignee in data.objects("assignees", _PAGED_LIMIT)]
    else:
        asked = []
    return tuple(person for person in asked if person)


def _text(kind: PageEvent, data: JsonObject) -> str | None:
    match kind:
        case PageEvent.NOTE:
            return data.prose("content", PROSE_LIMIT)
        case PageEvent.STATUS_UPDATE | PageEvent.RESPONDER_ADDED:
            return data.prose("message", PROSE_LIMIT)
        case PageEvent.OTHER:
            return data.prose("summary", PROSE_LIMIT)
        case _:
            return None


def _phrase(name: str) -> str | None:
    """ "task.created" as "Task created"."""
    return name.replace(".", " ").replace("_", " ").strip().capitalize() or None
