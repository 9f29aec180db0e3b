"""Where the events of subscriptions come from: each source reads for one group of subscribers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import takewhile
from typing import Any
from uuid import UUID

from schema.action_item import ActionItem, ActionItemQueries, ActionItemWhere
from schema.engine import node_id
from schema.engine.source import Reading, Record
from schema.engine.words import words
from schema.incident import Incident, IncidentQueries, IncidentWhere
from server.domain.action_item import ActionItemState
from server.domain.feed import FeedChange, FeedSubject
from server.domain.incident import IncidentStatus
from server.errors import CodedError, ErrorCode
from server.live.script import Event, Page
from server.live.topic import Board
from server.store import feed
from server.store.database import Database
from server.term import Term

PAGE = 100
"""How many changes are read, executed and encoded at once."""

BOARD_SIZE = 100
"""How many incidents, or action items, a board begins with."""

_UNFINISHED = [state for state in ActionItemState if not state.closed]


class BoardChange(Term):
    """What happened to an incident on the board."""

    DECLARED = "DECLARED", "It is new."
    CHANGED = "CHANGED", "Something of it changed; also: it was there when you subscribed."
    RESOLVED = "RESOLVED", "It was resolved."
    MERGED = "MERGED", "It became part of another incident: see `mergedInto`."


words()(BoardChange)


@dataclass(slots=True)
class TimelineSource:
    """The changes of one timeline, by their sequence in the incident's feed.

    `change` makes an event of a sequence, a kind of change and an entry's key; `gap` one of how
    many were skipped, and the last sequence that was sent.
    """

    database: Database
    incident: UUID
    change: Callable[[int, str, UUID], Any]
    gap: Callable[[int, int], Any]
    resumes: bool = True

    async def opening(self, head: int) -> Page:
        """All from the start on: a timeline has no other beginning."""
        return await self.page(0, head)

    async def page(self, after: int, upto: int) -> Page:
        """The next changes.

        Raises:
            CodedError: MERGED, what comes next is told by the feed of another incident.
        """
        rows = await feed.changes_after(self.database, self.incident, after, upto, PAGE)
        if rows and rows[0]["subject"] == FeedSubject.MERGER:
            raise _merged(rows[0]["subject_id"])
        rows = list(takewhile(lambda row: row["subject"] != FeedSubject.MERGER, rows))
        told = [row for row in rows if row["subject"] == FeedSubject.TIMELINE]
        events = [
            Event(row["sequence"], self.change(row["sequence"], row["change"], row["subject_id"]))
            for row in told
        ]
        reached = rows[-1]["sequence"] if rows else after
        return Page(events, reached, any(row["change"] != FeedChange.ADDED for row in told))

    async def news(self, after: int, upto: int) -> Page:
        """The next changes."""
        return await self.page(after, upto)

    def lagged(self, skipped: int, after: int) -> Any:
        """The message that tells of a gap."""
        return self.gap(skipped, after)


def _merged(into: UUID) -> CodedError:
    """The end of a feed: the positions of its followers say nothing of the other one's."""
    message = (
        f"This incident became part of {node_id.encode('inc', into)}, with its timeline. "
        "Follow that one, from its start."
    )
    return CodedError(message, ErrorCode.MERGED)


@dataclass(frozen=True, slots=True)
class IncidentSource:
    """One incident, as it is whenever its feed has moved."""

    database: Database
    incident: UUID
    resumes: bool = False

    async def opening(self, head: int) -> Page:
        """The incident, which is read after its position: it may be newer, but never older."""
        reached = (await feed.heads(self.database, [self.incident])).get(self.incident, head)
        return Page([Event(reached, Incident.keyed(self.incident))], reached, replaces=True)

    async def page(self, after: int, upto: int) -> Page:
        """The incident."""
        return await self.opening(upto)

    async def news(self, after: int, upto: int) -> Page:
        """The incident, if it has moved."""
        page = await self.opening(upto)
        return page if page.reached > after else Page((), after)

    def lagged(self, skipped: int, after: int) -> None:
        """Nothing: who missed some states is told the newest."""


@dataclass(slots=True)
class BoardSource:
    """The incidents that a condition asks for, and whatever becomes of them.

    `event` makes an event of what happened and an incident's key.
    """

    reading: Callable[[], Reading]
    board: Board
    where: IncidentWhere
    event: Callable[[BoardChange, UUID], Any]
    resumes: bool = False
    _known: dict[UUID, str] | None = None

    async def opening(self, head: int) -> Page:
        """The newest incidents, the oldest of them first."""
        found = await self._matching(self.where, None)
        if self._known is None:
            self._known = dict(found)
        keys = reversed(list(found))
        return Page([Event(head, self.event(BoardChange.CHANGED, key)) for key in keys], head)

    async def page(self, after: int, upto: int) -> Page:
        """The newest incidents again: a board has no past."""
        return await self.opening(upto)

    async def news(self, after: int, upto: int) -> Page:
        """Of the incidents that moved, those on the board, and those that now leave it."""
        if self._known is None:
            self._known = await self._matching(self.where, None)
        known = self._known
        moved = self.board.moved(after, upto)
        among = list(known) if moved is None else list(moved)
        matching = await self._matching(self.where, among if moved is not None else None)
        leaving = [key for key in among if key in known and key not in matching]
        left = await self._matching(IncidentWhere(), leaving) if leaving else {}
        changes = [
            (_change(known.get(key), status), key) for key, status in {**matching, **left}.items()
        ]
        changes += [(BoardChange.MERGED, key) for key in leaving if key not in left]
        known.update(matching)
        for key in leaving:
            del known[key]
        return Page([Event(upto, self.event(change, key)) for change, key in changes], upto)

    def lagged(self, skipped: int, after: int) -> None:
        """Nothing: who missed some changes is told how the board stands."""

    async def _matching(self, where: IncidentWhere, among: list[UUID] | None) -> dict[UUID, str]:
        """The newest incidents for which `where` holds, with their statuses."""
        rows = await _rows(IncidentQueries, "incidents", self.reading(), where, among)
        return {row["_key"]: row["status"] for row in rows}


def _change(before: str | None, status: str) -> BoardChange:
    resolved = IncidentStatus.RESOLVED.value
    if before is None and status != resolved:
        return BoardChange.DECLARED
    return BoardChange.RESOLVED if status == resolved != before else BoardChange.CHANGED


@dataclass(slots=True)
class ActionItemSource:
    """The action items of a team, or of all, and whatever becomes of them.

    `since` is a time before which no change is news; `seen` how far each incident's was told.
    """

    database: Database
    reading: Callable[[], Reading]
    board: Board
    team: str | None
    since: datetime
    resumes: bool = False
    _seen: dict[UUID, int] = field(default_factory=dict)
    _known: set[UUID] = field(default_factory=set)

    async def opening(self, head: int) -> Page:
        """Those that are not done yet, the one due first at the top."""
        keys = await self._matching(None, state=_UNFINISHED)
        self._known.update(keys)
        return _items(keys, head)

    async def page(self, after: int, upto: int) -> Page:
        """Those that are not done yet."""
        return await self.opening(upto)

    async def news(self, after: int, upto: int) -> Page:
        """The items that changed with the incidents that moved, also out of the team's hands."""
        moved = self.board.moved(after, upto)
        if moved is None:
            return await self.opening(upto)
        changed = await self._changed(moved)
        matching = await self._matching(list(changed)) if changed else []
        told = [key for key in changed if key in self._known or key in matching]
        self._known.update(matching)
        return _items(told, upto)

    def lagged(self, skipped: int, after: int) -> None:
        """Nothing: who missed some changes is told how things stand."""

    async def _changed(self, incidents: Sequence[UUID]) -> Sequence[UUID]:
        subject = FeedSubject.ACTION_ITEM
        rows = await feed.changes_of(self.database, subject, incidents, self.since)
        news = [row for row in rows if row["sequence"] > self._seen.get(row["incident_id"], 0)]
        self._seen.update((row["incident_id"], row["sequence"]) for row in news)
        return list(dict.fromkeys(row["subject_id"] for row in news))

    async def _matching(self, among: list[UUID] | None, **conditions: Any) -> list[UUID]:
        if self.team is not None:
            conditions["teams"] = [self.team]
        where = ActionItemWhere(**conditions)
        rows = await _rows(ActionItemQueries, "action_items", self.reading(), where, among)
        return [row["_key"] for row in rows]


def _items(keys: Sequence[UUID], position: int) -> Page:
    return Page([Event(position, ActionItem.keyed(key)) for key in keys], position)


async def _rows(
    queries: Any, name: str, reading: Reading, where: Any, among: list[UUID] | None
) -> Sequence[Record]:
    """The first rows of a connection at a root for which `where` holds, of these keys if given."""
    connection = queries.__strawberry_definition__.get_field(name)
    found: Sequence[Record] = await connection.rows(reading, where, among, BOARD_SIZE)
    return found
