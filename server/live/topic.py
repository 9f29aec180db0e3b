"""How far things have come: each watched incident, and all of them together."""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from server.live.hint import Hint

BOARD_KEPT = 10_000
"""How many incidents the board remembers the position of, and how many moves."""


@dataclass(slots=True)
class Topic:
    """A position that only grows, and those who wait for it to grow."""

    head: int = 0
    _moved: asyncio.Event = field(default_factory=asyncio.Event)

    def reach(self, position: int) -> None:
        """Note that it has come this far."""
        if position > self.head:
            self.head = position
            waiting, self._moved = self._moved, asyncio.Event()
            waiting.set()

    def retreat(self, position: int) -> None:
        """Note that it has only come this far: a hint is a word, and may be false."""
        self.head = min(self.head, position)

    async def beyond(self, position: int) -> int:
        """Wait until it has come further than `position`; how far it is."""
        while self.head <= position:
            await self._moved.wait()
        return self.head


class Board(Topic):
    """Every incident that moved, by the order in which this process heard of it."""

    def __init__(self) -> None:
        super().__init__()
        self._moves: deque[UUID] = deque(maxlen=BOARD_KEPT)
        self._reached: dict[UUID, int] = {}

    def note(self, hint: Hint) -> None:
        """Note that an incident moved, if that is news."""
        # Another position, not a larger one: a false one must not silence those that follow it.
        if self._reached.get(hint.incident) == hint.sequence:
            return
        self._reached.pop(hint.incident, None)
        self._reached[hint.incident] = hint.sequence
        if len(self._reached) > BOARD_KEPT:
            del self._reached[next(iter(self._reached))]
        self._moves.append(hint.incident)
        self.reach(self.head + 1)

    def moved(self, after: int, upto: int) -> Sequence[UUID] | None:
        """The incidents that moved at these positions, each once; None if that is forgotten."""
        oldest = self.head - len(self._moves)
        if after < oldest:
            return None
        moves = list(self._moves)[after - oldest : upto - oldest]
        return list(dict.fromkeys(moves))
