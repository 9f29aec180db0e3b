"""The files and the reviews of pull requests."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "pull_request_file",
        sa.Column("pull_request_id", sa.UUID(), nullable=False),
        sa.Column("path", sa.Text(collation="C"), nullable=False),
        sa.Column("additions", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("deletions", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(
            ["pull_request_id"],
            ["pull_request.id"],
            name=op.f("pull_request_file_pull_request_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("pull_request_id", "path", name=op.f("pull_request_file_pkey")),
    )
    op.create_table(
        "review",
        sa.Column("pull_request_id", sa.UUID(), nullable=False),
        sa.Column("external_id", sa.Text(collation="C"), nullable=False),
        sa.Column("state", sa.Text(collation="C"), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reviewer_id", sa.UUID()),
        sa.CheckConstraint(
            "state in ('APPROVED', 'CHANGES_REQUESTED', 'COMMENTED', 'DISMISSED')",
            name=op.f("review_state_check"),
        ),
        sa.ForeignKeyConstraint(
            ["pull_request_id"],
            ["pull_request.id"],
            name=op.f("review_pull_request_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["reviewer_id"],
            ["person.id"],
            name=op.f("review_reviewer_id_fkey"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("pull_request_id", "external_id", name=op.f("review_pkey")),
    )
    op.create_index(op.f("review_reviewer_id_idx"), "review", ["reviewer_id"])
