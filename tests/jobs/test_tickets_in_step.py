"""An action item and its ticket follow each other, whoever changes what, and when."""

import random
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from integrations.contract import Unwell
from integrations.observation import TicketState
from server.store import tables
from server.store.queue import JobKind
from tests.jobs.ticketing import DUE, Ticketing
from tests.ticketed import ref

LATER = date(2026, 11, 27)
LATEST = date(2026, 12, 4)


async def test_what_is_changed_here_is_changed_there(ticketing: Ticketing) -> None:
    item_id = await ticketing.ticketed(description="Look at the dashboard first")
    for changes in (
        {"state": "IN_PROGRESS"},
        {"owner_id": ticketing.people["bob"]},
        {"due_on": LATER},
        {"title": "Alert on dead rows", "description": None, "priority": "P0"},
    ):
        await ticketing.change(item_id, **changes)
        assert await ticketing.work() == 1
        await ticketing.in_step(item_id)
    ticket = ticketing.board.only
    assert (ticket.state, ticket.assignee) == (
        TicketState.IN_PROGRESS,
        ticketing.board.people["bob"],
    )
    assert (ticket.due_on, ticket.title, ticket.priority) == (LATER, "Alert on dead rows", "P0")
    assert [entry[:2] for entry in await ticketing.audit(item_id)] == [
        ("person", "STATE"),
        ("person", "OWNER"),
        ("person", "DUE_ON"),
        ("person", "TITLE"),
        ("person", "PRIORITY"),
    ]


@pytest.mark.parametrize(
    ("fields", "columns"),
    [
        ({"state": TicketState.IN_PROGRESS}, {"state": "IN_PROGRESS"}),
        ({"state": TicketState.DONE}, {"state": "DONE"}),
        ({"due_on": LATER}, {"due_on": LATER}),
        ({"due_on": date(2026, 10, 1)}, {"due_on": date(2026, 10, 1)}),
    ],
)
async def test_what_is_changed_there_is_changed_here(
    ticketing: Ticketing, fields: dict[str, Any], columns: dict[str, Any]
) -> None:
    item_id = await ticketing.ticketed()
    seen = await ticketing.change_there(**fields)
    await ticketing.hear(seen)
    item = await ticketing.item(item_id)
    assert {name: item[name] for name in columns} == columns
    ((source, field, _, after, overruled),) = await ticketing.audit(item_id)
    assert (source, overruled) == ("toy", False)
    assert {field.lower(): after} == {name: str(value) for name, value in columns.items()}
    assert (await ticketing.stored.feed(ticketing.incident_id))[-1] == ("ACTION_ITEM", "REVISED")
    assert await ticketing.stored.jobs(JobKind.TICKET) == []
    await ticketing.in_step(item_id)


async def test_who_a_ticket_is_assigned_to_becomes_the_owner(ticketing: Ticketing) -> None:
    item_id = await ticketing.ticketed()
    await ticketing.hear(await ticketing.change_there(assignee=ticketing.board.people["bob"]))
    assert (await ticketing.item(item_id))["owner_id"] == ticketing.people["bob"]
    stranger = ref("dan-there", name="Dan Newcomer")
    await ticketing.hear(await ticketing.change_there(assignee=stranger))
    owner = await ticketing.stored.row(
        tables.person, id=(await ticketing.item(item_id))["owner_id"]
    )
    assert (owner["name"], owner["automatic"]) == ("Dan Newcomer", True)
    assert (await ticketing.audit(item_id))[0] == ("toy", "OWNER", "ann", "bob", False)
    await ticketing.in_step(item_id)


async def test_an_owner_and_a_day_cannot_be_emptied_there(ticketing: Ticketing) -> None:
    item_id = await ticketing.ticketed()
    await ticketing.hear(await ticketing.change_there(assignee=None, due_on=None))
    assert await ticketing.work() == 1
    ticket = ticketing.board.only
    assert (ticket.assignee, ticket.due_on) == (ticketing.board.people["ann"], DUE)
    assert await ticketing.audit(item_id) == [
        ("toy", "OWNER", "ann", None, True),
        ("toy", "DUE_ON", str(DUE), None, True),
    ]
    await ticketing.in_step(item_id)


async def test_an_owner_without_an_account_there_is_tried_once(ticketing: Ticketing) -> None:
    item_id = await ticketing.ticketed()
    await ticketing.change(item_id, owner_id=ticketing.people["cleo"])
    assert await ticketing.work() == 1
    assert ticketing.board.only.assignee is None
    assert (await ticketing.item(item_id))["owner_id"] == ticketing.people["cleo"]
    await ticketing.in_step(item_id)


async def test_whom_a_tracker_assigns_by_itself_takes_no_owner_away(ticketing: Ticketing) -> None:
    ticketing.tracker.after = lambda: None
    lead = ref("lead-there", name="Lea Lead")
    item_id = await ticketing.promise("cleo")
    create = ticketing.board.create
    ticketing.board.create = lambda draft: replace(create(draft), assignee=lead)  # type: ignore[method-assign]
    await ticketing.work()
    assert (await ticketing.item(item_id))["owner_id"] == ticketing.people["cleo"]
    assert (await ticketing.ticket(item_id))["trouble"] == "Toy has it otherwise: owner."
    assert await ticketing.stored.jobs(JobKind.TICKET) == []


CONFLICTS = [
    ("state", "IN_PROGRESS", TicketState.DONE, "DONE", TicketState.IN_PROGRESS),
    ("due_on", LATER, LATEST, LATEST, LATER),
    ("owner_id", "bob", "cleo", "cleo", "bob"),
]


@pytest.mark.parametrize(("column", "here", "there", "taken", "told"), CONFLICTS)
@pytest.mark.parametrize("here_first", [True, False])
@pytest.mark.parametrize("heard", ["webhook", "look"])
async def test_of_two_changes_the_later_one_stands(
    ticketing: Ticketing,
    column: str,
    here: Any,
    there: Any,
    taken: Any,
    told: Any,
    here_first: bool,
    heard: str,
) -> None:
    item_id = await ticketing.ticketed()
    people = ticketing.people
    ticketing.board.people["cleo"] = ref("cleo-there")
    await ticketing.stored.put(
        tables.identity, provider="toy", external_id="cleo-there", person_id=people["cleo"]
    )
    await ticketing.stored.put(
        tables.identity, provider="toy", external_id="bob-there", person_id=people["bob"]
    )
    name, ours, theirs, wanted = column, here, there, taken
    if column == "owner_id":
        name, theirs, told = "assignee", ticketing.board.people[there], ticketing.board.people[told]
        ours, wanted = people[here], people[taken]
    if here_first:
        await ticketing.change(item_id, **{column: ours})
    seen = await ticketing.change_there(**{name: theirs})
    if not here_first:
        await ticketing.change(item_id, **{column: ours})
    if heard == "webhook":
        await ticketing.hear(seen)
    await ticketing.work()
    item, ticket = await ticketing.item(item_id), ticketing.board.only
    if here_first:
        assert (item[column], getattr(ticket, name)) == (wanted, theirs)
    else:
        assert (item[column], getattr(ticket, name)) == (ours, told)
    ours_entry, theirs_entry = await ticketing.audit(item_id)
    assert (ours_entry[0], ours_entry[4]) == ("person", here_first)
    assert (theirs_entry[0], theirs_entry[4]) == ("toy", not here_first)
    await ticketing.hear(seen)
    await ticketing.in_step(item_id)
    assert len(await ticketing.audit(item_id)) == 2


async def test_a_ticket_that_will_not_be_done_says_so_here(ticketing: Ticketing) -> None:
    item_id = await ticketing.ticketed()
    await ticketing.hear(await ticketing.change_there(state=TicketState.DROPPED))
    item = await ticketing.item(item_id)
    assert (item["state"], item["reason"]) == ("DROPPED", "Closed as Won't Do in Toy")
    await ticketing.hear(await ticketing.change_there(state=TicketState.OPEN))
    item = await ticketing.item(item_id)
    assert (item["state"], item["reason"]) == ("OPEN", None)
    await ticketing.in_step(item_id)


async def test_the_reason_for_dropping_is_told_there_without_names(ticketing: Ticketing) -> None:
    item_id = await ticketing.ticketed()
    await ticketing.change(item_id, state="DROPPED", reason="Cleo Patra replaces the service")
    await ticketing.work()
    assert ticketing.board.only.state is TicketState.DROPPED
    assert ticketing.board.notes == ["an engineer replaces the service"]
    await ticketing.in_step(item_id)


async def test_verified_work_stays_so_until_its_ticket_is_reopened(ticketing: Ticketing) -> None:
    item_id = await ticketing.ticketed()
    closed = await ticketing.change_there(state=TicketState.DONE)
    await ticketing.hear(closed)
    item = await ticketing.item(item_id)
    assert (item["state"], item["completed_at"]) == ("DONE", closed.state_at)
    await ticketing.change(item_id, state="VERIFIED")
    await ticketing.work()
    await ticketing.hear(await ticketing.change_there(title="Something else"))
    assert (await ticketing.item(item_id))["state"] == "VERIFIED"
    await ticketing.in_step(item_id)
    await ticketing.hear(await ticketing.change_there(state=TicketState.IN_PROGRESS))
    item = await ticketing.item(item_id)
    assert (item["state"], item["completed_at"]) == ("IN_PROGRESS", None)


async def test_what_is_closed_otherwise_was_reopened_in_between(ticketing: Ticketing) -> None:
    item_id = await ticketing.ticketed()
    await ticketing.hear(await ticketing.change_there(state=TicketState.DONE))
    await ticketing.hear(await ticketing.change_there(state=TicketState.DROPPED))
    assert [entry[1:4] for entry in await ticketing.audit(item_id)] == [
        ("STATE", "OPEN", "DONE"),
        ("STATE", "DONE", "OPEN"),
        ("STATE", "OPEN", "DROPPED"),
    ]


async def test_blocked_work_is_unblocked_only_by_a_later_move(ticketing: Ticketing) -> None:
    item_id = await ticketing.ticketed()
    early = await ticketing.change_there(state=TicketState.IN_PROGRESS)
    await ticketing.change(item_id, state="BLOCKED", reason="Waits for a licence")
    await ticketing.hear(early)
    await ticketing.work()
    assert (await ticketing.item(item_id))["state"] == "BLOCKED"
    assert ticketing.board.only.state is TicketState.IN_PROGRESS
    await ticketing.in_step(item_id)
    await ticketing.hear(await ticketing.change_there(state=TicketState.OPEN))
    assert (await ticketing.item(item_id))["state"] == "OPEN"
    assert not any(entry[4] for entry in await ticketing.audit(item_id))


async def test_a_new_name_of_the_status_alone_is_shown_and_heard(ticketing: Ticketing) -> None:
    item_id = await ticketing.ticketed()
    before = await ticketing.stored.feed(ticketing.incident_id)
    await ticketing.hear(await ticketing.change_there(status="Selected for Development"))
    assert (await ticketing.ticket(item_id))["status"] == "Selected for Development"
    assert len(await ticketing.stored.feed(ticketing.incident_id)) == len(before) + 1
    assert await ticketing.audit(item_id) == []


async def test_what_the_tracker_does_not_take_is_told_here(ticketing: Ticketing) -> None:
    item_id = await ticketing.ticketed()
    change = ticketing.board.set
    ticketing.board.set = lambda id_, **_: change(id_)  # type: ignore[method-assign]
    await ticketing.change(item_id, state="DONE")
    assert await ticketing.work() == 1
    assert (await ticketing.ticket(item_id))["trouble"] == "Toy has it otherwise: state."
    assert (await ticketing.item(item_id))["state"] == "DONE"
    ticketing.board.set = change  # type: ignore[method-assign]
    await ticketing.change(item_id, state="IN_PROGRESS")
    await ticketing.work()
    await ticketing.in_step(item_id)


async def test_after_an_outage_all_is_told_at_once(ticketing: Ticketing) -> None:
    item_id = await ticketing.ticketed()

    def fails() -> None:
        raise Unwell("GET /issue did not answer.")

    ticketing.tracker.before = fails
    for changes in ({"state": "IN_PROGRESS"}, {"due_on": LATER}, {"state": "DONE"}):
        await ticketing.change(item_id, **changes)
        assert await ticketing.job.run(item_id, 1) is not None
    missed = await ticketing.change_there(assignee=ticketing.board.people["bob"])
    ticketing.tracker.before = lambda: None
    asked = len(ticketing.tracker.asked)
    assert await ticketing.job.run(item_id, 4) is None
    assert ticketing.tracker.asked[asked:] == ["read", "update"]
    ticket = ticketing.board.only
    assert (ticket.state, ticket.due_on) == (TicketState.DONE, LATER)
    assert (await ticketing.item(item_id))["owner_id"] == ticketing.people["bob"]
    await ticketing.hear(missed)
    await ticketing.in_step(item_id)


async def test_what_is_changed_while_the_tracker_is_told_is_not_lost(ticketing: Ticketing) -> None:
    item_id = await ticketing.ticketed()
    await ticketing.change(item_id, state="IN_PROGRESS")

    async def meanwhile() -> None:
        if ticketing.tracker.asked[-1] == "update":
            ticketing.tracker.after = lambda: None
            told = ticketing.board.only
            await ticketing.change(item_id, state="DONE")
            await ticketing.hear(
                replace(told, status="Begun", moment=replace(told.moment, digest="w"))
            )

    ticketing.tracker.after = meanwhile
    await ticketing.work()
    assert (await ticketing.item(item_id))["state"] == "DONE"
    assert ticketing.board.only.state is TicketState.DONE
    assert [entry[4] for entry in await ticketing.audit(item_id)] == [False, False]
    await ticketing.in_step(item_id)


async def test_what_is_heard_while_the_tracker_is_told_counts_afterwards(
    ticketing: Ticketing,
) -> None:
    item_id = await ticketing.ticketed()
    await ticketing.change(item_id, due_on=LATER)

    async def meanwhile() -> None:
        if ticketing.tracker.asked[-1] == "update":
            ticketing.tracker.after = lambda: None
            await ticketing.hear(await ticketing.change_there(state=TicketState.DONE))
            assert (await ticketing.item(item_id))["state"] == "OPEN"

    ticketing.tracker.after = meanwhile
    await ticketing.work()
    assert (await ticketing.item(item_id))["state"] == "DONE"
    assert ticketing.board.only.due_on == LATER
    await ticketing.in_step(item_id)


async def test_copies_and_tickets_of_others_change_nothing(ticketing: Ticketing) -> None:
    item_id = await ticketing.ticketed()
    ticket = await ticketing.change_there(state=TicketState.DONE)
    for other in (
        replace(ticket, external_id="77"),
        replace(ticket, marker=None),
        replace(ticket, marker="whychain-of-another-house"),
        replace(ticket, marker=f"whychain-{'0' * 32}"),
    ):
        await ticketing.hear(other)
    assert (await ticketing.item(item_id))["state"] == "OPEN"


async def test_webhooks_in_any_order_end_alike(ticketing: Ticketing) -> None:
    board, ends = ticketing.board, set()
    bob = board.people["bob"]
    for seed in range(8):
        item_id = await ticketing.ticketed()
        number = (await ticketing.ticket(item_id))["external_id"]
        seen = []
        for fields in (
            {"state": TicketState.IN_PROGRESS},
            {"assignee": bob},
            {"due_on": LATER},
            {"state": TicketState.DONE},
            {"due_on": LATEST, "assignee": None},
            {"state": TicketState.OPEN, "assignee": bob},
        ):
            ticketing.clock.forward(minutes=1)
            seen.append(board.set(number, **fields))
        shuffled = [*seen, *seen[:3]]
        random.Random(seed).shuffle(shuffled)
        await ticketing.hear(*shuffled)
        for _ in ("heard", "told"):
            item = await ticketing.item(item_id)
            ends.add((item["state"], item["owner_id"], item["due_on"]))
            await ticketing.work()
    assert ends == {("OPEN", ticketing.people["bob"], LATEST)}


async def test_people_are_accounted_for_by_reference(ticketing: Ticketing) -> None:
    item_id = await ticketing.ticketed()
    by_bob = ticketing.by("bob")
    await by_bob.change(item_id, owner_id=ticketing.people["cleo"], title="Ann Example sees to it")
    rows = await ticketing.stored.rows(tables.action_item_change, action_item_id=item_id)
    owner, title = sorted(rows, key=lambda row: row["id"])
    assert (owner["before"], owner["after"]) == (None, None)
    assert owner["owner_after_id"] == ticketing.people["cleo"]
    assert {owner["by_id"], title["by_id"]} == {ticketing.people["bob"]}
    assert title["after_redacted"] == "an engineer of team Payments sees to it"


async def test_a_change_to_what_it_was_is_none(ticketing: Ticketing) -> None:
    item_id = await ticketing.ticketed()
    await ticketing.change(item_id, state="OPEN", due_on=DUE)
    assert await ticketing.audit(item_id) == []
    assert await ticketing.stored.jobs(JobKind.TICKET) == []


async def test_clocks_that_differ_a_little_lose_nothing(ticketing: Ticketing) -> None:
    item_id = await ticketing.ticketed()
    await ticketing.change(item_id, state="IN_PROGRESS")
    await ticketing.work()
    behind = ticketing.clock.now - timedelta(seconds=30)
    ticketing.board.clock = lambda: max(behind, ticketing.board.only.moment.at)
    await ticketing.hear(ticketing.board.change(state=TicketState.DONE))
    assert (await ticketing.item(item_id))["state"] == "DONE"
