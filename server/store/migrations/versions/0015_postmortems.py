"""Post-mortems, and who was asked to facilitate them."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0012"


_SUBJECTS = (
    "'INCIDENT', 'TIMELINE', 'HYPOTHESIS', 'ATTRIBUTION', 'WHY', 'ACTION_ITEM', 'POSTMORTEM', "
    "'MERGER'"
)


def upgrade() -> None:
    op.drop_constraint(op.f("feed_subject_check"), "feed", type_="check")
    op.create_check_constraint(op.f("feed_subject_check"), "feed", f"subject in ({_SUBJECTS})")
    op.create_table(
        "facilitator_asked",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("incident_id", sa.UUID(), nullable=False),
        sa.Column("person_id", sa.UUID(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.UUID()),
        sa.ForeignKeyConstraint(
            ["by_id"], ["person.id"], name=op.f("facilitator_asked_by_id_fkey"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"],
            ["incident.id"],
            name=op.f("facilitator_asked_incident_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("facilitator_asked_person_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("facilitator_asked_pkey")),
    )
    op.create_index(op.f("facilitator_asked_by_id_idx"), "facilitator_asked", ["by_id"])
    op.create_index(op.f("facilitator_asked_incident_id_idx"), "facilitator_asked", ["incident_id"])
    op.create_index(
        op.f("facilitator_asked_person_id_at_idx"), "facilitator_asked", ["person_id", "at"]
    )
    op.create_table(
        "postmortem",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("incident_id", sa.UUID(), nullable=False),
        sa.Column("state", sa.Text(collation="C"), nullable=False),
        sa.Column("facilitator_id", sa.UUID()),
        sa.Column("summary", sa.Text()),
        sa.Column("summary_redacted", sa.Text()),
        sa.Column("impact", sa.Text()),
        sa.Column("impact_redacted", sa.Text()),
        sa.Column("lessons", sa.Text()),
        sa.Column("lessons_redacted", sa.Text()),
        sa.Column("version", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("findings", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("missing", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True)),
        sa.Column("published_by_id", sa.UUID()),
        sa.Column("override_reason", sa.Text()),
        sa.Column("override_reason_redacted", sa.Text()),
        sa.Column("markdown", sa.Text()),
        sa.Column("markdown_redacted", sa.Text()),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "state in ('DRAFT', 'IN_REVIEW', 'PUBLISHED')", name=op.f("postmortem_state_check")
        ),
        sa.ForeignKeyConstraint(
            ["facilitator_id"],
            ["person.id"],
            name=op.f("postmortem_facilitator_id_fkey"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"],
            ["incident.id"],
            name=op.f("postmortem_incident_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["published_by_id"],
            ["person.id"],
            name=op.f("postmortem_published_by_id_fkey"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("postmortem_pkey")),
        sa.UniqueConstraint("incident_id", name=op.f("postmortem_incident_id_key")),
    )
    op.create_index(op.f("postmortem_created_at_id_idx"), "postmortem", ["created_at", "id"])
    op.create_index(op.f("postmortem_facilitator_id_idx"), "postmortem", ["facilitator_id"])
    op.create_index(op.f("postmortem_published_by_id_idx"), "postmortem", ["published_by_id"])
    op.create_index(
        op.f("postmortem_state_published_at_id_idx"), "postmortem", ["state", "published_at", "id"]
    )
