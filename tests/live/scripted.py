"""A source whose past a test writes, and clients that read as fast as a test lets them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from server.live.group import Group
from server.live.script import Event, Page
from server.live.topic import Topic
from server.operation import Following, Result

PAGE = 3
GAP = "gap"


@dataclass
class Past:
    """What happened, by position; the encoder writes each event as its position."""

    topic: Topic = field(default_factory=Topic)
    positions: list[int] = field(default_factory=list)
    replacing: set[int] = field(default_factory=set)
    encoded: int = 0
    pages: int = 0
    fault: Exception | None = None
    resumes: bool = True
    slowness: int = 1
    """Turns of the event loop that reading takes."""

    def happen(self, position: int, *, replaces: bool = False) -> None:
        self.positions.append(position)
        if replaces:
            self.replacing.add(position)

    async def opening(self, head: int) -> Page:
        return Page([Event(head, head)], head)

    async def page(self, after: int, upto: int) -> Page:
        self.pages += 1
        return await self.news(after, upto)

    async def news(self, after: int, upto: int) -> Page:
        for _ in range(self.slowness):
            await asyncio.sleep(0)
        if self.fault:
            raise self.fault
        found = [each for each in self.positions if after < each <= upto][:PAGE]
        reached = found[-1] if len(found) == PAGE else upto
        events = [Event(each, each) for each in found]
        return Page(events, reached, not self.replacing.isdisjoint(found))

    def lagged(self, skipped: int, after: int) -> Any:
        return (GAP, skipped, after)

    async def __call__(self, events: Sequence[Any], /) -> Sequence[bytes]:
        await asyncio.sleep(0)
        self.encoded += len(events)
        return [repr(each).encode() for each in events]

    def errors(self, fault: Exception) -> bytes:
        return str(fault).encode()

    def group(self, *, room: int = 1 << 20) -> Group:
        return Group(self.topic, self, self, room=lambda: room, empty=lambda: None)


class Client:
    """Takes what it is told, unless it is stalled."""

    def __init__(self, group: Group, after: int | None) -> None:
        self.seen: list[Any] = []
        self.stalled = False
        self.offered = 0
        self.place: Following = group.join(after, self)
        self.wake()

    def offer(self, results: Sequence[Result]) -> bool:
        if self.stalled:
            return False
        self.offered += 1
        self._see(results)
        return True

    def wake(self) -> None:
        while not self.stalled and (results := self.place.take(4)):
            self._see(results)

    def resume(self) -> None:
        self.stalled = False
        self.wake()

    def _see(self, results: Sequence[Result]) -> None:
        self.seen += [_read(result.body) for result in results]


def _read(body: bytes) -> Any:
    text = body.decode()
    return int(text) if text.isdigit() else tuple(text.strip("()").replace("'", "").split(", "))


async def settle() -> None:
    """Let everything happen that is about to."""
    for _ in range(60):
        await asyncio.sleep(0)
