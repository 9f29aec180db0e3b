"""What a paging system's events read like in a timeline.

Sentences of ours name no people: who did it stands beside the sentence.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from integrations.observation import PageEvent, PageObserved, PersonRef
from server.domain.timeline import TimelineKind


@dataclass(frozen=True, slots=True)
class PageEntry:
    """One entry of a timeline. `external_id` is the event's, or the event's and a person's."""

    external_id: str
    kind: TimelineKind
    occurred_at: datetime
    body: str
    actor: PersonRef | None


def entries(pages: Iterable[PageObserved], system: str) -> Iterator[PageEntry]:
    """The entries of one page's events, given in their order; `system` is "PagerDuty".

    Of an event that was told twice in different words, the later ones count.
    """
    for page in {each.event_id: each for each in pages}.values():
        kind, body = _told(page, system)
        yield PageEntry(page.event_id, kind, page.moment.at, body, page.actor)
        for person in page.paged:
            external_id = f"{page.event_id}:{person.external_id}"
            body = f"Paged by {system}"
            yield PageEntry(external_id, TimelineKind.PAGED, page.moment.at, body, person)


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
            return page.title
        case PageEvent.PRIORITY_CHANGED:
            return page.priority or "none"
        case PageEvent.SERVICE_CHANGED:
            return page.service.name if page.service else None
        case _:
            return page.text
