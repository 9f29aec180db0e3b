"""Subscriptions: what is pushed while an incident runs."""

from __future__ import annotations

from collections.abc import AsyncIterable
from typing import Annotated, Any
from uuid import UUID

import strawberry

from schema.action_item import ActionItem
from schema.context import Context
from schema.engine import node_id
from schema.engine.declare import subscription
from schema.engine.edges import ref
from schema.engine.roots import read
from schema.engine.words import words
from schema.incident import Incident, IncidentWhere
from schema.live_sources import (
    ActionItemSource,
    BoardChange,
    BoardSource,
    IncidentSource,
    TimelineSource,
)
from schema.timeline import TimelineEntry
from server.domain.feed import FeedChange
from server.domain.viewer import Scope
from server.errors import CodedError, ErrorCode
from server.live.hub import OVERLAP
from server.live.script import Script
from server.store import feed

words("ChangeKind")(FeedChange)


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
        "without gap or duplicate. Missing numbers are changes of other kinds. Where the incident "
        "becomes part of another one it ends with the error MERGED."
    )
    async def timeline(
        self,
        info: strawberry.Info,
        incident: Annotated[strawberry.ID, strawberry.argument(description="The incident.")],
        after: Annotated[
            int | None,
            strawberry.argument(description="The last sequence seen; 0 or null: from the start."),
        ] = None,
    ) -> AsyncIterable[TimelineMessage]:
        context: Context = info.context
        key = await _followed(context, incident)
        head = await _head(context, key)
        begin = after or 0
        check_cursor(begin, head)
        source = TimelineSource(context.office.database, key, _change, _gap)
        return Script(key, source, head, begin)

    @subscription("One incident: as it is now, then at each change.")
    async def incident_updated(
        self,
        info: strawberry.Info,
        incident: Annotated[strawberry.ID, strawberry.argument(description="The incident.")],
    ) -> AsyncIterable[Incident]:
        context: Context = info.context
        key = await _followed(context, incident)
        return Script(key, IncidentSource(context.office.database, key), await _head(context, key))

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
    ) -> AsyncIterable[IncidentChange]:
        context: Context = info.context
        context.viewer.require(Scope.INCIDENTS_READ)
        wanted = IncidentWhere(open=True) if where is None else where
        return Script(None, BoardSource(context.fresh, context.hub.board, wanted, _moved))

    @subscription(
        "Action items: those that are not done yet, the one due first at the top, as they are now; "
        "then every one that changes, also when it is done."
    )
    async def action_item_updated(
        self,
        info: strawberry.Info,
        team: Annotated[
            str | None,
            strawberry.argument(description="Only items owned by people of this team, by slug."),
        ] = None,
    ) -> AsyncIterable[ActionItem]:
        context: Context = info.context
        context.viewer.require(Scope.INCIDENTS_READ)
        office = context.office
        since = office.clock() - OVERLAP
        source = ActionItemSource(office.database, context.fresh, context.hub.board, team, since)
        return Script(None, source)


def check_cursor(after: int, head: int) -> None:
    """Refuse a cursor that no feed has come to: it belongs to another incident, or is made up.

    Raises:
        CodedError: AHEAD_OF_FEED.
    """
    if not 0 <= after <= head:
        message = f"The feed has only come to {head}. Resume after that, or 0."
        raise CodedError(message, ErrorCode.AHEAD_OF_FEED)


async def _followed(context: Context, text: str) -> UUID:
    """The key of an incident that exists and that the viewer may see."""
    context.viewer.require(Scope.INCIDENTS_READ)
    key = node_id.decode_as("inc", str(text), "an incident")
    if await read(context.reading, Incident, key) is None:
        raise CodedError("There is no such incident.", ErrorCode.NOT_FOUND)
    return key


async def _head(context: Context, incident: UUID) -> int:
    return (await feed.heads(context.office.database, [incident])).get(incident, 0)


def _change(sequence: int, change: str, entry: UUID) -> Any:
    return TimelineChange(
        sequence=sequence, change=FeedChange(change), entry=TimelineEntry.keyed(entry)
    )


def _gap(skipped: int, after: int) -> Any:
    return TimelineLagged(skipped=skipped, resume_after=after)


def _moved(change: BoardChange, incident: UUID) -> Any:
    return IncidentChange(change=change, incident=Incident.keyed(incident))
