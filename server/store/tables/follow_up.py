"""How action items are followed until they are done: answers, reminders, reviews, recurrences."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Double,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
)

from server.domain.reminder import ReminderKind, ReminderRole
from server.store.tables.columns import at, key, metadata, one_of, to, words

check_in = Table(
    "check_in",
    metadata,
    key(),
    to("action_item_id", "action_item", on_delete="CASCADE", nullable=False),
    at("at", nullable=False),
    to("by_id", "person", on_delete="SET NULL"),
    Column("on_track", Boolean, nullable=False),
    *words("blocked_by", nullable=True),
    *words("note", nullable=True),
    Index(None, "action_item_id", "at", "id"),
    Index(None, "by_id"),
)

reminder = Table(
    "reminder",
    metadata,
    key(),
    to("action_item_id", "action_item", on_delete="CASCADE", nullable=False),
    *one_of("kind", ReminderKind),
    *one_of("role", ReminderRole),
    to("person_id", "person", on_delete="SET NULL"),
    Column("day", Date, nullable=False),
    at("at", nullable=False),
    to("post_id", "post", on_delete="SET NULL"),
    UniqueConstraint("action_item_id", "role", "day"),
    Index(None, "action_item_id", "at", "id"),
    Index(None, "person_id", "day"),
    Index(None, "post_id"),
)
"""Who was to hear of an action item, and when; without a post no chat knew them."""

held_review = Table(
    "held_review",
    metadata,
    key(),
    to("team_id", "team", on_delete="CASCADE"),
    at("held_at", nullable=False),
    to("by_id", "person", on_delete="SET NULL"),
    Column("overdue", Integer, nullable=False),
    Column("blocked", Integer, nullable=False),
    Column("due_soon", Integer, nullable=False),
    Column("on_track", Integer, nullable=False),
    Column("completed", Integer, nullable=False),
    Column("completion_rate", Double),
    Index(None, "team_id", "held_at", "id"),
    Index(None, "held_at", "id"),
    Index(None, "by_id"),
)
"""A weekly review as it was held: how many items stood how. Without a team it was that of all."""

recurrence = Table(
    "recurrence",
    metadata,
    to("action_item_id", "action_item", on_delete="CASCADE", nullable=False),
    to("incident_id", "incident", on_delete="CASCADE", nullable=False),
    *words("reason"),
    to("by_id", "person", on_delete="SET NULL"),
    at("at", nullable=False),
    PrimaryKeyConstraint("action_item_id", "incident_id"),
    Index(None, "incident_id", "at"),
    Index(None, "by_id"),
)
"""An incident whose cause, as a person says, is one that a verified action item was to mend."""
