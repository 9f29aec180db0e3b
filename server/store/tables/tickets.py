"""Tickets that action items have in trackers, and how action items came to be as they are."""

from sqlalchemy import Column, Date, Index, Table, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB, UUID

from integrations.observation import TicketState
from server.domain.action_item import ActionItemField, ActionItemState
from server.store.tables.columns import (
    C_TEXT,
    at,
    count,
    flag,
    key,
    metadata,
    now,
    one_of,
    to,
    words,
)

ticket = Table(
    "ticket",
    metadata,
    key(),
    to("action_item_id", "action_item", on_delete="CASCADE", nullable=False, unique=True),
    Column("integration", C_TEXT, nullable=False),
    Column("connection", C_TEXT, nullable=False),
    Column("external_id", C_TEXT, comment="null until the tracker is known to have it"),
    Column("key", C_TEXT),
    Column("url", Text),
    Column("status", Text, comment="the tracker's own word"),
    at("synced_at"),
    at("seen_at"),
    *one_of("agreed_state", ActionItemState, nullable=True),
    *one_of("their_state", TicketState, nullable=True),
    to("agreed_owner_id", "person", on_delete="SET NULL"),
    to("their_owner_id", "person", on_delete="SET NULL"),
    Column("agreed_due_on", Date),
    Column("their_due_on", Date),
    Column("sent", JSONB, comment="title, description and priority as the tracker was told"),
    Column("lease", UUID, comment="who asks the tracker now"),
    at("leased_until"),
    at("due_at"),
    count("failures"),
    Column("trouble", Text, comment="in words of our own"),
    flag("gone"),
    now("created_at"),
    UniqueConstraint("integration", "connection", "external_id"),
    Index(None, "agreed_owner_id"),
    Index(None, "their_owner_id"),
    Index(None, "due_at"),
)
"""`agreed_…` is what ours was when both sides agreed, null where they do not; `their_…` is what the
tracker was last seen to say, at `seen_at` by its own time. `due_at` is when it is tried again, null
where nothing is left to do. `gone`: the tracker has it no more, and it is not made anew."""

action_item_change = Table(
    "action_item_change",
    metadata,
    key(),
    to("action_item_id", "action_item", on_delete="CASCADE", nullable=False),
    at("at", nullable=False),
    to("by_id", "person", on_delete="SET NULL"),
    Column("source", C_TEXT, nullable=False, comment="person, or the tracker's integration"),
    *one_of("field", ActionItemField),
    *words("before", nullable=True),
    *words("after", nullable=True),
    to("owner_before_id", "person", on_delete="SET NULL"),
    to("owner_after_id", "person", on_delete="SET NULL"),
    flag("overruled"),
    Index(None, "action_item_id", "at", "id"),
    Index(None, "by_id"),
    Index(None, "owner_before_id"),
    Index(None, "owner_after_id"),
)
"""What was changed of an action item, here or in its tracker. Owners stand as references, never by
name; what is `overruled` lost against a later change of the other side."""
