"""Action items become tickets, once, whatever happens on the way."""

import asyncio
from datetime import timedelta

import pytest

from integrations.contract import Denied, Rejected, Unwell
from integrations.observation import TicketState
from server.commands import ticket as tickets
from server.commands.observe_ticket import Tracker
from server.jobs.push_ticket import BUSY, PushTicket
from server.jobs.retry_tickets import RetryTickets
from server.store import tables
from server.store.ids import new_id
from server.store.queue import JobKind
from tests.commands.stored import twice_at_once
from tests.jobs.ticketing import DUE, LINKS, Ticketing


class Died(BaseException):
    """The end of a worker's process."""


def dies() -> None:
    raise Died


async def test_an_action_item_becomes_a_ticket(ticketing: Ticketing) -> None:
    item_id = await ticketing.ticketed(
        title="Have Ann Example alert on lock waits", description="Ask bob@acme.example"
    )
    (draft,) = ticketing.board.drafts
    assert draft.marker == f"whychain-{item_id.hex}"
    assert draft.title == "Have an engineer of team Payments alert on lock waits"
    assert draft.description == "Ask an engineer"
    assert (draft.due_on, draft.priority, draft.team) == (DUE, "P2", "payments")
    assert draft.labels == ("whychain", "monitoring")
    assert (draft.assignee.external_id, draft.assignee.email) == ("ann-there", None)
    assert draft.url == f"https://incidents.acme.example/inc_{ticketing.incident_id.hex}"
    row = await ticketing.ticket(item_id)
    assert (row["external_id"], row["key"], row["status"]) == ("1", "TOY-1", "To Do")
    assert await ticketing.stored.feed(ticketing.incident_id) != []
    await ticketing.in_step(item_id)


async def test_who_has_no_account_that_is_known_is_named_by_address(ticketing: Ticketing) -> None:
    await ticketing.ticketed("bob")
    (draft,) = ticketing.board.drafts
    assert (draft.assignee.external_id, draft.assignee.email) == (None, "bob@acme.example")
    assert ticketing.board.only.assignee == ticketing.board.people["bob"]


async def test_a_ticket_whose_worker_died_before_it_was_noted_is_found_again(
    ticketing: Ticketing,
) -> None:
    item_id = await ticketing.promise()
    ticketing.tracker.after = dies
    with pytest.raises(Died):
        await ticketing.job.run(item_id, 1)
    assert (await ticketing.ticket(item_id))["external_id"] is None
    ticketing.tracker.after = lambda: None
    assert await ticketing.job.run(item_id, 1) == BUSY
    ticketing.clock.forward(minutes=3)
    assert await ticketing.job.run(item_id, 2) is None
    assert len(ticketing.board.tickets) == 1
    await ticketing.in_step(item_id)


async def test_what_happened_to_such_a_ticket_meanwhile_counts(ticketing: Ticketing) -> None:
    item_id = await ticketing.promise()
    ticketing.tracker.after = dies
    with pytest.raises(Died):
        await ticketing.job.run(item_id, 1)
    ticketing.tracker.after = lambda: None
    await ticketing.change_there(state=TicketState.DONE)
    ticketing.clock.forward(minutes=3)
    assert await ticketing.job.run(item_id, 2) is None
    assert (await ticketing.item(item_id))["state"] == "DONE"
    await ticketing.in_step(item_id)


async def test_two_workers_create_one_ticket(ticketing: Ticketing) -> None:
    item_id = await ticketing.promise()
    ticketing.tracker.before = lambda: asyncio.sleep(0.05)
    waits = await twice_at_once(
        ticketing.job.run(item_id, 1),
        PushTicket(ticketing.office, ticketing.job.agents).run(item_id, 1),
    )
    assert sorted(waits, key=bool) == [None, BUSY]
    assert ticketing.tracker.asked == ["create"]
    assert len(ticketing.board.tickets) == 1


async def test_a_tracker_that_is_unwell_is_asked_again(ticketing: Ticketing) -> None:
    item_id = await ticketing.promise()

    def fails() -> None:
        raise Unwell("POST /issue answered 503.", 7)

    ticketing.tracker.before = fails
    wait = await ticketing.job.run(item_id, 1)
    assert wait == timedelta(seconds=7)
    assert (await ticketing.ticket(item_id))["trouble"] == "POST /issue answered 503."
    ticketing.clock.forward(minutes=1)
    assert await ticketing.job.run(item_id, 8) is None
    ticketing.tracker.before = lambda: None
    ticketing.clock.forward(minutes=61)
    await RetryTickets(ticketing.office, ticketing.job.agents).once()
    assert await ticketing.work() == 1
    await ticketing.in_step(item_id)


async def test_nobody_asks_for_a_new_ticket_that_may_be_there_and_is_not_found_yet(
    ticketing: Ticketing,
) -> None:
    item_id = await ticketing.promise()

    def fails() -> None:
        raise Unwell("Jira did not say what became of the new ticket.", 60)

    ticketing.tracker.before = fails
    assert await ticketing.job.run(item_id, 1) == timedelta(seconds=60)
    ticketing.tracker.before = lambda: None
    assert await ticketing.job.run(item_id, 1) == BUSY
    ticketing.clock.forward(minutes=2)
    assert await ticketing.job.run(item_id, 1) is None
    await ticketing.in_step(item_id)


@pytest.mark.parametrize("error", [Denied, Rejected])
async def test_a_refusal_is_told_and_tried_again_much_later(
    ticketing: Ticketing, error: type[Exception]
) -> None:
    item_id = await ticketing.promise()

    def refuses() -> None:
        raise error("POST /issue was answered so.")

    ticketing.tracker.before = refuses
    retry = RetryTickets(ticketing.office, ticketing.job.agents)
    assert await ticketing.work() == 1
    row = await ticketing.ticket(item_id)
    assert (row["trouble"], row["failures"]) == ("POST /issue was answered so.", 1)
    assert (await ticketing.stored.feed(ticketing.incident_id))[-1] == ("ACTION_ITEM", "REVISED")
    await retry.once()
    assert await ticketing.stored.jobs(JobKind.TICKET) == []
    for _ in range(40):
        ticketing.clock.forward(hours=25)
        await retry.once()
        await ticketing.work()
    assert len(ticketing.tracker.asked) == 30
    ticketing.tracker.before = lambda: None
    await ticketing.change(item_id, priority="P1")
    await ticketing.work()
    assert ticketing.board.only.priority == "P1"
    await ticketing.in_step(item_id)


async def test_without_a_tracker_nothing_happens(ticketing: Ticketing) -> None:
    item_id = await ticketing.promise()
    assert await PushTicket(ticketing.office).run(item_id, 1) is None
    ticketing.tracker.teams = frozenset({"search"})
    assert await ticketing.work() == 0
    await RetryTickets(ticketing.office, ()).once()
    await RetryTickets(ticketing.office, ticketing.job.agents).once()
    assert await ticketing.stored.jobs(JobKind.TICKET) == []
    assert await ticketing.stored.rows(tables.ticket) == []
    assert ticketing.tracker.asked == []


async def test_the_first_connection_that_keeps_the_teams_tickets_has_it(
    ticketing: Ticketing,
) -> None:
    other = type(ticketing.tracker)(ticketing.board, frozenset({"search"}))
    item_id = await ticketing.promise()
    agents = (other.agent("other"), ticketing.tracker.agent("acme"), other.agent("third"))
    assert await PushTicket(ticketing.office, agents).run(item_id, 1) is None
    assert (await ticketing.ticket(item_id))["connection"] == "acme"
    assert other.asked == []


async def test_open_items_from_before_there_was_a_tracker_get_tickets(
    ticketing: Ticketing,
) -> None:
    old = await ticketing.promise()
    done = await ticketing.promise()
    await ticketing.change(done, state="DONE")
    await ticketing.stored.lose_jobs()
    await RetryTickets(ticketing.office, ticketing.job.agents).once()
    assert await ticketing.stored.jobs(JobKind.TICKET) == [old]
    await ticketing.work()
    await RetryTickets(ticketing.office, ticketing.job.agents).once()
    assert await ticketing.stored.jobs(JobKind.TICKET) == []


async def test_what_is_done_without_a_ticket_needs_none(ticketing: Ticketing) -> None:
    item_id = await ticketing.promise()
    await ticketing.change(item_id, state="DONE")
    await ticketing.work()
    assert ticketing.tracker.asked == []


async def test_a_connection_that_is_gone_is_told_and_waited_for(ticketing: Ticketing) -> None:
    item_id = await ticketing.ticketed()
    await ticketing.change(item_id, state="IN_PROGRESS")
    assert await PushTicket(ticketing.office).run(item_id, 1) is None
    trouble = (await ticketing.ticket(item_id))["trouble"]
    assert trouble == "whychain.toml has no connection acme that keeps tickets."
    ticketing.clock.forward(hours=2)
    await RetryTickets(ticketing.office, ticketing.job.agents).once()
    await ticketing.work()
    assert ticketing.board.only.state is TicketState.IN_PROGRESS
    await ticketing.in_step(item_id)


async def test_a_connection_that_left_before_it_had_the_ticket_is_not_waited_for_without_end(
    ticketing: Ticketing,
) -> None:
    item_id = await ticketing.promise()
    assert await tickets.claim(ticketing.office, item_id, "toy", "acme")
    retry = RetryTickets(ticketing.office, ())
    tries = 0
    for _ in range(40):
        ticketing.clock.forward(hours=25)
        await retry.once()
        if await ticketing.stored.jobs(JobKind.TICKET):
            assert await PushTicket(ticketing.office).run(item_id, 1) is None
            tries += 1
    assert tries == 30
    await RetryTickets(ticketing.office, ticketing.job.agents).once()
    await ticketing.change(item_id, priority="P1")
    await ticketing.work()
    await ticketing.in_step(item_id)


async def test_a_deleted_ticket_is_told_and_not_made_anew(ticketing: Ticketing) -> None:
    item_id = await ticketing.ticketed()
    kept = ticketing.board.tickets.pop("1")
    await ticketing.change(item_id, state="IN_PROGRESS")
    await ticketing.work()
    assert (await ticketing.ticket(item_id))["trouble"] == "TOY-1 was deleted in Toy."
    await ticketing.change(item_id, state="OPEN")
    await ticketing.work()
    assert ticketing.board.tickets == {}
    assert ticketing.tracker.asked == ["create", "read"]
    ticketing.board.tickets["1"] = kept
    await ticketing.hear(await ticketing.change_there(status="Triage"))
    await ticketing.in_step(item_id)


async def test_a_job_of_nothing_is_over(ticketing: Ticketing) -> None:
    assert await ticketing.job.run(new_id(), 1) is None


async def test_an_answer_that_comes_after_the_lease_is_left_to_who_has_it(
    ticketing: Ticketing,
) -> None:
    item_id = await ticketing.promise()
    late = await tickets.claim(ticketing.office, item_id, "toy", "acme")
    assert late
    draft, telling = await tickets.draft(ticketing.office, late, "toy", None, LINKS)
    seen = ticketing.board.create(draft)
    ticketing.clock.forward(minutes=3)
    assert await tickets.claim(ticketing.office, item_id, "toy", "acme")
    before = await ticketing.ticket(item_id)
    await tickets.heard(ticketing.office, late, Tracker("toy", "Toy"), seen, telling)
    await tickets.fail(ticketing.office, late, "Too late.")
    await tickets.lose(ticketing.office, late, Tracker("toy", "Toy"))
    assert await ticketing.ticket(item_id) == before
