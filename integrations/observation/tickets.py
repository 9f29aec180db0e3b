"""What trackers say of tickets that stand for action items."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from integrations.observation.refs import Moment, PersonRef


class TicketState(StrEnum):
    """How far a ticket is. DROPPED: closed without being done ("Won't do", "Duplicate")."""

    OPEN = "OPEN"
    IN_PROGRESS = "IN_PROGRESS"
    DONE = "DONE"
    DROPPED = "DROPPED"


@dataclass(frozen=True, slots=True)
class TicketObserved:
    """A ticket as it was at that moment, whole: a field that is None is empty there.

    `external_id` never changes ("10234"), `key` is what people call it ("PAY-12"), `status` and
    `priority` are the tracker's own words. `marker` is what it was created with (see
    `TicketDraft`); a ticket without one stands for no action item. `state_at`, `assigned_at` and
    `due_at` are when that field was last set, where the source tells it; else it is known only
    that it was not later than the moment.
    """

    moment: Moment
    external_id: str
    key: str
    url: str
    title: str
    status: str
    state: TicketState
    marker: str | None = None
    assignee: PersonRef | None = None
    due_on: date | None = None
    priority: str | None = None
    state_at: datetime | None = None
    assigned_at: datetime | None = None
    due_at: datetime | None = None
