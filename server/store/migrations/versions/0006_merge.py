"""Records that became part of another incident, and those that may be one.

The feed of such a record ends with what it became part of.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


_SUBJECTS = "'INCIDENT', 'TIMELINE', 'HYPOTHESIS', 'ATTRIBUTION', 'WHY', 'ACTION_ITEM', 'MERGER'"


def upgrade() -> None:
    op.create_table(
        "likely_same",
        sa.Column("incident_id", sa.UUID(), nullable=False),
        sa.Column("other_id", sa.UUID(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"],
            ["incident.id"],
            name=op.f("likely_same_incident_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["other_id"],
            ["incident.id"],
            name=op.f("likely_same_other_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("incident_id", "other_id", name=op.f("likely_same_pkey")),
    )
    op.create_index(op.f("likely_same_other_id_idx"), "likely_same", ["other_id"])
    op.add_column("incident", sa.Column("merged_into_id", sa.UUID()))
    op.add_column("incident", sa.Column("merged_at", sa.DateTime(timezone=True)))
    op.add_column("incident", sa.Column("merged_by_id", sa.UUID()))
    op.create_index(op.f("incident_merged_by_id_idx"), "incident", ["merged_by_id"])
    op.create_index(op.f("incident_merged_into_id_idx"), "incident", ["merged_into_id"])
    op.create_foreign_key(
        op.f("incident_merged_into_id_fkey"), "incident", "incident", ["merged_into_id"], ["id"]
    )
    op.create_foreign_key(
        op.f("incident_merged_by_id_fkey"),
        "incident",
        "person",
        ["merged_by_id"],
        ["id"],
        ondelete="SET NULL",
    )
    op.drop_constraint(op.f("feed_subject_check"), "feed", type_="check")
    op.create_check_constraint(op.f("feed_subject_check"), "feed", f"subject in ({_SUBJECTS})")
