"""The carriers on real buses: what one process publishes, the others hear, whatever is lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from typing import Protocol
from uuid import UUID, uuid4

import asyncpg
import nats
import orjson
import pytest
from structlog.testing import capture_logs

from server.live import carrier as carriers
from server.live.carrier import Carrier
from server.live.hint import Hint
from server.live.nats import SUBJECT, NatsCarrier
from server.live.notify import CHANNEL, NotifyCarrier
from tests.bus import Bus, running_bus
from tests.house import eventually

KEY = uuid4().hex

UNREADABLE = [
    *(b"", b"{", b"null", b"5", b'"x"', b"[5]", b"[null]", b'{"a": 1}', b"[[1, 2, 3]]"),
    *(b"[[5, 1]]", b"[[null, 1]]", b'[["zz", 1]]', b"[" * 5000),
    *(orjson.dumps([[KEY, wrong]]) for wrong in ("x", None, [], {})),
    orjson.dumps([[KEY, 1], [KEY]]),
]


class Ear:
    """What one carrier heard."""

    def __init__(self) -> None:
        self.hints: list[Hint] = []

    def __call__(self, hints: Sequence[Hint]) -> None:
        self.hints += hints


class Line(Protocol):
    """A bus as these tests use it."""

    def carrier(self, ear: Ear) -> Carrier: ...

    async def cut(self) -> None:
        """Lose every connection."""

    async def shout(self, payload: bytes) -> None:
        """Send something that no carrier would."""


class Notify:
    """A database."""

    def __init__(self, url: str) -> None:
        self._url = url

    def carrier(self, ear: Ear) -> Carrier:
        return NotifyCarrier(self._url, ear)

    async def cut(self) -> None:
        others = (
            "select pg_terminate_backend(pid) from pg_stat_activity where pid<>pg_backend_pid()"
        )
        await self._run(f"{others} and datname=current_database()")

    async def shout(self, payload: bytes) -> None:
        await self._run("select pg_notify($1, $2)", CHANNEL, payload.decode())

    async def _run(self, statement: str, *values: str) -> None:
        connection = await asyncpg.connect(self._url)
        await connection.execute(statement, *values)
        await connection.close()


class Nats:
    """A NATS server."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    def carrier(self, ear: Ear) -> Carrier:
        return NatsCarrier([self._bus.url], ear)

    async def cut(self) -> None:
        await self._bus.kill()
        await self._bus.start()

    async def shout(self, payload: bytes) -> None:
        client = await nats.connect(self._bus.url)
        await client.publish(SUBJECT, payload)
        await client.drain()


@pytest.fixture(params=["notify", "nats"])
async def line(request: pytest.FixtureRequest, database_url: str) -> AsyncIterator[Line]:
    if request.param == "notify":
        yield Notify(database_url)
        return
    async with running_bus() as bus:
        yield Nats(bus)


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as stack:
        yield stack


async def joined(carrier: Carrier, ear: Ear) -> None:
    """Publish until another hears it: both are connected then."""
    incident = uuid4()

    async def heard() -> bool:
        carrier.publish([Hint(incident, 1)])
        await asyncio.sleep(0)
        return Hint(incident, 1) in ear.hints

    await eventually(heard)


async def two(line: Line, stack: AsyncExitStack) -> tuple[Carrier, Ear]:
    """A carrier, and the ear of another process's, which has heard it."""
    here, there = Ear(), Ear()
    sender, listener = line.carrier(here), line.carrier(there)
    await stack.enter_async_context(sender.running())
    await stack.enter_async_context(listener.running())
    await joined(sender, there)
    await joined(listener, here)
    return sender, there


async def heard_of(ear: Ear, incidents: set[UUID]) -> list[Hint]:
    """All hints of these incidents, once there is one of each."""

    async def found() -> list[Hint]:
        hints = [hint for hint in ear.hints if hint.incident in incidents]
        return hints if {hint.incident for hint in hints} == incidents else []

    hints: list[Hint] = await eventually(found)
    return hints


async def test_what_waits_is_sent_once_with_its_newest_sequence(
    line: Line, stack: AsyncExitStack
) -> None:
    sender, ear = await two(line, stack)
    incident, other = uuid4(), uuid4()
    for sequence in (1, 2, 500, 499):
        sender.publish([Hint(incident, sequence), Hint(other, 7)])
    hints = await heard_of(ear, {incident, other})
    assert hints == [Hint(incident, 500), Hint(other, 7)]


async def test_more_than_fits_one_message_arrives(line: Line, stack: AsyncExitStack) -> None:
    sender, ear = await two(line, stack)
    hints = [Hint(uuid4(), number) for number in range(1, 1001)]
    sender.publish(hints)
    assert await heard_of(ear, {hint.incident for hint in hints}) == hints


async def test_no_more_than_so_many_wait(
    line: Line, stack: AsyncExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carriers, "MAX_WAITING", 50)
    sender, ear = await two(line, stack)
    hints = [Hint(uuid4(), 1) for _ in range(60)]
    sender.publish(hints)
    sender.publish([Hint(hints[0].incident, 2)])
    last = Hint(uuid4(), 1)

    async def emptied() -> bool:
        sender.publish([last])
        return last in ear.hints

    await eventually(emptied)
    wanted = {hint.incident for hint in hints}
    found = [hint for hint in ear.hints if hint.incident in wanted]
    assert found == [Hint(hints[0].incident, 2), *hints[1:50]]


async def test_a_lost_bus_is_found_again(line: Line, stack: AsyncExitStack) -> None:
    sender, ear = await two(line, stack)
    for _ in range(2):
        await line.cut()
        await joined(sender, ear)


async def test_what_cannot_be_read_is_passed_over(line: Line, stack: AsyncExitStack) -> None:
    sender, ear = await two(line, stack)
    with capture_logs() as logs:
        for payload in UNREADABLE:
            await line.shout(payload)
        await joined(sender, ear)
    assert KEY not in {hint.incident.hex for hint in ear.hints}
    # Both carriers hear each.
    unread = [entry for entry in logs if entry["event"] == "a hint could not be read"]
    assert len(unread) == 2 * len(UNREADABLE)


async def test_no_text_at_all_is_passed_over(stack: AsyncExitStack) -> None:
    line = Nats(await stack.enter_async_context(running_bus()))
    sender, ear = await two(line, stack)
    with capture_logs() as logs:
        await line.shout(bytes(range(256)) * 4000)
        await joined(sender, ear)
    assert [entry["event"] for entry in logs] == ["a hint could not be read"] * 2


@pytest.mark.parametrize("address", ["nats://127.0.0.1:1", "nats://:none", "nats://[", ""])
async def test_a_bus_that_is_away_hinders_nobody(address: str) -> None:
    ear = Ear()
    carrier = NatsCarrier([address], ear)
    async with carrier.running():
        for _ in range(3):
            carrier.publish([Hint(UUID(KEY), 1)])
            await asyncio.sleep(0.01)
    assert ear.hints == [Hint(UUID(KEY), 1)] * 3
