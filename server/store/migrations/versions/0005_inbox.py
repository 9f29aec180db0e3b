"""An inbox that can be looked at page by page, pruned, and in which a delivery can be given up."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.alter_column(
        "delivery",
        "body",
        existing_type=postgresql.BYTEA(),
        nullable=True,
        comment="null once it is pruned or discarded",
    )
    op.drop_constraint(op.f("delivery_state_check"), "delivery", type_="check")
    op.create_check_constraint(
        op.f("delivery_state_check"),
        "delivery",
        "state in ('PENDING', 'DONE', 'PARKED', 'DISCARDED')",
    )
    op.drop_index(
        op.f("delivery_pending_idx"),
        table_name="delivery",
        postgresql_where="(state = 'PENDING'::text)",
    )
    op.create_index(op.f("delivery_received_at_id_idx"), "delivery", ["received_at", "id"])
    op.create_index(
        op.f("delivery_state_received_at_id_idx"), "delivery", ["state", "received_at", "id"]
    )
    # Nearly all are done, so that a sample sees one state only. A plan that takes any state for
    # all of the table would look for the few others by reading the whole of it.
    op.execute("alter table delivery alter column state set (n_distinct = 4)")
    op.create_index(
        "delivery_to_prune_idx",
        "delivery",
        ["received_at"],
        postgresql_where=sa.text("state = 'DONE' and body is not null"),
    )
