"""Incidents, their feeds and timelines, and what was thought of their causes."""

from sqlalchemy import (
    ARRAY,
    Boolean,
    Column,
    Double,
    Identity,
    Index,
    Integer,
    Interval,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import UUID

from server.domain.feed import FeedChange, FeedSubject
from server.domain.hypothesis import HypothesisState
from server.domain.incident import IncidentStatus, ResponderRole, Severity, Signal
from server.domain.moments import MomentKind
from server.domain.timeline import TimelineKind
from server.store.tables.columns import (
    C_TEXT,
    at,
    count,
    edited,
    flag,
    key,
    metadata,
    now,
    one_of,
    said,
    to,
    version,
    words,
)

incident = Table(
    "incident",
    metadata,
    key(),
    Column("number", Integer, Identity(), nullable=False, unique=True),
    *said("title"),
    *one_of("severity", Severity),
    *one_of("status", IncidentStatus),
    *said("summary", nullable=True),
    Column("url", Text),
    at("started_at"),
    at("detected_at"),
    *one_of("detected_by", Signal, nullable=True),
    at("declared_at", nullable=False),
    at("acknowledged_at"),
    at("identified_at"),
    at("mitigated_at"),
    at("resolved_at"),
    Column("time_to_detect", Interval),
    Column("time_to_acknowledge", Interval),
    Column("time_to_mitigate", Interval),
    Column("time_to_resolve", Interval),
    Column("why_complete", Boolean, nullable=False, server_default=text("false")),
    count("sequence"),
    Column("source", C_TEXT),
    Column("external_id", C_TEXT),
    at("status_set_at"),
    *one_of("status_set_to", IncidentStatus, nullable=True),
    edited(),
    version(),
    to("merged_into_id", "incident"),
    at("merged_at"),
    to("merged_by_id", "person", on_delete="SET NULL"),
    now("created_at"),
    now("updated_at"),
    UniqueConstraint("source", "external_id"),
    Index("incident_address_idx", text("hashtextextended(url, 0)")),
    Index(None, "merged_into_id"),
    Index(None, "merged_by_id"),
    Index(None, "declared_at", "id"),
    Index(None, "updated_at", "id"),
    Index(None, "severity", "id"),
    Index(None, "status", "declared_at"),
    Index(
        "incident_open_idx",
        text(f"(status <> '{IncidentStatus.RESOLVED.value}')"),
        "declared_at",
        "id",
    ),
)
"""`time_to_…` and `why_complete` derive from the moments and the whys. `sequence` is the newest
position of its feed. `status_set_to` and `status_set_at` are a person's last word on its status.
`merged_into_id` is the incident that stands for this one since they were merged; it is part of no
other itself."""

likely_same = Table(
    "likely_same",
    metadata,
    to("incident_id", "incident", on_delete="CASCADE", nullable=False),
    to("other_id", "incident", on_delete="CASCADE", nullable=False),
    Column("score", Double, nullable=False),
    Column("reason", Text, nullable=False),
    PrimaryKeyConstraint("incident_id", "other_id"),
    Index(None, "other_id"),
)
"""Incidents that may be records of one; each pair stands here both ways round."""

similar = Table(
    "similar",
    metadata,
    to("incident_id", "incident", on_delete="CASCADE", nullable=False),
    to("other_id", "incident", on_delete="CASCADE", nullable=False),
    Column("score", Double, nullable=False),
    Column("rank", Integer, nullable=False),
    *words("reason"),
    PrimaryKeyConstraint("incident_id", "other_id"),
    Index(None, "incident_id", "rank"),
    Index(None, "other_id"),
)
"""The incidents that are most like each one; `rank` derives from the scores. A pair may stand here
one way round only: each incident has its own ten. The reason is made of texts without names, yet
who becomes known later may be in it."""

page_merge = Table(
    "page_merge",
    metadata,
    Column("source", C_TEXT, nullable=False),
    Column("external_id", C_TEXT, nullable=False),
    Column("into_id", C_TEXT, nullable=False, comment="the other page, in the source's ids"),
    PrimaryKeyConstraint("source", "external_id", "into_id"),
    Index(None, "source", "into_id"),
)
"""Pages that became part of another one at the paging system, which may not be known yet."""

page_resolved = Table(
    "page_resolved",
    metadata,
    Column("source", C_TEXT, nullable=False),
    Column("external_id", C_TEXT, nullable=False),
    at("word_at", nullable=False),
    PrimaryKeyConstraint("source", "external_id"),
)
"""Pages that we resolved at the paging system, each for a person's word of that time."""

incident_service = Table(
    "incident_service",
    metadata,
    to("incident_id", "incident", on_delete="CASCADE", nullable=False),
    to("service_id", "service", nullable=False),
    PrimaryKeyConstraint("incident_id", "service_id"),
    Index(None, "service_id", "incident_id"),
)

responder = Table(
    "responder",
    metadata,
    to("incident_id", "incident", on_delete="CASCADE", nullable=False),
    to("person_id", "person", nullable=False),
    *one_of("role", ResponderRole),
    PrimaryKeyConstraint("incident_id", "person_id", "role"),
    Index(None, "person_id"),
)

feed = Table(
    "feed",
    metadata,
    to("incident_id", "incident", on_delete="CASCADE", nullable=False),
    Column("sequence", Integer, nullable=False),
    *one_of("subject", FeedSubject),
    Column("subject_id", UUID, nullable=False),
    *one_of("change", FeedChange),
    now("at"),
    PrimaryKeyConstraint("incident_id", "sequence"),
)

hypothesis = Table(
    "hypothesis",
    metadata,
    key(),
    to("incident_id", "incident", on_delete="CASCADE", nullable=False),
    *said("statement"),
    *one_of("state", HypothesisState),
    *said("reason", nullable=True),
    at("raised_at", nullable=False),
    at("settled_at"),
    Index(None, "incident_id", "raised_at", "id"),
)

timeline_entry = Table(
    "timeline_entry",
    metadata,
    key(),
    to("incident_id", "incident", on_delete="CASCADE", nullable=False),
    *one_of("kind", TimelineKind),
    at("occurred_at", nullable=False),
    at("recorded_at", nullable=False),
    at("known_at"),
    Column("source", C_TEXT, nullable=False),
    Column("external_id", C_TEXT),
    to("actor_id", "person", on_delete="SET NULL"),
    *said("body"),
    Column("url", Text),
    to("deployment_id", "deployment", on_delete="SET NULL"),
    to("hypothesis_id", "hypothesis", on_delete="SET NULL"),
    Column("sequence", Integer, nullable=False),
    flag("retracted"),
    flag("touched"),
    UniqueConstraint("incident_id", "source", "external_id"),
    Index(None, "incident_id", "occurred_at", "id"),
    Index(None, "deployment_id"),
    Index(None, "hypothesis_id"),
    Index(None, "actor_id"),
)
"""`touched`: a person revised or retracted it, so no observation changes it any more."""

timeline_revision = Table(
    "timeline_revision",
    metadata,
    key(),
    to("entry_id", "timeline_entry", on_delete="CASCADE", nullable=False),
    at("at", nullable=False),
    to("by_id", "person", on_delete="SET NULL"),
    *one_of("kind", TimelineKind),
    at("occurred_at", nullable=False),
    at("known_at"),
    *words("body"),
    Column("url", Text),
    Index(None, "entry_id", "at", "id"),
    Index(None, "by_id"),
)

moment = Table(
    "moment",
    metadata,
    to("incident_id", "incident", on_delete="CASCADE", nullable=False),
    *one_of("kind", MomentKind),
    Column("place", Integer, nullable=False),
    to("entry_id", "timeline_entry", on_delete="SET NULL"),
    flag("missing"),
    Column("questions", ARRAY(Text), nullable=False),
    PrimaryKeyConstraint("incident_id", "kind"),
    Index(None, "entry_id"),
)
"""The moments of each incident; all of it derives from its timeline, hypotheses and attribution."""

hypothesis_evidence = Table(
    "hypothesis_evidence",
    metadata,
    to("hypothesis_id", "hypothesis", on_delete="CASCADE", nullable=False),
    to("entry_id", "timeline_entry", on_delete="CASCADE", nullable=False),
    PrimaryKeyConstraint("hypothesis_id", "entry_id"),
    Index(None, "entry_id"),
)
