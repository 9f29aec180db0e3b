"""Searching the library."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from server.commands.work import Office
from server.domain.library import Part, check_query, parts
from server.domain.viewer import Scope, Viewer
from server.store import library as store
from server.store.database import Row
from server.store.library import Place, Search, Way
from server.store.views.sight import binds_of


@dataclass(frozen=True, slots=True)
class Found:
    """One finding; its title, and a passage of what else it says."""

    incident_id: UUID
    postmortem_id: UUID
    rank: float
    title: Sequence[Part]
    passage: Sequence[Part]


@dataclass(frozen=True, slots=True)
class Findings:
    """A page of what was found; `more` says that there is another after it."""

    way: Way
    items: Sequence[Found]
    more: bool
    total: int


@dataclass(frozen=True, slots=True)
class After:
    """Where a page begins: after this place, among what was found that way."""

    way: Way
    place: Place


async def search(
    office: Office,
    viewer: Viewer,
    query: str,
    filters: Mapping[str, object],
    size: int,
    after: After | None,
) -> Findings:
    """Find post-mortems by words; where none has them, by what is spelled alike.

    Raises:
        Forbidden: the viewer may not read incidents.
        Refused: the query or a filter is no text to search for.
    """
    viewer.require(Scope.INCIDENTS_READ)
    asked = Search(check_query(query, "query"), binds_of(viewer), filters)
    place = after.place if after else None
    for way in [after.way] if after else Way:
        rows = await store.page(office.database, asked, way, place, size + 1)
        total = rows[0]["total"] if rows else await store.count(office.database, asked, way)
        if total:
            break
    return Findings(way, [_found(row) for row in rows[:size]], len(rows) > size, total)


def _found(row: Row) -> Found:
    return Found(
        row["incident_id"],
        row["postmortem_id"],
        row["rank"],
        parts(row["title"]),
        parts(row["passage"]),
    )
