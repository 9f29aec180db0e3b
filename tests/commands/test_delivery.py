"""The inbox: what was answered is kept, processed once, and never forgotten."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import NoReturn
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import text

from server.commands import delivery
from server.commands.delivery import Inbox
from server.commands.work import Office, Work
from server.errors import CodedError, ErrorCode, Unavailable
from server.store import queue, tables
from server.store.database import Row
from server.store.ids import new_id
from server.store.queue import Job, JobKind
from tests.commands.conftest import Clock
from tests.commands.stored import Stored
from tests.commands.told import GITHUB, deployment


async def accepted(office: Office, stored: Stored, key: str = "k1") -> Row:
    """A delivery that was just accepted."""
    assert await Inbox(office)(source="github", key=key, event="push", body=b"{}")
    return await stored.row(tables.delivery, key=key)


async def test_a_delivery_is_kept_with_its_job_and_wakes_the_workers(
    office: Office, stored: Stored, clock: Clock
) -> None:
    woken: list[bool] = []
    row = await accepted(replace(office, wake=lambda: woken.append(True)), stored)
    assert (row["source"], row["key"], row["event"], row["body"]) == (
        "github",
        "k1",
        "push",
        b"{}",
    )
    assert (row["state"], row["attempts"], row["received_at"]) == ("PENDING", 0, clock.now)
    assert await stored.jobs(JobKind.DELIVERY) == [row["id"]]
    assert woken == [True]


async def test_a_key_is_accepted_once_for_each_source(office: Office, stored: Stored) -> None:
    inbox = Inbox(office)
    results = await asyncio.gather(
        *(inbox(source="github", key="k", event="push", body=b"{}") for _ in range(5))
    )
    assert sorted(results) == [False] * 4 + [True]
    assert await inbox(source="pagerduty", key="k", event="push", body=b"{}")
    assert len(await stored.jobs(JobKind.DELIVERY)) == 2


async def test_trouble_of_ours_is_for_the_sender_to_try_again(office: Office) -> None:
    @asynccontextmanager
    async def slow() -> AsyncIterator[NoReturn]:
        raise CodedError("It took too long.", ErrorCode.TIMEOUT)
        yield

    class Slow(Office):
        work = staticmethod(slow)

    inbox = Inbox(Slow(office.database, office.publish, office.wake, office.sprints))
    with pytest.raises(Unavailable):
        await inbox(source="github", key="k", event="push", body=b"{}")


async def test_an_attempt_counts_before_it_is_made(office: Office, stored: Stored) -> None:
    row = await accepted(office, stored)
    for attempt in (1, 2, 3):
        kept = await delivery.begin(office, row["id"])
        assert kept is not None
        assert kept.attempts == attempt
    assert "{}" not in repr(kept)
    assert await delivery.begin(office, new_id()) is None


async def test_what_it_says_and_that_it_is_done_are_one_transaction(
    office: Office, stored: Stored, clock: Clock
) -> None:
    row = await accepted(office, stored)
    kept = await delivery.begin(office, row["id"])
    assert kept is not None
    broken = replace(deployment("d2", "2", 1), sha="\0")
    with pytest.raises(asyncpg.DataError):
        await delivery.finish(office, kept, GITHUB, [deployment("d1", "1", 0), broken])
    assert await stored.rows(tables.deployment) == []
    assert await stored.rows(tables.observation) == []
    assert (await stored.row(tables.delivery, key="k1"))["state"] == "PENDING"
    await delivery.finish(office, kept, GITHUB, [deployment("d1", "1", 0)])
    done = await stored.row(tables.delivery, key="k1")
    assert (done["state"], done["processed_at"], done["error"]) == ("DONE", clock.now, None)
    assert len(await stored.rows(tables.deployment)) == 1


async def test_two_who_process_it_at_once_do_it_once(office: Office, stored: Stored) -> None:
    row = await accepted(office, stored)
    kept = await delivery.begin(office, row["id"])
    assert kept is not None
    finish = delivery.finish
    seen = [deployment("d1", "1", 0)]
    await asyncio.gather(*(finish(office, kept, GITHUB, seen) for _ in range(3)))
    assert len(await stored.rows(tables.observation)) == 1
    assert await delivery.begin(office, row["id"]) is None


async def test_who_became_known_has_texts_rendered_anew(office: Office, stored: Stored) -> None:
    row = await accepted(office, stored)
    kept = await delivery.begin(office, row["id"])
    assert kept is not None
    await delivery.finish(office, kept, GITHUB, [deployment("d1", "1", 0)])
    assert len(await stored.jobs(JobKind.REDACT)) == 1
    again = await accepted(office, stored, "k2")
    kept = await delivery.begin(office, again["id"])
    assert kept is not None
    await delivery.finish(office, kept, GITHUB, [deployment("d2", "2", 0)])
    assert len(await stored.jobs(JobKind.REDACT)) == 1


async def test_a_parked_delivery_keeps_its_body_and_says_why(
    office: Office, stored: Stored
) -> None:
    row = await accepted(office, stored)
    await delivery.park(office, row["id"], "Malformed: " + "x" * 1_000)
    parked = await stored.row(tables.delivery, key="k1")
    assert (parked["state"], parked["body"]) == ("PARKED", b"{}")
    assert parked["error"].startswith("Malformed: x")
    assert len(parked["error"]) == 500
    assert await delivery.begin(office, row["id"]) is None


# ── what a queue forgets, an inbox does not ──────────────────────────────────


async def test_a_delivery_without_a_job_gets_one_after_a_while(
    office: Office, stored: Stored, clock: Clock
) -> None:
    lost = await accepted(office, stored)
    await stored.lose_jobs()
    assert await delivery.recover(office, timedelta(seconds=5)) == 0
    clock.forward(seconds=6)
    waiting = await accepted(office, stored, "k2")
    clock.forward(seconds=6)
    assert await delivery.recover(office, timedelta(seconds=5)) == 1
    assert set(await stored.jobs(JobKind.DELIVERY)) == {lost["id"], waiting["id"]}
    assert await delivery.recover(office, timedelta(seconds=5)) == 0


async def test_what_is_done_or_parked_is_not_recovered(
    office: Office, stored: Stored, clock: Clock
) -> None:
    parked, done = await accepted(office, stored), await accepted(office, stored, "k2")
    await delivery.park(office, parked["id"], "no")
    kept = await delivery.begin(office, done["id"])
    assert kept is not None
    await delivery.finish(office, kept, GITHUB, [])
    await stored.lose_jobs()
    clock.forward(minutes=1)
    assert await delivery.recover(office, timedelta(seconds=5)) == 0


# ── the queue itself ─────────────────────────────────────────────────────────


async def enqueue(work: Work, *jobs: Job) -> None:
    await queue.enqueue(work.tx, jobs)


async def test_jobs_run_if_and_only_if_their_transaction_commits(
    office: Office, stored: Stored
) -> None:
    job = Job(JobKind.ATTRIBUTE, UUID(int=1))

    async def fail() -> None:
        async with office.work() as work:
            await enqueue(work, job)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert await stored.jobs(JobKind.ATTRIBUTE) == []
    async with office.work() as work:
        await enqueue(work, job)
    assert await stored.jobs(JobKind.ATTRIBUTE) == [UUID(int=1)]


async def test_a_delivery_has_one_job_and_an_attribution_as_many_as_were_asked_for(
    office: Office, stored: Stored
) -> None:
    jobs = [Job(kind, UUID(int=1)) for kind in (JobKind.DELIVERY, JobKind.ATTRIBUTE)]
    for _ in range(3):
        async with office.work() as work:
            await enqueue(work, *jobs)
    assert len(await stored.jobs(JobKind.DELIVERY)) == 1
    assert len(await stored.jobs(JobKind.ATTRIBUTE)) == 3


async def test_the_queues_notes_are_forgotten_after_a_while(office: Office, clock: Clock) -> None:
    note = text(
        "insert into jobs.pgqueuer_log (created, job_id, status, priority, entrypoint)"
        " values (now() - interval '2 days', 1, 'successful', 0, 'x'),"
        " (now(), 2, 'successful', 0, 'x')"
    )
    left = text("select job_id from jobs.pgqueuer_log")
    async with office.work() as work:
        await work.tx.run(note)
        clock.now = await work.tx.value(text("select now()"))
    await delivery.forget_jobs(office, timedelta(days=1))
    async with office.work() as work:
        assert [row["job_id"] for row in await work.tx.fetch(left)] == [2]
