"""What titles of action items leave open, and who saw that the work helps."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0012"


def upgrade() -> None:
    _specific_and_verified()


def _specific_and_verified() -> None:
    op.add_column("action_item", sa.Column("verified_at", sa.DateTime(timezone=True)))
    op.add_column("action_item", sa.Column("verified_by_id", sa.UUID()))
    op.add_column(
        "action_item",
        sa.Column(
            "findings",
            postgresql.JSONB(),
            server_default=sa.text("'[]'"),
            nullable=False,
            comment="derives from the title: what it leaves open",
        ),
    )
    op.create_foreign_key(
        op.f("action_item_verified_by_id_fkey"),
        "action_item",
        "person",
        ["verified_by_id"],
        ["id"],
        ondelete="SET NULL",
    )
    op.create_index(op.f("action_item_verified_by_id_idx"), "action_item", ["verified_by_id"])
