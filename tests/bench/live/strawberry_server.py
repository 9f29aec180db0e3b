"""`python -m tests.bench.live.strawberry_server`: events pushed by plain Strawberry.

An execution for each subscriber, fed by a queue of its own, behind Strawberry's own ASGI view,
with its caches for parsing and validation and the fastest JSON: as a careful author writes it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

import orjson
import strawberry
import uvloop
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from strawberry.asgi import GraphQL
from strawberry.extensions import ParserCache, ValidationCache
from strawberry.schema.config import StrawberryConfig
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL

from schema.engine.scalars import write_time
from tests.bench import peer
from tests.bench.plain_types import Moment


@strawberry.enum
class ChangeKind(StrEnum):
    ADDED = "ADDED"
    REVISED = "REVISED"
    RETRACTED = "RETRACTED"


@strawberry.enum
class TimelineKind(StrEnum):
    NOTE = "NOTE"


@strawberry.type
class TimelineEntry:
    id: strawberry.ID
    kind: TimelineKind
    occurred_at: Moment
    recorded_at: Moment
    source: str
    body: str


@strawberry.type
class TimelineChange:
    sequence: int
    change: ChangeKind
    entry: TimelineEntry


@strawberry.type
class TimelineLagged:
    skipped: int
    resume_after: int


TimelineMessage = Annotated[TimelineChange | TimelineLagged, strawberry.union("TimelineMessage")]


class Room:
    """Everybody who follows, and the newest event, with which they begin."""

    def __init__(self) -> None:
        self._queues: set[asyncio.Queue[TimelineChange]] = set()
        self._newest: TimelineChange | None = None

    def publish(self, change: TimelineChange) -> None:
        """Put an event into every queue."""
        self._newest = change
        for queue in self._queues:
            queue.put_nowait(change)

    async def follow(self) -> AsyncGenerator[TimelineChange, None]:
        """The newest event, and all that come."""
        queue: asyncio.Queue[TimelineChange] = asyncio.Queue()
        if self._newest:
            queue.put_nowait(self._newest)
        self._queues.add(queue)
        try:
            while True:
                yield await queue.get()
        finally:
            self._queues.discard(queue)


ROOM = Room()


@strawberry.type
class Query:
    version: str = "1"


@strawberry.type
class Subscription:
    @strawberry.subscription
    def timeline(
        self, incident: strawberry.ID, after: int | None = None
    ) -> AsyncGenerator[TimelineMessage, None]:
        return ROOM.follow()


SCHEMA = strawberry.Schema(
    query=Query,
    subscription=Subscription,
    extensions=[ParserCache, ValidationCache],
    config=StrawberryConfig(
        scalar_map={Moment: strawberry.scalar(name="DateTime", serialize=write_time)}
    ),
)


class View(GraphQL[None, None]):
    """Strawberry's own view, with the fastest JSON."""

    def encode_json(self, data: object) -> str:
        """The text of a message."""
        return orjson.dumps(data).decode()


def change_of(event: dict[str, Any]) -> TimelineChange:
    """The event in a publisher's JSON."""
    entry = event["entry"]
    return TimelineChange(
        sequence=event["sequence"],
        change=ChangeKind(event["change"]),
        entry=TimelineEntry(
            id=entry["id"],
            kind=TimelineKind(entry["kind"]),
            occurred_at=Moment(datetime.fromisoformat(entry["occurredAt"])),
            recorded_at=Moment(datetime.fromisoformat(entry["recordedAt"])),
            source=entry["source"],
            body=entry["body"],
        ),
    )


async def publish(request: Request) -> Response:
    """Take a list of events."""
    for event in orjson.loads(await request.body()):
        ROOM.publish(change_of(event))
    return Response(status_code=204)


APP = Starlette(
    routes=[
        WebSocketRoute(
            "/graphql",
            View(SCHEMA, subscription_protocols=[GRAPHQL_TRANSPORT_WS_PROTOCOL]),
        ),
        Route("/publish", publish, methods=["POST"]),
    ]
)

if __name__ == "__main__":
    uvloop.run(
        peer.serve(
            "Strawberry",
            APP,
            ws="websockets-sansio",
            ws_per_message_deflate=False,
            ws_ping_interval=None,
            timeout_graceful_shutdown=1,
        )
    )
