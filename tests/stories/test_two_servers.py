"""Two servers on one database: what one writes, the other's subscribers see."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import nats
import pytest

from server.live.nats import SUBJECT
from tests.bus import Bus, running_bus
from tests.house import Keys, Served, serving
from tests.stories.live_socket import LiveSocket

DECLARE = """
mutation { declareIncident(input: {title: "Two doors", severity: SEV3}) { incident { id } } }
"""

ADD = """
mutation ($incident: ID!, $body: String!) {
  addTimelineEntries(input: {incident: $incident, entries: [
    {kind: NOTE, occurredAt: "2026-01-01T00:00:00Z", body: $body}]}) { userErrors { code } } }
"""


@pytest.fixture
async def bus() -> AsyncIterator[Bus]:
    """A NATS server of this test's own."""
    async with running_bus() as bus:
        yield bus


@asynccontextmanager
async def two_servers(**settings: str) -> AsyncIterator[tuple[Served, Served]]:
    """Two servers on one database."""
    keys = Keys()
    async with (
        serving(keys=keys, **settings) as here,
        serving("--no-jobs", keys=keys, **settings) as there,
    ):
        yield here, there


async def follow(here: Served, there: Served, midway: Callable[[], Awaitable[None]]) -> None:
    """Write at both, follow at one, and see everything once and in order."""
    incident = (await there(DECLARE))["declareIncident"]["incident"]["id"]
    async with LiveSocket.open(here.url, here.keys.token) as socket:
        await socket.follow(incident, 0)
        seen = [await socket.event()]
        for number in range(10):
            if number == 5:
                await midway()
            writer = there if number % 2 else here
            await writer(ADD, incident=incident, body=f"note {number}")
        async with asyncio.timeout(20):
            seen += [await socket.event() for _ in range(10)]
    wanted = ["Declared as SEV3", *(f"note {number}" for number in range(10))]
    assert [each["entry"]["body"] for each in seen] == wanted
    sequences = [each["sequence"] for each in seen]
    assert sequences == sorted(set(sequences))


async def nothing() -> None:
    """Let all be well."""


async def test_a_subscriber_sees_what_another_server_writes(database_url: str) -> None:
    async with two_servers(database_url=database_url) as (here, there):
        await follow(here, there, nothing)


async def test_two_servers_may_meet_over_nats(database_url: str, bus: Bus) -> None:
    async with two_servers(database_url=database_url, nats_url=bus.url) as servers:
        client = await nats.connect(bus.url)
        overheard = await client.subscribe(SUBJECT)
        await follow(*servers, nothing)
        assert await overheard.next_msg(timeout=20)
        for unreadable in (b"", b"\xff\x00", b"{}", b'[["nobody", 1]]', b"[" * 100_000):
            await client.publish(SUBJECT, unreadable)
        await client.flush()
        await client.close()
        await follow(*servers, nothing)


async def test_a_bus_that_is_killed_costs_no_event(database_url: str, bus: Bus) -> None:
    async with two_servers(database_url=database_url, nats_url=bus.url) as servers:
        await follow(*servers, bus.kill)
        await follow(*servers, bus.start)
