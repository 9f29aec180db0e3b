"""Tickets that action items have in trackers, and how action items came to be as they are."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "action_item_change",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("action_item_id", sa.UUID(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.UUID()),
        sa.Column(
            "source",
            sa.Text(collation="C"),
            nullable=False,
            comment="person, or the tracker's integration",
        ),
        sa.Column("field", sa.Text(collation="C"), nullable=False),
        sa.Column("before", sa.Text()),
        sa.Column("before_redacted", sa.Text()),
        sa.Column("after", sa.Text()),
        sa.Column("after_redacted", sa.Text()),
        sa.Column("owner_before_id", sa.UUID()),
        sa.Column("owner_after_id", sa.UUID()),
        sa.Column("overruled", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint(
            "field in ('STATE', 'OWNER', 'DUE_ON', 'TITLE', 'PRIORITY')",
            name=op.f("action_item_change_field_check"),
        ),
        sa.ForeignKeyConstraint(
            ["action_item_id"],
            ["action_item.id"],
            name=op.f("action_item_change_action_item_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["person.id"],
            name=op.f("action_item_change_by_id_fkey"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["owner_after_id"],
            ["person.id"],
            name=op.f("action_item_change_owner_after_id_fkey"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["owner_before_id"],
            ["person.id"],
            name=op.f("action_item_change_owner_before_id_fkey"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("action_item_change_pkey")),
    )
    op.create_index(
        op.f("action_item_change_action_item_id_at_id_idx"),
        "action_item_change",
        ["action_item_id", "at", "id"],
    )
    op.create_index(op.f("action_item_change_by_id_idx"), "action_item_change", ["by_id"])
    op.create_index(
        op.f("action_item_change_owner_after_id_idx"), "action_item_change", ["owner_after_id"]
    )
    op.create_index(
        op.f("action_item_change_owner_before_id_idx"), "action_item_change", ["owner_before_id"]
    )
    op.create_table(
        "ticket",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("action_item_id", sa.UUID(), nullable=False),
        sa.Column("integration", sa.Text(collation="C"), nullable=False),
        sa.Column("connection", sa.Text(collation="C"), nullable=False),
        sa.Column(
            "external_id",
            sa.Text(collation="C"),
            comment="null until the tracker is known to have it",
        ),
        sa.Column("key", sa.Text(collation="C")),
        sa.Column("url", sa.Text()),
        sa.Column("status", sa.Text(), comment="the tracker's own word"),
        sa.Column("synced_at", sa.DateTime(timezone=True)),
        sa.Column("seen_at", sa.DateTime(timezone=True)),
        sa.Column("agreed_state", sa.Text(collation="C")),
        sa.Column("their_state", sa.Text(collation="C")),
        sa.Column("agreed_owner_id", sa.UUID()),
        sa.Column("their_owner_id", sa.UUID()),
        sa.Column("agreed_due_on", sa.Date()),
        sa.Column("their_due_on", sa.Date()),
        sa.Column(
            "sent",
            postgresql.JSONB(),
            comment="title, description and priority as the tracker was told",
        ),
        sa.Column("lease", sa.UUID(), comment="who asks the tracker now"),
        sa.Column("leased_until", sa.DateTime(timezone=True)),
        sa.Column("due_at", sa.DateTime(timezone=True)),
        sa.Column("failures", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("trouble", sa.Text(), comment="in words of our own"),
        sa.Column("gone", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "agreed_state in ('OPEN', 'IN_PROGRESS', 'BLOCKED', 'DONE', 'VERIFIED', 'DROPPED')",
            name=op.f("ticket_agreed_state_check"),
        ),
        sa.CheckConstraint(
            "their_state in ('OPEN', 'IN_PROGRESS', 'DONE', 'DROPPED')",
            name=op.f("ticket_their_state_check"),
        ),
        sa.ForeignKeyConstraint(
            ["action_item_id"],
            ["action_item.id"],
            name=op.f("ticket_action_item_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["agreed_owner_id"],
            ["person.id"],
            name=op.f("ticket_agreed_owner_id_fkey"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["their_owner_id"],
            ["person.id"],
            name=op.f("ticket_their_owner_id_fkey"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("ticket_pkey")),
        sa.UniqueConstraint("action_item_id", name=op.f("ticket_action_item_id_key")),
        sa.UniqueConstraint(
            "integration",
            "connection",
            "external_id",
            name=op.f("ticket_integration_connection_external_id_key"),
        ),
    )
    op.create_index(op.f("ticket_agreed_owner_id_idx"), "ticket", ["agreed_owner_id"])
    op.create_index(op.f("ticket_due_at_idx"), "ticket", ["due_at"])
    op.create_index(op.f("ticket_their_owner_id_idx"), "ticket", ["their_owner_id"])
