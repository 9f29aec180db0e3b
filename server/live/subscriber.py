"""A subscriber: one client's place among the results of a group."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from server.operation import End, Listener, Result

if TYPE_CHECKING:
    from server.live.group import Group


class Subscriber:
    """A place in the ring, or on the way to it by pages that all who resume share.

    Nothing is done for it while its client does not take: what it has not taken waits in the
    ring, and what the ring has lost is told as a number.
    """

    __slots__ = ("_after", "_coming", "_end", "_group", "_listener", "_paged", "_place", "_read_at",
                 "_ready")  # fmt: skip

    def __init__(self, group: Group, after: int | None, listener: Listener) -> None:
        self._group, self._after, self._listener = group, after, listener
        self._place: int | None = None
        self._paged = -1
        """How far a page told it all; the ring may still come to what lies before that."""
        self._ready: Sequence[Result] = ()
        self._read_at: int | None = None
        """How often the group had been flushed when they were read; None where that is the same."""
        self._coming: asyncio.Task[None] | None = None
        self._end: End | None = None

    @property
    def end(self) -> End | None:
        """Why no more results will come, once the last was taken."""
        if self._ready:
            return None
        drained = self._place is None or self._place >= self._group.ring.end
        return self._end or (self._group.end if drained else None)

    def tell(self, place: int, results: Sequence[Result]) -> None:
        """Pass on what just came into the ring at a place: at once, to who has all before it."""
        seen = self._after or 0
        if self._place == place and seen < results[0].position:
            # Moved on before: sending them may be the last thing that the client takes.
            self._place, self._after = place + len(results), results[-1].position
            if self._listener.offer(results):
                return
            self._place, self._after = place, seen
        self.notice()

    def notice(self) -> None:
        """Hear that there is more in the ring, or that there never will be."""
        if self._coming is None and not self._ready:
            self._listener.wake()

    def take(self, most: int) -> Sequence[Result]:
        """What may be sent now, in order: about `most` bytes, and one result at least."""
        if self._ready and self._read_at in (None, self._group.flushes):
            return self._from_page(most)
        if self._ready:
            self._read_anew()
        if self._place is None:
            self._fetch(0)
            return ()
        ring = self._group.ring
        if self._place < ring.first:
            skipped = ring.end - self._place if self._place < ring.lost else 0
            self._place = None
            self._fetch(skipped)
            return ()
        results = ring.since(self._place, most)
        self._place += len(results)
        return self._unseen(results)

    def leave(self) -> None:
        """Follow no longer."""
        if self._coming:
            self._coming.cancel()
        self._group.drop(self)

    def _read_anew(self) -> None:
        """Give up what waits of a page: something in it is not what one would read now."""
        self._after = self._ready[0].position - 1 if self._group.resumes else None
        self._ready, self._place = (), None

    def _from_page(self, most: int) -> Sequence[Result]:
        length, count = 0, 0
        while count < len(self._ready) and (not count or length < most):
            length += len(self._ready[count].body)
            count += 1
        results, self._ready = self._ready[:count], self._ready[count:]
        return results

    def _unseen(self, results: Sequence[Result]) -> Sequence[Result]:
        """Without what a page told already, when the ring was still behind it."""
        if not results:
            return results
        seen = -1 if self._after is None else self._after
        self._after = max(seen, results[-1].position)
        if results[0].position > self._paged:
            return results
        return [each for each in results if each.position > self._paged] or self.take(1 << 16)

    def _fetch(self, skipped: int) -> None:
        if self._coming is None and self._end is None and self._group.end is None:
            self._coming = asyncio.create_task(self._catch_up(skipped))

    async def _catch_up(self, skipped: int) -> None:
        try:
            if not (skipped and await self._tell_gap(skipped)):
                await self._read_on()
        except Exception as fault:  # noqa: BLE001  # the client must hear of the end, whatever it is
            self._end = self._group.fail(fault)
        self._coming = None
        self._listener.wake()

    async def _tell_gap(self, skipped: int) -> bool:
        """Tell the client of what it missed, and go on with what comes; False if that is no way."""
        told = await self._group.lagged(skipped, self._after or 0)
        if told is None:
            self._after = None
            return False
        self._ready, self._read_at = told.results, None
        self._after, self._place = self._group.head, self._group.ring.end
        return True

    async def _read_on(self) -> None:
        told = await self._group.page(self._after)
        self._ready, self._after, self._paged = told.results, told.reached, told.reached
        self._read_at = self._group.flushes
        if told.reached >= self._group.floor:
            self._place = self._group.ring.place_after(told.reached)
