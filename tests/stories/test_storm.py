"""The storm: servers die, hints get lost, lines break, writers collide; nobody misses anything."""

from __future__ import annotations

import asyncio
import signal
from asyncio.subprocess import Process
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from random import Random
from uuid import UUID

import aiohttp
import pytest

from server.commands.work import Office
from server.domain.action_item import Sprints
from server.store.database import Database
from tests.house import Keys, serving
from tests.stories.follower import DROPS, Follower
from tests.stories.lossy_server import LossyCarrier
from tests.stories.truth import Truth
from tests.stories.writers import Doors, Writer, declared

FOLLOWERS = 80
WRITERS = 8
WRITES, PAUSE_SECONDS = 95, 0.15
"""Transactions of each writer, of which many make several changes, and the pause between."""
CALM_WRITES, CALM_PAUSE_SECONDS = 15, 0.25
"""The same when only hints still get lost; these last longer than any line that may break."""
LIVES = ((5, signal.SIGKILL), (4, signal.SIGTERM), (4, signal.SIGKILL), (3, signal.SIGTERM))
"""How long a server lives, and how it ends. The other goes through the same, backwards."""
DELIVERIES = 50_000
CATCHING_UP_SECONDS = 60
SETTLING_SECONDS = 1.5
"""Longer than the slow poll: what would be sent twice has come by then."""


@dataclass
class Shaky:
    """A server that is ended again and again, and comes back at the same port."""

    keys: Keys
    database_url: str
    port: int = 0
    url: str = ""
    open: asyncio.Event = field(default_factory=asyncio.Event)
    calm: asyncio.Event = field(default_factory=asyncio.Event)
    """It will not be ended again."""

    async def run(self, lives: Iterable[tuple[float, signal.Signals]], over: asyncio.Event) -> None:
        """Live these lives, and then one until it is over."""
        for seconds, end in lives:
            async with self._alive() as process:
                await asyncio.sleep(seconds)
                process.send_signal(end)
                await process.wait()
        async with self._alive():
            self.calm.set()
            await over.wait()

    @asynccontextmanager
    async def _alive(self) -> AsyncIterator[Process]:
        async with serving(
            "--no-jobs",
            keys=self.keys,
            module="tests.stories.lossy_server",
            database_url=self.database_url,
            port=str(self.port),
            drain_seconds="1",
        ) as served:
            self.url = served.url
            self.port = int(served.url.rpartition(":")[2])
            self.open.set()
            yield served.process


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[Office]:
    """Where the writers of this process write; its hints are as lossy as the servers'."""
    carrier = LossyCarrier(database_url, lambda hints: None)
    async with Database.connect(database_url, size=WRITERS) as database, carrier.running():
        yield Office(database, carrier.publish, lambda: None, Sprints(date(2026, 1, 5), 14))


@pytest.mark.timeout(240)
async def test_nobody_misses_anything_in_a_storm(office: Office) -> None:
    keys, over = Keys(), asyncio.Event()
    servers = [Shaky(keys, office.database.url) for _ in range(2)]
    about = [await declared(office, title) for title in ("first", "second")]
    async with aiohttp.ClientSession() as http, asyncio.TaskGroup() as tasks:
        for server, lives in zip(servers, (LIVES, LIVES[::-1]), strict=True):
            tasks.create_task(server.run(lives, over))
        await asyncio.gather(*(server.open.wait() for server in servers))
        urls = [server.url for server in servers]
        doors = Doors(urls, keys.token, http)
        followers = [
            Follower(urls, keys.token, about[seed % len(about)], seed) for seed in range(FOLLOWERS)
        ]
        following = [tasks.create_task(follower.follow()) for follower in followers]
        await write(office, doors, about, WRITES, PAUSE_SECONDS)
        await asyncio.gather(*(server.calm.wait() for server in servers))
        for follower in followers:
            follower.calm = True
        await write(office, doors, about, CALM_WRITES, CALM_PAUSE_SECONDS)
        truths = {incident: await Truth.of(office.database, incident) for incident in about}
        await settled(followers, truths)
        for task in following:
            task.cancel()
        await asyncio.wait(following)
        over.set()
    check(followers, truths)


async def write(
    office: Office, doors: Doors, about: Sequence[UUID], times: int, pause: float
) -> None:
    """Let all writers write so many times."""
    writers = [Writer(office, doors, about, Random(seed)) for seed in range(WRITERS)]
    await asyncio.gather(*(writer.write(times, pause) for writer in writers))


async def settled(followers: Sequence[Follower], truths: Mapping[UUID, Truth]) -> None:
    """Wait for what is still to come, and a while for what should not."""
    with suppress(TimeoutError):
        async with asyncio.timeout(CATCHING_UP_SECONDS):
            for follower in followers:
                await follower.reached(truths[follower.incident].changes[-1][0])
    await asyncio.sleep(SETTLING_SECONDS)


def check(followers: Sequence[Follower], truths: Mapping[UUID, Truth]) -> None:
    """Everybody saw everything once, in order, and holds what is true."""
    for follower in followers:
        truth = truths[follower.incident]
        assert set(truth.changes) - set(follower.changes) == set(), "lost"
        assert follower.changes == truth.changes
        assert follower.bodies == truth.bodies
    assert sum(len(follower.changes) for follower in followers) >= DELIVERIES
    left = sum((follower.left for follower in followers), Counter())
    assert left.keys() == {"complete", *(drop.__name__ for drop in DROPS)}
