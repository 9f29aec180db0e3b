"""What Slack's events say, each kind once by hand, and every published one."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from integrations.contract import Connection, Delivery, Malformed
from integrations.observation import (
    ChannelObserved,
    MessageEvent,
    MessageObserved,
    Observation,
    PersonRef,
)
from integrations.slack import plugin
from tests.integrations.fake_slack import (
    ADA,
    APP,
    BOT_USER,
    GRACE,
    LOBBY,
    NOON,
    ROOM,
    FakeSlack,
)
from tests.integrations.slack_rounds import a_workspace, channels, told_by_events

CORPUS = Path(__file__).resolve().parents[2].parent / "shared/payloads/slack"
START = datetime.fromtimestamp(NOON, UTC)
TOLD = {
    "app_mention.json": [],
    "member_joined_channel.json": [],
    "message.bot.json": [],  # its user is whom the app is installed as
    "message.bot_message.bot.json": ["POSTED C111:1658282075.825129"],
    "message.file_share.json": ["POSTED G111:1610493715.001000"],
    "message.json": ["POSTED C111:1606810819.000800"],
    "message.message_changed.json": ["EDITED C2147483705:1355517523.000005"],
    "message.message_deleted.json": ["DELETED C111:1665368619.804829"],
    "message.thread_broadcast.thread.json": ["POSTED C111:1633670813.007500"],
    "reaction_added.json": ["REACTION_ADDED C111:1599529504.000400"],
}


def last(fake: FakeSlack, *connections: Connection) -> Any:
    """What the last event says."""
    *_, found = told_by_events(fake, *connections)
    return found


def parse(event: dict[str, Any], **envelope: Any) -> list[Observation]:
    body = {"type": "event_callback", "event_id": "Ev1", "event": event, **envelope}
    return list(plugin.parse(Delivery(event["type"], json.dumps(body).encode())))


@pytest.mark.parametrize("name", TOLD)
def test_published_events_say_what_they_say(name: str) -> None:
    file = CORPUS / name
    if not file.is_file():
        pytest.skip("no published events of Slack beside the project")
    event = plugin.open({}, file.read_bytes()).event
    seen = plugin.parse(Delivery(event, file.read_bytes()))
    told = [f"{each.event} {each.external_id}" for each in seen if hasattr(each, "event")]
    assert told == TOLD[name]


def test_a_message_is_told_with_its_author_its_words_and_its_place() -> None:
    fake = a_workspace()
    ts = fake.say("<@U0GRACE001> checkout is &gt; slow")
    told = last(fake)
    assert told == MessageObserved(
        moment=told.moment,
        external_id=f"{ROOM}:{ts}",
        channel=ROOM,
        event=MessageEvent.POSTED,
        posted_at=START + timedelta(seconds=1.5),
        actor=PersonRef("slack", ADA),
        text="@{U0GRACE001} checkout is > slow",
        mentions=(PersonRef("slack", GRACE),),
    )
    assert (told.moment.at, told.moment.rank) == (told.posted_at, 0)


def test_a_reply_names_the_message_that_began_the_thread() -> None:
    fake = a_workspace()
    root = fake.say("Down")
    reply = fake.say("Since when?", thread=root)
    assert (last(fake).external_id, last(fake).thread) == (f"{ROOM}:{reply}", f"{ROOM}:{root}")
    fake.delete(reply)
    assert last(fake).thread == f"{ROOM}:{root}"


def test_a_change_is_told_when_it_was_and_carries_the_new_words() -> None:
    fake = a_workspace()
    ts = fake.say("Down")
    fake.edit(ts, "Up")
    told = last(fake)
    assert (told.event, told.external_id, told.text) == (
        MessageEvent.EDITED, f"{ROOM}:{ts}", "Up",
    )  # fmt: skip
    assert told.moment.at == START + timedelta(seconds=3)
    fake.unfurl(ts)
    assert len(told_by_events(fake)) == 2  # a picture below it changes no word


def test_a_message_is_gone_also_where_a_stone_is_left() -> None:
    fake = a_workspace()
    root = fake.say("Down")
    fake.say("Why?", thread=root)
    fake.delete(root)
    told = last(fake)
    assert (told.event, told.external_id) == (MessageEvent.DELETED, f"{ROOM}:{root}")


@pytest.mark.parametrize("emoji", ["fire_extinguisher", "fire_extinguisher::skin-tone-3"])
def test_a_reaction_promotes(emoji: str) -> None:
    fake = a_workspace()
    ts = fake.say("Rolled back")
    fake.react(ts, emoji)
    added = last(fake)
    fake.react(ts, emoji)
    removed = last(fake)
    assert (added.event, removed.event) == (
        MessageEvent.REACTION_ADDED, MessageEvent.REACTION_REMOVED,
    )  # fmt: skip
    for each in (added, removed):
        assert (each.external_id, each.actor) == (f"{ROOM}:{ts}", PersonRef("slack", GRACE))
        assert (each.reaction, each.promotes_to) == (emoji, "MITIGATION")
    fake.react(ts, "heart_eyes")
    assert (last(fake).reaction, last(fake).promotes_to) == ("heart_eyes", None)


def test_the_operator_says_what_promotes() -> None:
    fake = a_workspace()
    ts = fake.say("Rolled back")
    table = {":Boom:": "ANOMALY", "pushpin": "no kind", "tada": 5}
    connection = Connection("slack", "acme", "https://slack.com/api", {"emoji": table})
    fake.react(ts, "boom")
    assert last(fake, connection).promotes_to == "ANOMALY"
    for emoji in ("pushpin", "tada", "fire_extinguisher"):
        fake.react(ts, emoji)
        assert last(fake, connection).promotes_to is None


def test_channels_that_the_operator_does_not_name_are_not_heard() -> None:
    fake = a_workspace()
    for channel in (ROOM, LOBBY):
        ts = fake.say("Hello", channel=channel)
        fake.react(ts, "pushpin", channel=channel)
        fake.rename(channel, "other")
    named = Connection("slack", "acme", "", {"channels": [ROOM], "emoji": {"pushpin": "NOTE"}})
    every = Connection("slack", "every", "", {"emoji": {"pushpin": "STATUS"}})
    assert {_channel(each) for each in told_by_events(fake, named)} == {ROOM}
    both = told_by_events(fake, every, named)
    kinds = {(_channel(each), getattr(each, "promotes_to", None)) for each in both}
    assert kinds >= {(ROOM, "NOTE"), (LOBBY, "STATUS")}


def _channel(seen: Observation) -> str:
    return seen.external_id.partition(":")[0] if hasattr(seen, "external_id") else ""


@pytest.mark.parametrize(
    "fields",
    [
        {"channel": "D0DIRECT01"},
        {"channel": "D0DIRECT01", "channel_type": "im"},
        {"channel": "C0GROUPDM1", "channel_type": "mpim"},
        {"channel": ROOM, "user": BOT_USER, "bot_id": "B0WHYCHAIN"},
        {"channel": ROOM, "app_id": APP},
        {"channel": ROOM, "bot_profile": {"app_id": APP}},
        {"channel": ROOM, "metadata": {"event_type": "whychain"}},
        {"channel": ROOM, "subtype": "channel_join"},
        {"channel": ROOM, "subtype": "pinned_item"},
    ],
)
def test_what_is_private_or_ours_or_no_message_is_not_told(fields: dict[str, Any]) -> None:
    ts = f"{NOON}.000100"
    message = {"type": "message", "ts": ts, "text": "Hello", "user": ADA, **fields}
    where = {each: fields[each] for each in ("channel", "channel_type") if each in fields}
    event = {"type": "message", "ts": f"{NOON + 5}.000100", **where}
    ours = {
        "api_app_id": APP,
        "authorizations": [{"user_id": BOT_USER, "is_bot": True}, {"user_id": ADA}],
    }
    changed = {**event, "subtype": "message_changed", "message": message}
    deleted = {**event, "subtype": "message_deleted", "deleted_ts": ts}
    assert parse(message, **ours) == []
    assert parse(changed, **ours) == []
    assert parse({**deleted, "previous_message": message}, **ours) == []


def test_a_reaction_to_our_own_post_or_to_a_file_is_not_told() -> None:
    item = {"type": "message", "channel": ROOM, "ts": f"{NOON}.000100"}
    event = {"type": "reaction_added", "user": ADA, "reaction": "eyes", "item": item,
             "event_ts": f"{NOON}.000200", "item_user": GRACE}  # fmt: skip
    ours = {"authorizations": [{"user_id": BOT_USER, "is_bot": True}]}
    assert len(parse(event, **ours)) == 1
    for change in (
        {"item_user": BOT_USER},
        {"item": {"type": "file", "file": "F1"}},
        {"item": {**item, "channel": "D0DIRECT01"}},
        {"item": {**item, "channel_type": "im"}},
        {"item": {**item, "channel_type": "mpim"}},
        {"user": "USLACKBOT"},
    ):
        assert parse({**event, **change}, **ours) == []


def test_an_alert_of_another_app_is_told_and_has_no_author() -> None:
    fake = a_workspace()
    alert = {"subtype": "bot_message", "bot_id": "B0ALERTS01", "attachments": [{"fallback": "CPU"}]}
    fake.say("", user="U0ALERTS01", **alert)
    assert (last(fake).text, last(fake).actor) == ("CPU", None)


def test_a_channel_tells_its_name_and_its_topic_each_by_itself() -> None:
    fake = a_workspace()
    fake.describe(ROOM, "See <https://x.example/inc_1>")
    fake.rename(ROOM, "inc-7-checkout")
    seen = told_by_events(fake)
    assert all(isinstance(each, ChannelObserved) for each in seen)
    assert channels(seen) == {ROOM: ("inc-7-checkout", "See https://x.example/inc_1")}
    private = {**fake.events[-1]["event"], "type": "group_rename"}
    assert len(parse(private)) == 1
    assert parse({**private, "channel": {"id": "D0DIRECT01", "name": "x"}}) == []


@pytest.mark.parametrize("ts", ["1", "1606810819.8", "x606810819.000800", 1606810819, None, ""])
def test_a_time_of_another_form_is_malformed(ts: object) -> None:
    with pytest.raises(Malformed):
        parse({"type": "message", "channel": ROOM, "user": ADA, "text": "", "ts": ts})
