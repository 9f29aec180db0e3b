"""The library as it is written, and searched."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Column,
    ColumnElement,
    Double,
    Integer,
    Select,
    Text,
    and_,
    any_,
    bindparam,
    case,
    cast,
    func,
    literal,
    literal_column,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import UUID as SQL_UUID
from sqlalchemy.dialects.postgresql import aggregate_order_by, insert

from server.domain.feed import FeedSubject
from server.domain.library import END, MATCH
from server.domain.postmortem import PostmortemState
from server.store.database import Database, Row, Transaction
from server.store.tables import incident, library_entry, postmortem, why
from server.store.views.incident import INCIDENTS, STANDS
from server.store.views.sight import SEES_INCIDENTS, moment, told

# ── what is searchable ───────────────────────────────────────────────────────

_APART = literal(" … ", Text)


def _nameless(column: Column[Any]) -> ColumnElement[Any]:
    return func.coalesce(column.table.c[f"{column.name}_redacted"], column)


def _joined(*texts: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.concat_ws(_APART, *texts)


def _answers(answer: ColumnElement[Any]) -> ColumnElement[Any]:
    """All answers of an incident's whys, from the first question down."""
    joined = func.string_agg(answer, aggregate_order_by(_APART, why.c.depth, why.c.id))
    of_incident = select(joined).where(why.c.incident_id == incident.c.id).correlate(incident)
    return func.coalesce(of_incident.scalar_subquery(), literal("", Text))


_PUBLISHED = postmortem.c.state == PostmortemState.PUBLISHED.value
_REST = (postmortem.c.summary, postmortem.c.impact, incident.c.summary)

_CONTENTS: Mapping[str, ColumnElement[Any]] = {
    "incident_id": incident.c.id,
    "published_at": case((and_(STANDS, _PUBLISHED), postmortem.c.published_at)),
    "title": incident.c.title,
    "title_redacted": incident.c.title_redacted,
    "causes": _answers(why.c.answer),
    "causes_redacted": _answers(_nameless(why.c.answer)),
    "lessons": _joined(postmortem.c.lessons),
    "lessons_redacted": _joined(_nameless(postmortem.c.lessons)),
    "rest": _joined(*_REST),
    "rest_redacted": _joined(*map(_nameless, _REST)),
}
"""What the library holds of an incident, and since when it is to be found."""


SHELVED = frozenset(
    {FeedSubject.INCIDENT, FeedSubject.WHY, FeedSubject.POSTMORTEM, FeedSubject.MERGER}
)
"""Whose changes may change that."""


def _write() -> Any:
    contents = (
        select(*(each.label(name) for name, each in _CONTENTS.items()))
        .outerjoin_from(incident, postmortem, postmortem.c.incident_id == incident.c.id)
        .where(incident.c.id == any_(bindparam("incidents", type_=ARRAY(SQL_UUID))))
    )
    contents = contents.order_by(incident.c.id)  # All who write lock in one order.
    adding = insert(library_entry).from_select(list(_CONTENTS), contents)
    kept = {name: adding.excluded[name] for name in _CONTENTS if name != "incident_id"}
    return adding.on_conflict_do_update(index_elements=["incident_id"], set_=kept)


_WRITE = _write()


async def write(tx: Transaction, incidents: Collection[UUID]) -> None:
    """Bring what the library holds of these incidents up to date."""
    await tx.run(_WRITE, incidents=sorted(incidents))


# ── searching ────────────────────────────────────────────────────────────────


class Way(StrEnum):
    """How what is searched for is compared: by its words, else by how it is spelled."""

    WORDS = "words"
    SPELLING = "spelling"


@dataclass(frozen=True, slots=True)
class Search:
    """What is searched for, by whom, and which of it: filters by their names in `_FILTERS`."""

    query: str
    rights: Mapping[str, object]
    filters: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Place:
    """A position among what was found: the most telling first."""

    rank: float
    incident_id: UUID


_ENGLISH: ColumnElement[Any] = literal_column("'english'::regconfig")
_QUERY = bindparam("query", type_=Text)
_WANTED = func.websearch_to_tsquery(_ENGLISH, _QUERY)
_WEIGHTS: ColumnElement[Any] = literal_column("'{0.1, 0.2, 0.4, 1.0}'::float4[]")
"""What a word counts in the rest, in lessons, causes and titles."""


@dataclass(frozen=True, slots=True)
class _Shape:
    """What a statement is made for; values of the same shape share it."""

    way: Way
    named: bool
    filters: frozenset[str]
    resumed: bool = False

    @property
    def words(self) -> ColumnElement[Any]:
        """The words that the viewer may search."""
        return library_entry.c.words if self.named else library_entry.c.nameless_words

    @property
    def spelling(self) -> ColumnElement[Any]:
        """The text whose spelling the viewer may search."""
        return library_entry.c.spelling if self.named else library_entry.c.nameless_spelling

    def found(self) -> Select[Any]:
        """The incidents that are found, and how much each says of what is searched for."""
        if self.way is Way.WORDS:
            rank, fits = func.ts_rank(_WEIGHTS, self.words, _WANTED), self.words.op("@@")(_WANTED)
        else:
            rank = func.word_similarity(_QUERY, self.spelling)
            fits = _QUERY.op("<%", is_comparison=True)(self.spelling)
        return (
            select(library_entry.c.incident_id, cast(rank, Double).label("rank"))
            .join(incident, incident.c.id == library_entry.c.incident_id)
            .where(SEES_INCIDENTS, fits, library_entry.c.published_at.is_not(None))
            .where(*(self._filter(name) for name in sorted(self.filters)))
        )

    def _filter(self, name: str) -> ColumnElement[bool]:
        if name != "cause":
            return _FILTERS[name]
        wanted = func.websearch_to_tsquery(_ENGLISH, bindparam("cause", type_=Text))
        return func.ts_filter(self.words, literal_column("'{b}'::\"char\"[]")).op("@@")(wanted)


_FILTERS: Mapping[str, ColumnElement[bool]] = {
    **{name: INCIDENTS[name] for name in ("services", "teams", "severity")},
    "published_after": library_entry.c.published_at > moment("published_after"),
    "published_before": library_entry.c.published_at < moment("published_before"),
}

_MARKS = f"StartSel={MATCH}, StopSel={END}"
_WHOLE = literal(f"HighlightAll=true, {_MARKS}", Text)
_PASSAGES = literal(f"MaxFragments=2, MaxWords=24, MinWords=12, {_MARKS}", Text)
_BODY = func.concat_ws(
    _APART,
    *(func.nullif(told(library_entry.c[name]), "") for name in ("causes", "lessons", "rest")),
)


@cache
def _page(shape: _Shape) -> Select[Any]:
    found = shape.found().cte("found")
    total = select(func.count()).select_from(found).scalar_subquery().label("total")
    place = tuple_(found.c.rank, found.c.incident_id)
    after = tuple_(bindparam("rank", type_=Double), bindparam("incident", type_=SQL_UUID))
    page = select(found).order_by(found.c.rank.desc(), found.c.incident_id.desc())
    page = page.limit(bindparam("most", type_=Integer))
    shown = (page.where(place < after) if shape.resumed else page).subquery("shown")
    return (
        select(
            shown,
            postmortem.c.id.label("postmortem_id"),
            total,
            func.ts_headline(_ENGLISH, told(library_entry.c.title), _WANTED, _WHOLE).label("title"),
            func.ts_headline(_ENGLISH, _BODY, _WANTED, _PASSAGES).label("passage"),
        )
        .join(library_entry, library_entry.c.incident_id == shown.c.incident_id)
        .join(postmortem, postmortem.c.incident_id == shown.c.incident_id)
        .order_by(shown.c.rank.desc(), shown.c.incident_id.desc())
    )


@cache
def _count(shape: _Shape) -> Select[Any]:
    return select(func.count()).select_from(shape.found().subquery("found"))


async def page(
    database: Database, search: Search, way: Way, after: Place | None, most: int
) -> Sequence[Row]:
    """Up to `most` findings, the most telling first, with their title and a passage, marked; each
    says how many there are in total."""
    shape = _shape(search, way, resumed=after is not None)
    place = {"rank": after.rank, "incident": after.incident_id} if after else {}
    return await database.fetch(_page(shape), most=most, **place, **_binds(search))


async def count(database: Database, search: Search, way: Way) -> int:
    """How many there are to be found."""
    row = await database.one(_count(_shape(search, way)), **_binds(search))
    return row[0] if row else 0


def _shape(search: Search, way: Way, *, resumed: bool = False) -> _Shape:
    named = bool(search.rights["viewer_people"])
    return _Shape(way, named, frozenset(search.filters), resumed)


def _binds(search: Search) -> Mapping[str, object]:
    return {"query": search.query, **search.rights, **search.filters}
