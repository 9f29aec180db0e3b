"""The sides of the comparison: a server, its subscribers, and who makes events happen there."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import aiohttp

from tests.bench import cpu, memory
from tests.bench.live.events import event
from tests.bench.live.followers import Followers, following
from tests.bench.live.publishers import Poster, Publisher, Writer, like
from tests.bench.live.subscriber import Delivered
from tests.bench.npm import node_for
from tests.bench.servers import Server, ours, started

YOGA = Path(__file__).parent / "yoga"
NODE_MAJOR = 22
"""The oldest that Yoga's packages ask for; where npm has a binary of it, it is installed."""

PACE_SECONDS = 0.1
"""From one event to the next."""

_FIRST = 1
_WARMING_EVENTS = 20


@dataclass(frozen=True, slots=True)
class Sent:
    """Events that were sent together: when, and how they were delivered."""

    start: float
    delivered: list[Delivered]

    @property
    def last(self) -> float:
        """Seconds from the request until the last subscriber had the last event."""
        return self.delivered[-1].times[-1] - self.start


@dataclass(slots=True)
class Side:
    """One server with its subscribers.

    `unheard` is the processor time, in seconds, of making an event happen that nobody follows,
    `growth` the bytes that its memory grew by for each subscriber, `newest` the number of the
    newest event.
    """

    server: Server
    publisher: Publisher
    followers: Followers
    unheard: float
    growth: float
    newest: int = _FIRST

    async def send(self, events: int = 1, publisher: Publisher | None = None) -> Sent:
        """Make events happen at once, and wait until everybody has got all of them."""
        numbers = range(self.newest + 1, self.newest + 1 + events)
        self.newest = numbers[-1]
        start = monotonic()
        await (publisher or self.publisher).publish(numbers)
        delivered = await self.followers.reached(self.newest)
        assert [each.number for each in delivered] == list(numbers)
        assert {each.deliveries for each in delivered} == {self.followers.count}
        return Sent(start, delivered)

    async def keep_sending(
        self, seconds: float, events: int = 1, publisher: Publisher | None = None
    ) -> list[Sent]:
        """Send for so long, at `PACE_SECONDS` or as fast as all is delivered."""
        found = []
        end = monotonic() + seconds
        while monotonic() < end:
            due = monotonic() + PACE_SECONDS
            found.append(await self.send(events, publisher))
            await asyncio.sleep(due - monotonic())
        return found


@asynccontextmanager
async def our_side(database: str, count: int, **settings: str) -> AsyncIterator[Side]:
    """`whychain serve`, whose subscribers follow an incident of a long history.

    What happens is written at another server, as by webhooks that came there: what is measured is
    to hear of it, to read it and to tell it.
    """
    async with (
        ours(database, **settings) as server,
        ours(database, **settings) as writing,
        aiohttp.ClientSession() as http,
        _followed(server, await Writer.of(writing, http), count, writing) as side,
    ):
        yield side


def strawberry_side(count: int) -> AbstractAsyncContextManager[Side]:
    """The peer in plain Strawberry."""
    module = "tests.bench.live.strawberry_server"
    return _peer(count, event, sys.executable, "-m", module)


def raw_side(count: int, model: str) -> AbstractAsyncContextManager[Side]:
    """The peer that only writes bytes: messages as long as `model`, which is one of ours."""
    module = "tests.bench.live.raw_server"
    return _peer(count, like(model, _FIRST), sys.executable, "-m", module)


@asynccontextmanager
async def yoga_side(count: int) -> AsyncIterator[Side]:
    """The peer GraphQL Yoga with graphql-ws, installed as package-lock.json says.

    Raises:
        Skipped: there is no Node on this machine.
    """
    node = await asyncio.to_thread(node_for, YOGA, "GraphQL Yoga", NODE_MAJOR)
    async with _peer(count, event, node, YOGA / "serve.mjs", NODE_ENV="production") as side:
        yield side


@asynccontextmanager
async def _peer(
    count: int, what: Callable[[int], object], *command: str | Path, **environment: str
) -> AsyncIterator[Side]:
    async with started(*command, **environment) as server, aiohttp.ClientSession() as http:
        poster = Poster(server.url.removesuffix("/graphql") + "/publish", http, what)
        async with _followed(server, poster, count) as side:
            yield side


@asynccontextmanager
async def _followed(
    server: Server, publisher: Publisher, count: int, writing: Server | None = None
) -> AsyncIterator[Side]:
    """A server with its subscribers; `writing` is the one that writes, if that is another."""
    await _unheard(writing or server, publisher)  # warms what is kept
    unheard = await _unheard(writing or server, publisher)
    variables = await publisher.variables()
    before = memory.resident(server.pid)
    async with following(server, count, variables, _FIRST) as followers:
        growth = (memory.resident(server.pid) - before) / count
        yield Side(server, publisher, followers, unheard, growth)


async def _unheard(server: Server, publisher: Publisher) -> float:
    before = cpu.exact_seconds(server.pid)
    for _ in range(_WARMING_EVENTS):
        await publisher.publish([_FIRST])
    return (cpu.exact_seconds(server.pid) - before) / _WARMING_EVENTS
