"""The worker: kept webhooks become state, whatever fails on the way."""

import asyncio
import json
from collections.abc import Sequence
from datetime import timedelta

import asyncpg
import pytest
from pgqueuer.domain.models import AnyEvent, TableChangedEvent
from sqlalchemy import text

from integrations.contract import Delivery, Malformed
from integrations.observation import Observation, PageEvent
from server.backoff import Backoff
from server.commands.delivery import Inbox
from server.commands.work import Office
from server.jobs.job import BACKOFF
from server.jobs.wake import Wake
from server.store import tables
from server.store.database import Database, Row
from server.store.queue import JobKind
from tests.commands.stored import Stored
from tests.commands.told import GRACE, deployment, page
from tests.jobs.conftest import QUICKLY, Parrot, until, working

SECRET = "a body that nobody may read"  # what must not leak, not a password


async def accept(office: Office, key: str = "k1", source: str = "parrot") -> None:
    await Inbox(office)(source=source, key=key, event="said", body=SECRET.encode())


async def settled(stored: Stored, key: str = "k1") -> Row:
    """The delivery once it is done or parked."""

    async def is_settled() -> bool:
        return bool((await stored.row(tables.delivery, key=key))["state"] != "PENDING")

    await until(is_settled)
    return await stored.row(tables.delivery, key=key)


async def test_a_kept_webhook_becomes_state_and_its_incident_is_attributed(
    database: Database, stored: Stored
) -> None:
    told: Sequence[Observation] = (
        deployment("d1", "1", -5),
        page(PageEvent.TRIGGERED, 0, paged=(GRACE,)),
    )
    parrot = Parrot(says=lambda _: told)
    async with working(database, parrot) as office:
        await accept(office)
        row = await settled(stored)
        assert (row["state"], row["attempts"], row["error"]) == ("DONE", 1, None)
        assert parrot.heard == [Delivery("said", SECRET.encode(), row["received_at"])]

        async def is_attributed() -> bool:
            (answer,) = await stored.rows(tables.attribution)
            return answer["computed_at"] is not None

        await until(is_attributed)
    assert len(await stored.rows(tables.attribution_candidate)) == 1
    assert await stored.jobs(JobKind.DELIVERY) == []


async def test_many_at_once_are_each_processed_once(database: Database, stored: Stored) -> None:
    parrot = Parrot(says=lambda delivery: ())
    async with working(database, parrot) as office:
        await asyncio.gather(*(accept(office, f"k{number}") for number in range(60)))
        for number in range(60):
            assert (await settled(stored, f"k{number}"))["attempts"] == 1
    assert len(parrot.heard) == 60


async def test_what_fails_is_tried_again(database: Database, stored: Stored) -> None:
    def stumble(_: Delivery) -> Sequence[Observation]:
        if len(parrot.heard) < 3:
            raise RuntimeError(SECRET)
        return (deployment("d1", "1", 0),)

    parrot = Parrot(says=stumble)
    async with working(database, parrot) as office:
        await accept(office)
        row = await settled(stored)
    assert (row["state"], row["attempts"], row["error"]) == ("DONE", 3, None)
    assert len(await stored.rows(tables.deployment)) == 1


async def test_what_always_fails_is_parked_after_its_attempts(
    database: Database, stored: Stored, capfd: pytest.CaptureFixture[str]
) -> None:
    def fail(_: Delivery) -> Sequence[Observation]:
        raise RuntimeError(SECRET)

    parrot = Parrot(says=fail)
    async with working(database, parrot) as office:
        await accept(office)
        row = await settled(stored)
    assert (row["state"], row["attempts"]) == ("PARKED", QUICKLY.most)
    assert row["error"].startswith("RuntimeError at test_worker.py:")
    assert row["body"] == SECRET.encode()
    assert len(parrot.heard) == QUICKLY.most
    assert await stored.jobs(JobKind.DELIVERY) == []
    told = "".join(capfd.readouterr())
    notes = await database.fetch(text("select traceback::text from jobs.pgqueuer_log"))
    assert SECRET not in told + json.dumps([row["traceback"] for row in notes])
    assert "RuntimeError" in told


async def test_what_cannot_be_read_is_parked_at_once(database: Database, stored: Stored) -> None:
    def refuse(_: Delivery) -> Sequence[Observation]:
        raise Malformed("deployment.sha is missing")

    async with working(database, Parrot(says=refuse)) as office:
        await accept(office)
        row = await settled(stored)
    assert (row["state"], row["attempts"]) == ("PARKED", 1)
    assert row["error"] == "Malformed: deployment.sha is missing"


async def test_a_delivery_of_an_integration_that_is_gone_is_parked(
    database: Database, stored: Stored
) -> None:
    async with working(database, Parrot()) as office:
        await accept(office, source="owl")
        row = await settled(stored)
    assert (row["state"], row["error"]) == (
        "PARKED",
        "NoIntegrationError: no integration owl is installed",
    )


async def test_a_poisoned_delivery_does_not_hold_up_the_others(
    database: Database, stored: Stored
) -> None:
    def fail(delivery: Delivery) -> Sequence[Observation]:
        if delivery.event == "said":
            raise RuntimeError
        return ()

    async with working(database, Parrot(says=fail)) as office:
        for number in range(10):
            await accept(office, f"k{number}")
        await Inbox(office)(source="parrot", key="good", event="sung", body=b"")
        assert (await settled(stored, "good"))["state"] == "DONE"


async def test_a_delivery_whose_job_was_lost_is_found(database: Database, stored: Stored) -> None:
    await stored.add(
        tables.delivery, source="parrot", key="k1", event="said", body=b"", state="PENDING"
    )
    async with working(database, Parrot(), sweeps=True):
        assert (await settled(stored))["state"] == "DONE"


async def test_a_delivery_that_kills_every_process_is_parked(
    database: Database, stored: Stored
) -> None:
    row: dict[str, object] = {"source": "parrot", "key": "k1", "event": "said", "body": b""}
    await stored.add(tables.delivery, **row, state="PENDING", attempts=QUICKLY.most)
    parrot = Parrot()
    async with working(database, parrot, sweeps=True):
        assert (await settled(stored))["state"] == "PARKED"
    assert parrot.heard == []


async def test_stopping_lets_what_runs_end_and_leaves_the_rest(
    database: Database, stored: Stored
) -> None:
    begun = asyncio.Event()

    def begin(_: Delivery) -> Sequence[Observation]:
        begun.set()
        return (deployment("d1", "1", 0),)

    async with working(database, Parrot(says=begin)) as office:
        await accept(office)
        async with asyncio.timeout(10):
            await begun.wait()
    assert (await stored.row(tables.delivery, key="k1"))["state"] == "DONE"
    await accept(office, "k2")
    assert len(await stored.jobs(JobKind.DELIVERY)) == 1
    async with working(database, Parrot()):
        assert (await settled(stored, "k2"))["state"] == "DONE"


async def test_a_call_sends_what_pgqueuer_listens_to(database: Database) -> None:
    heard: asyncio.Queue[str] = asyncio.Queue()
    listener = await asyncpg.connect(database.url)
    await listener.add_listener("ch_pgqueuer", lambda *told: heard.put_nowait(str(told[-1])))
    async with Wake.running(database.url) as wake, asyncio.timeout(10):
        wake()
        event = AnyEvent.model_validate_json(await heard.get()).root
        assert isinstance(event, TableChangedEvent)
        await database.fetch(
            text(
                "select pg_terminate_backend(pid) from pg_stat_activity where pid <>"
                " pg_backend_pid() and query like 'SELECT pg_notify%'"
            )
        )
        wake()
        await heard.get()
    await listener.close()


@pytest.mark.parametrize("attempt", range(1, 12))
def test_the_wait_grows_and_ends(attempt: int) -> None:
    wait = BACKOFF.after(attempt)
    if attempt >= BACKOFF.most:
        assert wait is None
        return
    assert wait is not None
    longest = min(BACKOFF.first * BACKOFF.factor ** (attempt - 1), BACKOFF.longest)
    assert longest * 0.75 <= wait <= longest


def test_what_failed_together_is_not_tried_together() -> None:
    waits = {Backoff(first=timedelta(seconds=10)).after(1) for _ in range(20)}
    assert len(waits) > 1
