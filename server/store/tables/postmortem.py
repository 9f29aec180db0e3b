"""Post-mortems, and who was asked to facilitate them."""

from sqlalchemy import ARRAY, Column, Index, Table, Text

from server.domain.postmortem import PostmortemState
from server.store.tables.columns import at, count, key, metadata, now, one_of, to, words

postmortem = Table(
    "postmortem",
    metadata,
    key(),
    to("incident_id", "incident", on_delete="CASCADE", nullable=False, unique=True),
    *one_of("state", PostmortemState),
    to("facilitator_id", "person", on_delete="SET NULL"),
    *words("summary", nullable=True),
    *words("impact", nullable=True),
    *words("lessons", nullable=True),
    count("version"),
    count("findings"),
    Column("missing", ARRAY(Text), nullable=False),
    at("published_at"),
    to("published_by_id", "person", on_delete="SET NULL"),
    *words("override_reason", nullable=True),
    *words("markdown", nullable=True),
    now("created_at"),
    now("updated_at"),
    Index(None, "facilitator_id"),
    Index(None, "published_by_id"),
    Index(None, "state", "published_at", "id"),
    Index(None, "created_at", "id"),
)
"""`version` counts the writings of its texts. `findings` derives from these, `missing` from all
that belongs to the incident. `markdown` is what was published; a draft's is rendered when it is
read."""

facilitator_asked = Table(
    "facilitator_asked",
    metadata,
    key(),
    to("incident_id", "incident", on_delete="CASCADE", nullable=False),
    to("person_id", "person", on_delete="CASCADE", nullable=False),
    at("at", nullable=False),
    to("by_id", "person", on_delete="SET NULL"),
    Index(None, "incident_id"),
    Index(None, "person_id", "at"),
    Index(None, "by_id"),
)
"""The rota: everybody who was asked, also where somebody else facilitated in the end."""
