"""A tracker whose tickets are in memory, and an integration that keeps them there."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from typing import Any, cast

from integrations.contract import (
    Assignee,
    Connection,
    Http,
    KeepsTickets,
    Manifest,
    Missing,
    Role,
    TicketChange,
    TicketDraft,
)
from integrations.observation import Moment, PersonRef, TicketObserved, TicketState
from server.outbound.agents import Agent

_WORDS = {
    TicketState.OPEN: "To Do",
    TicketState.IN_PROGRESS: "In Progress",
    TicketState.DONE: "Done",
    TicketState.DROPPED: "Won't Do",
}

_TIMES = {"state": "state_at", "assignee": "assigned_at", "due_on": "due_at"}


def ref(external_id: str, **told: Any) -> PersonRef:
    """Somebody as the tracker knows them."""
    return PersonRef("toy", external_id, **told)


@dataclass
class Board:
    """What the tracker has. People there change tickets by `change`; the clock is theirs."""

    clock: Callable[[], datetime]
    people: dict[str, PersonRef] = field(default_factory=dict)
    tickets: dict[str, TicketObserved] = field(default_factory=dict)
    drafts: list[TicketDraft] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def only(self) -> TicketObserved:
        """The one ticket there is."""
        (ticket,) = self.tickets.values()
        return ticket

    def change(self, **fields: Any) -> TicketObserved:
        """Change the one ticket there is; how a webhook would tell it."""
        return self.set(self.only.external_id, **fields)

    def set(self, external_id: str, **fields: Any) -> TicketObserved:
        """Change a ticket, with the times at which its fields were set."""
        old, now = self.tickets[external_id], self.clock()
        fields = {name: value for name, value in fields.items() if getattr(old, name) != value}
        if "state" in fields:
            fields["status"] = _WORDS[fields["state"]]
        times = {_TIMES[name]: now for name in fields if name in _TIMES}
        digest = sha256(repr((old, fields, now)).encode()).hexdigest()
        moment = Moment(now, 0, digest) if fields else old.moment
        self.tickets[external_id] = replace(old, **fields, **times, moment=moment)
        return self.tickets[external_id]

    def named(self, assignee: Assignee) -> PersonRef | None:
        """Who is meant, if they have an account."""
        known = self.people.values()
        by_id = next((each for each in known if each.external_id == assignee.external_id), None)
        by_email = (each for each in known if each.email and each.email == assignee.email)
        return by_id or next(by_email, None)

    def create(self, draft: TicketDraft) -> TicketObserved:
        """The ticket with this marker: the one that is there, else a new one."""
        for each in self.tickets.values():
            if each.marker == draft.marker:
                return each
        self.drafts.append(draft)
        number = str(len(self.tickets) + 1)
        self.tickets[number] = TicketObserved(
            Moment(self.clock(), 0, number),
            number,
            f"TOY-{number}",
            f"https://toy.example/browse/TOY-{number}",
            draft.title,
            _WORDS[TicketState.OPEN],
            TicketState.OPEN,
            draft.marker,
            self.named(draft.assignee),
            draft.due_on,
            draft.priority,
        )
        return self.tickets[number]


@dataclass
class ToyTracker:
    """An integration that keeps tickets on a board; it fails and waits as a test wants.

    `before` is awaited, or raises, before the board is asked, `after` when it has answered.
    """

    board: Board
    teams: frozenset[str | None] | None = None
    before: Callable[[], Any] = lambda: None
    after: Callable[[], Any] = lambda: None
    asked: list[str] = field(default_factory=list)

    @property
    def manifest(self) -> Manifest:
        return Manifest("toy", "Toy", frozenset({Role.TICKETS}))

    def keeps(self, connection: Connection, team: str | None) -> bool:
        return self.teams is None or team in self.teams

    async def create_ticket(
        self, connection: Connection, http: Http, draft: TicketDraft
    ) -> TicketObserved:
        return await self._ask("create", lambda: self.board.create(draft))

    async def update_ticket(
        self, connection: Connection, http: Http, external_id: str, change: TicketChange
    ) -> TicketObserved:
        fields = {
            name: getattr(change, name)
            for name in ("title", "state", "due_on", "priority")
            if getattr(change, name) is not None
        }
        if change.assignee is not None:
            fields["assignee"] = self.board.named(change.assignee)
        if change.note:
            self.board.notes.append(change.note)
        return await self._ask("update", lambda: self.board.set(external_id, **fields))

    async def read_ticket(
        self, connection: Connection, http: Http, external_id: str
    ) -> TicketObserved:
        return await self._ask("read", lambda: self.board.tickets[external_id])

    async def _ask(self, what: str, answer: Callable[[], TicketObserved]) -> TicketObserved:
        self.asked.append(what)
        await _awaited(self.before())
        try:
            found = answer()
        except KeyError:
            raise Missing("It is not there.") from None
        await _awaited(self.after())
        return found

    def agent(self, name: str = "acme") -> Agent[KeepsTickets]:
        """An account at the tracker; its client is never used."""
        connection = Connection("toy", name, "https://toy.example")
        return Agent(self, connection, cast("Http", None), "Toy")


async def _awaited(value: Any) -> None:
    if asyncio.iscoroutine(value):
        await value
