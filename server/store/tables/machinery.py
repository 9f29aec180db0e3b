"""What the server itself keeps: tokens, the inbox, observations, cursors, idempotency keys."""

from sqlalchemy import (
    ARRAY,
    Column,
    DateTime,
    Double,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

from server.domain.delivery import DeliveryState
from server.domain.integration import FailureCode
from server.store.tables.columns import C_TEXT, at, count, flag, key, metadata, now, one_of, to

api_token = Table(
    "api_token",
    metadata,
    key(),
    Column("name", C_TEXT, nullable=False),
    Column("hash", LargeBinary, nullable=False, unique=True, comment="SHA-256 of the token"),
    Column("scopes", ARRAY(Text), nullable=False),
    to("person_id", "person", on_delete="CASCADE"),
    now("created_at"),
    at("expires_at"),
    at("revoked_at"),
    Index(None, "person_id"),
)

delivery = Table(
    "delivery",
    metadata,
    key(),
    Column("source", C_TEXT, nullable=False),
    Column("key", C_TEXT, nullable=False),
    Column("event", C_TEXT, nullable=False),
    Column("body", LargeBinary, comment="null once it is pruned or discarded"),
    now("received_at"),
    *one_of("state", DeliveryState),
    count("attempts"),
    Column("error", Text),
    at("processed_at"),
    UniqueConstraint("source", "key"),
    Index(None, "received_at", "id"),
    Index(None, "state", "received_at", "id"),
    Index(
        "delivery_to_prune_idx",
        "received_at",
        postgresql_where=text("state = 'DONE' and body is not null"),
    ),
)
"""The inbox: what was answered 202 stands here until it is done, or parked with its error.

A row outlives its body, because its key tells a webhook that is sent again. Plans take `state` to
have four values in like numbers (revision 0005 says so, and why).
"""

observation = Table(
    "observation",
    metadata,
    Column("source", C_TEXT, nullable=False),
    Column("subject", C_TEXT, nullable=False, comment="what it is about, in the source's ids"),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("rank", Integer, nullable=False),
    Column("digest", C_TEXT, nullable=False),
    Column("facts", JSONB, nullable=False),
    PrimaryKeyConstraint("source", "subject", "at", "rank", "digest"),
)
"""Every observation of a subject, in the order in which they are folded into its state."""

connection_state = Table(
    "connection_state",
    metadata,
    key(),
    Column("integration", C_TEXT, nullable=False),
    Column("connection", C_TEXT, nullable=False),
    Column("stream", C_TEXT, nullable=False, comment="poll, or backfill: and its first day"),
    Column("cursor", Text, comment="the integration's own; null before the first batch"),
    Column("lease", UUID, comment="who asks now"),
    at("leased_until"),
    at("due_at", nullable=False),
    at("last_success_at"),
    at("last_failure_at"),
    *one_of("failure_code", FailureCode, nullable=True),
    Column("failure_message", Text, comment="in words of our own"),
    count("failures"),
    flag("stopped"),
    Column("progress", Double, comment="how much of a backfill is done, 0 to 1"),
    Column("finished_at", DateTime(timezone=True), comment="when there was no more"),
    Column("budget_remaining", Integer),
    Column("budget_limit", Integer),
    at("budget_resets_at"),
    UniqueConstraint("integration", "connection", "stream"),
)
"""How far each connection was read, kept in the transaction of what was read."""

idempotency = Table(
    "idempotency",
    metadata,
    Column("subject", C_TEXT, nullable=False, comment="the token that wrote"),
    Column("command", C_TEXT, nullable=False),
    Column("key", C_TEXT, nullable=False),
    Column("digest", LargeBinary, nullable=False, comment="SHA-256 of the input"),
    Column("result", ARRAY(UUID), nullable=False),
    now("created_at"),
    PrimaryKeyConstraint("subject", "command", "key"),
    Index(None, "created_at"),
)
