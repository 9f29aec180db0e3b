"""Which pull request a pull request takes back."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("pull_request", sa.Column("reverts_id", sa.UUID()))
    op.create_index(op.f("pull_request_reverts_id_idx"), "pull_request", ["reverts_id"])
    op.create_foreign_key(
        op.f("pull_request_reverts_id_fkey"),
        "pull_request",
        "pull_request",
        ["reverts_id"],
        ["id"],
        ondelete="SET NULL",
    )
