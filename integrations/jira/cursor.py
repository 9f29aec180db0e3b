"""How far the tickets have been read: what a cursor holds, and how it is written.

Tickets are read in the order in which they were last changed, each page from where the last one
ended. One that is changed meanwhile moves to the end, and would make a page that is counted from
the beginning skip another; so pages are counted only within one minute.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Self

OVERLAP_MS = 5 * 60_000
"""How much of the last round is read again: what was changed is found only some seconds later."""

_MINUTE_MS = 60_000
"""To this Jira's times are exact in a query."""

_VERSION = 1


@dataclass(frozen=True, slots=True)
class Cursor:
    """From when on tickets are read, in milliseconds since 1970, and what the last of them was.

    `after` is where the next page begins among those of one minute.
    """

    since: int = 0
    after: str | None = None
    reached: int = 0

    @classmethod
    def at(cls, since: datetime) -> Self:
        """Where the past since then begins."""
        return cls(_whole_minute(_milliseconds(since)))

    def on(self, times: Iterable[datetime], after: str | None) -> "Cursor":
        """With one more page read; where it was the last one, the beginning of the next round."""
        reached = max([self.reached, *map(_milliseconds, times)])
        if after is None:
            return Cursor(max(0, _whole_minute(reached - OVERLAP_MS)) or self.since, None, reached)
        minute = _whole_minute(reached)
        if minute > self.since:
            return Cursor(minute, None, reached)
        return Cursor(self.since, after, reached)

    def share(self, since: datetime, now: datetime) -> float:
        """How much of the time since then is read: 0 to 1."""
        whole = _milliseconds(now) - _milliseconds(since)
        part = self.reached - _milliseconds(since)
        return min(1.0, max(0.0, part / whole)) if whole > 0 else 1.0

    def write(self) -> str:
        return json.dumps({"version": _VERSION, **asdict(self)})


def read_cursor(text: str | None, otherwise: Cursor) -> Cursor:
    """The cursor that was written; another where it is none, or one of another version."""
    try:
        kept = json.loads(text or "{}")
    except ValueError:
        return otherwise
    if not isinstance(kept, dict) or kept.pop("version", None) != _VERSION:
        return otherwise
    return Cursor(**kept)


def _milliseconds(moment: datetime) -> int:
    return int(moment.astimezone(UTC).timestamp() * 1_000)


def _whole_minute(milliseconds: int) -> int:
    return milliseconds - milliseconds % _MINUTE_MS
