"""How far each connection to a vendor was read, and how that went."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "connection_state",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("integration", sa.Text(collation="C"), nullable=False),
        sa.Column("connection", sa.Text(collation="C"), nullable=False),
        sa.Column(
            "stream",
            sa.Text(collation="C"),
            nullable=False,
            comment="poll, or backfill: and its first day",
        ),
        sa.Column(
            "cursor", sa.Text(), comment="the integration's own; null before the first batch"
        ),
        sa.Column("lease", sa.UUID(), comment="who asks now"),
        sa.Column("leased_until", sa.DateTime(timezone=True)),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_success_at", sa.DateTime(timezone=True)),
        sa.Column("last_failure_at", sa.DateTime(timezone=True)),
        sa.Column("failure_code", sa.Text(collation="C")),
        sa.Column("failure_message", sa.Text(), comment="in words of our own"),
        sa.Column("failures", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("stopped", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("progress", sa.Double(), comment="how much of a backfill is done, 0 to 1"),
        sa.Column("finished_at", sa.DateTime(timezone=True), comment="when there was no more"),
        sa.Column("budget_remaining", sa.Integer()),
        sa.Column("budget_limit", sa.Integer()),
        sa.Column("budget_resets_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint(
            "failure_code in ('DENIED', 'MISSING', 'REJECTED', 'UNWELL', 'MALFORMED', 'FAULT')",
            name=op.f("connection_state_failure_code_check"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("connection_state_pkey")),
        sa.UniqueConstraint(
            "integration",
            "connection",
            "stream",
            name=op.f("connection_state_integration_connection_stream_key"),
        ),
    )
