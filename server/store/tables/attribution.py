"""Which deployment caused an incident."""

from sqlalchemy import Column, Double, ForeignKey, Index, Integer, PrimaryKeyConstraint, Table, text
from sqlalchemy.dialects.postgresql import JSONB, UUID

from server.domain.attribution import VerdictKind
from server.store.tables.columns import C_TEXT, at, metadata, one_of, to, words

attribution = Table(
    "attribution",
    metadata,
    Column("incident_id", UUID, ForeignKey("incident.id", ondelete="CASCADE"), primary_key=True),
    Column("not_a_deployment", Double, nullable=False, server_default=text("1")),
    Column("model", C_TEXT, nullable=False),
    at("computed_at"),
    *one_of("verdict_kind", VerdictKind, nullable=True),
    to("verdict_deployment_id", "deployment"),
    to("verdict_by_id", "person", on_delete="SET NULL"),
    at("verdict_at"),
    *words("verdict_reason", nullable=True),
    to("linked_id", "deployment"),
    Index(None, "linked_id"),
    Index(None, "verdict_deployment_id"),
    Index(None, "verdict_by_id"),
)
"""`linked_id` derives from the verdict and the candidates."""

attribution_candidate = Table(
    "attribution_candidate",
    metadata,
    to("incident_id", "incident", on_delete="CASCADE", nullable=False),
    to("deployment_id", "deployment", on_delete="CASCADE", nullable=False),
    Column("probability", Double, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("evidence", JSONB, nullable=False),
    Column("evidence_redacted", JSONB(none_as_null=True)),
    PrimaryKeyConstraint("incident_id", "deployment_id"),
    Index(None, "incident_id", "rank"),
    Index(None, "deployment_id"),
)

suspect = Table(
    "suspect",
    metadata,
    to("incident_id", "incident", on_delete="CASCADE", nullable=False),
    to("deployment_id", "deployment", on_delete="CASCADE", nullable=False),
    Column("probability", Double, nullable=False),
    *one_of("verdict", VerdictKind, nullable=True),
    PrimaryKeyConstraint("deployment_id", "incident_id"),
    Index(None, "incident_id"),
)
"""Derived from the candidates and the verdict: what a deployment is suspected of."""
