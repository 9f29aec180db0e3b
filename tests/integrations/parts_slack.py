"""What Slack's integration is tried with: its events, and a workspace to read and to post in."""

import hmac
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from integrations.contract import Connection, Headers, Post, Secret
from integrations.slack import plugin
from integrations.testing import (
    Backfilled,
    Checked,
    Fixture,
    Messages,
    Polled,
    Site,
    Vendor,
    listening,
)
from tests.integrations.fake_slack import (
    ADA,
    BOT_USER,
    GRACE,
    LOBBY,
    NOON,
    ROOM,
    TOKEN,
    FakeSlack,
    a_user,
    running,
)
from tests.integrations.slack_rounds import a_workspace

SIGNED_AT = 1_531_420_618
SIGNING = replace(plugin, clock=lambda: float(SIGNED_AT))
TIMESTAMP, SIGNATURE = b"x-slack-request-timestamp", b"x-slack-signature"
READING = replace(plugin, clock=lambda: NOON + 600.0)

NAMED = {
    "channels": [ROOM],
    "teams": {"payments": LOBBY},
    "emoji": {"pushpin": "NOTE"},
}
POSTS = (
    Post("to-payments", "Due today:\n- Add an alert", team="payments"),
    Post("to-ada", "Due today", person=ADA),
)


def sign(body: bytes, secret: Secret, at: bytes = b"%d" % SIGNED_AT) -> Headers:
    digest = hmac.digest(secret.value.encode(), b"v0:" + at + b":" + body, "sha256")
    return {SIGNATURE: (b"v0=" + digest.hex().encode(),)}


def fixture(name: str, body: bytes) -> Fixture:
    return Fixture(name, {TIMESTAMP: (b"%d" % SIGNED_AT,)}, body)


def events() -> Sequence[Fixture]:
    """A body of each kind that says something, and of some that do not."""
    fake = a_workspace()
    ts = fake.say("Checkout is <https://x.example|down> <@U0GRACE001>")
    fake.say("Indeed", thread=ts, files=[{"name": "graph.png"}], subtype="file_share")
    fake.edit(ts, "Checkout is slow")
    fake.react(ts, "pushpin")
    fake.react(ts, "pushpin")
    fake.describe(ROOM, "Checkout")
    fake.rename(ROOM, "inc-7-checkout")
    fake.delete(fake.say("Wrong channel"))
    bodies = [*fake.events, {"type": "app_rate_limited", "minute_rate_limited": SIGNED_AT}]
    return [fixture(str(index), json.dumps(body).encode()) for index, body in enumerate(bodies)]


def webhooks(request: pytest.FixtureRequest) -> Vendor:
    return Vendor(SIGNING, sign, events())


def polled(request: pytest.FixtureRequest) -> Polled:
    return Polled(READING, _account(), _world, _odd)


def backfilled(request: pytest.FixtureRequest) -> Backfilled:
    since = datetime.fromtimestamp(NOON, UTC)
    return Backfilled(READING, _account(), _world, _odd, since)


def checked(request: pytest.FixtureRequest) -> Checked:
    return Checked(plugin, _account(**NAMED), _world)


def messages(request: pytest.FixtureRequest) -> Messages:
    return Messages(plugin, _account(**NAMED), _world, POSTS)


PARTS = (webhooks, polled, backfilled, checked, messages)


def _account(**settings: object) -> Connection:
    return Connection("slack", "acme", "", settings, {"token": Secret(TOKEN)})


def _world() -> AbstractAsyncContextManager[Site]:
    return _serving(_talk())


def _odd() -> AbstractAsyncContextManager[Site]:
    fake = _talk()
    fake.add_channel("C0ODD00001", "odd")
    odd = {
        "type": "message",
        "ts": f"{NOON}.000000",
        "user": ADA,
        "text": "x",
        "edited": {"ts": "soon"},
    }
    fake.messages["C0ODD00001"].append(odd)
    fake.users.append({"id": "U0ODD00001", "name": "odd"})
    return _serving(fake)


def _talk() -> FakeSlack:
    """More than a page of what is said in two channels, in threads, and of who says it."""
    people = {ADA: "ada", GRACE: "grace", "U0BARBARA1": "barbara", "U0FRANCES1": "frances"}
    fake = a_workspace(page_size=3, users=[a_user(*each) for each in people.items()])
    fake.say("Hello", channel=LOBBY)
    for number in range(5):
        ts = fake.say(f"Question {number}")
        fake.say("Answer", thread=ts, user=GRACE)
    fake.edit(ts, "The last question")
    fake.react(ts, "pushpin")
    return fake


def _more_is_said(fake: FakeSlack) -> None:
    there = fake.messages[ROOM]
    if there[-1]["text"] != "An afterthought":
        fake.edit(there[-2]["ts"], "Another last question")
        fake.say("An answer to it", thread=there[-2]["ts"])
        fake.say("An afterthought")


def _posted(fake: FakeSlack) -> Sequence[str]:
    return [
        f"{channel} {each['text']}"
        for channel, there in fake.messages.items()
        for each in there
        if each["user"] == BOT_USER
    ]


@asynccontextmanager
async def _serving(fake: FakeSlack) -> AsyncIterator[Site]:
    async with running(fake):
        yield listening(
            fake.base_url, held=lambda: _posted(fake), later=lambda: _more_is_said(fake)
        )
