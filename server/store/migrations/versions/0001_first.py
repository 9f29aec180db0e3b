"""Revision 0001: first."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("source", sa.Text(collation="C"), nullable=False),
        sa.Column("key", sa.Text(collation="C"), nullable=False),
        sa.Column("event", sa.Text(collation="C"), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column(
            "received_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("state", sa.Text(collation="C"), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("error", sa.Text()),
        sa.Column("processed_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint(
            "state in ('PENDING', 'DONE', 'PARKED')", name=op.f("delivery_state_check")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("delivery_pkey")),
        sa.UniqueConstraint("source", "key", name=op.f("delivery_source_key_key")),
    )
    op.create_index(
        "delivery_pending_idx",
        "delivery",
        ["received_at"],
        postgresql_where=sa.text("state = 'PENDING'"),
    )
    op.create_table(
        "idempotency",
        sa.Column(
            "subject", sa.Text(collation="C"), nullable=False, comment="the token that wrote"
        ),
        sa.Column("command", sa.Text(collation="C"), nullable=False),
        sa.Column("key", sa.Text(collation="C"), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False, comment="SHA-256 of the input"),
        sa.Column("result", sa.ARRAY(sa.UUID()), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("subject", "command", "key", name=op.f("idempotency_pkey")),
    )
    op.create_index(op.f("idempotency_created_at_idx"), "idempotency", ["created_at"])
    op.create_table(
        "incident",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("number", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("title_redacted", sa.Text()),
        sa.Column("severity", sa.Text(collation="C"), nullable=False),
        sa.Column("status", sa.Text(collation="C"), nullable=False),
        sa.Column("summary", sa.Text()),
        sa.Column("summary_redacted", sa.Text()),
        sa.Column("url", sa.Text()),
        sa.Column("started_at", sa.DateTime(timezone=True)),
        sa.Column("detected_at", sa.DateTime(timezone=True)),
        sa.Column("detected_by", sa.Text(collation="C")),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True)),
        sa.Column("identified_at", sa.DateTime(timezone=True)),
        sa.Column("mitigated_at", sa.DateTime(timezone=True)),
        sa.Column("resolved_at", sa.DateTime(timezone=True)),
        sa.Column("time_to_detect", sa.Interval()),
        sa.Column("time_to_acknowledge", sa.Interval()),
        sa.Column("time_to_mitigate", sa.Interval()),
        sa.Column("time_to_resolve", sa.Interval()),
        sa.Column("why_complete", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("sequence", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("source", sa.Text(collation="C")),
        sa.Column("external_id", sa.Text(collation="C")),
        sa.Column("status_set_at", sa.DateTime(timezone=True)),
        sa.Column("status_set_to", sa.Text(collation="C")),
        sa.Column("edited", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
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
            "detected_by in ('ERROR_RATE', 'ALERT', 'USER_REPORT', 'DEPLOYMENT_CHECK', 'OTHER')",
            name=op.f("incident_detected_by_check"),
        ),
        sa.CheckConstraint(
            "severity in ('SEV1', 'SEV2', 'SEV3', 'SEV4')", name=op.f("incident_severity_check")
        ),
        sa.CheckConstraint(
            "status in ('DECLARED', 'INVESTIGATING', 'IDENTIFIED', 'MITIGATED', 'RESOLVED')",
            name=op.f("incident_status_check"),
        ),
        sa.CheckConstraint(
            "status_set_to in ('DECLARED', 'INVESTIGATING', 'IDENTIFIED', 'MITIGATED', 'RESOLVED')",
            name=op.f("incident_status_set_to_check"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("incident_pkey")),
        sa.UniqueConstraint("number", name=op.f("incident_number_key")),
        sa.UniqueConstraint("source", "external_id", name=op.f("incident_source_external_id_key")),
    )
    op.create_index(op.f("incident_declared_at_id_idx"), "incident", ["declared_at", "id"])
    op.create_index(
        "incident_open_idx",
        "incident",
        [sa.literal_column("(status <> 'RESOLVED')"), "declared_at", "id"],
    )
    op.create_index(op.f("incident_severity_id_idx"), "incident", ["severity", "id"])
    op.create_index(op.f("incident_status_declared_at_idx"), "incident", ["status", "declared_at"])
    op.create_index(op.f("incident_updated_at_id_idx"), "incident", ["updated_at", "id"])
    op.create_table(
        "observation",
        sa.Column("source", sa.Text(collation="C"), nullable=False),
        sa.Column(
            "subject",
            sa.Text(collation="C"),
            nullable=False,
            comment="what it is about, in the source's ids",
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(collation="C"), nullable=False),
        sa.Column("facts", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint(
            "source", "subject", "at", "rank", "digest", name=op.f("observation_pkey")
        ),
    )
    op.create_table(
        "push",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("repository", sa.Text(collation="C"), nullable=False),
        sa.Column("ref", sa.Text(collation="C"), nullable=False),
        sa.Column("before", sa.Text(collation="C"), nullable=False),
        sa.Column("after", sa.Text(collation="C"), nullable=False),
        sa.Column("commits", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("pushed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("push_pkey")),
        sa.UniqueConstraint(
            "repository",
            "ref",
            "before",
            "after",
            name=op.f("push_repository_ref_before_after_key"),
        ),
    )
    op.create_index(op.f("push_repository_pushed_at_idx"), "push", ["repository", "pushed_at"])
    op.create_table(
        "team",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("slug", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column("lead_id", sa.UUID()),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("team_pkey")),
        sa.UniqueConstraint("slug", name=op.f("team_slug_key")),
    )
    op.create_index(op.f("team_lead_id_idx"), "team", ["lead_id"])
    op.create_index(op.f("team_name_id_idx"), "team", ["name", "id"])
    op.create_table(
        "feed",
        sa.Column("incident_id", sa.UUID(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("subject", sa.Text(collation="C"), nullable=False),
        sa.Column("subject_id", sa.UUID(), nullable=False),
        sa.Column("change", sa.Text(collation="C"), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint(
            "change in ('ADDED', 'REVISED', 'RETRACTED')", name=op.f("feed_change_check")
        ),
        sa.CheckConstraint(
            "subject in ('INCIDENT', 'TIMELINE', 'HYPOTHESIS', 'ATTRIBUTION', 'WHY', 'ACTION_ITEM')",
            name=op.f("feed_subject_check"),
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("feed_incident_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("incident_id", "sequence", name=op.f("feed_pkey")),
    )
    op.create_table(
        "hypothesis",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("incident_id", sa.UUID(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("statement_redacted", sa.Text()),
        sa.Column("state", sa.Text(collation="C"), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("reason_redacted", sa.Text()),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint(
            "state in ('OPEN', 'RULED_IN', 'RULED_OUT')", name=op.f("hypothesis_state_check")
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"],
            ["incident.id"],
            name=op.f("hypothesis_incident_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("hypothesis_pkey")),
    )
    op.create_index(
        op.f("hypothesis_incident_id_raised_at_id_idx"),
        "hypothesis",
        ["incident_id", "raised_at", "id"],
    )
    op.create_table(
        "person",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column("email", sa.Text(collation="C")),
        sa.Column("team_id", sa.UUID()),
        sa.Column(
            "automatic", sa.Boolean(), nullable=False, comment="made from a source, not by a person"
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["team.id"], name=op.f("person_team_id_fkey"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("person_pkey")),
        sa.UniqueConstraint("email", name=op.f("person_email_key")),
    )
    op.create_index(op.f("person_name_id_idx"), "person", ["name", "id"])
    op.create_index(op.f("person_team_id_idx"), "person", ["team_id"])
    op.create_table(
        "service",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("slug", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column("team_id", sa.UUID()),
        sa.Column(
            "automatic", sa.Boolean(), nullable=False, comment="made from a source, not by a person"
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["team.id"], name=op.f("service_team_id_fkey"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("service_pkey")),
        sa.UniqueConstraint("slug", name=op.f("service_slug_key")),
    )
    op.create_index(op.f("service_name_id_idx"), "service", ["name", "id"])
    op.create_index(op.f("service_team_id_idx"), "service", ["team_id"])
    op.create_table(
        "why",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("incident_id", sa.UUID(), nullable=False),
        sa.Column("parent_id", sa.UUID()),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("question_redacted", sa.Text()),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answer_redacted", sa.Text()),
        sa.Column("systemic", sa.Boolean(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("why_incident_id_fkey"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["why.id"], name=op.f("why_parent_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("why_pkey")),
    )
    op.create_index(op.f("why_incident_id_depth_id_idx"), "why", ["incident_id", "depth", "id"])
    op.create_index(op.f("why_parent_id_idx"), "why", ["parent_id"])
    op.create_table(
        "action_item",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("incident_id", sa.UUID(), nullable=False),
        sa.Column("why_id", sa.UUID()),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("title_redacted", sa.Text()),
        sa.Column("description", sa.Text()),
        sa.Column("description_redacted", sa.Text()),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("priority", sa.Text(collation="C"), nullable=False),
        sa.Column("owner_id", sa.UUID(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(collation="C"), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("reason_redacted", sa.Text()),
        sa.Column("completed_at", sa.DateTime(timezone=True)),
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
            "kind in ('IMMEDIATE_MITIGATION', 'PROCESS_CHANGE', 'TOOLING_IMPROVEMENT', 'ARCHITECTURAL_CHANGE', 'MONITORING')",
            name=op.f("action_item_kind_check"),
        ),
        sa.CheckConstraint(
            "priority in ('P0', 'P1', 'P2', 'P3')", name=op.f("action_item_priority_check")
        ),
        sa.CheckConstraint(
            "state in ('OPEN', 'IN_PROGRESS', 'BLOCKED', 'DONE', 'VERIFIED', 'DROPPED')",
            name=op.f("action_item_state_check"),
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"],
            ["incident.id"],
            name=op.f("action_item_incident_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["person.id"], name=op.f("action_item_owner_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["why_id"], ["why.id"], name=op.f("action_item_why_id_fkey"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("action_item_pkey")),
    )
    op.create_index(op.f("action_item_created_at_id_idx"), "action_item", ["created_at", "id"])
    op.create_index(op.f("action_item_due_on_id_idx"), "action_item", ["due_on", "id"])
    op.create_index(
        op.f("action_item_incident_id_due_on_id_idx"),
        "action_item",
        ["incident_id", "due_on", "id"],
    )
    op.create_index(op.f("action_item_owner_id_due_on_idx"), "action_item", ["owner_id", "due_on"])
    op.create_index(op.f("action_item_priority_id_idx"), "action_item", ["priority", "id"])
    op.create_index(op.f("action_item_why_id_idx"), "action_item", ["why_id"])
    op.create_table(
        "api_token",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False, comment="SHA-256 of the token"),
        sa.Column("scopes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("person_id", sa.UUID()),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True)),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("api_token_person_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("api_token_pkey")),
        sa.UniqueConstraint("hash", name=op.f("api_token_hash_key")),
    )
    op.create_index(op.f("api_token_person_id_idx"), "api_token", ["person_id"])
    op.create_table(
        "deployment",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("source", sa.Text(collation="C"), nullable=False),
        sa.Column("external_id", sa.Text(collation="C"), nullable=False),
        sa.Column("service_id", sa.UUID()),
        sa.Column("repository", sa.Text(collation="C"), nullable=False),
        sa.Column("sha", sa.Text(collation="C"), nullable=False),
        sa.Column("ref", sa.Text(collation="C")),
        sa.Column("environment", sa.Text(collation="C"), nullable=False),
        sa.Column("status", sa.Text(collation="C"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True)),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deployer_id", sa.UUID()),
        sa.Column("url", sa.Text()),
        sa.Column("rollback_of_id", sa.UUID()),
        sa.Column("edited", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "status in ('PENDING', 'IN_PROGRESS', 'SUCCESS', 'FAILURE', 'ROLLED_BACK')",
            name=op.f("deployment_status_check"),
        ),
        sa.ForeignKeyConstraint(
            ["deployer_id"],
            ["person.id"],
            name=op.f("deployment_deployer_id_fkey"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["rollback_of_id"], ["deployment.id"], name=op.f("deployment_rollback_of_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("deployment_service_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("deployment_pkey")),
        sa.UniqueConstraint(
            "source", "external_id", name=op.f("deployment_source_external_id_key")
        ),
    )
    op.create_index(op.f("deployment_deployer_id_idx"), "deployment", ["deployer_id"])
    op.create_index(op.f("deployment_effective_at_id_idx"), "deployment", ["effective_at", "id"])
    op.create_index(
        op.f("deployment_repository_environment_effective_at_idx"),
        "deployment",
        ["repository", "environment", "effective_at"],
    )
    op.create_index(
        op.f("deployment_repository_sha_environment_idx"),
        "deployment",
        ["repository", "sha", "environment"],
    )
    op.create_index(op.f("deployment_rollback_of_id_idx"), "deployment", ["rollback_of_id"])
    op.create_index(
        op.f("deployment_service_id_effective_at_id_idx"),
        "deployment",
        ["service_id", "effective_at", "id"],
    )
    op.create_table(
        "identity",
        sa.Column("provider", sa.Text(collation="C"), nullable=False),
        sa.Column("external_id", sa.Text(collation="C"), nullable=False),
        sa.Column("person_id", sa.UUID(), nullable=False),
        sa.Column("handle", sa.Text(collation="C")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("identity_person_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("provider", "external_id", name=op.f("identity_pkey")),
    )
    op.create_index(op.f("identity_person_id_idx"), "identity", ["person_id"])
    op.create_table(
        "incident_service",
        sa.Column("incident_id", sa.UUID(), nullable=False),
        sa.Column("service_id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"],
            ["incident.id"],
            name=op.f("incident_service_incident_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("incident_service_service_id_fkey")
        ),
        sa.PrimaryKeyConstraint("incident_id", "service_id", name=op.f("incident_service_pkey")),
    )
    op.create_index(
        op.f("incident_service_service_id_incident_id_idx"),
        "incident_service",
        ["service_id", "incident_id"],
    )
    op.create_table(
        "pull_request",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("repository", sa.Text(collation="C"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("title_redacted", sa.Text()),
        sa.Column("author_id", sa.UUID()),
        sa.Column("merged_by_id", sa.UUID()),
        sa.Column("merged_at", sa.DateTime(timezone=True)),
        sa.Column("merge_sha", sa.Text(collation="C")),
        sa.Column("additions", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("deletions", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("changed_files", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("url", sa.Text()),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["person.id"],
            name=op.f("pull_request_author_id_fkey"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["merged_by_id"],
            ["person.id"],
            name=op.f("pull_request_merged_by_id_fkey"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pull_request_pkey")),
        sa.UniqueConstraint(
            "repository", "number", name=op.f("pull_request_repository_number_key")
        ),
    )
    op.create_index(op.f("pull_request_author_id_idx"), "pull_request", ["author_id"])
    op.create_index(op.f("pull_request_merge_sha_idx"), "pull_request", ["merge_sha"])
    op.create_index(op.f("pull_request_merged_by_id_idx"), "pull_request", ["merged_by_id"])
    op.create_table(
        "responder",
        sa.Column("incident_id", sa.UUID(), nullable=False),
        sa.Column("person_id", sa.UUID(), nullable=False),
        sa.Column("role", sa.Text(collation="C"), nullable=False),
        sa.CheckConstraint(
            "role in ('COMMANDER', 'RESPONDER', 'PAGED', 'COMMUNICATOR')",
            name=op.f("responder_role_check"),
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"],
            ["incident.id"],
            name=op.f("responder_incident_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("responder_person_id_fkey")
        ),
        sa.PrimaryKeyConstraint("incident_id", "person_id", "role", name=op.f("responder_pkey")),
    )
    op.create_index(op.f("responder_person_id_idx"), "responder", ["person_id"])
    op.create_table(
        "service_dependency",
        sa.Column("service_id", sa.UUID(), nullable=False),
        sa.Column("depends_on_id", sa.UUID(), nullable=False),
        sa.CheckConstraint(
            "service_id <> depends_on_id", name=op.f("service_dependency_not_itself_check")
        ),
        sa.ForeignKeyConstraint(
            ["depends_on_id"],
            ["service.id"],
            name=op.f("service_dependency_depends_on_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["service.id"],
            name=op.f("service_dependency_service_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "service_id", "depends_on_id", name=op.f("service_dependency_pkey")
        ),
    )
    op.create_index(
        op.f("service_dependency_depends_on_id_idx"), "service_dependency", ["depends_on_id"]
    )
    op.create_table(
        "service_source",
        sa.Column(
            "source",
            sa.Text(collation="C"),
            nullable=False,
            comment="repository, or the paging system's name",
        ),
        sa.Column("external_id", sa.Text(collation="C"), nullable=False),
        sa.Column("service_id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["service.id"],
            name=op.f("service_source_service_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("source", "external_id", name=op.f("service_source_pkey")),
    )
    op.create_index(op.f("service_source_service_id_idx"), "service_source", ["service_id"])
    op.create_table(
        "attribution",
        sa.Column("incident_id", sa.UUID(), nullable=False),
        sa.Column("not_a_deployment", sa.Double(), server_default=sa.text("1"), nullable=False),
        sa.Column("model", sa.Text(collation="C"), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True)),
        sa.Column("verdict_kind", sa.Text(collation="C")),
        sa.Column("verdict_deployment_id", sa.UUID()),
        sa.Column("verdict_by_id", sa.UUID()),
        sa.Column("verdict_at", sa.DateTime(timezone=True)),
        sa.Column("verdict_reason", sa.Text()),
        sa.Column("verdict_reason_redacted", sa.Text()),
        sa.Column("linked_id", sa.UUID()),
        sa.CheckConstraint(
            "verdict_kind in ('CAUSED_BY_DEPLOYMENT', 'NOT_A_DEPLOYMENT')",
            name=op.f("attribution_verdict_kind_check"),
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"],
            ["incident.id"],
            name=op.f("attribution_incident_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["linked_id"], ["deployment.id"], name=op.f("attribution_linked_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["verdict_by_id"],
            ["person.id"],
            name=op.f("attribution_verdict_by_id_fkey"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["verdict_deployment_id"],
            ["deployment.id"],
            name=op.f("attribution_verdict_deployment_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("incident_id", name=op.f("attribution_pkey")),
    )
    op.create_index(op.f("attribution_linked_id_idx"), "attribution", ["linked_id"])
    op.create_index(op.f("attribution_verdict_by_id_idx"), "attribution", ["verdict_by_id"])
    op.create_index(
        op.f("attribution_verdict_deployment_id_idx"), "attribution", ["verdict_deployment_id"]
    )
    op.create_table(
        "attribution_candidate",
        sa.Column("incident_id", sa.UUID(), nullable=False),
        sa.Column("deployment_id", sa.UUID(), nullable=False),
        sa.Column("probability", sa.Double(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("evidence", postgresql.JSONB(), nullable=False),
        sa.Column(
            "evidence_redacted",
            postgresql.JSONB(
                none_as_null=True,
            ),
        ),
        sa.ForeignKeyConstraint(
            ["deployment_id"],
            ["deployment.id"],
            name=op.f("attribution_candidate_deployment_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"],
            ["incident.id"],
            name=op.f("attribution_candidate_incident_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "incident_id", "deployment_id", name=op.f("attribution_candidate_pkey")
        ),
    )
    op.create_index(
        op.f("attribution_candidate_deployment_id_idx"), "attribution_candidate", ["deployment_id"]
    )
    op.create_index(
        op.f("attribution_candidate_incident_id_rank_idx"),
        "attribution_candidate",
        ["incident_id", "rank"],
    )
    op.create_table(
        "deployment_commit",
        sa.Column("deployment_id", sa.UUID(), nullable=False),
        sa.Column("sha", sa.Text(collation="C"), nullable=False),
        sa.ForeignKeyConstraint(
            ["deployment_id"],
            ["deployment.id"],
            name=op.f("deployment_commit_deployment_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("deployment_id", "sha", name=op.f("deployment_commit_pkey")),
    )
    op.create_index(op.f("deployment_commit_sha_idx"), "deployment_commit", ["sha"])
    op.create_table(
        "deployment_pull_request",
        sa.Column("deployment_id", sa.UUID(), nullable=False),
        sa.Column("pull_request_id", sa.UUID(), nullable=False),
        sa.Column(
            "recorded", sa.Boolean(), nullable=False, comment="said so, not derived from commits"
        ),
        sa.ForeignKeyConstraint(
            ["deployment_id"],
            ["deployment.id"],
            name=op.f("deployment_pull_request_deployment_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["pull_request_id"],
            ["pull_request.id"],
            name=op.f("deployment_pull_request_pull_request_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "deployment_id", "pull_request_id", name=op.f("deployment_pull_request_pkey")
        ),
    )
    op.create_index(
        op.f("deployment_pull_request_pull_request_id_idx"),
        "deployment_pull_request",
        ["pull_request_id"],
    )
    op.create_table(
        "pull_request_dependency",
        sa.Column("pull_request_id", sa.UUID(), nullable=False),
        sa.Column("depends_on_id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["depends_on_id"],
            ["pull_request.id"],
            name=op.f("pull_request_dependency_depends_on_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["pull_request_id"],
            ["pull_request.id"],
            name=op.f("pull_request_dependency_pull_request_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "pull_request_id", "depends_on_id", name=op.f("pull_request_dependency_pkey")
        ),
    )
    op.create_index(
        op.f("pull_request_dependency_depends_on_id_idx"),
        "pull_request_dependency",
        ["depends_on_id"],
    )
    op.create_table(
        "suspect",
        sa.Column("incident_id", sa.UUID(), nullable=False),
        sa.Column("deployment_id", sa.UUID(), nullable=False),
        sa.Column("probability", sa.Double(), nullable=False),
        sa.Column("verdict", sa.Text(collation="C")),
        sa.CheckConstraint(
            "verdict in ('CAUSED_BY_DEPLOYMENT', 'NOT_A_DEPLOYMENT')",
            name=op.f("suspect_verdict_check"),
        ),
        sa.ForeignKeyConstraint(
            ["deployment_id"],
            ["deployment.id"],
            name=op.f("suspect_deployment_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"],
            ["incident.id"],
            name=op.f("suspect_incident_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("deployment_id", "incident_id", name=op.f("suspect_pkey")),
    )
    op.create_index(op.f("suspect_incident_id_idx"), "suspect", ["incident_id"])
    op.create_table(
        "timeline_entry",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("incident_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("known_at", sa.DateTime(timezone=True)),
        sa.Column("source", sa.Text(collation="C"), nullable=False),
        sa.Column("external_id", sa.Text(collation="C")),
        sa.Column("actor_id", sa.UUID()),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("body_redacted", sa.Text()),
        sa.Column("url", sa.Text()),
        sa.Column("deployment_id", sa.UUID()),
        sa.Column("hypothesis_id", sa.UUID()),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("retracted", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("touched", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint(
            "kind in ('DEPLOYMENT', 'ANOMALY', 'DECLARED', 'PAGED', 'ACKNOWLEDGED', 'HYPOTHESIS', 'ROOT_CAUSE', 'MITIGATION', 'RECOVERY', 'STATUS', 'MESSAGE', 'NOTE')",
            name=op.f("timeline_entry_kind_check"),
        ),
        sa.ForeignKeyConstraint(
            ["actor_id"],
            ["person.id"],
            name=op.f("timeline_entry_actor_id_fkey"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["deployment_id"],
            ["deployment.id"],
            name=op.f("timeline_entry_deployment_id_fkey"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["hypothesis_id"],
            ["hypothesis.id"],
            name=op.f("timeline_entry_hypothesis_id_fkey"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"],
            ["incident.id"],
            name=op.f("timeline_entry_incident_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("timeline_entry_pkey")),
        sa.UniqueConstraint(
            "incident_id",
            "source",
            "external_id",
            name=op.f("timeline_entry_incident_id_source_external_id_key"),
        ),
    )
    op.create_index(op.f("timeline_entry_actor_id_idx"), "timeline_entry", ["actor_id"])
    op.create_index(op.f("timeline_entry_deployment_id_idx"), "timeline_entry", ["deployment_id"])
    op.create_index(op.f("timeline_entry_hypothesis_id_idx"), "timeline_entry", ["hypothesis_id"])
    op.create_index(
        op.f("timeline_entry_incident_id_occurred_at_id_idx"),
        "timeline_entry",
        ["incident_id", "occurred_at", "id"],
    )
    op.create_table(
        "hypothesis_evidence",
        sa.Column("hypothesis_id", sa.UUID(), nullable=False),
        sa.Column("entry_id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["timeline_entry.id"],
            name=op.f("hypothesis_evidence_entry_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["hypothesis_id"],
            ["hypothesis.id"],
            name=op.f("hypothesis_evidence_hypothesis_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("hypothesis_id", "entry_id", name=op.f("hypothesis_evidence_pkey")),
    )
    op.create_index(op.f("hypothesis_evidence_entry_id_idx"), "hypothesis_evidence", ["entry_id"])
    op.create_table(
        "timeline_revision",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("entry_id", sa.UUID(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.UUID()),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("body_redacted", sa.Text()),
        sa.CheckConstraint(
            "kind in ('DEPLOYMENT', 'ANOMALY', 'DECLARED', 'PAGED', 'ACKNOWLEDGED', 'HYPOTHESIS', 'ROOT_CAUSE', 'MITIGATION', 'RECOVERY', 'STATUS', 'MESSAGE', 'NOTE')",
            name=op.f("timeline_revision_kind_check"),
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["person.id"], name=op.f("timeline_revision_by_id_fkey"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["timeline_entry.id"],
            name=op.f("timeline_revision_entry_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("timeline_revision_pkey")),
    )
    op.create_index(op.f("timeline_revision_by_id_idx"), "timeline_revision", ["by_id"])
    op.create_index(
        op.f("timeline_revision_entry_id_at_id_idx"), "timeline_revision", ["entry_id", "at", "id"]
    )
    op.create_table(
        "why_evidence",
        sa.Column("why_id", sa.UUID(), nullable=False),
        sa.Column("entry_id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["timeline_entry.id"],
            name=op.f("why_evidence_entry_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["why_id"], ["why.id"], name=op.f("why_evidence_why_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("why_id", "entry_id", name=op.f("why_evidence_pkey")),
    )
    op.create_index(op.f("why_evidence_entry_id_idx"), "why_evidence", ["entry_id"])
    op.create_foreign_key(
        "team_lead_id_fkey", "team", "person", ["lead_id"], ["id"], ondelete="SET NULL"
    )
