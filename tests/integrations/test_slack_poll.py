"""Reading a workspace: what a round tells and asks for, and that nothing is lost when it is cut."""

import json
from datetime import UTC, datetime

import pytest

from integrations.contract import Batch, Delivery, Denied, Rejected, Unwell
from integrations.observation import MessageObserved, Observation, PersonObserved, PersonRef
from integrations.slack import plugin
from tests.integrations.fake_slack import (
    ADA,
    GRACE,
    LOBBY,
    NOON,
    ROOM,
    FakeSlack,
    a_user,
)
from tests.integrations.slack_rounds import (
    Reader,
    a_workspace,
    channels,
    folded,
    only,
    reading,
    texts,
)
from tests.outbound.conftest import Time

QUICK = ["auth.test", "users.conversations"]


def a_week(page_size: int = 3) -> FakeSlack:
    """Two channels with threads, reactions and changes, and four people."""
    fake = a_workspace(page_size=page_size)
    fake.users = [a_user(f"U0PERSON{each:02}", f"person-{each}") for each in range(4)]
    for channel in (ROOM, LOBBY):
        for number in range(5):
            root = fake.say(f"Message {number}", channel=channel)
            for reply in range(number):
                fake.say(f"Reply {reply} to {number}", thread=root, channel=channel)
            fake.react(root, "pushpin", channel=channel)
            fake.edit(root, f"Changed {number}", channel)
    return fake


async def test_a_round_reads_channels_then_what_is_said_then_people() -> None:
    fake = a_workspace()
    fake.users = [a_user(ADA, "ada")]
    root = fake.say("Down")
    fake.say("Why?", thread=root)
    async with reading(fake) as reader:
        seen, cursor = await reader.round()
        history = [f"conversations.history {ROOM}", f"conversations.history {LOBBY}"]
        replies = f"conversations.replies {ROOM} {root}"
        assert fake.asked == [*QUICK, history[0], replies, history[1], "users.list"]
        fake.asked.clear()
        again, _ = await reader.round(cursor)
        assert fake.asked == [*QUICK, *history]
    assert texts(seen) == {"Down", "Why?"}
    assert channels(seen) == {ROOM: ("inc-7", ""), LOBBY: ("lobby", "")}
    assert set(again) <= set(seen)


async def test_a_message_that_was_read_has_its_address() -> None:
    fake = a_workspace()
    root = fake.say("Down")
    reply = fake.say("Why?", thread=root)
    async with reading(fake) as reader:
        seen, _ = await reader.round()
    place = f"https://acme.slack.com/archives/{ROOM}"
    assert {each.url for each in only(seen, MessageObserved)} == {
        f"{place}/p{root.replace('.', '')}",
        f"{place}/p{reply.replace('.', '')}?thread_ts={root}&cid={ROOM}",
    }


async def test_people_are_told_once_an_hour_and_only_people() -> None:
    fake = a_workspace()
    ada = a_user(ADA, "ada", is_email_confirmed=True)
    guest = a_user(GRACE, "grace", is_email_confirmed=False)
    guest["profile"]["display_name"] = ""
    bot = a_user("U0BOT00001", "bot", is_bot=True)
    left = a_user("U0LEFT0001", "left", deleted=True)
    fake.users = [ada, bot, left, a_user("USLACKBOT", "slackbot"), guest]
    async with reading(fake) as reader:
        seen, cursor = await reader.round()
        assert [each.person for each in only(seen, PersonObserved)] == [
            PersonRef("slack", ADA, handle="ada", name="Ada", email="ada@acme.example"),
            PersonRef("slack", GRACE, handle="grace", name="Grace"),
        ]
        assert only(seen, PersonObserved)[0].moment.at == datetime.fromtimestamp(NOON, UTC)
        fake.tick(3_500)
        seen, cursor = await reader.round(cursor)
        assert not only(seen, PersonObserved)
        fake.tick(200)
        seen, _ = await reader.round(cursor)
        assert len(only(seen, PersonObserved)) == 2


async def test_only_channels_that_are_named_are_read_and_one_that_is_not_there_stops_none() -> None:
    fake = a_workspace()
    fake.add_channel("C0ABSENT01", "absent", is_member=False)
    fake.say("Hello", channel=LOBBY)
    fake.say("Down")
    named = ["C0ABSENT01", ROOM, "C0NOWHERE1", "#room"]
    async with reading(fake, channels=named) as reader:
        first = await reader.poll()
        seen, cursor = await reader.round(first.cursor)
        again = await reader.poll(cursor)
    assert [each.key for each in first.unreadable] == ["channel:C0ABSENT01", "channel:C0NOWHERE1"]
    assert first.unreadable == again.unreadable
    assert plugin.parse(Delivery(first.unreadable[0].event, first.unreadable[0].body)) == ()
    assert texts(seen) == {"Down"}


@pytest.mark.parametrize("error", ["channel_not_found", "not_in_channel", "is_archived"])
async def test_a_channel_that_is_left_meanwhile_is_passed_over(error: str) -> None:
    fake = a_workspace()
    fake.say("Down")
    fake.say("Hello", channel=LOBBY)
    async with reading(fake) as reader:
        first = await reader.poll()
        fake.trouble.append(("history", error))
        second = await reader.poll(first.cursor)
        seen, _ = await reader.round(second.cursor)
    assert [each.key for each in second.unreadable] == [f"channel:{ROOM}"]
    assert texts(seen) == {"Hello"}


async def test_archived_channels_are_of_the_past() -> None:
    fake = a_workspace()
    fake.say("Down")
    fake.channels[ROOM]["is_archived"] = True
    async with reading(fake) as reader:
        seen, _ = await reader.round()
        past = await reader.backfill(datetime.fromtimestamp(NOON, UTC))
    assert texts(seen) == set()
    assert texts([each for batch in past for each in batch.observations]) == {"Down"}


@pytest.mark.parametrize("wrong", [429, 500, 403, "internal_error", "missing_scope"])
async def test_a_round_cut_at_any_request_ends_as_if_it_had_not_been(wrong: int | str) -> None:
    fake = a_week()
    async with reading(fake) as reader:
        whole, _ = await reader.round()
        asked, fake.asked = list(fake.asked), []
        fake.page_size = 3
        cut, _ = await _cut_everywhere(reader, wrong)
    assert set(cut) == set(whole)
    assert folded(cut) == folded(whole)
    assert len(folded(whole)) > 20
    assert len(only(whole, PersonObserved)) == 4
    assert [each for each in fake.asked if asked.count(each) == 0] == []


async def _cut_everywhere(reader: Reader, wrong: int | str) -> tuple[list[Observation], str]:
    """A round in which every batch fails as often as the client tries, then at its second
    request where it has one."""
    seen: list[Observation] = []
    cursor: str | None = None
    while True:
        batch = await _after_trouble(reader, cursor, wrong)
        seen += batch.observations
        cursor = batch.cursor
        if not batch.more:
            return seen, cursor


async def _after_trouble(reader: Reader, cursor: str | None, wrong: int | str) -> Batch:
    for part in ("", "users.conversations"):
        reader.fake.trouble[:] = [(part, wrong)] * 3
        try:
            return await reader.poll(cursor)
        except (Denied, Unwell):
            reader.fake.trouble.clear()
    return await reader.poll(cursor)


@pytest.mark.parametrize(
    "method",
    ["users.conversations", "conversations.history", "conversations.replies", "users.list"],
)
async def test_a_list_whose_page_slack_has_forgotten_is_begun_anew(method: str) -> None:
    fake = a_week(page_size=1)
    async with reading(fake) as reader:
        _, begun = await reader.round()
        for number in range(3):
            fake.say("Because", thread=fake.say(f"News {number}"))
        fake.tick(3_600)
        whole, _ = await reader.round(begun)
        fake.forgets = method
        seen, _ = await reader.round(begun)
    assert fake.forgets == ""
    assert set(seen) == set(whole)
    assert texts(seen) >= {"News 0", "News 1", "News 2", "Because"}


async def test_a_page_that_is_forgotten_before_it_is_begun_is_an_error() -> None:
    async with reading(a_workspace(trouble=[("conversations", "invalid_cursor")])) as reader:
        with pytest.raises(Rejected):
            await reader.poll()


async def test_of_a_channel_that_was_never_read_the_newest_page_is_told() -> None:
    fake = a_workspace(page_size=3)
    for number in range(10):
        fake.say(f"Message {number}")
    async with reading(fake) as reader:
        seen, _ = await reader.round()
    assert texts(seen) == {"Message 7", "Message 8", "Message 9"}


async def test_what_is_said_during_a_round_is_for_the_next() -> None:
    fake = a_week()
    async with reading(fake) as reader:
        _, cursor = await reader.round()
        for number in range(7):
            fake.say(f"News {number}")
        batch = await reader.poll(cursor)
        while f"conversations.history {ROOM}" not in fake.asked[-1]:
            batch = await reader.poll(batch.cursor)
        for number in range(7, 14):
            fake.say(f"News {number}")
        rest, cursor = await reader.round(batch.cursor)
        news, _ = await reader.round(cursor)
    told = texts([*batch.observations, *rest, *news])
    assert told >= {f"News {number}" for number in range(14)}


async def test_the_past_is_read_page_by_page_and_shows_how_far_it_is() -> None:
    fake = a_week()
    old = fake.now
    fake.tick(30 * 24 * 3600)
    late = fake.say("Today", thread=fake.messages[ROOM][0]["ts"])
    async with reading(fake) as reader:
        batches = await reader.backfill(datetime.fromtimestamp(NOON, UTC))
        recent = await reader.backfill(datetime.fromtimestamp(old + 5, UTC))
    seen = [each for batch in batches for each in batch.observations]
    there = [*fake.messages[ROOM], *fake.messages[LOBBY]]
    assert len(folded(seen)) == len(there)
    progress = [batch.progress for batch in batches]
    assert progress == sorted(progress, key=float)
    assert (progress[0], progress[-1]) == (0.0, 1.0)
    # A thread that was begun before is in no history since; its new reply is an event's to tell.
    assert f"{ROOM}:{late}" not in folded([e for batch in recent for e in batch.observations])
    assert not only(seen, PersonObserved)


async def test_a_record_that_cannot_be_read_is_put_by_and_read_later() -> None:
    fake = a_workspace()
    fake.users = [{**a_user(ADA, "ada"), "profile": None}]
    fake.say("Down")
    fake.messages[ROOM].append({"type": "message", "ts": fake.tick(), "text": "x", "user": ADA})
    fake.messages[ROOM][-1]["reactions"] = [{"name": "", "users": [], "count": 0}]
    unreadable = []
    async with reading(fake) as reader:
        batch = await reader.poll()
        while batch.more:
            batch = await reader.poll(batch.cursor)
            unreadable += batch.unreadable
    message, user = unreadable
    assert (message.event, user.event) == ("message.polled", "user.polled")
    mended = json.loads(message.body)
    mended["message"]["reactions"] = []
    (seen,) = plugin.parse(Delivery(message.event, json.dumps(mended).encode()))
    assert (seen.text, seen.url.partition("/p")[0]) == (
        "x", f"https://acme.slack.com/archives/{ROOM}",
    )  # fmt: skip
    known = {**json.loads(user.body), "user": a_user(ADA, "ada")}
    (person,) = plugin.parse(Delivery(user.event, json.dumps(known).encode()))
    assert person.person.name == "Ada"


@pytest.mark.parametrize(
    ("error", "raised", "again_in"),
    [
        ("not_authed", Denied, None),
        ("invalid_auth", Denied, None),
        ("account_inactive", Denied, None),
        ("token_revoked", Denied, None),
        ("missing_scope", Denied, None),
        ("ratelimited", Unwell, 7),
        ("fatal_error", Unwell, 30),
        ("invalid_arguments", Rejected, None),
        ("xoxb-secret", Rejected, None),
    ],
)
async def test_what_slack_says_with_status_200(
    error: str, raised: type[Exception], again_in: float | None
) -> None:
    fake = a_workspace(trouble=[("auth.test", error)])
    async with reading(fake) as reader:
        with pytest.raises(raised) as refusal:
            await reader.poll()
    assert "prose" not in str(refusal.value)
    assert "xoxb" not in str(refusal.value)
    assert getattr(refusal.value, "again_in", None) == again_in


async def test_a_limit_is_waited_for_as_slack_says() -> None:
    fake, time = a_workspace(trouble=[("conversations.history", 429)]), Time()
    fake.say("Down")
    async with reading(fake, time=time) as reader:
        seen, _ = await reader.round()
    assert texts(seen) == {"Down"}
    assert sum(time.slept) == pytest.approx(7, abs=2)


async def test_a_wrong_token_is_denied() -> None:
    async with reading(FakeSlack(), token="xoxb-wrong") as reader:
        with pytest.raises(Denied):
            await reader.poll()


async def test_neither_token_nor_words_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(0)
    fake = a_workspace(trouble=[("conversations.history", "channel_not_found")])
    fake.say("A customer's name", channel=LOBBY)
    async with reading(fake) as reader:
        await reader.round()
        fake.trouble.append(("auth.test", "invalid_auth"))
        with pytest.raises(Denied) as refusal:
            await reader.poll()
    for shown in (caplog.text, repr(refusal.value), repr(reader.connection)):
        assert "xoxb" not in shown
        assert "A customer's name" not in shown


async def test_a_cursor_of_another_version_begins_anew() -> None:
    async with reading(a_week()) as reader:
        first, _ = await reader.round()
        again, _ = await reader.round('{"version": 0}')
    assert set(again) == set(first)


async def test_channels_that_are_not_named_any_more_are_not_read_on() -> None:
    fake = a_workspace()
    fake.say("Down")
    async with reading(fake) as reader:
        first = await reader.poll()
    async with reading(fake, channels=[LOBBY]) as reader:
        seen, _ = await reader.round(first.cursor)
    assert texts(seen) == set()
