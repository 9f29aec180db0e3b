"""The library, in which published post-mortems are searched, and incidents that are alike."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import ProgrammingError

from server.errors import Unavailable

revision = "0017"
down_revision = "0016"


_FILL = """
insert into library_entry (incident_id, published_at, title, title_redacted, causes,
    causes_redacted, lessons, lessons_redacted, rest, rest_redacted)
select incident.id,
    case when merged_into_id is null and state = 'PUBLISHED' then published_at end,
    title, title_redacted, coalesce(answers, ''), coalesce(answers_redacted, ''),
    concat_ws(' … ', lessons),
    concat_ws(' … ', coalesce(lessons_redacted, lessons)),
    concat_ws(' … ', postmortem.summary, impact, incident.summary),
    concat_ws(' … ', coalesce(postmortem.summary_redacted, postmortem.summary),
        coalesce(impact_redacted, impact),
        coalesce(incident.summary_redacted, incident.summary))
from incident
left join postmortem on postmortem.incident_id = incident.id
left join (
    select incident_id, string_agg(answer, ' … ' order by depth, id) answers,
        string_agg(coalesce(answer_redacted, answer), ' … ' order by depth, id) answers_redacted
    from why group by incident_id
) causes on causes.incident_id = incident.id
"""


def _compare_spelling() -> None:
    """Install what finds texts that are spelled alike: PostgreSQL brings it along."""
    try:
        op.execute("create extension if not exists pg_trgm")
    except ProgrammingError as error:
        raise Unavailable(
            "The database needs its extension pg_trgm, which this user may not install. "
            "Let an administrator run CREATE EXTENSION pg_trgm in it."
        ) from error


def upgrade() -> None:
    _compare_spelling()
    op.create_table(
        "library_entry",
        sa.Column("incident_id", sa.UUID(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True)),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("title_redacted", sa.Text()),
        sa.Column("causes", sa.Text(), nullable=False),
        sa.Column("causes_redacted", sa.Text()),
        sa.Column("lessons", sa.Text(), nullable=False),
        sa.Column("lessons_redacted", sa.Text()),
        sa.Column("rest", sa.Text(), nullable=False),
        sa.Column("rest_redacted", sa.Text()),
        sa.Column(
            "words",
            postgresql.TSVECTOR(),
            sa.Computed(
                "setweight(to_tsvector('english', left(title, 40000)), 'A') || setweight(to_tsvector('english', left(causes, 40000)), 'B') || setweight(to_tsvector('english', left(lessons, 40000)), 'C') || setweight(to_tsvector('english', left(rest, 40000)), 'D')",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column(
            "nameless_words",
            postgresql.TSVECTOR(),
            sa.Computed(
                "setweight(to_tsvector('english', left(coalesce(title_redacted, title), 40000)), 'A') || setweight(to_tsvector('english', left(coalesce(causes_redacted, causes), 40000)), 'B') || setweight(to_tsvector('english', left(coalesce(lessons_redacted, lessons), 40000)), 'C') || setweight(to_tsvector('english', left(coalesce(rest_redacted, rest), 40000)), 'D')",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column(
            "spelling",
            sa.Text(collation="C"),
            sa.Computed("left(title || ' ' || causes, 4000)", persisted=True),
            nullable=False,
        ),
        sa.Column(
            "nameless_spelling",
            sa.Text(collation="C"),
            sa.Computed(
                "left(coalesce(title_redacted, title) || ' ' || coalesce(causes_redacted, causes), 4000)",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"],
            ["incident.id"],
            name=op.f("library_entry_incident_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("incident_id", name=op.f("library_entry_pkey")),
    )
    op.create_index(
        op.f("library_entry_nameless_spelling_idx"),
        "library_entry",
        ["nameless_spelling"],
        postgresql_using="gin",
        postgresql_ops={"nameless_spelling": "gin_trgm_ops"},
    )
    op.create_index(
        op.f("library_entry_nameless_words_idx"),
        "library_entry",
        ["nameless_words"],
        postgresql_using="gin",
    )
    op.create_index(
        op.f("library_entry_spelling_idx"),
        "library_entry",
        ["spelling"],
        postgresql_using="gin",
        postgresql_ops={"spelling": "gin_trgm_ops"},
    )
    op.create_index(
        op.f("library_entry_words_idx"), "library_entry", ["words"], postgresql_using="gin"
    )
    op.create_table(
        "similar",
        sa.Column("incident_id", sa.UUID(), nullable=False),
        sa.Column("other_id", sa.UUID(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reason_redacted", sa.Text()),
        sa.ForeignKeyConstraint(
            ["incident_id"],
            ["incident.id"],
            name=op.f("similar_incident_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["incident.id"], name=op.f("similar_other_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("incident_id", "other_id", name=op.f("similar_pkey")),
    )
    op.create_index(op.f("similar_incident_id_rank_idx"), "similar", ["incident_id", "rank"])
    op.create_index(op.f("similar_other_id_idx"), "similar", ["other_id"])
    op.execute(_FILL)
