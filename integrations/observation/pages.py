"""What paging systems say of their incidents."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from integrations.observation.refs import Moment, PersonRef, ServiceRef


class PageState(StrEnum):
    """Where the paging system sees the incident."""

    TRIGGERED = "TRIGGERED"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    RESOLVED = "RESOLVED"


class PageEvent(StrEnum):
    """What happened to a page, in the words a timeline can use.

    SEEN: nothing did; the source was asked, and the page is told as it stood at its last change.
    """

    TRIGGERED = "TRIGGERED"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    UNACKNOWLEDGED = "UNACKNOWLEDGED"
    ASSIGNED = "ASSIGNED"
    ESCALATED = "ESCALATED"
    NOTIFIED = "NOTIFIED"
    RESPONDER_ADDED = "RESPONDER_ADDED"
    PRIORITY_CHANGED = "PRIORITY_CHANGED"
    SERVICE_CHANGED = "SERVICE_CHANGED"
    STATUS_UPDATE = "STATUS_UPDATE"
    NOTE = "NOTE"
    RESOLVED = "RESOLVED"
    REOPENED = "REOPENED"
    MERGED = "MERGED"
    OTHER = "OTHER"
    SEEN = "SEEN"


@dataclass(frozen=True, slots=True)
class PageObserved:
    """Something happened to an incident in a paging system.

    `external_id` names the incident there, `event_id` this event of it. Fields that the event
    does not carry are None: it says nothing about them. `text` is what a person or the source
    wrote in it; `detail` is a vendor's word for an event of kind OTHER. `priority` is the
    vendor's own label ("P1") and "" where the vendor says that there is none; where the operator
    said what a label means, it is that ("SEV1"). Of an event of kind MERGED `merged_into` names
    the incident that this one became part of. `listed`: it was read from a list of the vendor's
    that has ids of its own, so an event that was sent may be the same under another `event_id`.
    """

    moment: Moment
    external_id: str
    event_id: str
    event: PageEvent
    title: str | None = None
    state: PageState | None = None
    priority: str | None = None
    created_at: datetime | None = None
    service: ServiceRef | None = None
    actor: PersonRef | None = None
    paged: tuple[PersonRef, ...] = ()
    text: str | None = None
    detail: str | None = None
    url: str | None = None
    merged_into: str | None = None
    listed: bool = False
