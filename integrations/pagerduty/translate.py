"""PagerDuty's events in the words of the post-mortem. Pure: JSON in, observations out.

https://developer.pagerduty.com/docs/webhooks-overview describes the bodies. An event carries
either the whole incident as its data, or some other thing with a reference to the incident.
"""

from collections.abc import Sequence

from integrations.observation import Moment, PageEvent, PageObserved, PersonRef
from integrations.pagerduty.incident import (
    RANKS,
    merged_into,
    person_of,
    priority_of,
    service_of,
    state_of,
)
from integrations.payload import NAME_LIMIT, PROSE_LIMIT, TITLE_LIMIT, JsonObject

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

_PAGES_ITS_ASSIGNEES = frozenset({PageEvent.TRIGGERED, PageEvent.ASSIGNED, PageEvent.ESCALATED})
_PAGED_LIMIT = 100


def observations(event_type: str, event: JsonObject, digest: str) -> Sequence[PageObserved]:
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
    if kind is PageEvent.RESOLVED and merged_into(incident):
        kind = PageEvent.MERGED
    moment = Moment(event.instant("occurred_at"), RANKS[kind], digest)
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
        state=state_of(incident) if whole else None,
        priority=priority_of(incident) if whole else None,
        created_at=incident.instant_or_none("created_at") if whole else None,
        service=service_of(incident.object_or_none("service")) if whole else None,
        actor=person_of(event.object_or_none("agent")),
        paged=_paged(kind, data),
        text=_text(kind, data),
        detail=_phrase(name) if kind is PageEvent.OTHER else None,
        url=incident.web_url("html_url"),
        merged_into=merged_into(incident) if kind is PageEvent.MERGED else None,
    )


def _paged(kind: PageEvent, data: JsonObject) -> tuple[PersonRef, ...]:
    if kind is PageEvent.RESPONDER_ADDED:
        asked = [person_of(data.object_or_none("user"))]
    elif kind in _PAGES_ITS_ASSIGNEES:
        asked = [person_of(assignee) for assignee in data.objects("assignees", _PAGED_LIMIT)]
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
