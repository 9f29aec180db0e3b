"""Whys, and what is done about them."""

from sqlalchemy import Boolean, Column, Date, Index, Integer, PrimaryKeyConstraint, Table, text
from sqlalchemy.dialects.postgresql import JSONB

from server.domain.action_item import ActionItemKind, ActionItemState, Priority
from server.store.tables.columns import at, key, metadata, now, one_of, to, words

why = Table(
    "why",
    metadata,
    key(),
    to("incident_id", "incident", on_delete="CASCADE", nullable=False),
    to("parent_id", "why"),
    Column("depth", Integer, nullable=False),
    *words("question"),
    *words("answer"),
    Column("systemic", Boolean, nullable=False),
    now("created_at"),
    Index(None, "incident_id", "depth", "id"),
    Index(None, "parent_id"),
)

why_evidence = Table(
    "why_evidence",
    metadata,
    to("why_id", "why", on_delete="CASCADE", nullable=False),
    to("entry_id", "timeline_entry", on_delete="CASCADE", nullable=False),
    PrimaryKeyConstraint("why_id", "entry_id"),
    Index(None, "entry_id"),
)

action_item = Table(
    "action_item",
    metadata,
    key(),
    to("incident_id", "incident", on_delete="CASCADE", nullable=False),
    to("why_id", "why", on_delete="SET NULL"),
    *words("title"),
    *words("description", nullable=True),
    *one_of("kind", ActionItemKind),
    *one_of("priority", Priority),
    to("owner_id", "person", nullable=False),
    Column("due_on", Date, nullable=False),
    *one_of("state", ActionItemState),
    *words("reason", nullable=True),
    at("completed_at"),
    at("verified_at"),
    to("verified_by_id", "person", on_delete="SET NULL"),
    Column(
        "findings",
        JSONB,
        nullable=False,
        server_default=text("'[]'"),
        comment="derives from the title: what it leaves open",
    ),
    now("created_at"),
    now("updated_at"),
    Index(None, "due_on", "id"),
    Index(None, "priority", "id"),
    Index(None, "created_at", "id"),
    Index(None, "incident_id", "due_on", "id"),
    Index(None, "owner_id", "due_on"),
    Index(None, "why_id"),
    Index(None, "verified_by_id"),
)
