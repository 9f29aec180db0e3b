"""One row for each deployment, whoever tells of it.

Every row is the only telling of its deployment at first; the next news of one joins it to others.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_TELLINGS = """
    insert into deployment_source
        (source, external_id, deployment_id, repository, sha, environment, first_at, last_at)
    select source, external_id, id, lower(repository), lower(sha), lower(environment),
        least(effective_at, started_at, told.first_at), greatest(effective_at, told.last_at)
    from deployment
    cross join lateral (
        select min(least(at, (facts ->> 'created_at')::timestamptz)) as first_at,
            max(at) as last_at
        from observation
        where observation.source = deployment.source
            and observation.subject = 'deployment:' || deployment.external_id
    ) told
"""

# That a deployment was taken back derives from later ones, unless somebody said so.
_RECORDED = """
    insert into deployment_recorded
        (external_id, repository, sha, environment, status, started_at, finished_at, ref, url,
            service_id, deployer_id, pull_requests, created_at)
    select external_id, repository, sha, environment,
        case when status = 'ROLLED_BACK' and not 'status' = any(edited) then 'SUCCESS'
            else status end,
        started_at, finished_at, ref, url, service_id, deployer_id,
        array(
            select number
            from deployment_pull_request
            join pull_request on pull_request.id = pull_request_id
            where deployment_id = deployment.id and recorded
            order by number
        ),
        created_at
    from deployment
    where source = 'api'
"""


def upgrade() -> None:
    op.create_table(
        "deployment_recorded",
        sa.Column("external_id", sa.Text(collation="C"), nullable=False),
        sa.Column("repository", sa.Text(collation="C"), nullable=False),
        sa.Column("sha", sa.Text(collation="C"), nullable=False),
        sa.Column("environment", sa.Text(collation="C"), nullable=False),
        sa.Column("status", sa.Text(collation="C"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True)),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.Column("ref", sa.Text(collation="C")),
        sa.Column("url", sa.Text()),
        sa.Column("service_id", sa.UUID()),
        sa.Column("deployer_id", sa.UUID()),
        sa.Column("pull_requests", sa.ARRAY(sa.Integer()), nullable=False, comment="their numbers"),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "status in ('PENDING', 'IN_PROGRESS', 'SUCCESS', 'FAILURE', 'ROLLED_BACK')",
            name=op.f("deployment_recorded_status_check"),
        ),
        sa.ForeignKeyConstraint(
            ["deployer_id"],
            ["person.id"],
            name=op.f("deployment_recorded_deployer_id_fkey"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("deployment_recorded_service_id_fkey")
        ),
        sa.PrimaryKeyConstraint("external_id", name=op.f("deployment_recorded_pkey")),
    )
    op.create_index(
        op.f("deployment_recorded_deployer_id_idx"), "deployment_recorded", ["deployer_id"]
    )
    op.create_index(
        op.f("deployment_recorded_service_id_idx"), "deployment_recorded", ["service_id"]
    )
    op.create_table(
        "deployment_redirect",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("deployment_id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deployment_id"],
            ["deployment.id"],
            name=op.f("deployment_redirect_deployment_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("deployment_redirect_pkey")),
    )
    op.create_index(
        op.f("deployment_redirect_deployment_id_idx"), "deployment_redirect", ["deployment_id"]
    )
    op.create_table(
        "deployment_source",
        sa.Column("source", sa.Text(collation="C"), nullable=False),
        sa.Column("external_id", sa.Text(collation="C"), nullable=False),
        sa.Column("deployment_id", sa.UUID(), nullable=False),
        sa.Column(
            "repository",
            sa.Text(collation="C"),
            nullable=False,
            comment="in small letters, as the next two",
        ),
        sa.Column("sha", sa.Text(collation="C"), nullable=False),
        sa.Column("environment", sa.Text(collation="C"), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["deployment_id"],
            ["deployment.id"],
            name=op.f("deployment_source_deployment_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("source", "external_id", name=op.f("deployment_source_pkey")),
    )
    op.create_index(
        op.f("deployment_source_deployment_id_idx"), "deployment_source", ["deployment_id"]
    )
    op.create_index(
        op.f("deployment_source_repository_sha_environment_idx"),
        "deployment_source",
        ["repository", "sha", "environment"],
    )
    op.execute(_TELLINGS)
    op.execute(_RECORDED)
