"""A chat that is read by its webhooks and written to, and an integration that does both."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

import orjson
from aiohttp import web

from integrations.contract import (
    Batch,
    Connection,
    Http,
    Manifest,
    Post,
    RatePolicy,
    Role,
    Setting,
    SettingKind,
)
from integrations.observation import MessageEvent, MessageObserved, Moment, PersonRef
from tests.vendor import Vendor, says, vendor


@dataclass(frozen=True)
class Chat:
    """An integration whose chat lists its messages, and takes what is posted."""

    @property
    def manifest(self) -> Manifest:
        teams = Setting("channels", SettingKind.TABLE, "The channel of each team.")
        return Manifest(
            "slack",
            "Chat",
            frozenset({Role.MESSAGES}),
            base_url="https://chat.example",
            settings=(teams,),
            rate=RatePolicy(1000, 1.0, poll_seconds=0.2),
        )

    async def poll(self, connection: Connection, http: Http, cursor: str | None) -> Batch:
        page = (await http.get("/messages", query={"after": cursor or "0"})).json()
        seen = [
            MessageObserved(
                Moment(datetime.fromisoformat(each["at"]), 0, each["id"]),
                each["id"],
                each["channel"],
                MessageEvent.POSTED,
                datetime.fromisoformat(each["at"]),
                PersonRef("slack", each["by"], name=each["name"]),
                each["text"],
            )
            for each in page
        ]
        return Batch(seen, str(int(cursor or 0) + len(page)), more=False)

    def reaches(self, connection: Connection, post: Post) -> bool:
        return post.person is not None or post.team in connection.settings.get("channels", {})

    async def post_message(
        self, connection: Connection, http: Http, post: Post, *, again: bool
    ) -> None:
        if again and post.marker in (await http.get("/posts")).json():
            return
        where = post.person or connection.settings["channels"][post.team]
        body = {"marker": post.marker, "text": post.text, "to": where}
        await http.send("POST", "/posts", body)


@dataclass
class Room:
    """What is said in the chat, and what was posted to it."""

    vendor: Vendor
    messages: list[dict[str, str]] = field(default_factory=list)
    posts: list[dict[str, str]] = field(default_factory=list)

    @property
    def connection(self) -> Connection:
        """An account there, with the channel of the team "shop"."""
        return Connection("slack", "acme", self.vendor.url, {"channels": {"shop": "C-SHOP"}})

    def texts(self) -> Sequence[tuple[str, str]]:
        """To whom what was posted."""
        return [(each["to"], each["text"]) for each in self.posts]

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """List what was said or posted, or take a post."""
        if request.path == "/messages":
            return says(self.messages[int(request.query["after"]) :])
        if request.method == "POST":
            self.posts.append(orjson.loads(await request.read()))
        return says([each["marker"] for each in self.posts])


@asynccontextmanager
async def room() -> AsyncIterator[Room]:
    """The chat, listening while the block runs."""
    async with vendor() as found:
        there = Room(found)
        found.always = there.answer
        yield there
