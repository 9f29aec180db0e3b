"""The log of an incident in the words of the post-mortem. Pure: JSON in, observations out.

https://developer.pagerduty.com/api-reference describes log entries. They tell the same events as
webhooks do, and more, under ids of their own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

from integrations.observation import Moment, PageEvent, PageObserved, PersonRef
from integrations.pagerduty.incident import RANKS, label_of, person_of
from integrations.payload import NAME_LIMIT, PROSE_LIMIT, JsonObject

_ENDING = "_log_entry"

_EVENTS = {
    "trigger": PageEvent.TRIGGERED,
    "acknowledge": PageEvent.ACKNOWLEDGED,
    "acknowledgement": PageEvent.ACKNOWLEDGED,
    "unacknowledge": PageEvent.UNACKNOWLEDGED,
    "assign": PageEvent.ASSIGNED,
    "reassign": PageEvent.ASSIGNED,
    "delegate": PageEvent.ASSIGNED,
    "escalate": PageEvent.ESCALATED,
    "notify": PageEvent.NOTIFIED,
    "responder_request": PageEvent.RESPONDER_ADDED,
    "priority_change": PageEvent.PRIORITY_CHANGED,
    "status_update": PageEvent.STATUS_UPDATE,
    "annotate": PageEvent.NOTE,
    "resolve": PageEvent.RESOLVED,
    "reopen": PageEvent.REOPENED,
}
"""What PagerDuty calls its entries, before "_log_entry"; any other is OTHER."""

_ABOUT_ALERTS = {"link", "unlink"}
"""An alert came to the incident or left it: hundreds of entries, and nobody did anything."""

_DETAILS = {"custom_field_value_change": "Custom field values updated"}
"""Where a webhook tells the same, its words."""

_MEANS = {
    "sms": "by SMS",
    "email": "by e-mail",
    "phone": "by phone",
    "push": "by push",
}

_PAGED_LIMIT = 100

_PAGES = {PageEvent.TRIGGERED, PageEvent.ESCALATED}

_AT_ONCE = timedelta(seconds=2)


def observed(entry: JsonObject, incident_id: str) -> PageObserved | None:
    """What an entry of that incident's log says; None where it is nothing that anybody did.

    Raises:
        Malformed: a field that is needed is missing or of another type.
    """
    name = entry.identity("type").removesuffix(_ENDING)
    if name in _ABOUT_ALERTS:
        return None
    kind = _EVENTS.get(name, PageEvent.OTHER)
    channel = entry.object_or_none("channel") or JsonObject({}, "channel")
    return PageObserved(
        moment=Moment(entry.instant("created_at"), RANKS[kind], ""),
        external_id=incident_id,
        event_id=entry.identity("id"),
        event=kind,
        priority=_priority(kind, channel),
        actor=person_of(entry.object_or_none("agent")),
        paged=_paged(kind, entry),
        text=_text(kind, entry, channel),
        detail=_detail(name) if kind is PageEvent.OTHER else None,
        listed=True,
    )


def course(entries: Iterable[PageObserved], merged_into: str | None) -> Sequence[PageObserved]:
    """The events of one incident, in order, as its whole log tells them.

    An assignment at once with what pages is told by that, as webhooks do. Of an incident that
    became part of another the last end is that; what begins again was reopened.
    """
    told = sorted(entries, key=lambda each: each.moment)
    assigned = [each for each in told if each.event is PageEvent.ASSIGNED]
    paging = [each for each in told if each.event in _PAGES]
    by_page = {each.event_id for each in assigned if any(_assigns(each, to) for to in paging)}
    events = [_with_paged(each, assigned) for each in told if each.event_id not in by_page]
    begun = [each for each in events if each.event is PageEvent.TRIGGERED]
    ends = [each for each in events if each.event is PageEvent.RESOLVED]
    settled = {each.event_id: _as(each, PageEvent.REOPENED) for each in begun[1:]}
    for each in ends[-1:] if merged_into else ():
        merged = _as(each, PageEvent.MERGED)
        settled[each.event_id] = replace(merged, merged_into=merged_into)
    return [settled.get(each.event_id, each) for each in events]


def _assigns(entry: PageObserved, to: PageObserved) -> bool:
    """Whether an assignment says no more than whom another entry paged."""
    after = entry.moment.at - to.moment.at
    return entry.actor == to.actor and timedelta(0) <= after <= _AT_ONCE


def _with_paged(entry: PageObserved, assigned: Iterable[PageObserved]) -> PageObserved:
    """An entry with all whom it paged, each once."""
    if entry.event not in _PAGES:
        return entry
    more = [person for each in assigned if _assigns(each, entry) for person in each.paged]
    return replace(entry, paged=tuple(dict.fromkeys([*entry.paged, *more])))


def _as(entry: PageObserved, kind: PageEvent) -> PageObserved:
    return replace(entry, event=kind, moment=replace(entry.moment, rank=RANKS[kind]))


def _priority(kind: PageEvent, channel: JsonObject) -> str | None:
    if kind is not PageEvent.PRIORITY_CHANGED or not channel.has("new_priority"):
        return None
    priority = channel.object_or_none("new_priority")
    return label_of(priority) if priority else ""


def _paged(kind: PageEvent, entry: JsonObject) -> tuple[PersonRef, ...]:
    match kind:
        case PageEvent.NOTIFIED:
            asked = [person_of(entry.object_or_none("user"))]
        case PageEvent.ASSIGNED | PageEvent.ESCALATED:
            asked = [person_of(each) for each in entry.objects("assignees", _PAGED_LIMIT)]
        case PageEvent.RESPONDER_ADDED:
            requests = entry.objects("responders", _PAGED_LIMIT)
            asked = [person_of(each.object_or_none("user")) for each in requests]
        case _:
            asked = []
    return tuple(person for person in asked if person)


def _text(kind: PageEvent, entry: JsonObject, channel: JsonObject) -> str | None:
    note = entry.prose("note", PROSE_LIMIT)
    match kind:
        case PageEvent.NOTIFIED:
            return _means(channel)
        case PageEvent.NOTE:
            return channel.prose("content", PROSE_LIMIT) or _summary(channel) or note
        case PageEvent.STATUS_UPDATE | PageEvent.RESPONDER_ADDED:
            return channel.prose("message", PROSE_LIMIT) or note
        case PageEvent.TRIGGERED:
            return _summary(channel) or note
        case PageEvent.PRIORITY_CHANGED:
            return None if channel.has("new_priority") else entry.prose("summary", PROSE_LIMIT)
        case PageEvent.OTHER:
            return entry.prose("summary", PROSE_LIMIT)
        case _:
            return note


def _summary(channel: JsonObject) -> str | None:
    return channel.prose("summary", PROSE_LIMIT) or channel.prose("subject", PROSE_LIMIT)


def _means(channel: JsonObject) -> str | None:
    """How somebody was notified; not at which number or address."""
    notification = channel.object_or_none("notification")
    kind = notification.prose("type", NAME_LIMIT) if notification else None
    return _MEANS.get((kind or "").removesuffix("_notification"))


def _detail(name: str) -> str:
    """ "urgency_change" as "Urgency change"."""
    return _DETAILS.get(name) or name.replace("_", " ").strip().capitalize()[:NAME_LIMIT]
