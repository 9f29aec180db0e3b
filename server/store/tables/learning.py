"""Whys, and what is done about them."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

from server.domain.action_item import ActionItemKind, ActionItemState, Priority
from server.domain.why import WhyLack
from server.store.tables.columns import (
    at,
    flag,
    key,
    metadata,
    now,
    one_of,
    said,
    to,
    version,
    words,
)

why = Table(
    "why",
    metadata,
    key(),
    to("incident_id", "incident", on_delete="CASCADE", nullable=False),
    to("parent_id", "why"),
    Column("depth", Integer, nullable=False),
    *said("question"),
    *said("answer"),
    Column("systemic", Boolean, nullable=False),
    flag("systemic_proposed"),
    flag("of_a_person"),
    Column("next_questions", Text, nullable=False, server_default=text("''")),
    Column("next_questions_redacted", Text),
    *words("accepted_reason", nullable=True),
    to("accepted_by_id", "person", on_delete="SET NULL"),
    at("accepted_at"),
    version(),
    now("created_at"),
    Index(None, "incident_id", "depth", "id"),
    Index(None, "parent_id"),
    Index(None, "accepted_by_id"),
)
"""`systemic_proposed`, `of_a_person` and `next_questions`, one a line, derive from the answer."""

why_open = Table(
    "why_open",
    metadata,
    Column("why_id", UUID, ForeignKey("why.id", ondelete="CASCADE"), primary_key=True),
    to("incident_id", "incident", on_delete="CASCADE", nullable=False),
    *one_of("lack", WhyLack),
    Index(None, "incident_id"),
)
"""The last answers of why-chains that lack something; it derives from the whys and what is done."""

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
    *said("title"),
    *said("description", nullable=True),
    *one_of("kind", ActionItemKind),
    *one_of("priority", Priority),
    to("owner_id", "person", nullable=False),
    Column("due_on", Date, nullable=False),
    *one_of("state", ActionItemState),
    *words("reason", nullable=True),
    at("completed_at"),
    version(),
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
