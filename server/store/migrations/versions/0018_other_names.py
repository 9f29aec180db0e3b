"""What people are called besides their names, and deployments' refs without names."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.create_table(
        "other_name",
        sa.Column("person_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.CheckConstraint("kind in ('NICKNAME', 'FORMER')", name=op.f("other_name_kind_check")),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("other_name_person_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("person_id", "kind", "name", name=op.f("other_name_pkey")),
    )
    op.add_column("deployment", sa.Column("ref_redacted", sa.Text()))
