"""Subscriptions: what is pushed while an incident runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Annotated, TypeVar
from uuid import UUID

import strawberry

from schema.context import RETRY_SECONDS, Context
from schema.engine import node_id
from schema.engine.declare import subscription
from schema.engine.edges import ref
from schema.engine.roots import read
from schema.engine.words import words
from schema.incident import Incident, IncidentQueries, IncidentWhere
from schema.timeline import TimelineEntry
from server.domain.feed import FeedChange, FeedSubject
from server.domain.incident import IncidentStatus
from server.domain.viewer import Scope
from server.errors import CodedError, ErrorCode, Unavailable
from server.live.hub import Watch
from server.store import feed
from server.store.database import Row
from server.term import Term

T = TypeVar("T")

words("ChangeKind")(FeedChange)

PAGE = 200
"""How many changes are read at once."""

LAG_LIMIT = 4096
"""How many changes a subscriber may fall behind while live before it is told to resume."""

BOARD_SIZE = 100
"""How many incidents the board begins with."""


class BoardChange(Term):
    """What happened to an incident on the board."""

    DECLARED = "DECLARED", "It is new."
    CHANGED = "CHANGED", "Something of it changed; also: it was there when you subscribed."
    RESOLVED = "RESOLVED", "It was resolved."


words()(BoardChange)


@strawberry.type(description="A change of one timeline entry, with the entry as it is now.")
class TimelineChange:
    sequence: int = strawberry.field(
        description="Its position in the feed: give the last one seen as `after` to resume."
    )
    change: FeedChange = strawberry.field(description="What happened.")
    entry: TimelineEntry = ref("The entry, as it is now.")


@strawberry.type(description="You fell too far behind. Subscribe again with `resumeAfter`.")
class TimelineLagged:
    skipped: int = strawberry.field(description="How many changes were left out.")
    resume_after: int = strawberry.field(description="The last sequence you were sent.")


TimelineMessage = Annotated[
    TimelineChange | TimelineLagged,
    strawberry.union("TimelineMessage", description="What a timeline subscription sends."),
]


@strawberry.type(description="A change on the board of incidents.")
class IncidentChange:
    change: BoardChange = strawberry.field(description="What happened.")
    incident: Incident = ref("The incident, as it is now.")


@strawberry.type
class LiveSubscriptions:
    @subscription(
        "An incident's timeline: all that followed `after`, then live, in order, "
        "without gap or duplicate. Missing numbers are changes of other kinds."
    )
    async def timeline(
        self,
        info: strawberry.Info,
        incident: Annotated[strawberry.ID, strawberry.argument(description="The incident.")],
        after: Annotated[
            int | None,
            strawberry.argument(description="The last sequence seen; 0 or null: from the start."),
        ] = None,
    ) -> AsyncGenerator[TimelineMessage, None]:
        context: Context = info.context
        key = await _followed(context, incident)
        start = after or 0
        heads = await feed.heads(context.office.database, [key])
        if start < 0 or start > heads.get(key, 0):
            message = f"The feed has only come to {heads.get(key, 0)}. Resume after that, or 0."
            raise CodedError(message, ErrorCode.AHEAD_OF_FEED)
        return _timeline(context, key, start)

    @subscription("One incident: as it is now, then at each change.")
    async def incident_updated(
        self,
        info: strawberry.Info,
        incident: Annotated[strawberry.ID, strawberry.argument(description="The incident.")],
    ) -> AsyncGenerator[Incident, None]:
        context: Context = info.context
        return _incident(context, await _followed(context, incident))

    @subscription(
        "The board: the newest incidents that `where` asks for (the open ones by "
        "default) as they are now, then every change of one, also the change that takes it away."
    )
    async def incidents(
        self,
        info: strawberry.Info,
        where: Annotated[
            IncidentWhere | None, strawberry.argument(description="Which incidents.")
        ] = None,
    ) -> AsyncGenerator[IncidentChange, None]:
        context: Context = info.context
        context.viewer.require(Scope.INCIDENTS_READ)
        return _board(context, where)


async def _followed(context: Context, text: str) -> UUID:
    """The key of an incident that exists and that the viewer may see."""
    context.viewer.require(Scope.INCIDENTS_READ)
    key = node_id.decode_as("inc", str(text), "an incident")
    if await read(context.reading, Incident, key) is None:
        raise CodedError("There is no such incident.", ErrorCode.NOT_FOUND)
    return key


async def _patiently(ask: Callable[[], Awaitable[T]]) -> T:
    """What `ask` gives; while the database is away it is asked again: that loses no event."""
    while True:
        try:
            return await ask()
        except Unavailable:
            await asyncio.sleep(RETRY_SECONDS)


async def _timeline(
    context: Context, incident: UUID, after: int
) -> AsyncGenerator[TimelineChange | TimelineLagged, None]:
    caught_up = False
    async with context.hub.watch(incident) as watch:
        while True:
            head = await watch.beyond(after)
            if caught_up and head - after > LAG_LIMIT:
                yield TimelineLagged(skipped=head - after, resume_after=after)
                after, caught_up = head, False
                continue
            async for row in _rows(context, watch, incident, after):
                after = row["sequence"]
                if row["subject"] == FeedSubject.TIMELINE:
                    yield TimelineChange(
                        sequence=after,
                        change=FeedChange(row["change"]),
                        entry=TimelineEntry.keyed(row["subject_id"]),
                    )
            caught_up = after >= watch.head


async def _rows(context: Context, watch: Watch, incident: UUID, after: int) -> AsyncIterator[Row]:
    """The feed from `after` to where it is known to have come."""
    while after < watch.head:
        database = context.office.database
        ask = partial(feed.changes_after, database, incident, after, watch.head, PAGE)
        rows = await _patiently(ask)
        for row in rows:
            yield row
        if not rows:
            return
        after = rows[-1]["sequence"]


async def _incident(context: Context, key: UUID) -> AsyncGenerator[Incident, None]:
    seen = -1
    async with context.hub.watch(key) as watch:
        while True:
            seen = await watch.beyond(seen)
            incident = await _patiently(lambda: read(context.fresh(), Incident, key))
            if incident is None:
                return
            yield incident


async def _board(
    context: Context, where: IncidentWhere | None
) -> AsyncGenerator[IncidentChange, None]:
    wanted = IncidentWhere(open=True) if where is None else where
    known: dict[UUID, str] = {}
    with context.hub.watch_board() as board:
        position = board.end
        moved = await _matching(context, wanted, None)
        beginning = True
        while True:
            for key, status in reversed(moved.items()):
                change = _change(known.get(key), status, beginning=beginning)
                known[key] = status
                yield IncidentChange(change=change, incident=Incident.keyed(key))
            beginning = False
            moved = {}
            while not moved:
                position, keys = await board.after(position)
                moved = await _news(context, wanted, keys, known)


async def _news(
    context: Context, where: IncidentWhere, keys: object, known: dict[UUID, str]
) -> dict[UUID, str]:
    """Of the incidents that moved, those on the board, and those that now leave it."""
    among = list(known) if keys is None else list(keys)  # type: ignore[call-overload]
    matching = await _matching(context, where, None if keys is None else among)
    leaving = [key for key in among if key in known and key not in matching]
    left = await _matching(context, IncidentWhere(), leaving) if leaving else {}
    for key in leaving:
        known.pop(key, None)
    return {**matching, **left}


async def _matching(
    context: Context, where: IncidentWhere, among: list[UUID] | None
) -> dict[UUID, str]:
    """The newest incidents for which `where` holds, with their statuses."""
    field = IncidentQueries.__strawberry_definition__.get_field("incidents")  # type: ignore[attr-defined]
    ask = partial(field.rows, where=where, among=among, most=BOARD_SIZE)
    rows = await _patiently(lambda: ask(context.fresh()))
    return {row["_key"]: row["status"] for row in rows}


def _change(before: str | None, status: str, *, beginning: bool) -> BoardChange:
    resolved = IncidentStatus.RESOLVED.value
    if beginning:
        return BoardChange.CHANGED
    if before is None and status != resolved:
        return BoardChange.DECLARED
    return BoardChange.RESOLVED if status == resolved != before else BoardChange.CHANGED
