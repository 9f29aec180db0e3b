"""A tracker and chat that do not exist: an integration that can be careless, and a fake of it."""

import json
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

from integrations.contract import (
    Assignee,
    Batch,
    Connection,
    Denied,
    Finding,
    Http,
    Malformed,
    Manifest,
    Need,
    Post,
    RatePolicy,
    Reply,
    Role,
    Secret,
    TicketChange,
    TicketDraft,
    Unreadable,
    Unwell,
)
from integrations.observation import Moment, TicketObserved, TicketState
from integrations.testing import Asked, Site, in_memory

DAY = date(2026, 2, 1)
DRAFT = TicketDraft("item-1", "Guard the step", None, DAY, "P1", assignee=Assignee(), team="shop")
CHANGE = TicketChange(title="Guard the step well", state=TicketState.DONE, note="Done.")
POST = Post("remind-1", "Guard the step", team="shop")
ACCOUNT = Connection("toy", "acme", "", secrets={"token": Secret("toy-token-1")})


@dataclass
class Tracker:
    """Careful, but for what its `faults` name."""

    faults: frozenset[str] = frozenset()
    seen: int = 0

    @property
    def manifest(self) -> Manifest:
        return Manifest(
            "toy",
            "Toy",
            frozenset({Role.TICKETS, Role.MESSAGES}),
            base_url="https://toy.example",
            needs=(Need("read", "to read"),),
            rate=RatePolicy(10, 1.0),
        )

    async def poll(self, connection: Connection, http: Http, cursor: str | None) -> Batch:
        at = int(cursor or 0) if "no_garbage" in self.faults else _number(cursor)
        at = max(at, self.seen) if "remembers" in self.faults else at
        seen: list[TicketObserved] = []
        try:
            reply = await http.get("/tickets", query={"after": str(at)})
            page = reply.json()
            more = page["more"] is True
            where = page["detail"].removeprefix(connection.base_url)
            seen, unreadable = self._read(page)
            await http.get(where if where.startswith("/") else self._foreign(page, where))
        except Unwell:
            if "swallows" not in self.faults:
                raise
            return Batch((), str(at))
        except (KeyError, TypeError, AttributeError):
            raise Malformed("It is no page.") from None
        if "shows" in self.faults:
            seen = [replace(each, status=connection.secrets["token"].value) for each in seen]
        self.seen = max(self.seen, at + len(page["tickets"]))
        moved = at if "stands" in self.faults else at + len(page["tickets"])
        skips = "skips" in self.faults and at == 0
        return Batch(seen, str(moved + skips), more, () if "drops" in self.faults else unreadable)

    def _foreign(self, page: Any, where: str) -> str:
        if "strays" in self.faults:
            return str(where)
        raise Malformed("It leads elsewhere.")

    def _read(self, page: Any) -> tuple[list[TicketObserved], list[Unreadable]]:
        seen, unreadable = [], []
        for record in page["tickets"]:
            try:
                seen.append(observed(record))
            except Malformed:
                body = json.dumps(record).encode()
                unreadable.append(Unreadable(str(len(body)), "ticket", "It has no title.", body))
        return seen, unreadable

    async def check(self, connection: Connection, http: Http) -> Sequence[Finding]:
        try:
            await http.get("/tickets", query={"after": "0"})
        except Denied:
            return (Finding("read", good="hopes" in self.faults, advice="Tick it."),)
        return (Finding("read", good=True),)

    def keeps(self, connection: Connection, team: str | None) -> bool:
        return team == "shop"

    async def create_ticket(
        self, connection: Connection, http: Http, draft: TicketDraft
    ) -> TicketObserved:
        found = (await http.get("/search", query={"marker": draft.marker})).json()
        if not found or "creates" in self.faults:
            body = {"title": draft.title, "marker": draft.marker, "due": draft.due_on.isoformat()}
            found = [(await http.send("POST", "/tickets", body)).json()]
        return observed(found[0])

    async def update_ticket(
        self, connection: Connection, http: Http, external_id: str, change: TicketChange
    ) -> TicketObserved:
        was = await self.read_ticket(connection, http, external_id)
        if (was.title, was.state) == (change.title, change.state) and "notes" not in self.faults:
            return was
        body = {"title": change.title, "state": change.state, "note": change.note}
        return observed((await http.send("PUT", f"/tickets/{external_id}", body)).json())

    async def read_ticket(
        self, connection: Connection, http: Http, external_id: str
    ) -> TicketObserved:
        return observed((await http.get(f"/tickets/{external_id}")).json())

    def reaches(self, connection: Connection, post: Post) -> bool:
        return post.team == "shop"

    async def post_message(
        self, connection: Connection, http: Http, post: Post, *, again: bool
    ) -> None:
        text = f"{post.text} [{post.marker}]"
        posted = (await http.get("/messages")).json() if again else []
        if text not in posted or "posts" in self.faults:
            await http.send("POST", "/messages", text)


def _number(cursor: str | None) -> int:
    return int(cursor) if cursor and cursor.isascii() and cursor.isdigit() else 0


def observed(record: Any) -> TicketObserved:
    """A ticket of the fake's."""
    if not isinstance(record, dict) or not isinstance(record.get("title"), str):
        raise Malformed("It has no title.")
    if "\x00" in record["title"] or not record["title"].isprintable():
        raise Malformed("Its title cannot be kept.")
    number = record.get("number")
    due = date.fromisoformat(record["due"]) if record.get("due") == DAY.isoformat() else None
    return TicketObserved(
        Moment(datetime(2026, 1, 1, tzinfo=UTC), 0, ascii(number)[:40]),
        external_id=str(number) if isinstance(number, int) else "none",
        key="TOY",
        url="https://toy.example",
        title=record["title"],
        status="any",
        state=TicketState.DONE if record.get("state") == "DONE" else TicketState.OPEN,
        marker="item-1" if record.get("marker") == "item-1" else None,
        due_on=due,
    )


@dataclass
class FakeTracker:
    """What there is, and how it answers."""

    tickets: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)

    def answer(self, asked: Asked) -> Reply:
        match asked.method, asked.path.split("/")[1:]:
            case "GET", ["tickets"]:
                return _reply(self._page(int(asked.query["after"])))
            case "GET", ["search"]:
                marker = asked.query["marker"]
                return _reply([each for each in self.tickets if each.get("marker") == marker])
            case "POST", ["tickets"]:
                self.tickets.append({"number": len(self.tickets) + 1, **asked.json()})
                return _reply(self.tickets[-1])
            case _, ["tickets", number]:
                return self._ticket(int(number), asked)
            case "POST", ["messages"]:
                self.messages.append(asked.json())
        return _reply(self.messages)

    def _ticket(self, number: int, asked: Asked) -> Reply:
        if number > len(self.tickets):
            return Reply(404, {}, b"")
        change = asked.json() if asked.body else {}
        self.notes += [f"{number}: {change.pop('note')}"] if "note" in change else []
        self.tickets[number - 1].update(change)
        return _reply(self.tickets[number - 1])

    def _page(self, after: int) -> dict[str, Any]:
        page = self.tickets[after : after + 2]
        more = len(self.tickets) > after + 2
        return {"tickets": page, "more": more, "detail": "http://vendor.test/detail"}

    def held(self) -> Sequence[str]:
        return [*map(str, self.tickets), *self.notes, *self.messages]


def _reply(body: Any) -> Reply:
    return Reply(200, {}, json.dumps(body).encode())


def world(*records: dict[str, Any]) -> AbstractAsyncContextManager[Site]:
    """Five tickets, and these."""
    tickets = [{"number": each, "title": f"Ticket {each}"} for each in range(1, 6)]
    fake = FakeTracker([*tickets, *records])
    return in_memory(fake.answer, fake.held)


def odd() -> AbstractAsyncContextManager[Site]:
    """One ticket more, without a title."""
    return world({"number": 6})
