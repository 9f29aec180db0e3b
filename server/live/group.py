"""A group: subscribers who are told the same, and for whom each event is executed once."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from server.errors import Unavailable
from server.live.ring import Ring
from server.live.script import Encode, Event, Page, Source
from server.live.subscriber import Subscriber
from server.live.topic import Topic
from server.operation import End, Listener, Result

T = TypeVar("T")

SLICE = 256
"""How many subscribers are told in one turn of the event loop."""

PAGE_SECONDS = 1.0
"""How long a page is kept for others who resume at the same position."""

RETRY_SECONDS = 0.5
"""How long a group waits for a database that is away, before it asks again."""


@dataclass(frozen=True, slots=True)
class Told:
    """Results in order: all there are up to the position `reached`."""

    results: Sequence[Result]
    reached: int


class Group:
    """Reads what happens in a topic, encodes it once, and passes it on to its subscribers.

    `head` is the position up to which it was read, and the ring holds all of it beyond `floor`.
    `room` tells how many bytes the ring may have; `empty` is called when the last subscriber left.
    """

    def __init__(
        self,
        topic: Topic,
        source: Source,
        encode: Encode,
        *,
        room: Callable[[], int],
        empty: Callable[[], None],
    ) -> None:
        self.topic, self.ring = topic, Ring()
        self._source, self._encode = source, encode
        self._room, self._empty = room, empty
        self.head = self.floor = topic.head
        self.flushes = 0
        self.end: End | None = None
        self._subscribers: dict[Subscriber, None] = {}
        self._pages: dict[int | None, asyncio.Task[Told]] = {}
        self._pump = asyncio.create_task(self._run(), name="live group")

    @property
    def subscribers(self) -> int:
        """How many follow."""
        return len(self._subscribers)

    @property
    def resumes(self) -> bool:
        """Whether clients resume by position."""
        return self._source.resumes

    def join(self, after: int | None, listener: Listener) -> Subscriber:
        """A subscriber who has seen all up to `after`; None for one who begins."""
        subscriber = Subscriber(self, after, listener)
        self._subscribers[subscriber] = None
        return subscriber

    def drop(self, subscriber: Subscriber) -> None:
        """Let a subscriber go."""
        if self._subscribers.pop(subscriber, subscriber) is None and not self._subscribers:
            self._empty()

    def close(self) -> None:
        """Read no more."""
        self._pump.cancel()

    def flush(self) -> None:
        """Read anew whatever has not been sent: it is not what one would read now."""
        self.ring.flush()
        self.flushes += 1
        self.floor = self.head
        self._pages.clear()

    def fail(self, fault: Exception) -> End:
        """The end that a fault is for whoever it befalls."""
        return End(self._encode.errors(fault))

    async def _run(self) -> None:
        try:
            while True:
                await self._follow(await self.topic.beyond(self.head))
        except Exception as fault:  # noqa: BLE001  # whatever it is, nobody may wait in vain
            self.end = self.fail(fault)
            for subscriber in list(self._subscribers):
                subscriber.notice()

    async def _follow(self, head: int) -> None:
        page = await patiently(lambda: self._source.news(self.head, head))
        if page.reached <= self.head:
            self.topic.retreat(self.head)
            return
        told = await self._told(page)
        # Who waits for a page still gets it: it is as of before what comes now.
        self._pages.clear()
        if page.replaces:
            self.flush()
        self.head, place = told.reached, self.ring.end
        if self.ring.add(told.results, self._room()):
            self.floor = self.ring.floor(self.head)
        if told.results:
            await self._tell(place, told.results)

    async def _tell(self, place: int, results: Sequence[Result]) -> None:
        """Pass on what came into the ring at a place, a slice of the subscribers at a time."""
        subscribers = list(self._subscribers)
        for start in range(0, len(subscribers), SLICE):
            for subscriber in subscribers[start : start + SLICE]:
                subscriber.tell(place, results)
            await asyncio.sleep(0)

    async def _told(self, page: Page) -> Told:
        events = page.events
        bodies = await patiently(lambda: self._encode([event.value for event in events]))
        pairs = zip(events, bodies, strict=True)
        return Told([Result(event.position, body) for event, body in pairs], page.reached)

    # ── for those who are behind ─────────────────────────────────────────────

    async def page(self, after: int | None) -> Told:
        """What follows a position, or how things stand; read once for all who ask meanwhile."""
        task = self._pages.get(after)
        if task is None:
            task = self._pages[after] = asyncio.create_task(self._read(after))
            asyncio.get_running_loop().call_later(PAGE_SECONDS, self._expire, after, task)
        return await asyncio.shield(task)

    async def lagged(self, skipped: int, after: int) -> Told | None:
        """What tells of results that were left out; None where nothing does."""
        event = self._source.lagged(skipped, after)
        if event is None:
            return None
        return await self._told(Page([Event(after, event)], after))

    async def _read(self, after: int | None) -> Told:
        head = self.head
        if after is None:
            return await self._told(await patiently(lambda: self._source.opening(head)))
        if after >= head:
            return Told((), after)
        return await self._told(await patiently(lambda: self._source.page(after, head)))

    def _expire(self, after: int | None, task: asyncio.Task[Told]) -> None:
        if self._pages.get(after) is task:
            del self._pages[after]


async def patiently(ask: Callable[[], Awaitable[T]]) -> T:
    """What `ask` gives; while the database is away it is asked again: that loses no event."""
    while True:
        try:
            return await ask()
        except Unavailable:
            await asyncio.sleep(RETRY_SECONDS)
