"""People and teams are told of their action items through a chat, once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from aiohttp import web

from integrations.contract import PostsMessages
from server.commands.work import Office
from server.domain.action_item import Sprints
from server.domain.link import Links
from server.domain.reminder import Rhythm
from server.jobs.post_message import PostMessage
from server.jobs.remind import Remind
from server.outbound.agents import Agent, agents
from server.outbound.clients import Clients
from server.store import tables
from server.store.database import Database
from server.store.queue import JobKind
from server.store.statements import update_row
from tests.chat import Chat, Room, room
from tests.commands.stored import Stored
from tests.vendor import says

MONDAY = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
TODAY = MONDAY.date()
LINKS = Links("https://i.example/{id}")

AddItem = Callable[..., Awaitable[UUID]]
Chats = tuple[Agent[PostsMessages], ...]


@pytest.fixture
async def there() -> AsyncIterator[Room]:
    """The chat."""
    async with room() as found:
        yield found


@pytest.fixture
async def chats(there: Room) -> AsyncIterator[Chats]:
    """The one connection to it."""
    async with AsyncExitStack() as stack:
        clients = await stack.enter_async_context(Clients.open())
        power: type[PostsMessages] = PostsMessages  # type: ignore[type-abstract]
        yield agents(power, {"slack": Chat()}, [there.connection], clients)


@pytest.fixture
def office(database: Database) -> Office:
    """An office on a Monday at half past nine."""
    sprints = Sprints(date(2026, 11, 2), 7)
    return Office(database, lambda _: None, lambda: None, sprints, lambda: MONDAY)


@pytest.fixture
async def ada(stored: Stored) -> UUID:
    """Somebody of the team that has a channel, whom the chat knows."""
    team_id = await stored.add(tables.team, slug="shop", name="Shop")
    person_id = await stored.person("Ada Lovelace", team_id=team_id)
    await stored.put(
        tables.identity, provider="slack", external_id="U0ADA", person_id=person_id, handle="ada"
    )
    return person_id


@pytest.fixture
async def add_item(stored: Stored, ada: UUID) -> AddItem:
    """Add an action item that is due so many days ago."""
    incident_id = await stored.add(
        tables.incident, title="It fails", severity="SEV2", status="RESOLVED", declared_at=MONDAY
    )

    async def add(title: str, days: int, owner: UUID = ada, **values: object) -> UUID:
        row = {
            "incident_id": incident_id,
            "title": title,
            "kind": "MONITORING",
            "priority": "P2",
            "owner_id": owner,
            "due_on": TODAY - timedelta(days=days),
            "state": "OPEN",
        }
        return await stored.add(tables.action_item, **{**row, **values})

    return add


def remind(office: Office, chats: Chats) -> Remind:
    return Remind(office, chats, LINKS, Rhythm())


async def post_all(office: Office, stored: Stored, chats: Chats) -> None:
    """Do the jobs that wait, each once."""
    for each in await stored.jobs(JobKind.POST):
        await PostMessage(office, chats).run(each, 1)


async def test_an_owner_hears_of_all_that_is_due_where_one_has_its_day(
    office: Office, stored: Stored, there: Room, chats: Chats, add_item: AddItem
) -> None:
    await add_item("Alert on a full pool", 7, title_redacted="Alert as an engineer said")
    await add_item("Watch the queue", 3)
    await add_item("Not yet", -1)
    await add_item("Done", 7, state="DONE", completed_at=MONDAY - timedelta(days=30))
    wednesday = replace(office, clock=lambda: MONDAY + timedelta(days=2))
    await remind(wednesday, chats).once()
    assert await stored.rows(tables.post) == [], "no item has its day"
    await remind(office, chats).once()
    await post_all(office, stored, chats)
    told = dict(there.texts())["U0ADA"].splitlines()
    incident = await stored.row(tables.incident)
    where = f"incident #{incident['number']} https://i.example/inc_{incident['id'].hex}"
    assert told == [
        "2 action items of yours are due:",
        f"- Alert as an engineer said: 7 days overdue, {where}",
        f"- Watch the queue: 3 days overdue, {where}",
    ]
    row = await stored.row(tables.post, kind="OVERDUE")
    assert (row["state"], row["text"], row["posted_at"]) == ("POSTED", None, MONDAY)


async def test_a_team_hears_how_its_items_stand(
    office: Office, stored: Stored, there: Room, chats: Chats, add_item: AddItem
) -> None:
    await add_item("Late", 1)
    await add_item("Stuck", 1, state="BLOCKED")
    await add_item("Near", -7)
    await add_item("Far", -8)
    done = {"state": "DONE"}
    await add_item("Finished", 1, completed_at=MONDAY - timedelta(days=6), **done)
    await add_item("History", 1, completed_at=MONDAY - timedelta(days=8), **done)
    await remind(office, chats).once()
    await post_all(office, stored, chats)
    ((to, text),) = there.texts()
    assert to == "C-SHOP"
    heads = [line.partition(",")[0] for line in text.splitlines()]
    assert heads == [
        "Action items of team Shop this week",
        "Overdue: 1",
        "- Late: 1 day overdue",
        "Blocked: 1",
        "- Stuck: 1 day overdue",
        "Due soon: 1",
        "- Near: due on 2026-11-09",
        "On track: 1",
        "- Far: due on 2026-11-10",
        "Done since the last review: 1",
        "- Finished: done on 2026-10-27",
    ]


@pytest.mark.parametrize("hours", [-1, 24])
async def test_nobody_is_told_before_the_hour_nor_reviewed_on_another_day(
    office: Office, stored: Stored, chats: Chats, add_item: AddItem, hours: int
) -> None:
    await add_item("Late", 2)
    at = MONDAY + timedelta(hours=hours)
    await remind(replace(office, clock=lambda: at), chats).once()
    assert await stored.rows(tables.post) == []


async def test_many_workers_remind_once(
    office: Office, stored: Stored, there: Room, chats: Chats, add_item: AddItem
) -> None:
    await add_item("Late", 7)
    await asyncio.gather(*(remind(office, chats).once() for _ in range(4)))
    await remind(office, chats).once()
    assert len(await stored.jobs(JobKind.POST)) == 2
    await post_all(office, stored, chats)
    await post_all(office, stored, chats)
    assert sorted(to for to, _ in there.texts()) == ["C-SHOP", "U0ADA"]


async def test_without_a_chat_and_without_an_identity_nothing_waits(
    office: Office, stored: Stored, chats: Chats, add_item: AddItem
) -> None:
    await add_item("Late", 7, owner=await stored.person("Grace Hopper"))
    await remind(office, ()).once()
    await remind(office, chats).once()
    assert await stored.rows(tables.post) == []
    assert await stored.jobs(JobKind.POST) == []


async def test_a_post_whose_end_is_unclear_is_not_posted_twice(
    office: Office, stored: Stored, there: Room, chats: Chats, add_item: AddItem
) -> None:
    await add_item("Late", 7)
    await remind(office, chats).once()
    (job, _) = await stored.jobs(JobKind.POST)

    async def takes_it_and_fails(request: web.Request) -> web.StreamResponse:
        await there.answer(request)
        return says(status=500)

    there.vendor.line = [takes_it_and_fails]
    posting = PostMessage(office, chats)
    assert await posting.run(job, 1) is not None
    assert (await stored.row(tables.post, id=job))["state"] == "WAITING"
    assert await posting.run(job, 2) is None
    assert len(there.posts) == 1
    row = await stored.row(tables.post, id=job)
    assert (row["state"], row["attempts"], row["error"]) == ("POSTED", 2, None)


async def test_what_the_chat_does_not_take_is_given_up(
    office: Office, stored: Stored, there: Room, chats: Chats, add_item: AddItem
) -> None:
    await add_item("Late", 7)
    await remind(office, chats).once()
    there.vendor.line = [says(status=400), says(status=404)]
    await post_all(office, stored, chats)
    rows = await stored.rows(tables.post)
    assert {(row["state"], row["text"]) for row in rows} == {("FAILED", None)}
    assert {row["error"] for row in rows} == {
        "POST /posts was answered 400.",
        "POST /posts was answered 404.",
    }
    await post_all(office, stored, ())
    assert there.posts == []


async def test_who_was_to_hear_of_it_is_noted_once_even_without_a_chat(
    office: Office, stored: Stored, ada: UUID, add_item: AddItem
) -> None:
    near = await add_item("Near", -3)
    due = await add_item("Due", 0)
    late = await add_item("Late", 7)
    await add_item("Not its day", 3)
    await add_item("Done", 7, state="DONE", completed_at=MONDAY)
    await asyncio.gather(*(remind(office, ()).once() for _ in range(4)))
    await remind(office, ()).once()
    rows = await stored.rows(tables.reminder)
    noted = {(row["action_item_id"], row["kind"], row["role"], row["person_id"]) for row in rows}
    assert noted == {
        (near, "BEFORE", "OWNER", ada),
        (due, "DUE", "OWNER", ada),
        (late, "OVERDUE", "OWNER", ada),
    }
    assert len(rows) == 3
    incident = await stored.row(tables.incident)
    assert await stored.feed(incident["id"]) == [("ACTION_ITEM", "REVISED")] * 3


async def test_the_lead_hears_of_what_is_overdue_for_long(
    office: Office, stored: Stored, there: Room, chats: Chats, ada: UUID, add_item: AddItem
) -> None:
    lead = await stored.person("Grace Hopper")
    await stored.put(
        tables.identity, provider="slack", external_id="U0GRACE", person_id=lead, handle="grace"
    )
    async with office.work() as work:
        await update_row(work.tx, tables.team, {"lead_id": lead}, slug="shop")
    item = await add_item("Late", 14)
    await add_item("Later", 13)
    await remind(office, chats).once()
    await post_all(office, stored, chats)
    told = dict(there.texts())["U0GRACE"].splitlines()
    assert told[0] == "1 action item of your team is overdue:"
    assert told[1].startswith("- Late: 14 days overdue")
    row = await stored.row(tables.reminder, role="TEAM_LEAD")
    assert (row["action_item_id"], row["kind"], row["person_id"]) == (item, "ESCALATED", lead)
    post = await stored.row(tables.post, kind="ESCALATION")
    assert (row["post_id"], post["state"]) == (post["id"], "POSTED")
