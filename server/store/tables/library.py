"""The library: what is searched of the incidents that it holds."""

from sqlalchemy import DDL, Column, Computed, ForeignKey, Index, Table, event
from sqlalchemy.dialects.postgresql import TSVECTOR, UUID

from server.store.tables.columns import C_TEXT, at, metadata, words

_WEIGHTS = {"title": "A", "causes": "B", "lessons": "C", "rest": "D"}
"""What stands where says more, the earlier in the alphabet: titles, then causes, then lessons."""

_INDEXED = 40_000
"""How much of each text is searched by its words: far from what a `tsvector` can hold."""

_SPELLED = 4000
"""How much of titles and causes is searched by spelling."""


def _read(name: str, *, named: bool) -> str:
    return name if named else f"coalesce({name}_redacted, {name})"


def _words(*, named: bool) -> Computed:
    """The words of all texts, each with its weight."""
    read = {name: f"left({_read(name, named=named)}, {_INDEXED})" for name in _WEIGHTS}
    weighted = (
        f"setweight(to_tsvector('english', {read[name]}), '{weight}')"
        for name, weight in _WEIGHTS.items()
    )
    return Computed(" || ".join(weighted), persisted=True)


def _spelling(*, named: bool) -> Computed:
    title, causes = (_read(name, named=named) for name in ("title", "causes"))
    return Computed(f"left({title} || ' ' || {causes}, {_SPELLED})", persisted=True)


library_entry = Table(
    "library_entry",
    metadata,
    Column("incident_id", UUID, ForeignKey("incident.id", ondelete="CASCADE"), primary_key=True),
    at("published_at"),
    *words("title"),
    *words("causes"),
    *words("lessons"),
    *words("rest"),
    Column("words", TSVECTOR, _words(named=True), nullable=False),
    Column("nameless_words", TSVECTOR, _words(named=False), nullable=False),
    Column("spelling", C_TEXT, _spelling(named=True), nullable=False),
    Column("nameless_spelling", C_TEXT, _spelling(named=False), nullable=False),
    Index(None, "words", postgresql_using="gin"),
    Index(None, "nameless_words", postgresql_using="gin"),
    *(
        Index(None, name, postgresql_using="gin", postgresql_ops={name: "gin_trgm_ops"})
        for name in ("spelling", "nameless_spelling")
    ),
)
"""Derived from the incident's texts, whys and post-mortem. `published_at` is null where it is not
to be found. Who may not see people searches what is nameless, which derives from the renderings: so
nobody learns by searching for a name that a text has it."""

event.listen(
    metadata,
    "before_create",
    DDL("create extension if not exists pg_trgm"),  # type: ignore[no-untyped-call]
)
