"""What sources say of people, teams, services and merged pages, and what they were told."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "page_merge",
        sa.Column("source", sa.Text(collation="C"), nullable=False),
        sa.Column("external_id", sa.Text(collation="C"), nullable=False),
        sa.Column(
            "into_id",
            sa.Text(collation="C"),
            nullable=False,
            comment="the other page, in the source's ids",
        ),
        sa.PrimaryKeyConstraint("source", "external_id", "into_id", name=op.f("page_merge_pkey")),
    )
    op.create_index(op.f("page_merge_source_into_id_idx"), "page_merge", ["source", "into_id"])
    op.create_table(
        "page_resolved",
        sa.Column("source", sa.Text(collation="C"), nullable=False),
        sa.Column("external_id", sa.Text(collation="C"), nullable=False),
        sa.Column("word_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("source", "external_id", name=op.f("page_resolved_pkey")),
    )
    op.create_table(
        "team_source",
        sa.Column("source", sa.Text(collation="C"), nullable=False),
        sa.Column("external_id", sa.Text(collation="C"), nullable=False),
        sa.Column("team_id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["team_id"], ["team.id"], name=op.f("team_source_team_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("source", "external_id", name=op.f("team_source_pkey")),
    )
    op.create_index(op.f("team_source_team_id_idx"), "team_source", ["team_id"])
    op.create_table(
        "address",
        sa.Column("email", sa.Text(collation="C"), nullable=False),
        sa.Column("provider", sa.Text(collation="C"), nullable=False),
        sa.Column("external_id", sa.Text(collation="C"), nullable=False),
        sa.ForeignKeyConstraint(
            ["provider", "external_id"],
            ["identity.provider", "identity.external_id"],
            name="address_identity_fkey",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("email", "provider", "external_id", name=op.f("address_pkey")),
    )
    op.create_index(
        op.f("address_provider_external_id_idx"), "address", ["provider", "external_id"]
    )
    op.create_table(
        "deployment_told",
        sa.Column("deployment_id", sa.UUID(), nullable=False),
        sa.Column("integration", sa.Text(collation="C"), nullable=False),
        sa.Column("connection", sa.Text(collation="C"), nullable=False),
        sa.ForeignKeyConstraint(
            ["deployment_id"],
            ["deployment.id"],
            name=op.f("deployment_told_deployment_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "deployment_id", "integration", "connection", name=op.f("deployment_told_pkey")
        ),
    )
    op.add_column(
        "team",
        sa.Column(
            "automatic",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="made from a source, not by a person",
        ),
    )
