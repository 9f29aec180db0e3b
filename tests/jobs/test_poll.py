"""Polling: all that a vendor has comes in, once, whatever happens on the way."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from integrations.contract import Batch, Connection, Http, RatePolicy
from server.backoff import Backoff
from server.commands import inbox, polling
from server.commands.token import ADMIN
from server.commands.work import Office
from server.domain.action_item import Sprints
from server.errors import CodedError, Unavailable
from server.jobs.look import Look
from server.jobs.poll import Poll
from server.jobs.process_delivery import ProcessDelivery
from server.outbound.clients import Clients
from server.outbound.timing import Timing
from server.store import tables
from server.store.database import Database
from tests.commands.conftest import Clock
from tests.commands.stored import Stored
from tests.jobs.conftest import until
from tests.polled import Deployments, Toy, deployments
from tests.vendor import breaks_off, says
from tests.web.toys import ToyVendor

QUICK = Timing(
    patience=0.05,
    request_seconds=5,
    backoff=Backoff(timedelta(milliseconds=1), factor=1, longest=timedelta(seconds=1), most=2),
)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def office(database: Database, clock: Clock) -> Office:
    return Office(database, lambda _: None, lambda: None, Sprints(date(2026, 11, 2), 7), clock)


@pytest.fixture
async def there() -> AsyncIterator[Deployments]:
    async with deployments() as found:
        yield found


@dataclass(frozen=True)
class Polled:
    """A process that polls, put together as the server is."""

    office: Office
    clients: Clients
    there: Deployments

    def look(self, plugin: Any = None, name: str = "acme") -> Look:
        plugin, connection = plugin or Toy(), self.there.connection(name)
        client = self.clients.of(plugin, connection)
        look = Look.for_news(self.office, plugin, connection, client)
        assert look is not None
        return look

    async def once(self, look: Look | None = None, most: int = 20, **options: bool) -> bool:
        return await Poll(self.office, (), most=most).once(look or self.look(), **options)


@pytest.fixture
async def polled(office: Office, there: Deployments) -> AsyncIterator[Polled]:
    async with Clients.open(QUICK) as clients:
        yield Polled(office, clients, there)


async def state(stored: Stored, name: str = "acme") -> Any:
    return await stored.row(tables.connection_state, connection=name)


async def known(stored: Stored) -> list[str]:
    """The ids of the deployments that came in, in their order."""
    rows = await stored.rows(tables.deployment)
    return sorted((row["external_id"] for row in rows), key=lambda id_: int(id_[1:]))


def ids(count: int) -> list[str]:
    return [f"d{number}" for number in range(1, count + 1)]


async def test_what_there_is_comes_in_and_the_cursor_stays_behind_it(
    polled: Polled, stored: Stored, clock: Clock
) -> None:
    polled.there.add(5)
    assert await polled.once()
    assert await known(stored) == ids(5)
    row = await state(stored)
    assert (row["cursor"], row["last_success_at"], row["failures"]) == ("5", clock.now, 0)
    assert row["due_at"] == clock.now + timedelta(seconds=60)
    assert (row["lease"], row["leased_until"]) == (None, None)
    assert (row["budget_remaining"], row["budget_limit"]) == (99, 100)


async def test_news_are_looked_for_at_the_vendors_pace(
    polled: Polled, stored: Stored, clock: Clock
) -> None:
    polled.there.add(1)
    assert await polled.once()
    polled.there.add(1)
    clock.forward(seconds=59)
    assert not await polled.once()
    clock.forward(seconds=1)
    assert await polled.once()
    assert await known(stored) == ids(2)


async def test_a_long_look_is_broken_off_and_goes_on_at_once(
    polled: Polled, stored: Stored
) -> None:
    polled.there.add(9)
    assert await polled.once(most=2)
    assert await known(stored) == ids(4)
    assert await polled.once()
    assert await known(stored) == ids(9)


async def test_a_page_that_is_cut_is_read_again_without_loss_or_double(
    polled: Polled, stored: Stored, clock: Clock
) -> None:
    polled.there.add(6)
    vendor = polled.there.vendor
    vendor.line = [polled.there.answer, breaks_off, breaks_off]
    await polled.once()
    row = await state(stored)
    assert (await known(stored), row["cursor"]) == (ids(2), "2")
    assert (row["failure_code"], row["failure_message"]) == (
        "UNWELL",
        "GET /deployments did not answer.",
    )
    assert not await polled.once()
    clock.now = row["due_at"]
    await polled.once()
    assert await known(stored) == ids(6)
    assert len(await stored.rows(tables.observation)) == 6
    assert (await state(stored))["failures"] == 0


# ── one at a time, whatever dies ─────────────────────────────────────────────


async def test_two_who_poll_at_once_poll_once(polled: Polled, stored: Stored) -> None:
    polled.there.add(3)
    assert sorted(await asyncio.gather(*(polled.once() for _ in range(4)))) == [False] * 3 + [True]
    assert polled.there.vendor.asked == [
        "GET /deployments?after=0",
        "GET /deployments?after=2",
    ]


async def test_two_connections_are_read_each_for_itself(polled: Polled, stored: Stored) -> None:
    polled.there.add(3)
    await asyncio.gather(*(polled.once(polled.look(name=name)) for name in ("acme", "emca")))
    assert (await state(stored, "emca"))["cursor"] == "3"
    assert len(await stored.rows(tables.observation)) == 3


async def test_who_is_killed_between_batches_is_succeeded_after_a_silence(
    polled: Polled, stored: Stored, clock: Clock
) -> None:
    polled.there.add(5)
    look = polled.look()
    dead = await polling.claim(polled.office, look.stream)
    assert dead is not None
    batch = await look.ask(None)
    assert await polling.keep(polled.office, dead, look.source, batch, rest=timedelta(0))
    assert not await polled.once()
    clock.forward(seconds=31)
    assert await polled.once()
    assert await known(stored) == ids(5)
    assert polled.there.vendor.asked[1:] == [f"GET /deployments?after={n}" for n in (2, 4)]


async def test_who_was_thought_dead_keeps_nothing(
    polled: Polled, stored: Stored, clock: Clock
) -> None:
    polled.there.add(2)
    look = polled.look()
    slow = await polling.claim(polled.office, look.stream)
    assert slow is not None
    batch = await look.ask(None)
    clock.forward(seconds=31)
    assert await polled.once()
    polled.there.add(1)
    late = replace(batch, cursor="0")
    assert not await polling.keep(polled.office, slow, look.source, late, rest=timedelta(0))
    await polling.fail(polled.office, slow, polling.Failure(polling.FailureCode.FAULT, "late"))
    row = await state(stored)
    assert (row["cursor"], row["failures"]) == ("2", 0)


async def test_what_was_seen_and_the_cursor_are_one_transaction(
    polled: Polled, stored: Stored
) -> None:
    polled.there.add(2)
    look = polled.look()
    held = await polling.claim(polled.office, look.stream)
    assert held is not None
    broken = replace(await look.ask(None), cursor="\0")
    with pytest.raises(CodedError, match="NUL"):
        await polling.keep(polled.office, held, look.source, broken, rest=timedelta(0))
    assert await known(stored) == []
    assert (await state(stored))["last_success_at"] is None


async def test_an_observation_that_cannot_be_kept_is_parked_and_stops_nothing(
    polled: Polled, stored: Stored
) -> None:
    polled.there.add(3)
    polled.there.records[1]["id"] = "d2\0"
    await polled.once()
    assert await known(stored) == ["d1", "d3"]
    assert (await state(stored))["cursor"] == "3"
    (parked,) = await stored.rows(tables.delivery)
    assert (parked["event"], parked["state"]) == ("observation", "PARKED")
    assert b"d2" in parked["body"]


async def test_a_database_that_is_away_is_no_failure_of_the_vendor(
    polled: Polled, stored: Stored, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object, **__: object) -> bool:
        raise Unavailable("The database cannot be reached.")

    polled.there.add(1)
    with monkeypatch.context() as patch:
        patch.setattr(polling, "keep", away)
        with pytest.raises(Unavailable):
            await polled.once()
    assert (await state(stored))["failures"] == 0
    assert await polled.once()
    assert await known(stored) == ids(1)


# ── what goes wrong ──────────────────────────────────────────────────────────


async def test_a_record_that_cannot_be_read_is_parked_once_and_stops_nothing(
    polled: Polled, stored: Stored, clock: Clock
) -> None:
    polled.there.add(3)
    del polled.there.records[1]["sha"]
    polled.there.records[1]["id"] = "d2 \n"
    for _ in range(2):
        await polled.once()
        await stored.database.fetch(text("update connection_state set cursor = null"))
        clock.forward(minutes=2)
    assert await known(stored) == ["d1", "d3"]
    (parked,) = await stored.rows(tables.delivery)
    assert (parked["source"], parked["state"], parked["event"]) == ("toy", "PARKED", "deployment")
    assert parked["error"] == "'sha' is missing."
    assert b"minute" in parked["body"]
    assert parked["key"].isalnum()


async def test_a_credential_that_is_refused_stops_the_connection(
    polled: Polled, stored: Stored, clock: Clock
) -> None:
    polled.there.add(1)
    polled.there.vendor.line = [says(status=401), says(status=403)]
    await polled.once()
    row = await state(stored)
    assert (row["stopped"], row["failure_code"]) == (True, "DENIED")
    assert row["failure_message"] == "GET /deployments was answered 403."
    assert row["due_at"] == clock.now + timedelta(hours=6)
    assert not await polled.once()
    assert await polled.once(stopped_too=True)
    assert (await state(stored))["stopped"] is False
    assert await known(stored) == ids(1)


async def test_a_vendor_that_stays_unwell_is_asked_less_and_less(
    polled: Polled, stored: Stored, clock: Clock
) -> None:
    waits = []
    for _ in range(12):
        polled.there.vendor.line = [says(status=503), says(status=503)]
        assert await polled.once()
        row = await state(stored)
        waits.append((row["due_at"] - clock.now).total_seconds())
        clock.now = row["due_at"]
    assert row["failures"] == 12
    assert 22 <= waits[0] <= 30
    assert 45 <= waits[1] <= 60
    assert 2700 <= waits[-1] <= 3600


async def test_a_vendor_that_wants_peace_gets_it(
    polled: Polled, stored: Stored, clock: Clock
) -> None:
    polled.there.vendor.line = [says(status=429, retry_after="7200")]
    await polled.once()
    wait = (await state(stored))["due_at"] - clock.now
    assert timedelta(minutes=119) < wait <= timedelta(hours=2)


@pytest.mark.parametrize(
    ("answer", "code", "message"),
    [
        (says(status=404), "MISSING", "GET /deployments was answered 404."),
        (says(status=422), "REJECTED", "GET /deployments was answered 422."),
        (says({}), "FAULT", "KeyError at polled.py:"),
    ],
)
async def test_trouble_is_told_in_our_own_words(
    polled: Polled, stored: Stored, answer: Any, code: str, message: str
) -> None:
    polled.there.vendor.line = [answer]
    await polled.once()
    row = await state(stored)
    assert row["failure_code"] == code
    assert row["failure_message"].startswith(message)
    assert row["stopped"] is False


async def test_who_goes_on_from_where_it_was_is_at_fault(polled: Polled, stored: Stored) -> None:
    @dataclass(frozen=True)
    class Circling(Toy):
        async def poll(self, connection: Connection, http: Http, cursor: str | None) -> Batch:
            return Batch((), "here", more=True)

    await polled.once(polled.look(Circling()))
    row = await state(stored)
    assert (row["cursor"], row["failure_code"]) == ("here", "FAULT")


# ── the loop, and the past ───────────────────────────────────────────────────


async def test_it_looks_by_itself_and_outlives_its_troubles(
    database: Database, polled: Polled, stored: Stored
) -> None:
    office = replace(polled.office, clock=lambda: datetime.now(UTC))
    toy = Toy(RatePolicy(1000, 1.0, poll_seconds=0.01))
    looks = [replace(polled.look(toy, name), office=office) for name in ("acme", "emca")]
    polled.there.add(3)
    async with Poll(office, looks, every=timedelta(seconds=0.02)).running():
        await until(lambda: _has(stored, 3))
        polled.there.add(2)
        await until(lambda: _has(stored, 5))
    assert {row["lease"] for row in await stored.rows(tables.connection_state)} == {None}


async def _has(stored: Stored, count: int) -> bool:
    return len(await known(stored)) == count


async def test_the_past_is_read_with_a_cursor_of_its_own(
    polled: Polled, stored: Stored, clock: Clock
) -> None:
    polled.there.add(5)
    await polled.once()
    connection, toy = polled.there.connection(), Toy()
    client = polled.clients.of(toy, connection)
    look = Look.for_the_past(polled.office, toy, connection, client, date(2026, 8, 4))
    assert look is not None
    held = await polling.claim(polled.office, look.stream, anyway=True)
    assert held is not None
    assert await polling.claim(polled.office, look.stream, anyway=True) is None
    assert await look.take(held, most=1) is None
    held = await polling.claim(polled.office, look.stream, anyway=True)
    assert held is not None
    assert (held.cursor, held.progress, held.finished_at) == ("2", 0.4, None)
    told: list[float | None] = []
    assert await look.take(held, tell=lambda batch: told.append(batch.progress)) is None
    assert told == [0.8, 1.0]
    row = await stored.row(tables.connection_state, stream="backfill:2026-08-04")
    assert (row["cursor"], row["finished_at"]) == ("5", clock.now)
    assert polled.there.vendor.asked[-1] == "GET /deployments?after=4&since=2026-08-04"
    assert len(await stored.rows(tables.observation)) == 5


async def test_a_parked_observation_is_brought_into_state_when_it_is_replayed(
    polled: Polled, stored: Stored
) -> None:
    polled.there.add(1)
    look = polled.look()
    held = await polling.claim(polled.office, look.stream)
    assert held is not None
    batch = await look.ask(None)
    parked = [polling.parked(each, "a fault that is mended") for each in batch.observations]
    sifted = replace(batch, observations=(), unreadable=parked)
    assert await polling.keep(polled.office, held, look.source, sifted, rest=timedelta(0))
    (row,) = await stored.rows(tables.delivery)
    await inbox.replay(polled.office, ADMIN, row["id"])
    await ProcessDelivery(polled.office, {"toy": ToyVendor()}).run(row["id"], 1)
    assert await known(stored) == ["d1"]
