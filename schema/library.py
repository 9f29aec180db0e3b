"""The library, as the API searches it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from schema.engine.cursors import read_cursor, write_cursor
from schema.engine.declare import resolved
from schema.engine.edges import ref
from schema.engine.errors import BadCursor
from schema.engine.pages import Connection, Edge, PageInfo, page_of
from schema.fields import changes_of, given, optional
from schema.postmortem import Postmortem
from server.commands import library as commands
from server.commands.library import After, Findings, Found
from server.domain.incident import Severity
from server.domain.library import Part
from server.store.library import Place, Way


@strawberry.type(description="A part of a text that was found.")
class SnippetPart:
    text: str = strawberry.field(description="Its text, not escaped in any way.")
    matched: bool = strawberry.field(description="Whether it is what was searched for.")


@strawberry.type(description="A post-mortem that was found.")
class PostmortemFound:
    postmortem: Postmortem = ref("The post-mortem.")
    score: float = strawberry.field(
        description="How much it says of what was searched for; for order, not for statistics."
    )
    title: list[SnippetPart] = strawberry.field(description="Its title.")
    passage: list[SnippetPart] = strawberry.field(
        description="What it says of it, in causes, lessons and the rest: all parts together."
    )


@strawberry.input(description="Which post-mortems; all members given must hold.")
class PostmortemSearchWhere:
    services: list[str] | None = optional("Of incidents that hurt one of these services, by slug.")
    teams: list[str] | None = optional("That hurt a service of one of these teams, by slug.")
    severity: list[Severity] | None = optional("Of one of these severities.")
    cause: str | None = optional("Whose causes have these words.")
    published_after: datetime | None = optional("Published after this time.")
    published_before: datetime | None = optional("Published before this time.")


_FILTERS = {
    name: name
    for name in (
        "services",
        "teams",
        "severity",
        "cause",
        "published_after",
        "published_before",
    )
}


@strawberry.type
class LibraryQueries:
    @resolved(
        "Published post-mortems that have these words, in their titles, causes, lessons, or in the "
        "rest: in that order. Where none has them, those that are spelled alike."
    )
    async def postmortem_search(
        self,
        info: strawberry.Info,
        query: Annotated[
            str,
            strawberry.argument(
                description='Words that all have to be there; "a phrase", or, and -not.'
            ),
        ],
        where: Annotated[
            PostmortemSearchWhere | None, strawberry.argument(description="Only these.")
        ] = strawberry.UNSET,
        first: Annotated[
            int | None,
            strawberry.argument(description="How many, from the beginning or after `after`."),
        ] = strawberry.UNSET,
        after: Annotated[
            str | None, strawberry.argument(description="Only those after this cursor.")
        ] = strawberry.UNSET,
    ) -> Connection[PostmortemFound] | None:
        context = info.context
        page = page_of(given(first), given(after), None, None)
        found = await commands.search(
            context.office,
            context.viewer,
            query,
            _filters(given(where)),
            page.size,
            _after(page.cursor),
        )
        return _connection(found, resumed=page.cursor is not None)


def _filters(where: PostmortemSearchWhere | None) -> dict[str, object]:
    if where is None:
        return {}
    found = {name: each for name, each in changes_of(where, _FILTERS).items() if each is not None}
    if where.severity:
        found["severity"] = [each.value for each in where.severity]
    return found


def _after(cursor: str | None) -> After | None:
    if cursor is None:
        return None
    for way in Way:
        try:
            rank, incident_id = read_cursor(cursor, _order(way), [float, UUID])
        except BadCursor:
            continue
        return After(way, Place(rank, incident_id))
    raise BadCursor("This cursor does not belong to this list in this order.")


def _order(way: Way) -> str:
    return f"PostmortemFound:{way.value}"


def _connection(found: Findings, *, resumed: bool) -> Connection[PostmortemFound]:
    order = _order(found.way)
    edges = [
        Edge(node=_shown(each), cursor=write_cursor(order, [each.rank, each.incident_id]))
        for each in found.items
    ]
    return Connection(
        edges=edges,
        nodes=[edge.node for edge in edges],
        page_info=PageInfo(
            has_next_page=found.more,
            has_previous_page=resumed,
            start_cursor=edges[0].cursor if edges else None,
            end_cursor=edges[-1].cursor if edges else None,
        ),
        total_count=found.total,
    )


def _shown(found: Found) -> PostmortemFound:
    return PostmortemFound(
        postmortem=Postmortem.keyed(found.postmortem_id),
        score=found.rank,
        title=_parts(found.title),
        passage=_parts(found.passage),
    )


def _parts(parts: Sequence[Part]) -> list[SnippetPart]:
    return [SnippetPart(text=each.text, matched=each.matched) for each in parts]
