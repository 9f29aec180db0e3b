"""The moments of incidents, what is open in their why-chains, and versions of texts."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

_KINDS = (
    "'DEPLOYED', 'FIRST_ANOMALY', 'DECLARED', 'HYPOTHESES', 'ROOT_CAUSE', 'MITIGATION', 'RECOVERY'"
)

# As near as SQL comes to it; each incident's next change derives its moments anew.
_MOMENTS = """
insert into moment (incident_id, kind, place, entry_id, missing, questions)
select incident.id, known.kind, known.place, told.id, told.id is null,
    case when told.id is null then array[known.question] else '{}' end
from incident
cross join (values
    (0, 'DEPLOYED', 'DEPLOYMENT', 'Which deployment came before it, and what did it contain?'),
    (1, 'FIRST_ANOMALY', 'ANOMALY',
        'When did the first anomaly appear, and in which signal?'),
    (2, 'DECLARED', 'DECLARED', 'When was the incident declared, and who was paged?'),
    (3, 'HYPOTHESES', 'HYPOTHESIS',
        'What did responders think the cause might be, and what ruled each thought in or out?'),
    (4, 'ROOT_CAUSE', 'ROOT_CAUSE',
        'When was the root cause identified, and what showed it?'),
    (5, 'MITIGATION', 'MITIGATION',
        'What was the mitigation, and when did it take effect?'),
    (6, 'RECOVERY', 'RECOVERY', 'When was the system normal again, and what showed it?')
) as known (place, kind, told_by, question)
left join lateral (
    select id from timeline_entry
    where incident_id = incident.id and kind = known.told_by and not retracted
    order by occurred_at, id
    limit 1
) as told on true
"""


_OPEN = """
insert into why_open (why_id, incident_id, lack)
select why.id, why.incident_id,
    case when why.systemic then 'NO_ACTION_ITEM' else 'NOT_SYSTEMIC' end
from why
where not exists (select from why as below where below.parent_id = why.id)
    and not (
        why.systemic and exists (
            select from action_item where why_id = why.id and state <> 'DROPPED'
        )
    )
"""


def upgrade() -> None:
    _account()
    _why_chains()


def _account() -> None:
    op.create_table(
        "moment",
        sa.Column("incident_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.UUID()),
        sa.Column("missing", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("questions", sa.ARRAY(sa.Text()), nullable=False),
        sa.CheckConstraint(f"kind in ({_KINDS})", name=op.f("moment_kind_check")),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["timeline_entry.id"],
            name=op.f("moment_entry_id_fkey"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"],
            ["incident.id"],
            name=op.f("moment_incident_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("incident_id", "kind", name=op.f("moment_pkey")),
    )
    op.create_index(op.f("moment_entry_id_idx"), "moment", ["entry_id"])
    op.add_column("timeline_revision", sa.Column("known_at", sa.DateTime(timezone=True)))
    op.add_column("timeline_revision", sa.Column("url", sa.Text()))
    op.execute(_MOMENTS)


def _why_chains() -> None:
    op.create_table(
        "why_open",
        sa.Column("why_id", sa.UUID(), nullable=False),
        sa.Column("incident_id", sa.UUID(), nullable=False),
        sa.Column("lack", sa.Text(collation="C"), nullable=False),
        sa.CheckConstraint(
            "lack in ('HUMAN_ERROR', 'NOT_SYSTEMIC', 'NO_ACTION_ITEM')",
            name=op.f("why_open_lack_check"),
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"],
            ["incident.id"],
            name=op.f("why_open_incident_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["why_id"], ["why.id"], name=op.f("why_open_why_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("why_id", name=op.f("why_open_pkey")),
    )
    op.create_index(op.f("why_open_incident_id_idx"), "why_open", ["incident_id"])
    op.add_column(
        "action_item",
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
    )
    op.add_column(
        "incident", sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False)
    )
    op.add_column(
        "why",
        sa.Column(
            "systemic_proposed", sa.Boolean(), server_default=sa.text("false"), nullable=False
        ),
    )
    op.add_column(
        "why",
        sa.Column("of_a_person", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column(
        "why", sa.Column("next_questions", sa.Text(), server_default=sa.text("''"), nullable=False)
    )
    op.add_column("why", sa.Column("next_questions_redacted", sa.Text()))
    op.add_column("why", sa.Column("accepted_reason", sa.Text()))
    op.add_column("why", sa.Column("accepted_reason_redacted", sa.Text()))
    op.add_column("why", sa.Column("accepted_by_id", sa.UUID()))
    op.add_column("why", sa.Column("accepted_at", sa.DateTime(timezone=True)))
    op.add_column(
        "why", sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False)
    )
    op.create_index(op.f("why_accepted_by_id_idx"), "why", ["accepted_by_id"])
    op.create_foreign_key(
        op.f("why_accepted_by_id_fkey"),
        "why",
        "person",
        ["accepted_by_id"],
        ["id"],
        ondelete="SET NULL",
    )
    op.execute(_OPEN)
