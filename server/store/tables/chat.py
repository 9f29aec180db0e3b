"""What is said in chats, where it belongs, and what is posted there."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import UUID

from server.domain.post import PostKind, PostState
from server.store.tables.columns import C_TEXT, at, count, key, metadata, now, one_of, to

message = Table(
    "message",
    metadata,
    Column("source", C_TEXT, nullable=False),
    Column("external_id", C_TEXT, nullable=False),
    Column("channel", C_TEXT, nullable=False),
    at("posted_at", nullable=False),
    to("incident_id", "incident", on_delete="SET NULL"),
    PrimaryKeyConstraint("source", "external_id"),
    Index(None, "source", "channel", "posted_at"),
    Index(None, "incident_id"),
    Index("message_to_prune_idx", "posted_at", postgresql_where=text("incident_id is null")),
)
"""Which messages there are, without their texts: those stand in observations, and in the timeline
of the incident that the message is told in."""

message_mention = Table(
    "message_mention",
    metadata,
    Column("source", C_TEXT, nullable=False),
    Column("message", C_TEXT, nullable=False),
    Column("provider", C_TEXT, nullable=False),
    Column("external_id", C_TEXT, nullable=False),
    Column("name", C_TEXT, nullable=False, comment="as the entry calls them"),
    PrimaryKeyConstraint("source", "message", "provider", "external_id"),
    Index(None, "provider", "external_id"),
)
"""Whom messages that are told in a timeline mention: where a name changes, they are told anew."""

channel_mention = Table(
    "channel_mention",
    metadata,
    Column("source", C_TEXT, nullable=False),
    Column("channel", C_TEXT, nullable=False),
    at("at", nullable=False),
    Column("message", C_TEXT, nullable=False, comment="empty where it stands above the channel"),
    Column("place", Integer, nullable=False, comment="the first of its text is 0"),
    Column("mentioned", UUID, comment="an incident's id"),
    Column("address", BigInteger, comment="else the hash of a page's address"),
    PrimaryKeyConstraint("source", "channel", "at", "message", "place"),
    Index(None, "at"),
    Index(None, "address", postgresql_where=text("address is not null")),
)
"""What was said in a channel that may be an incident. Of addresses only hashes are kept."""

channel_word = Table(
    "channel_word",
    metadata,
    Column("source", C_TEXT, nullable=False),
    Column("channel", C_TEXT, nullable=False),
    to("incident_id", "incident", on_delete="CASCADE", nullable=False),
    Column("linked", Boolean, nullable=False),
    at("at", nullable=False),
    to("by_id", "person", on_delete="SET NULL"),
    PrimaryKeyConstraint("source", "channel", "incident_id"),
    Index(None, "incident_id"),
    Index(None, "by_id"),
)
"""A person's last word on whether a channel belongs to an incident."""

incident_channel = Table(
    "incident_channel",
    metadata,
    key(),
    to("incident_id", "incident", on_delete="CASCADE", nullable=False),
    Column("source", C_TEXT, nullable=False),
    Column("external_id", C_TEXT, nullable=False),
    Column("name", Text),
    Column("url", Text),
    at("since", nullable=False),
    at("starts_at", nullable=False),
    at("ends_at"),
    Column("by_person", Boolean, nullable=False, comment="else by a message or the topic"),
    Index(None, "incident_id", "since", "id"),
    Index(None, "source", "external_id", "starts_at"),
)
"""Derives from what was said and from people's words: since when a channel belongs to an incident,
and which of its messages are told there. `ends_at` is where the channel went on to another one; it
also ends some days after the incident did."""

post = Table(
    "post",
    metadata,
    key(),
    Column("marker", C_TEXT, nullable=False, unique=True),
    *one_of("kind", PostKind),
    Column("subject_id", UUID, nullable=False, comment="the person or the team it is for"),
    Column("day", Date, nullable=False),
    Column("integration", C_TEXT, nullable=False),
    Column("connection", C_TEXT, nullable=False),
    Column("target", C_TEXT, nullable=False, comment="the provider's id of them, or a team's slug"),
    Column("text", Text, comment="without names; null once it is posted"),
    *one_of("state", PostState),
    count("attempts"),
    now("created_at"),
    at("posted_at"),
    Column("error", Text, comment="in words of our own"),
    UniqueConstraint("kind", "subject_id", "day"),
)
"""What is posted to chats: decided once, by whichever process comes first."""
