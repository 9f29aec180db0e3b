"""What is read again: changes and reactions that came late, and threads that go on."""

import json

from integrations.slack.cursor import THREADS_LIMIT
from integrations.slack.read import (
    FOLLOWED_LIMIT,
    LIVELY_SECONDS,
    READ_AGAIN_SECONDS,
    THREAD_SECONDS,
)
from tests.integrations.fake_slack import GRACE, ROOM
from tests.integrations.slack_rounds import a_workspace, folded, reading, texts


async def test_what_is_changed_soon_after_is_seen_without_an_event() -> None:
    fake = a_workspace()
    ts = fake.say("Down")
    async with reading(fake) as reader:
        seen, cursor = await reader.round()
        fake.tick(READ_AGAIN_SECONDS - 60)
        fake.say("Still down")
        fake.edit(ts, "Checkout is down")
        fake.react(ts, "fire_extinguisher")
        news, _ = await reader.round(cursor)
    state = folded([*seen, *news])[f"{ROOM}:{ts}"]
    assert state.text == "Checkout is down"
    assert state.reactions == {("fire_extinguisher", GRACE, "MITIGATION")}


async def test_a_thread_that_goes_on_is_asked_where_its_beginning_is_not_read_again() -> None:
    fake = a_workspace()
    root = fake.say("Down")
    fake.say("Why?", thread=root)
    async with reading(fake) as reader:
        _, cursor = await reader.round()
        fake.tick(READ_AGAIN_SECONDS + 60)
        fake.say("Other")
        _, cursor = await reader.round(cursor)
        fake.say("It was the cache", thread=root)
        seen, cursor = await reader.round(cursor)
        assert "It was the cache" in texts(seen)
        fake.tick(LIVELY_SECONDS - READ_AGAIN_SECONDS - 120)  # of the hour, but not yet an hour
        fake.asked.clear()
        _, cursor = await reader.round(cursor)
        assert f"conversations.replies {ROOM} {root}" in fake.asked


async def test_a_quiet_thread_is_asked_once_an_hour_for_a_week() -> None:
    fake = a_workspace()
    root = fake.say("Down")
    fake.say("Why?", thread=root)
    asks = f"conversations.replies {ROOM} {root}"
    async with reading(fake) as reader:
        _, cursor = await reader.round()
        fake.tick(2 * 24 * 3600)
        fake.say("Other")
        _, cursor = await reader.round(cursor)
        fake.asked.clear()
        _, cursor = await reader.round(cursor)
        assert asks not in fake.asked  # the round of the hour was the one before
        fake.tick(3_700)
        _, cursor = await reader.round(cursor)
        assert asks in fake.asked
        fake.tick(THREAD_SECONDS)
        _, cursor = await reader.round(cursor)
        fake.asked.clear()
        fake.tick(3_700)
        _, cursor = await reader.round(cursor)
        assert asks not in fake.asked


async def test_what_begins_late_is_found_within_the_hour() -> None:
    fake = a_workspace()
    root = fake.say("Down")
    async with reading(fake) as reader:
        _, cursor = await reader.round()
        fake.tick(READ_AGAIN_SECONDS + 60)
        fake.say("Other")
        _, cursor = await reader.round(cursor)
        fake.say("It was the cache", thread=root)
        fake.react(root, "dart")
        seen, cursor = await reader.round(cursor)
        assert "It was the cache" not in texts(seen)
        fake.tick(3_600)
        seen, _ = await reader.round(cursor)
    assert "It was the cache" in texts(seen)
    assert folded(seen)[f"{ROOM}:{root}"].reactions == {("dart", GRACE, "ROOT_CAUSE")}


async def test_no_more_than_a_few_threads_are_followed() -> None:
    fake = a_workspace()
    roots = [fake.say(f"Why {number}?") for number in range(2 * THREADS_LIMIT)]
    for root in roots:
        fake.say("Because", thread=root)
    async with reading(fake) as reader:
        _, cursor = await reader.round()
        fake.tick(READ_AGAIN_SECONDS + 60)
        fake.say("Other")
        _, cursor = await reader.round(cursor)
        fake.asked.clear()
        _, cursor = await reader.round(cursor)
    followed = [each.rpartition(" ")[2] for each in fake.asked if "replies" in each]
    assert followed == roots[-FOLLOWED_LIMIT:][::-1]
    kept = json.loads(cursor)["channels"][ROOM]["threads"]
    assert set(kept) == set(roots[-THREADS_LIMIT:])


async def test_a_thread_that_is_read_is_not_asked_again_for_nothing() -> None:
    fake = a_workspace()
    for number in range(2 * FOLLOWED_LIMIT):
        fake.say("Because", thread=fake.say(f"Why {number}?"))
    async with reading(fake) as reader:
        _, cursor = await reader.round()
        fake.asked.clear()
        await reader.round(cursor)
    assert not [each for each in fake.asked if "replies" in each]
