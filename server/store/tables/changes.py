"""Deployments, and the pull requests and pushes that they bring."""

from sqlalchemy import (
    ARRAY,
    Boolean,
    Column,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

from server.domain.deployment import DeploymentStatus
from server.domain.review import ReviewState
from server.store.tables.columns import (
    C_TEXT,
    at,
    count,
    edited,
    key,
    metadata,
    now,
    one_of,
    to,
    words,
)

deployment = Table(
    "deployment",
    metadata,
    key(),
    Column("source", C_TEXT, nullable=False),
    Column("external_id", C_TEXT, nullable=False),
    to("service_id", "service"),
    Column("repository", C_TEXT, nullable=False),
    Column("sha", C_TEXT, nullable=False),
    Column("ref", C_TEXT),
    Column("ref_redacted", Text),
    Column("environment", C_TEXT, nullable=False),
    *one_of("status", DeploymentStatus),
    at("started_at"),
    at("finished_at"),
    at("effective_at", nullable=False),
    to("deployer_id", "person", on_delete="SET NULL"),
    Column("url", Text),
    to("rollback_of_id", "deployment"),
    edited(),
    now("created_at"),
    UniqueConstraint("source", "external_id"),
    Index(None, "repository", "sha", "environment"),
    Index(None, "repository", "environment", "effective_at"),
    Index(None, "service_id", "effective_at", "id"),
    Index(None, "effective_at", "id"),
    Index(None, "deployer_id"),
    Index(None, "rollback_of_id"),
)
"""`effective_at` derives from the others: finished, else started, else first heard of. Source and
external id are those of the first of its tellings, in the order of `deployments_told`."""

deployment_source = Table(
    "deployment_source",
    metadata,
    Column("source", C_TEXT, nullable=False),
    Column("external_id", C_TEXT, nullable=False),
    to("deployment_id", "deployment", on_delete="CASCADE", nullable=False),
    Column("repository", C_TEXT, nullable=False, comment="in small letters, as the next two"),
    Column("sha", C_TEXT, nullable=False),
    Column("environment", C_TEXT, nullable=False),
    at("first_at", nullable=False),
    at("last_at", nullable=False),
    PrimaryKeyConstraint("source", "external_id"),
    Index(None, "deployment_id"),
    Index(None, "repository", "sha", "environment"),
)
"""What each source calls a deployment; where and when it tells of it, to see who tells of the
same."""

deployment_recorded = Table(
    "deployment_recorded",
    metadata,
    Column("external_id", C_TEXT, primary_key=True),
    Column("repository", C_TEXT, nullable=False),
    Column("sha", C_TEXT, nullable=False),
    Column("environment", C_TEXT, nullable=False),
    *one_of("status", DeploymentStatus),
    at("started_at"),
    at("finished_at"),
    Column("ref", C_TEXT),
    Column("url", Text),
    to("service_id", "service"),
    to("deployer_id", "person", on_delete="SET NULL"),
    Column("pull_requests", ARRAY(Integer), nullable=False, comment="their numbers"),
    now("created_at"),
    Index(None, "service_id"),
    Index(None, "deployer_id"),
)
"""What somebody recorded of a deployment through the API, apart from what sources tell of it."""

deployment_redirect = Table(
    "deployment_redirect",
    metadata,
    key(),
    to("deployment_id", "deployment", on_delete="CASCADE", nullable=False),
    Index(None, "deployment_id"),
)
"""Ids of deployments that turned out to be another one, and which that is."""

deployment_commit = Table(
    "deployment_commit",
    metadata,
    to("deployment_id", "deployment", on_delete="CASCADE", nullable=False),
    Column("sha", C_TEXT, nullable=False),
    PrimaryKeyConstraint("deployment_id", "sha"),
    Index(None, "sha"),
)
"""Derived from pushes: what this deployment brought since the environment's last success."""

pull_request = Table(
    "pull_request",
    metadata,
    key(),
    Column("repository", C_TEXT, nullable=False),
    Column("number", Integer, nullable=False),
    *words("title"),
    to("author_id", "person", on_delete="SET NULL"),
    to("merged_by_id", "person", on_delete="SET NULL"),
    at("merged_at"),
    Column("merge_sha", C_TEXT),
    count("additions"),
    count("deletions"),
    count("changed_files"),
    Column("url", Text),
    to("reverts_id", "pull_request", on_delete="SET NULL"),
    now("created_at"),
    UniqueConstraint("repository", "number"),
    Index(None, "merge_sha"),
    Index(None, "reverts_id"),
    Index(None, "author_id"),
    Index(None, "merged_by_id"),
)

pull_request_dependency = Table(
    "pull_request_dependency",
    metadata,
    to("pull_request_id", "pull_request", on_delete="CASCADE", nullable=False),
    to("depends_on_id", "pull_request", on_delete="CASCADE", nullable=False),
    PrimaryKeyConstraint("pull_request_id", "depends_on_id"),
    Index(None, "depends_on_id"),
)

pull_request_file = Table(
    "pull_request_file",
    metadata,
    to("pull_request_id", "pull_request", on_delete="CASCADE", nullable=False),
    Column("path", C_TEXT, nullable=False),
    count("additions"),
    count("deletions"),
    PrimaryKeyConstraint("pull_request_id", "path"),
)

review = Table(
    "review",
    metadata,
    to("pull_request_id", "pull_request", on_delete="CASCADE", nullable=False),
    Column("external_id", C_TEXT, nullable=False),
    *one_of("state", ReviewState),
    at("submitted_at", nullable=False),
    to("reviewer_id", "person", on_delete="SET NULL"),
    PrimaryKeyConstraint("pull_request_id", "external_id"),
    Index(None, "reviewer_id"),
)

deployment_pull_request = Table(
    "deployment_pull_request",
    metadata,
    to("deployment_id", "deployment", on_delete="CASCADE", nullable=False),
    to("pull_request_id", "pull_request", on_delete="CASCADE", nullable=False),
    Column("recorded", Boolean, nullable=False, comment="said so, not derived from commits"),
    PrimaryKeyConstraint("deployment_id", "pull_request_id"),
    Index(None, "pull_request_id"),
)

push = Table(
    "push",
    metadata,
    key(),
    Column("repository", C_TEXT, nullable=False),
    Column("ref", C_TEXT, nullable=False),
    Column("before", C_TEXT, nullable=False),
    Column("after", C_TEXT, nullable=False),
    Column("commits", ARRAY(Text), nullable=False),
    at("pushed_at", nullable=False),
    UniqueConstraint("repository", "ref", "before", "after"),
    Index(None, "repository", "pushed_at"),
)

deployment_told = Table(
    "deployment_told",
    metadata,
    to("deployment_id", "deployment", on_delete="CASCADE", nullable=False),
    Column("integration", C_TEXT, nullable=False),
    Column("connection", C_TEXT, nullable=False),
    PrimaryKeyConstraint("deployment_id", "integration", "connection"),
)
"""Which connections were told that a deployment ended."""
