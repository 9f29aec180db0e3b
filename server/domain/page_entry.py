"""What a paging system's events read like in a timeline.

Sentences of ours name no people: who did it stands beside the sentence.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from integrations.observation import PageEvent, PageObserved, PersonRef
from server.domain.page_event import events_of
from server.domain.timeline import TimelineKind


@dataclass(frozen=True, slots=True)
class PageEntry:
    """One entry of a timeline. `external_id` is the event's, or the event's and a person's; the
    entry may also be known by any of the `aliases`.
    """

    external_id: str
    kind: TimelineKind
    occurred_at: datetime
    body: str
    actor: PersonRef | None
    aliases: tuple[str, ...] = ()


def entries(pages: Iterable[PageObserved], system: str) -> Iterator[PageEntry]:
    """The entries of one page's events, given in their order; `system` is "PagerDuty"."""
    for happened in events_of(pages):
        page, (event_id, *aliases) = happened.event, happened.ids
        kind, body = _told(page, system)
        at = page.moment.at
        notified = page.event is PageEvent.NOTIFIED and page.paged
        if not notified:
            yield PageEntry(event_id, kind, at, body, page.actor, tuple(aliases))
        for person in page.paged:
            name, *others = (f"{each}:{person.external_id}" for each in happened.ids)
            paged = body if notified else f"Paged by {system}"
            yield PageEntry(name, TimelineKind.PAGED, at, paged, person, tuple(others))


_TOLD: Mapping[PageEvent, tuple[TimelineKind, str]] = {
    PageEvent.TRIGGERED: (TimelineKind.DECLARED, "{} opened the incident"),
    PageEvent.ACKNOWLEDGED: (TimelineKind.ACKNOWLEDGED, "Acknowledged in {}"),
    PageEvent.UNACKNOWLEDGED: (TimelineKind.STATUS, "No longer acknowledged in {}"),
    PageEvent.ASSIGNED: (TimelineKind.STATUS, "Reassigned in {}"),
    PageEvent.ESCALATED: (TimelineKind.PAGED, "Escalated in {}"),
    PageEvent.NOTIFIED: (TimelineKind.PAGED, "Notified by {}"),
    PageEvent.RESPONDER_ADDED: (TimelineKind.PAGED, "{} asked another responder"),
    PageEvent.PRIORITY_CHANGED: (TimelineKind.STATUS, "Priority changed in {}"),
    PageEvent.SERVICE_CHANGED: (TimelineKind.STATUS, "Service changed in {}"),
    PageEvent.STATUS_UPDATE: (TimelineKind.MESSAGE, "A status update in {}"),
    PageEvent.NOTE: (TimelineKind.NOTE, "A note in {}"),
    PageEvent.RESOLVED: (TimelineKind.RECOVERY, "Resolved in {}"),
    PageEvent.REOPENED: (TimelineKind.STATUS, "Reopened in {}"),
    PageEvent.MERGED: (TimelineKind.STATUS, "Merged into another incident in {}"),
    PageEvent.OTHER: (TimelineKind.NOTE, "An event in {}"),
}

_SPEAKS_FOR_ITSELF = frozenset({PageEvent.NOTE, PageEvent.STATUS_UPDATE})


def _told(page: PageObserved, system: str) -> tuple[TimelineKind, str]:
    """What an event is in a timeline, and the sentence that tells it."""
    kind, sentence = _TOLD[page.event]
    sentence = page.detail or sentence.format(system)
    words = _words(page)
    if not words:
        return kind, sentence
    return kind, words if page.event in _SPEAKS_FOR_ITSELF else f"{sentence}: {words}"


def _words(page: PageObserved) -> str | None:
    """What the source or a person said in an event, or what it set."""
    match page.event:
        case PageEvent.TRIGGERED:
            return page.title or page.text
        case PageEvent.PRIORITY_CHANGED:
            return page.text or page.priority or "none"
        case PageEvent.SERVICE_CHANGED:
            return page.service.name if page.service else None
        case _:
            return page.text
