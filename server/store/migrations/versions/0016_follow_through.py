"""What titles of action items leave open, who saw that the work helps, and how it is followed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    _specific_and_verified()
    _check_ins()
    _reminders()
    _held_reviews()
    _recurrences()


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


def _check_ins() -> None:
    op.create_table(
        "check_in",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("action_item_id", sa.UUID(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.UUID()),
        sa.Column("on_track", sa.Boolean(), nullable=False),
        sa.Column("blocked_by", sa.Text()),
        sa.Column("blocked_by_redacted", sa.Text()),
        sa.Column("note", sa.Text()),
        sa.Column("note_redacted", sa.Text()),
        _reference("check_in", "action_item_id", "action_item", "CASCADE"),
        _reference("check_in", "by_id", "person", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("check_in_pkey")),
    )
    _index("check_in", "action_item_id", "at", "id")
    _index("check_in", "by_id")


def _reminders() -> None:
    op.drop_constraint(op.f("post_kind_check"), "post")
    kinds = "kind in ('OVERDUE', 'ESCALATION', 'WEEKLY_REVIEW')"
    op.create_check_constraint(op.f("post_kind_check"), "post", kinds)
    op.create_table(
        "reminder",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("action_item_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("role", sa.Text(collation="C"), nullable=False),
        sa.Column("person_id", sa.UUID()),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("post_id", sa.UUID()),
        sa.CheckConstraint(
            "kind in ('BEFORE', 'DUE', 'OVERDUE', 'ESCALATED')", name=op.f("reminder_kind_check")
        ),
        sa.CheckConstraint("role in ('OWNER', 'TEAM_LEAD')", name=op.f("reminder_role_check")),
        _reference("reminder", "action_item_id", "action_item", "CASCADE"),
        _reference("reminder", "person_id", "person", "SET NULL"),
        _reference("reminder", "post_id", "post", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("reminder_pkey")),
        sa.UniqueConstraint(
            "action_item_id", "role", "day", name=op.f("reminder_action_item_id_role_day_key")
        ),
    )
    _index("reminder", "action_item_id", "at", "id")
    _index("reminder", "person_id", "day")
    _index("reminder", "post_id")


def _held_reviews() -> None:
    op.create_table(
        "held_review",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("team_id", sa.UUID()),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.UUID()),
        sa.Column("overdue", sa.Integer(), nullable=False),
        sa.Column("blocked", sa.Integer(), nullable=False),
        sa.Column("due_soon", sa.Integer(), nullable=False),
        sa.Column("on_track", sa.Integer(), nullable=False),
        sa.Column("completed", sa.Integer(), nullable=False),
        sa.Column("completion_rate", sa.Double()),
        _reference("held_review", "team_id", "team", "CASCADE"),
        _reference("held_review", "by_id", "person", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("held_review_pkey")),
    )
    _index("held_review", "team_id", "held_at", "id")
    _index("held_review", "held_at", "id")
    _index("held_review", "by_id")


def _recurrences() -> None:
    op.create_table(
        "recurrence",
        sa.Column("action_item_id", sa.UUID(), nullable=False),
        sa.Column("incident_id", sa.UUID(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reason_redacted", sa.Text()),
        sa.Column("by_id", sa.UUID()),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _reference("recurrence", "action_item_id", "action_item", "CASCADE"),
        _reference("recurrence", "incident_id", "incident", "CASCADE"),
        _reference("recurrence", "by_id", "person", "SET NULL"),
        sa.PrimaryKeyConstraint("action_item_id", "incident_id", name=op.f("recurrence_pkey")),
    )
    _index("recurrence", "incident_id", "at")
    _index("recurrence", "by_id")


def _reference(table: str, column: str, target: str, on_delete: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"{table}_{column}_fkey")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete=on_delete)


def _index(table: str, *columns: str) -> None:
    op.create_index(op.f(f"{table}_{'_'.join(columns)}_idx"), table, list(columns))
