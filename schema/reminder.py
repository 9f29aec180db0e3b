"""Reminders of action items, as the API shows them."""

from __future__ import annotations

from datetime import datetime

from schema.engine.connections import Sorts
from schema.engine.declare import column, rows
from schema.engine.edges import one
from schema.engine.row import Row
from schema.engine.words import words
from schema.person import Person
from server.domain.reminder import ReminderKind, ReminderRole
from server.store import tables as t
from server.store.views import action_item as views

for _words in (ReminderKind, ReminderRole):
    words()(_words)


@rows(t.reminder)
class Reminder(Row):
    """Somebody was to hear of an action item."""

    at: datetime = column("When.")
    kind: ReminderKind = column("Why.")
    role: ReminderRole = column("As what they hear of it.")
    person: Person | None = one("Who.", t.reminder.c.person_id)
    posted_at: datetime | None = column(
        "When a chat took it; null where none did, or none knows them.", views.reminder_posted_at
    )


REMINDED = Sorts(None, {"AT": t.reminder.c.at}, descending=True)
