"""Messages of a chat in the timelines of the incidents that they belong to."""

from datetime import timedelta
from uuid import UUID

import pytest

from integrations.observation import MessageEvent, PageEvent, PersonRef
from server.commands import channel as channels
from server.commands import incident as incidents
from server.commands import message_entries, timeline
from server.commands import person as people
from server.commands.channel import Say
from server.commands.merge_incidents import MergeIncidents, merge_incidents
from server.commands.observe import observe
from server.commands.prune import prune_messages
from server.commands.timeline import ReviseEntry
from server.commands.work import Office
from server.domain.incident import Severity
from server.domain.viewer import Scope, Viewer
from server.errors import ErrorCode, Forbidden
from server.store import tables
from server.store.database import Transaction
from server.store.queue import JobKind
from tests.commands.conftest import Clock
from tests.commands.said import (
    ADA,
    ALAN,
    CHAT,
    ROOM,
    channel,
    hear,
    public,
    reacted,
    said,
    told,
)
from tests.commands.stored import Stored, refusal
from tests.commands.told import at, page, tell, the_incident

EDITED, DELETED = MessageEvent.EDITED, MessageEvent.DELETED


async def bodies(stored: Stored, incident_id: UUID) -> dict[str, str]:
    return {name: row["body"] for name, row in (await told(stored, incident_id)).items()}


@pytest.fixture
async def other(office: Office, viewer: Viewer) -> UUID:
    """A second incident, declared an hour after the first."""
    command = incidents.Declare("Mail is late", Severity.SEV3, declared_at=at(-60))
    return await incidents.declare(office, viewer, command)


async def test_the_first_mention_links_the_channel(
    office: Office, stored: Stored, incident_id: UUID
) -> None:
    await hear(
        office, said("before", -1, "Anybody?"), said("since", 1, "It fails", url="https://x")
    )
    assert await told(stored, incident_id) == {}
    await hear(office, said("link", 2, f"See https://i.example/{public(incident_id)}"))
    await hear(office, said("after", 3, "Looking"), said("elsewhere", 3, "Lunch", channel="C2"))
    found = await told(stored, incident_id)
    assert list(found) == ["since", "link", "after"]
    entry = found["since"]
    assert (entry["kind"], entry["body"], entry["url"]) == ("MESSAGE", "It fails", "https://x")
    assert entry["occurred_at"] == at(1)
    ada = await stored.row(tables.identity, provider="slack", external_id=ADA.external_id)
    assert entry["actor_id"] == ada["person_id"]


async def test_a_page_that_is_told_of_later_is_found(office: Office, stored: Stored) -> None:
    await hear(office, said("1", 1, "Who looks?"), said("2", 2, "https://pd.example/7/"))
    await tell(office, page(PageEvent.TRIGGERED, 0, url="https://pd.example/7"))
    incident_id = await the_incident(stored)
    assert await stored.jobs(JobKind.LINK) == [incident_id]
    await channels.reconsider(office, incident_id)
    assert list(await told(stored, incident_id)) == ["1", "2"]
    assert await stored.jobs(JobKind.LINK) == []


async def test_another_beginning_takes_in_more(
    office: Office, stored: Stored, viewer: Viewer, incident_id: UUID
) -> None:
    await hear(office, said("1", -30, "Odd"), said("2", 2, public(incident_id)))
    assert list(await told(stored, incident_id)) == ["2"]
    command = incidents.Update(incident_id, {"started_at": at(-40)})
    await incidents.update(office, viewer, command)
    await channels.reconsider(office, incident_id)
    assert sorted(await told(stored, incident_id)) == ["1", "2"]


async def test_the_address_of_a_page_links_as_an_id_does(
    office: Office, stored: Stored, paged: UUID
) -> None:
    await hear(office, said("link", 2, "Paged: <https://pd.example/1?utm=chat>."))
    assert await bodies(stored, paged) == {"link": "Paged: <https://pd.example/1?utm=chat>."}
    assert {row["mentioned"] for row in await stored.rows(tables.channel_mention)} == {None}


async def test_the_topic_links_too(office: Office, stored: Stored, incident_id: UUID) -> None:
    await hear(office, said("a", 1, "Hm"), channel(2, f"Now: {public(incident_id)}"))
    assert list(await told(stored, incident_id)) == ["a"]
    row = await stored.row(tables.incident_channel, incident_id=incident_id)
    assert (row["name"], row["url"], row["since"]) == ("war-room", "https://chat/C1", at(2))
    await hear(office, channel(3, name="renamed"))
    assert (await stored.row(tables.incident_channel))["name"] == "renamed"
    assert (await stored.feed(incident_id))[-1] == ("INCIDENT", "REVISED")


async def test_a_later_mention_moves_the_channel_on(
    office: Office, stored: Stored, incident_id: UUID, other: UUID
) -> None:
    await hear(office, said("1", 1, public(incident_id)), said("2", 2, "Hm"), said("4", 4, "Oh"))
    assert list(await told(stored, incident_id)) == ["1", "2", "4"]
    await hear(office, said("3", 3, f"The mail: {public(other)}"))
    assert list(await told(stored, incident_id)) == ["1", "2"]
    assert sorted(await told(stored, other)) == ["3", "4"]
    await hear(office, said("5", 5, f"Unlike {public(other)}, {public(incident_id)} is over"))
    assert "5" in await told(stored, other), "who is talked about already stays"


async def test_an_incident_that_is_long_over_links_nothing(
    office: Office, stored: Stored, viewer: Viewer, incident_id: UUID, clock: Clock
) -> None:
    await hear(office, said("1", 1, public(incident_id)))
    clock.forward(minutes=5)
    await incidents.update(office, viewer, incidents.Update(incident_id, {"status": "RESOLVED"}))
    week = 7 * 24 * 60 + 5
    await hear(office, said("2", week - 1, "Still"), said("3", week + 1, "No more"))
    await hear(office, said("4", week + 2, public(incident_id), channel="C2"))
    assert list(await told(stored, incident_id)) == ["1", "2"]


async def test_edits_deletions_and_reactions(
    office: Office, stored: Stored, incident_id: UUID
) -> None:
    await hear(office, said("1", 1, public(incident_id)), said("2", 2, "Restarted it"))
    await hear(office, reacted("2", 2, 4, "MITIGATION"), reacted("2", 2, 5, "LUNCH", reaction="x"))
    assert (await told(stored, incident_id))["2"]["kind"] == "MITIGATION"
    await hear(office, reacted("2", 2, 6, "ROOT_CAUSE", actor=ALAN))
    assert (await told(stored, incident_id))["2"]["kind"] == "ROOT_CAUSE"
    removed = MessageEvent.REACTION_REMOVED
    await hear(office, reacted("2", 2, 7, "ROOT_CAUSE", actor=ALAN, event=removed))
    await hear(office, said("2", 2, "Restarted all", event=EDITED, then=8))
    await hear(office, reacted("2", 2, 9, "MITIGATION", event=removed))
    entry = (await told(stored, incident_id))["2"]
    assert (entry["kind"], entry["body"]) == ("MESSAGE", "Restarted all")
    before = await stored.rows(tables.timeline_revision, entry_id=entry["id"])
    assert "Restarted it" in {row["body"] for row in before}
    await hear(office, said("2", 2, event=DELETED, then=10))
    assert "2" not in await told(stored, incident_id)
    gone = await stored.row(tables.timeline_entry, id=entry["id"])
    assert gone["body"] == "Retracted: it was deleted where it was said."
    assert (await stored.feed(incident_id))[-1] == ("TIMELINE", "RETRACTED")


async def test_what_a_person_revised_stays_theirs(
    office: Office, stored: Stored, viewer: Viewer, incident_id: UUID
) -> None:
    await hear(office, said("1", 1, public(incident_id)))
    entry = (await told(stored, incident_id))["1"]
    await timeline.revise(office, viewer, ReviseEntry(entry["id"], {"body": "My words"}))
    await hear(office, said("1", 1, "Other", event=EDITED, then=8), said("1", 1, event=DELETED))
    assert await bodies(stored, incident_id) == {"1": "My words"}


@pytest.mark.parametrize("name", ["Alan Turing", "Will", "alan", "alan_2", "May"])
async def test_who_is_mentioned_is_named_and_redacted(
    office: Office, stored: Stored, incident_id: UUID, name: str
) -> None:
    alan = PersonRef("slack", "U0ALAN", handle="turing", name=name)
    text = f"@{{U0ALAN}} see {public(incident_id)}, as @{{U0NOBODY}} said"
    await hear(office, said("1", 1, text, mentions=(alan,)))
    entry = (await told(stored, incident_id))["1"]
    assert entry["body"].startswith(f"@{name} see inc_")
    assert entry["body"].endswith(", as @somebody said")
    assert entry["body_redacted"].startswith("an engineer see inc_")


async def test_who_becomes_better_known_is_named_anew(
    office: Office, stored: Stored, viewer: Viewer, incident_id: UUID
) -> None:
    stranger = PersonRef("slack", "U0ALAN")
    await hear(office, said("1", 1, f"{public(incident_id)} @{{U0ALAN}}", mentions=(stranger,)))
    assert (await bodies(stored, incident_id))["1"].endswith(" @U0ALAN")
    assert await message_entries.rename(office) == 0
    known = people.Identity("slack", "U0ALAN")
    await people.upsert(office, viewer, people.Upsert("Alan Turing", identities=(known,)))
    assert await message_entries.rename(office) == 1
    entry = (await told(stored, incident_id))["1"]
    assert entry["body"].endswith(" @Alan Turing")
    assert entry["body_redacted"].endswith(" an engineer")
    assert await message_entries.rename(office) == 0


async def test_the_word_of_a_person_wins(
    office: Office, stored: Stored, viewer: Viewer, incident_id: UUID, other: UUID
) -> None:
    await hear(office, said("0", -30, "Mail?"), said("1", 1, public(incident_id)))
    await channels.say(office, viewer, Say(other, "slack", ROOM, linked=True))
    await hear(office, said("2", 2, public(incident_id)))
    assert await told(stored, incident_id) == {}
    assert sorted(await told(stored, other)) == ["0", "1", "2"]
    await channels.say(office, viewer, Say(other, "slack", ROOM, linked=False))
    assert await told(stored, other) == {}
    assert sorted(await told(stored, incident_id)) == ["1", "2"]
    await channels.say(office, viewer, Say(incident_id, "slack", ROOM, linked=False))
    await hear(office, said("3", 3, public(incident_id)), said("4", 4, public(other)))
    assert await told(stored, incident_id) == await told(stored, other) == {}
    assert await stored.rows(tables.incident_channel) == []


async def test_who_may_link_what(
    office: Office, viewer: Viewer, reader: Viewer, incident_id: UUID
) -> None:
    with pytest.raises(Forbidden, match=Scope.INCIDENTS_WRITE):
        await channels.say(office, reader, Say(incident_id, "slack", ROOM, linked=True))
    wrong = channels.say(office, viewer, Say(incident_id, "Slack!", " ", linked=True))
    assert await refusal(wrong) == {
        (ErrorCode.INVALID, ("provider",)),
        (ErrorCode.INVALID, ("channel",)),
    }
    unknown = channels.say(office, viewer, Say(UUID(int=1), "slack", ROOM, linked=True))
    assert await refusal(unknown) == {(ErrorCode.NOT_FOUND, ("incident",))}


async def test_a_merger_takes_the_channel_along(
    office: Office, stored: Stored, viewer: Viewer, incident_id: UUID, other: UUID
) -> None:
    await hear(office, said("1", 1, public(incident_id)))
    await merge_incidents(office, viewer, MergeIncidents(incident_id, other))
    await hear(office, said("2", 2, "Goes on"), said("3", 3, public(incident_id)))
    assert sorted(await told(stored, other)) == ["1", "2", "3"]
    (row,) = await stored.rows(tables.incident_channel)
    assert row["incident_id"] == other


async def test_messages_of_no_incident_are_forgotten(
    office: Office, stored: Stored, incident_id: UUID, clock: Clock
) -> None:
    await hear(office, said("1", 1, public(incident_id)), said("2", 2, "Kept"))
    await hear(office, said("3", 3, "See https://x.example", channel="C2"), said("3", 3, "!"))
    clock.forward(days=2)
    await hear(office, said("4", 2 * 24 * 60, "New", channel="C2"))
    assert await prune_messages(office, timedelta(days=1)) == 1
    subjects = {row["subject"] for row in await stored.rows(tables.observation)}
    assert subjects == {"message:1", "message:2", "message:4"}
    assert {row["channel"] for row in await stored.rows(tables.channel_mention)} == {ROOM}


async def test_a_burst_is_told_in_few_statements_and_within_bounds(
    office: Office, stored: Stored, incident_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [said(f"m{number:03}", number / 100, "Hm") for number in range(510)]
    link = said("link", 6, public(incident_id))
    statements = 0
    fetch = Transaction.fetch

    async def counted(self: Transaction, *args: object, **binds: object) -> object:
        nonlocal statements
        statements += 1
        return await fetch(self, *args, **binds)  # type: ignore[arg-type]

    monkeypatch.setattr(Transaction, "fetch", counted)
    async with office.work() as work:
        await observe(work, CHAT, many)
    async with office.work() as work:
        await observe(work, CHAT, [link])
    found = await told(stored, incident_id)
    assert sorted(found)[:2] == ["link", "m010"], "the newest 500 before the link"
    assert len(found) == 501
    assert statements < 40
