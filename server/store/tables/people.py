"""People, teams and services, and the names that other systems give them."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    Table,
    text,
)
from sqlalchemy.dialects.postgresql import UUID

from server.domain.catalog import OtherName
from server.store.tables.columns import C_TEXT, count, key, metadata, now, one_of, to

team = Table(
    "team",
    metadata,
    key(),
    Column("slug", C_TEXT, nullable=False, unique=True),
    Column("name", C_TEXT, nullable=False),
    Column(
        "lead_id",
        UUID,
        ForeignKey("person.id", name="team_lead_id_fkey", use_alter=True, ondelete="SET NULL"),
    ),
    Column(
        "automatic",
        Boolean,
        nullable=False,
        server_default=text("false"),
        comment="made from a source, not by a person",
    ),
    now("created_at"),
    Index(None, "name", "id"),
    Index(None, "lead_id"),
)

team_source = Table(
    "team_source",
    metadata,
    Column("source", C_TEXT, nullable=False),
    Column("external_id", C_TEXT, nullable=False),
    to("team_id", "team", on_delete="CASCADE", nullable=False),
    PrimaryKeyConstraint("source", "external_id"),
    Index(None, "team_id"),
)

person = Table(
    "person",
    metadata,
    key(),
    Column("name", C_TEXT, nullable=False),
    Column("email", C_TEXT, unique=True),
    to("team_id", "team", on_delete="SET NULL"),
    Column("automatic", Boolean, nullable=False, comment="made from a source, not by a person"),
    now("created_at"),
    Index(None, "name", "id"),
    Index(None, "team_id"),
)

identity = Table(
    "identity",
    metadata,
    Column("provider", C_TEXT, nullable=False),
    Column("external_id", C_TEXT, nullable=False),
    to("person_id", "person", on_delete="CASCADE", nullable=False),
    Column("handle", C_TEXT),
    PrimaryKeyConstraint("provider", "external_id"),
    Index(None, "person_id"),
)

other_name = Table(
    "other_name",
    metadata,
    to("person_id", "person", on_delete="CASCADE", nullable=False),
    *one_of("kind", OtherName),
    Column("name", C_TEXT, nullable=False),
    PrimaryKeyConstraint("person_id", "kind", "name"),
)
"""What a person is called besides their name, and was called before: texts may call them so."""

address = Table(
    "address",
    metadata,
    Column("email", C_TEXT, nullable=False),
    Column("provider", C_TEXT, nullable=False),
    Column("external_id", C_TEXT, nullable=False),
    PrimaryKeyConstraint("email", "provider", "external_id"),
    ForeignKeyConstraint(
        ["provider", "external_id"],
        ["identity.provider", "identity.external_id"],
        name="address_identity_fkey",
        ondelete="CASCADE",
    ),
    Index(None, "provider", "external_id"),
)
"""Every address that a source ever verified of an identity: by them identities are joined."""

people_version = Table(
    "people_version",
    metadata,
    Column("single", Boolean, primary_key=True, server_default=text("true")),
    CheckConstraint("single", name="single"),
    count("version"),
)
"""One row, which grows with every change of how people are told of: their names, teams and
identities, and the renderings of texts without them."""

service = Table(
    "service",
    metadata,
    key(),
    Column("slug", C_TEXT, nullable=False, unique=True),
    Column("name", C_TEXT, nullable=False),
    to("team_id", "team", on_delete="SET NULL"),
    Column("automatic", Boolean, nullable=False, comment="made from a source, not by a person"),
    now("created_at"),
    Index(None, "name", "id"),
    Index(None, "team_id"),
)

service_source = Table(
    "service_source",
    metadata,
    Column("source", C_TEXT, nullable=False, comment="repository, or the paging system's name"),
    Column("external_id", C_TEXT, nullable=False),
    to("service_id", "service", on_delete="CASCADE", nullable=False),
    PrimaryKeyConstraint("source", "external_id"),
    Index(None, "service_id"),
)

service_dependency = Table(
    "service_dependency",
    metadata,
    to("service_id", "service", on_delete="CASCADE", nullable=False),
    to("depends_on_id", "service", on_delete="CASCADE", nullable=False),
    PrimaryKeyConstraint("service_id", "depends_on_id"),
    CheckConstraint("service_id <> depends_on_id", name="not_itself"),
    Index(None, "depends_on_id"),
)
