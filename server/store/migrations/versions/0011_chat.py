"""Channels and messages of chats, and what is posted there by itself."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "channel_mention",
        sa.Column("source", sa.Text(collation="C"), nullable=False),
        sa.Column("channel", sa.Text(collation="C"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "message",
            sa.Text(collation="C"),
            nullable=False,
            comment="empty where it stands above the channel",
        ),
        sa.Column("place", sa.Integer(), nullable=False, comment="the first of its text is 0"),
        sa.Column("mentioned", sa.UUID(), comment="an incident's id"),
        sa.Column("address", sa.BigInteger(), comment="else the hash of a page's address"),
        sa.PrimaryKeyConstraint(
            "source", "channel", "at", "message", "place", name=op.f("channel_mention_pkey")
        ),
    )
    op.create_index(
        op.f("channel_mention_address_idx"),
        "channel_mention",
        ["address"],
        postgresql_where=sa.text("address is not null"),
    )
    op.create_index(op.f("channel_mention_at_idx"), "channel_mention", ["at"])
    op.create_table(
        "message_mention",
        sa.Column("source", sa.Text(collation="C"), nullable=False),
        sa.Column("message", sa.Text(collation="C"), nullable=False),
        sa.Column("provider", sa.Text(collation="C"), nullable=False),
        sa.Column("external_id", sa.Text(collation="C"), nullable=False),
        sa.Column(
            "name", sa.Text(collation="C"), nullable=False, comment="as the entry calls them"
        ),
        sa.PrimaryKeyConstraint(
            "source", "message", "provider", "external_id", name=op.f("message_mention_pkey")
        ),
    )
    op.create_index(
        op.f("message_mention_provider_external_id_idx"),
        "message_mention",
        ["provider", "external_id"],
    )
    op.create_table(
        "post",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("marker", sa.Text(collation="C"), nullable=False),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column(
            "subject_id", sa.UUID(), nullable=False, comment="the person or the team it is for"
        ),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("integration", sa.Text(collation="C"), nullable=False),
        sa.Column("connection", sa.Text(collation="C"), nullable=False),
        sa.Column(
            "target",
            sa.Text(collation="C"),
            nullable=False,
            comment="the provider's id of them, or a team's slug",
        ),
        sa.Column("text", sa.Text(), comment="without names; null once it is posted"),
        sa.Column("state", sa.Text(collation="C"), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("posted_at", sa.DateTime(timezone=True)),
        sa.Column("error", sa.Text(), comment="in words of our own"),
        sa.CheckConstraint("kind in ('OVERDUE', 'WEEKLY_REVIEW')", name=op.f("post_kind_check")),
        sa.CheckConstraint(
            "state in ('WAITING', 'POSTED', 'FAILED')", name=op.f("post_state_check")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("post_pkey")),
        sa.UniqueConstraint("kind", "subject_id", "day", name=op.f("post_kind_subject_id_day_key")),
        sa.UniqueConstraint("marker", name=op.f("post_marker_key")),
    )
    op.create_table(
        "channel_word",
        sa.Column("source", sa.Text(collation="C"), nullable=False),
        sa.Column("channel", sa.Text(collation="C"), nullable=False),
        sa.Column("incident_id", sa.UUID(), nullable=False),
        sa.Column("linked", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.UUID()),
        sa.ForeignKeyConstraint(
            ["by_id"], ["person.id"], name=op.f("channel_word_by_id_fkey"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"],
            ["incident.id"],
            name=op.f("channel_word_incident_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("source", "channel", "incident_id", name=op.f("channel_word_pkey")),
    )
    op.create_index(op.f("channel_word_by_id_idx"), "channel_word", ["by_id"])
    op.create_index(op.f("channel_word_incident_id_idx"), "channel_word", ["incident_id"])
    op.create_table(
        "incident_channel",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("incident_id", sa.UUID(), nullable=False),
        sa.Column("source", sa.Text(collation="C"), nullable=False),
        sa.Column("external_id", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text()),
        sa.Column("url", sa.Text()),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True)),
        sa.Column(
            "by_person", sa.Boolean(), nullable=False, comment="else by a message or the topic"
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"],
            ["incident.id"],
            name=op.f("incident_channel_incident_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("incident_channel_pkey")),
    )
    op.create_index(
        op.f("incident_channel_incident_id_since_id_idx"),
        "incident_channel",
        ["incident_id", "since", "id"],
    )
    op.create_index(
        op.f("incident_channel_source_external_id_starts_at_idx"),
        "incident_channel",
        ["source", "external_id", "starts_at"],
    )
    op.create_table(
        "message",
        sa.Column("source", sa.Text(collation="C"), nullable=False),
        sa.Column("external_id", sa.Text(collation="C"), nullable=False),
        sa.Column("channel", sa.Text(collation="C"), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("incident_id", sa.UUID()),
        sa.ForeignKeyConstraint(
            ["incident_id"],
            ["incident.id"],
            name=op.f("message_incident_id_fkey"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("source", "external_id", name=op.f("message_pkey")),
    )
    op.create_index(op.f("message_incident_id_idx"), "message", ["incident_id"])
    op.create_index(
        op.f("message_source_channel_posted_at_idx"), "message", ["source", "channel", "posted_at"]
    )
    op.create_index(
        "message_to_prune_idx",
        "message",
        ["posted_at"],
        postgresql_where=sa.text("incident_id is null"),
    )
    op.create_index(
        "incident_address_idx", "incident", [sa.literal_column("hashtextextended(url, 0)")]
    )
