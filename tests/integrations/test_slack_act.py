"""Posting in a workspace: to a team or to a person, once, and nothing in it is markup."""

import pytest

from integrations.contract import Missing, Post, PostsMessages, Rejected, Unwell
from integrations.slack import plugin
from tests.integrations.fake_slack import ADA, BOT_USER, LOBBY, ROOM, FakeSlack
from tests.integrations.slack_rounds import (
    Reader,
    a_workspace,
    reading,
    texts,
    told_by_events,
)

TEAMS = {"payments": ROOM, "search": "#search", "growth": 5}
TO_TEAM = Post("reminder-1", "Due <today>:\n- Add an alert", team="payments")
TO_ADA = Post("reminder-2", "Due today", person=ADA)
DIRECT = ADA.replace("U", "D", 1)


async def post(reader: Reader, what: Post, *, again: bool = False) -> None:
    assert isinstance(plugin, PostsMessages)
    await plugin.post_message(reader.connection, reader.http, what, again=again)


def posts(fake: FakeSlack, channel: str) -> list[str]:
    there = fake.messages.get(channel, [])
    return [each["text"] for each in there if each["user"] == BOT_USER]


async def test_a_post_reaches_a_team_and_a_person() -> None:
    fake = a_workspace()
    async with reading(fake, teams=TEAMS) as reader:
        await post(reader, TO_TEAM)
        await post(reader, TO_ADA)
        reaches = {
            each: plugin.reaches(reader.connection, Post("m", "", team=each))
            for each in ("payments", "search", "growth", "unknown")
        }
        assert plugin.reaches(reader.connection, TO_ADA)
    assert posts(fake, ROOM) == ["Due &lt;today&gt;:\n• Add an alert"]
    assert posts(fake, DIRECT) == ["Due today"]
    assert reaches == {"payments": True, "search": False, "growth": False, "unknown": False}


async def test_a_post_carries_its_marker_and_unfolds_nothing() -> None:
    fake = a_workspace()
    async with reading(fake, teams=TEAMS) as reader:
        await post(reader, TO_TEAM)
    (event,) = fake.events
    assert event["event"]["metadata"] == {
        "event_type": "whychain",
        "event_payload": {"marker": "reminder-1"},
    }
    assert told_by_events(fake) == []


@pytest.mark.parametrize(("what", "channel"), [(TO_TEAM, ROOM), (TO_ADA, DIRECT)])
async def test_what_may_have_been_posted_is_posted_once(what: Post, channel: str) -> None:
    fake = a_workspace(page_size=5)
    async with reading(fake, teams=TEAMS) as reader:
        await post(reader, what, again=True)
        assert len(posts(fake, channel)) == 1
        for number in range(12):
            fake.say(f"Message {number}", channel=channel)
        await post(reader, what, again=True)
        assert len(posts(fake, channel)) == 1
        await post(reader, Post("another", "Due today", what.team, what.person), again=True)
        assert len(posts(fake, channel)) == 2


async def test_a_marker_in_the_metadata_of_others_is_none_of_ours() -> None:
    fake = a_workspace()
    for event_type, payload in (("other", {"marker": "reminder-1"}), ("whychain", None)):
        fake.say("x", metadata={"event_type": event_type, "event_payload": payload})
    async with reading(fake, teams=TEAMS) as reader:
        await post(reader, TO_TEAM, again=True)
    assert len(posts(fake, ROOM)) == 1


async def test_a_post_that_cannot_be_put_anywhere_is_refused() -> None:
    fake = a_workspace()
    fake.channels[ROOM]["is_member"] = False
    async with reading(fake, teams=TEAMS) as reader:
        with pytest.raises(Rejected):
            await post(reader, Post("m", "x", team="search"))
        with pytest.raises(Missing):
            await post(reader, TO_TEAM)
        fake.trouble.append(("chat.postMessage", 500))
        with pytest.raises(Unwell):
            await post(reader, TO_ADA)
    assert fake.asked.count(f"chat.postMessage {ADA}") == 1  # never sent twice by itself


async def test_our_own_posts_are_not_read_back() -> None:
    fake = a_workspace()
    fake.say("Hello", channel=LOBBY)
    async with reading(fake, teams=TEAMS) as reader:
        await post(reader, TO_TEAM)
        await post(reader, TO_ADA)
        seen, _ = await reader.round()
    assert texts(seen) == {"Hello"}
