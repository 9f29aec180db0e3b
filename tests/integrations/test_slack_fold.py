"""Both doors tell the same of a message, in whatever order, and however much came by either."""

import random
from dataclasses import replace

import pytest

from integrations.observation import MessageEvent, MessageObserved, Observation
from tests.integrations.fake_slack import ADA, GRACE, LOBBY, ROOM, FakeSlack
from tests.integrations.slack_rounds import a_workspace, channels, folded, reading, told_by_events


def a_busy_hour(chance: random.Random) -> FakeSlack:
    """People write, answer, change, react and rename as it comes. What is changed later than it
    was read again is not of this story."""
    fake = a_workspace()
    for each in fake.channels.values():
        each["purpose"]["value"] = "Purpose"
    said: list[tuple[str, str]] = []
    for number in range(60):
        channel = chance.choice((ROOM, LOBBY))
        here = [ts for ts, where in said if where == channel]
        match chance.choice(("say", "say", "reply", "edit", "react", "describe", "rename")):
            case "edit" if here:
                fake.edit(chance.choice(here), f"Changed {number}", channel)
            case "react" if here:
                emoji = chance.choice(("pushpin", "eyes"))
                fake.react(chance.choice(here), emoji, chance.choice((ADA, GRACE)), channel)
            case "reply" if here:
                roots = [ts for ts in here if "thread_ts" not in fake.message(channel, ts)
                         or fake.message(channel, ts)["thread_ts"] == ts]  # fmt: skip
                root = chance.choice(roots)
                said.append((fake.say(f"Reply {number}", thread=root, channel=channel), channel))
            case "describe":
                fake.describe(channel, f"Topic {number}")
            case "rename":
                fake.rename(channel, f"inc-{number}")
            case _:
                said.append((fake.say(f"Message {number}", channel=channel), channel))
    return fake


@pytest.mark.parametrize("seed", range(12))
async def test_both_doors_end_in_the_same_state(seed: int) -> None:
    chance = random.Random(seed)
    fake = a_busy_hour(chance)
    async with reading(fake) as reader:
        fake.page_size = 200
        polled, _ = await reader.round()
    sent = told_by_events(fake)
    mixed = [*sent, *polled]
    assert folded(sent) == folded(polled) == folded(mixed)
    for _ in range(5):
        chance.shuffle(mixed)
        some = [each for each in sent if _is_reaction(each) or chance.random() < 0.5]
        assert folded(mixed) == folded([*polled, *some]) == folded(sent)
    # An event that came by itself tells of a channel less than there is to tell.
    assert channels(mixed) == channels(polled)


def _is_reaction(seen: Observation) -> bool:
    """What polling sees without a time, so that it cannot stand in for an event that is lost."""
    return isinstance(seen, MessageObserved) and seen.reaction is not None


async def test_a_message_that_nobody_changed_is_one_observation() -> None:
    fake = a_workspace()
    root = fake.say("Down <@U0GRACE001>")
    fake.say("Why?", thread=root, subtype="thread_broadcast")
    async with reading(fake) as reader:
        polled, _ = await reader.round()
    sent = told_by_events(fake)
    assert {_bare(each) for each in polled} >= {_bare(each) for each in sent}


def _bare(seen: Observation) -> Observation:
    """Without the address, which events do not tell."""
    return replace(seen, url=None) if isinstance(seen, MessageObserved) else seen


async def test_a_change_in_the_second_of_the_message_comes_after_it() -> None:
    fake = a_workspace()
    ts = fake.say("Down")
    fake.tick(-1.4)
    fake.edit(ts, "Up")
    assert fake.message(ROOM, ts)["edited"]["ts"] < fake.message(ROOM, ts)["ts"]
    async with reading(fake) as reader:
        polled, _ = await reader.round()
    messages = [each for each in polled if isinstance(each, MessageObserved)]
    ordered = sorted(messages, key=lambda each: each.moment)
    assert [each.event for each in ordered] == [MessageEvent.POSTED, MessageEvent.EDITED]
    assert folded(polled) == folded(told_by_events(fake))


async def test_what_is_gone_stays_gone_whatever_was_read_before() -> None:
    fake = a_workspace()
    root, other = fake.say("Down"), fake.say("Wrong channel")
    fake.say("Why?", thread=root)
    fake.react(root, "pushpin")
    async with reading(fake) as reader:
        before, cursor = await reader.round()
        fake.edit(root, "Down again")
        fake.delete(root)
        fake.delete(other)
        after, _ = await reader.round(cursor)
    sent = told_by_events(fake)
    assert folded([*before, *after, *sent])[f"{ROOM}:{root}"].gone
    assert folded([*before, *after])[f"{ROOM}:{root}"].gone  # by its stone
    assert folded([*before, *after, *sent])[f"{ROOM}:{other}"].gone
    assert not folded([*before, *after])[f"{ROOM}:{other}"].gone  # nothing is left of it


async def test_a_reaction_taken_back_does_not_come_again_by_what_was_read() -> None:
    fake = a_workspace()
    ts = fake.say("Rolled back")
    fake.react(ts, "fire_extinguisher")
    async with reading(fake) as reader:
        polled, _ = await reader.round()
    fake.react(ts, "fire_extinguisher")
    seen = [*told_by_events(fake), *polled]
    assert folded(polled)[f"{ROOM}:{ts}"].reactions == {("fire_extinguisher", GRACE, "MITIGATION")}
    assert folded(seen)[f"{ROOM}:{ts}"].reactions == set()
