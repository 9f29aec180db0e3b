"""The hub: knows how far each watched feed has come, and wakes those who wait for more.

Whoever watches reads the feed itself from the database, by cursor; the hub only says when it is
worth looking. A hint may be lost, doubled or late: a slow poll of what is watched makes up for it.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog

from server.errors import CodedError
from server.live.hint import Hint
from server.store import feed
from server.store.database import Database

log = structlog.get_logger()

POLL_SECONDS = 1.0
"""How long a lost hint may delay an event."""

OVERLAP = timedelta(seconds=60)
"""How far the board's poll looks back: longer than any transaction may take."""

BOARD_KEPT = 10_000
"""How many incidents the board remembers the position of."""


@dataclass(slots=True)
class Watch:
    """One incident's position, for everybody who watches it."""

    head: int
    watchers: int = 0
    moved: asyncio.Event = field(default_factory=asyncio.Event)

    def reach(self, sequence: int) -> None:
        """Note that the feed has come this far."""
        if sequence > self.head:
            self.head = sequence
            waiting, self.moved = self.moved, asyncio.Event()
            waiting.set()

    async def beyond(self, sequence: int) -> int:
        """Wait until the feed has come further than `sequence`; how far it is."""
        while self.head <= sequence:
            await self.moved.wait()
        return self.head


class Board:
    """Every incident that moved, for those who watch them all."""

    def __init__(self) -> None:
        self._moves: list[UUID] = []
        self._first = 0
        self._moved = asyncio.Event()
        self.watchers = 0

    @property
    def end(self) -> int:
        """The position after the newest move."""
        return self._first + len(self._moves)

    def add(self, incident: UUID) -> None:
        """Note that an incident moved."""
        self._moves.append(incident)
        if len(self._moves) > BOARD_KEPT:
            dropped = len(self._moves) // 2
            del self._moves[:dropped]
            self._first += dropped
        waiting, self._moved = self._moved, asyncio.Event()
        waiting.set()

    async def after(self, position: int) -> tuple[int, Sequence[UUID] | None]:
        """Wait for moves after `position`: the new position, and which incidents, each once.

        None in their place says that the watcher was too slow, and must look at all again.
        """
        while self.end <= position:
            await self._moved.wait()
        if position < self._first:
            return self.end, None
        moves = self._moves[position - self._first :]
        return self.end, list(dict.fromkeys(moves))


class Hub:
    """Positions of the feeds that somebody in this process watches."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._watched: dict[UUID, Watch] = {}
        self._seen: dict[UUID, int] = {}
        self._since = datetime.now(UTC)
        self.board = Board()

    def hear(self, hints: Sequence[Hint]) -> None:
        """Take hints, from wherever they come."""
        for hint in hints:
            watch = self._watched.get(hint.incident)
            if watch:
                watch.reach(hint.sequence)
            self._note(hint.incident, hint.sequence)

    def _note(self, incident: UUID, sequence: int) -> None:
        if self._seen.get(incident, 0) < sequence:
            self._seen.pop(incident, None)
            self._seen[incident] = sequence
            self.board.add(incident)
            if len(self._seen) > BOARD_KEPT:
                del self._seen[next(iter(self._seen))]

    @asynccontextmanager
    async def watch(self, incident: UUID) -> AsyncIterator[Watch]:
        """Follow one incident's position while the block runs; it starts at the true head."""
        watch = self._watched.setdefault(incident, Watch(0))
        watch.watchers += 1
        try:
            heads = await feed.heads(self._database, [incident])
            watch.reach(heads.get(incident, 0))
            yield watch
        finally:
            watch.watchers -= 1
            if not watch.watchers:
                self._watched.pop(incident, None)

    @contextmanager
    def watch_board(self) -> Iterator[Board]:
        """Follow every incident while the block runs."""
        self.board.watchers += 1
        try:
            yield self.board
        finally:
            self.board.watchers -= 1

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Poll while the block runs."""
        task = asyncio.create_task(self._poll(), name="live poll")
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _poll(self) -> None:
        while True:
            await asyncio.sleep(POLL_SECONDS)
            try:
                await self.look()
            except CodedError as trouble:
                log.warning("the feed cannot be polled", code=trouble.code.value)

    async def look(self) -> None:
        """Ask the database once how far everything watched has come."""
        if self._watched:
            heads = await feed.heads(self._database, list(self._watched))
            self.hear([Hint(incident, sequence) for incident, sequence in heads.items()])
        if self.board.watchers:
            now = datetime.now(UTC)
            rows = await feed.moved_since(self._database, self._since - OVERLAP)
            self.hear([Hint(row["id"], row["sequence"]) for row in rows])
            self._since = now
