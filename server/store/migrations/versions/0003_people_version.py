"""A number that grows with every change of how people are told of."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "people_version",
        sa.Column("single", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("single", name=op.f("people_version_single_check")),
        sa.PrimaryKeyConstraint("single", name=op.f("people_version_pkey")),
    )
