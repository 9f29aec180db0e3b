"""Slack as a small server: a workspace in which people talk, both doors to it, and its bad days.

Whatever happens in it is remembered as the event that Slack would send.
"""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from aiohttp import web

from tests.openapi import Watch

TEAM, APP, BOT, BOT_USER = "T0ACME0001", "A0WHYCHAIN", "B0WHYCHAIN", "U0WHYCHAIN"
ADA, GRACE = "U0ADA00001", "U0GRACE001"
ROOM, LOBBY = "C0ROOM0001", "C0LOBBY001"
TOKEN = "xoxb-secret"
NOON = 1_793_620_800
SCOPES = (
    "channels:read,channels:history,groups:read,groups:history,reactions:read,users:read,"
    "users:read.email,chat:write,im:write,im:history,metadata.message:read"
)

Record = dict[str, Any]

_DESCRIBED_AS = {"/users.conversations": "/conversations.list"}
_UNDESCRIBED = {"/conversations.open"}
_NEWER = frozenset(("app_id", "edited", "include_all_metadata", "metadata", "response_metadata"))
"""Names that Slack's description of itself, of 2021, leaves out or is too old for."""


@dataclass(slots=True)
class FakeSlack:
    """A workspace. `trouble` is methods with what they answer once: a status, or the name of an
    error. `forgets` is a method that once knows nothing of the page it is asked for."""

    base_url: str = ""
    page_size: int = 200
    now: float = NOON
    scopes: str = SCOPES
    channels: dict[str, Record] = field(default_factory=dict)
    messages: dict[str, list[Record]] = field(default_factory=dict)
    users: list[Record] = field(default_factory=list)
    events: list[Record] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    trouble: list[tuple[str, int | str]] = field(default_factory=list)
    forgets: str = ""
    watch: Watch = field(default_factory=lambda: Watch("slack", _NEWER))

    # ── what people do ──────────────────────────────────────────────────────────────────────

    def tick(self, seconds: float = 1.5) -> str:
        """Let time pass; the time then, as Slack writes it."""
        self.now += seconds
        return f"{self.now:.6f}"

    def add_channel(self, channel: str, name: str, **fields: Any) -> None:
        """Make a channel that the app is in."""
        usual = {"created": NOON, "is_member": True, "is_archived": False, "is_im": False}
        texts = {each: {"value": "", "last_set": 0} for each in ("topic", "purpose")}
        self.channels[channel] = {"id": channel, "name": name, **usual, **texts, **fields}
        self.messages[channel] = []

    def say(
        self, text: str, user: str = ADA, channel: str = ROOM, thread: str = "", **fields: Any
    ) -> str:
        """Post a message; its time."""
        ts = self.tick()
        record: Record = {"type": "message", "ts": ts, "user": user, "text": text, **fields}
        if thread:
            record["thread_ts"] = thread
            root = self.message(channel, thread)
            root |= {"thread_ts": thread, "latest_reply": ts}
            root["reply_count"] = root.get("reply_count", 0) + 1
        self.messages[channel].append(record)
        self._tell({**record, "channel": channel, "channel_type": "channel", "event_ts": ts})
        return ts

    def edit(self, ts: str, text: str, channel: str = ROOM) -> None:
        """Change a message. Slack dates that by the second."""
        record = self.message(channel, ts)
        before = dict(record)
        at = self.tick()
        record |= {"text": text, "edited": {"user": ADA, "ts": f"{int(float(at))}.000000"}}
        self._changed(channel, record, before, at)

    def unfurl(self, ts: str, channel: str = ROOM) -> None:
        """Put a picture below a message."""
        record = self.message(channel, ts)
        before = dict(record)
        record["attachments"] = [{"id": 1, "fallback": "A picture"}]
        self._changed(channel, record, before, self.tick())

    def delete(self, ts: str, channel: str = ROOM) -> None:
        """Delete a message; one that began a thread leaves a stone."""
        record = self.message(channel, ts)
        before, at = dict(record), self.tick()
        if record.get("reply_count"):
            record |= {"subtype": "tombstone", "user": "USLACKBOT", "text": "It was deleted."}
            self._changed(channel, record, before, at)
            return
        self.messages[channel].remove(record)
        gone = {"deleted_ts": ts, "previous_message": before, "hidden": True}
        self._tell({"type": "message", "subtype": "message_deleted", "channel": channel, "ts": at,
                    "event_ts": at, "channel_type": "channel", **gone})  # fmt: skip

    def react(self, ts: str, name: str, user: str = GRACE, channel: str = ROOM) -> None:
        """React to a message, or take that back."""
        record = self.message(channel, ts)
        reactions = record.setdefault("reactions", [])
        found = next((each for each in reactions if each["name"] == name), None)
        added = found is None or user not in found["users"]
        if found is None:
            found = {"name": name, "users": [], "count": 0}
            reactions.append(found)
        found["users"] = sorted({*found["users"]} ^ {user})
        found["count"] = len(found["users"])
        reactions[:] = [each for each in reactions if each["users"]]
        item = {"type": "message", "channel": channel, "ts": ts, "channel_type": "channel"}
        self._tell({"type": f"reaction_{'added' if added else 'removed'}", "user": user,
                    "reaction": name, "item": item, "item_user": record["user"],
                    "event_ts": self.tick()})  # fmt: skip

    def rename(self, channel: str, name: str) -> None:
        """Give a channel another name."""
        at = self.tick()
        self.channels[channel] |= {"name": name, "updated": int(self.now * 1000)}
        self._tell({"type": "channel_rename", "event_ts": at,
                    "channel": {"id": channel, "name": name, "created": NOON}})  # fmt: skip

    def describe(self, channel: str, topic: str) -> None:
        """Set a channel's topic."""
        at = self.tick()
        self.channels[channel]["topic"] = {"value": topic, "last_set": int(self.now)}
        self._tell({"type": "message", "subtype": "channel_topic", "channel": channel, "ts": at,
                    "user": ADA, "topic": topic, "text": "set the topic", "event_ts": at,
                    "channel_type": "channel"})  # fmt: skip

    def message(self, channel: str, ts: str) -> Record:
        """A message that is there."""
        return next(each for each in self.messages[channel] if each["ts"] == ts)

    def _changed(self, channel: str, record: Record, before: Record, at: str) -> None:
        message = json.loads(json.dumps(record))
        self._tell({"type": "message", "subtype": "message_changed", "channel": channel, "ts": at,
                    "event_ts": at, "channel_type": "channel", "message": message,
                    "previous_message": before})  # fmt: skip

    def _tell(self, event: Record) -> None:
        self.events.append(
            {
                "type": "event_callback",
                "team_id": TEAM,
                "api_app_id": APP,
                "event_id": f"Ev{len(self.events):08}",
                "event_time": int(self.now),
                "authorizations": [{"team_id": TEAM, "user_id": BOT_USER, "is_bot": True}],
                "event": event,
            }
        )


def a_user(external_id: str, name: str, **fields: Any) -> Record:
    """Somebody as `users.list` has them."""
    profile = {"real_name": name.title(), "display_name": name, "email": f"{name}@acme.example"}
    known = {"id": external_id, "name": name, "deleted": False, "is_bot": False, "updated": NOON}
    return {**known, "profile": profile, **fields}


# ── what is asked ────────────────────────────────────────────────────────────────────────────


@asynccontextmanager
async def running(fake: FakeSlack) -> AsyncIterator[FakeSlack]:
    """Serve it on a port of its own beside the block."""
    app = web.Application()
    app.router.add_route("*", "/{method}", partial(_handle, fake))
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    fake.base_url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield fake
    finally:
        await runner.cleanup()
    fake.watch.require_none()


async def _handle(fake: FakeSlack, request: web.Request) -> web.Response:
    method = request.match_info["method"]
    asked = {**request.query, **(await request.json() if request.can_read_body else {})}
    fake.asked.append(" ".join([method, *filter(None, [asked.get("channel"), asked.get("ts")])]))
    for index, (named, wrong) in enumerate(fake.trouble):
        if named in method:
            del fake.trouble[index]
            headers = {"retry-after": "7"} if wrong in (429, "ratelimited") else {}
            status, error = (wrong, "") if isinstance(wrong, int) else (200, wrong)
            body = {"ok": False, "error": error, "detail": "prose of Slack's"}
            return web.json_response(body, status=status, headers=headers)
    if request.headers.get("authorization") != f"Bearer {TOKEN}":
        return web.json_response({"ok": False, "error": "invalid_auth"})
    if method == fake.forgets and "cursor" in asked:
        fake.forgets = ""
        return web.json_response(_error("invalid_cursor"))
    answer = _METHODS[method](fake, asked)
    reply = web.json_response(answer, headers={"x-oauth-scopes": fake.scopes})
    if answer["ok"] and request.path not in _UNDESCRIBED:
        path = _DESCRIBED_AS.get(request.path, request.path)
        await fake.watch.exchange(request, reply, path)
    return reply


def _auth_test(fake: FakeSlack, asked: Record) -> Record:
    return {
        "ok": True,
        "url": "https://acme.slack.com/",
        "team": "Acme",
        "user": "whychain",
        "team_id": TEAM,
        "user_id": BOT_USER,
        "bot_id": BOT,
    }


def _conversations(fake: FakeSlack, asked: Record) -> Record:
    hidden = asked["exclude_archived"] == "true"
    there = [each for each in fake.channels.values()
             if each["is_member"] and not (hidden and each["is_archived"])]  # fmt: skip
    return _page(fake, asked, "channels", there)


def _info(fake: FakeSlack, asked: Record) -> Record:
    found = fake.channels.get(asked["channel"])
    return {"ok": True, "channel": found} if found else _error("channel_not_found")


def _history(fake: FakeSlack, asked: Record) -> Record:
    refusal = _refusal(fake, asked["channel"])
    if refusal:
        return refusal
    there = [each for each in fake.messages[asked["channel"]]
             if each.get("thread_ts", each["ts"]) == each["ts"]
             or each.get("subtype") == "thread_broadcast"]  # fmt: skip
    shown = there if asked.get("include_all_metadata") else [_plain(each) for each in there]
    described = {"channel_actions_count": 0, "channel_actions_ts": None, "pin_count": 0}
    return {**_page(fake, asked, "messages", _since(asked, shown)[::-1]), **described}


def _replies(fake: FakeSlack, asked: Record) -> Record:
    refusal = _refusal(fake, asked["channel"])
    if refusal:
        return refusal
    there = [each for each in fake.messages[asked["channel"]]
             if asked["ts"] in (each["ts"], each.get("thread_ts"))]  # fmt: skip
    if not there:
        return _error("thread_not_found")
    root, *replies = map(_plain, there)
    return _page(fake, asked, "messages", [root, *_since(asked, replies)])


def _plain(message: Record) -> Record:
    return {name: value for name, value in message.items() if name != "metadata"}


def _since(asked: Record, there: list[Record]) -> list[Record]:
    return [each for each in there if each["ts"] >= asked.get("oldest", "")]


def _refusal(fake: FakeSlack, channel: str) -> Record | None:
    found = fake.channels.get(channel)
    if found is None:
        return _error("channel_not_found")
    return None if found["is_member"] else _error("not_in_channel")


def _users(fake: FakeSlack, asked: Record) -> Record:
    return {**_page(fake, asked, "members", fake.users), "cache_ts": NOON}


def _open(fake: FakeSlack, asked: Record) -> Record:
    direct = asked["users"].replace("U", "D", 1)
    if direct not in fake.channels:
        fake.add_channel(direct, "", is_im=True)
        del fake.channels[direct]["name"]
    return {"ok": True, "channel": {"id": direct}}


def _post(fake: FakeSlack, asked: Record) -> Record:
    target = asked["channel"]
    if target.startswith("U"):
        target = _open(fake, {"users": target})["channel"]["id"]
    refusal = _refusal(fake, target)
    if refusal:
        return refusal
    ours = {"bot_id": BOT, "app_id": APP, "metadata": asked["metadata"]}
    ts = fake.say(asked["text"], BOT_USER, target, **ours)
    return {"ok": True, "channel": target, "ts": ts, "message": fake.message(target, ts)}


def _page(fake: FakeSlack, asked: Record, name: str, there: list[Record]) -> Record:
    start = int(asked.get("cursor", "0"))
    end = start + min(int(asked["limit"]), fake.page_size)
    following = str(end) if end < len(there) else ""
    answer = {"ok": True, name: there[start:end], "response_metadata": {"next_cursor": following}}
    return {**answer, "has_more": bool(following)} if name == "messages" else answer


def _error(name: str) -> Record:
    return {"ok": False, "error": name}


_METHODS: dict[str, Callable[[FakeSlack, Record], Record]] = {
    "auth.test": _auth_test,
    "users.conversations": _conversations,
    "conversations.info": _info,
    "conversations.history": _history,
    "conversations.replies": _replies,
    "conversations.open": _open,
    "users.list": _users,
    "chat.postMessage": _post,
}
