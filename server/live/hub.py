"""The hub: who follows what, and how far all that is followed has come.

The truth is the feed in the database. Carriers only say where to look: a hint may be lost, doubled
or late, and a slow poll of what is followed makes up for it.
"""

import asyncio
from collections.abc import AsyncIterator, Hashable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog

from server.errors import CodedError, ErrorCode, Unavailable
from server.live.group import Group
from server.live.hint import DIRECTORY, Hint
from server.live.script import Encode, Script
from server.live.subscriber import Subscriber
from server.live.topic import Board, Topic
from server.operation import Listener
from server.store import directory, feed
from server.store.database import Database

log = structlog.get_logger()

POLL_SECONDS = 1.0
"""How long a lost hint may delay an event."""

OVERLAP = timedelta(seconds=60)
"""How far the board's poll looks back: longer than any transaction may take."""

MOST_GROUPS = 1_000
"""How many different things may be told at once: each costs an execution for every event."""

RING_BYTES = 64 << 20
"""What all rings together may hold."""

LARGEST_RING = 4 << 20


class Hub:
    """The groups of subscribers of this process, and the topics that they follow."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._groups: dict[Hashable, Group] = {}
        self._topics: dict[UUID, Topic] = {}
        self._board = Board()
        self._since = datetime.now(UTC)
        self._people = 0
        self._unsure = asyncio.Event()

    @property
    def board(self) -> Board:
        """All incidents together."""
        return self._board

    @property
    def subscribers(self) -> int:
        """How many follow anything here."""
        return sum(group.subscribers for group in self._groups.values())

    @property
    def groups(self) -> int:
        """How many different things are told."""
        return len(self._groups)

    # ── following ────────────────────────────────────────────────────────────

    def group(self, key: Hashable) -> Group | None:
        """The group of this key, if somebody follows it."""
        return self._groups.get(key)

    def follow(
        self, key: Hashable, script: Script, encode: Encode, listener: Listener
    ) -> Subscriber:
        """Follow what a script tells, in the group of this key.

        Raises:
            CodedError: TOO_MANY, there are too many groups already.
        """
        group = self._groups.get(key)
        if group is None or group.end:
            group = self._groups[key] = self._opened(key, script, encode)
        return group.join(script.after, listener)

    def rejoin(
        self, key: Hashable, group: Group, after: int | None, listener: Listener
    ) -> Subscriber:
        """Follow in the group of this key, which was found a moment ago.

        Raises:
            Unavailable: it has ended since.
        """
        if self._groups.get(key) is not group:
            raise Unavailable("What you follow is begun anew. Subscribe again.")
        return group.join(after, listener)

    def _opened(self, key: Hashable, script: Script, encode: Encode) -> Group:
        if len(self._groups) >= MOST_GROUPS:
            message = "Too many different subscriptions run here. Follow one that others follow."
            raise CodedError(message, ErrorCode.TOO_MANY)
        group = Group(
            self._topic(script),
            script.source,
            encode,
            room=self._room,
            empty=lambda: self._close(key, group),
        )
        return group

    def _topic(self, script: Script) -> Topic:
        if script.topic is None:
            return self._board
        topic = self._topics.setdefault(script.topic, Topic())
        topic.reach(script.head)
        # It may have moved between that head and now, when no hint for it was heard yet.
        self._unsure.set()
        return topic

    def _room(self) -> int:
        return min(LARGEST_RING, RING_BYTES // len(self._groups))

    def _close(self, key: Hashable, group: Group) -> None:
        group.close()
        if self._groups.get(key) is group:  # and not the one that follows a group that failed
            del self._groups[key]
        followed = {id(group.topic) for group in self._groups.values()}
        self._topics = {
            incident: topic for incident, topic in self._topics.items() if id(topic) in followed
        }

    # ── hearing ──────────────────────────────────────────────────────────────

    def hear(self, hints: Sequence[Hint]) -> None:
        """Take hints, from wherever they come."""
        for hint in hints:
            if hint.incident == DIRECTORY:
                self._people_changed(hint.sequence)
                continue
            topic = self._topics.get(hint.incident)
            if topic:
                topic.reach(hint.sequence)
            self._board.note(hint)

    def _people_changed(self, version: int) -> None:
        """Tell nobody any more by which name or role people were known before."""
        if version != self._people:
            self._people = version
            for group in self._groups.values():
                group.flush()

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
            for group in self._groups.values():
                group.close()

    async def _poll(self) -> None:
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._unsure.wait(), POLL_SECONDS)
            self._unsure.clear()
            try:
                await self.look()
            except CodedError as trouble:
                log.warning("the feed cannot be polled", code=trouble.code.value)

    async def look(self) -> None:
        """Ask the database once how far everything that is followed has come."""
        if self._groups:
            self._people_changed(await directory.version(self._database))
        if self._topics:
            heads = await feed.heads(self._database, list(self._topics))
            self.hear([Hint(incident, sequence) for incident, sequence in heads.items()])
        now = datetime.now(UTC)
        if any(group.topic is self._board for group in self._groups.values()):
            rows = await feed.moved_since(self._database, self._since - OVERLAP)
            self.hear([Hint(row["id"], row["sequence"]) for row in rows])
        self._since = now
