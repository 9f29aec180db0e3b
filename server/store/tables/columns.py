"""The kinds of columns that the tables are made of, and the metadata that gathers them."""

from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ARRAY,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Integer,
    MetaData,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

metadata = MetaData(
    naming_convention={
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ck": "%(table_name)s_%(constraint_name)s_check",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "pk": "%(table_name)s_pkey",
    }
)

C_TEXT = Text(collation="C")


def key() -> Column[Any]:
    return Column("id", UUID, primary_key=True)


def to(name: str, target: str, *, on_delete: str | None = None, **options: Any) -> Column[Any]:
    """A reference to another table's id."""
    return Column(name, UUID, ForeignKey(f"{target}.id", ondelete=on_delete), **options)


def at(name: str, *, nullable: bool = True) -> Column[Any]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


def now(name: str) -> Column[Any]:
    return Column(name, DateTime(timezone=True), nullable=False, server_default=func.now())


def words(name: str, *, nullable: bool = False) -> tuple[Column[Any], Column[Any]]:
    """A text somebody wrote, and its rendering without names where that differs."""
    return Column(name, Text, nullable=nullable), Column(f"{name}_redacted", Text)


def said(name: str, *, nullable: bool = False) -> tuple[Column[Any], ...]:
    """A text that people write, with its rendering and what is found in the language of both.

    Findings are null where nobody judged: the words are a source's.
    """
    findings = f"{name}_findings"
    return (
        *words(name, nullable=nullable),
        Column(findings, JSONB(none_as_null=True)),
        Column(f"{findings}_redacted", JSONB(none_as_null=True)),
    )


def one_of(
    name: str, terms: type[StrEnum], *, nullable: bool = False
) -> tuple[Column[Any], CheckConstraint]:
    """A column that holds one word of an enum."""
    labels = ", ".join(f"'{term.value}'" for term in terms)
    return (
        Column(name, C_TEXT, nullable=nullable),
        CheckConstraint(f"{name} in ({labels})", name=name),
    )


def flag(name: str) -> Column[Any]:
    return Column(name, Boolean, nullable=False, server_default=text("false"))


def count(name: str) -> Column[Any]:
    return Column(name, Integer, nullable=False, server_default=text("0"))


def version() -> Column[Any]:
    """How often the texts of a row were changed: what an edit of them is based on."""
    return Column("version", Integer, nullable=False, server_default=text("1"))


def edited() -> Column[Any]:
    """The columns a person has set: no observation overwrites them."""
    return Column("edited", ARRAY(Text), nullable=False, server_default=text("'{}'"))
