"""How far GitHub has been read: what a cursor holds, and how it is written.

Lists are read from their newest record back to where they were read before. A cursor is taken up
at any page; what came meanwhile stands before the first page and is for the next round.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

OPEN_FOR = timedelta(days=1)
"""For how long what has not ended is read again; then it is held to have been forgotten."""

_VERSION = 1


@dataclass(frozen=True, slots=True)
class Stretch:
    """One list of a repository from `top`, its newest record, back to `until`.

    Without `until` it is one page. `after` is where the next page begins, `reached` the time of
    the last record read; `unended` that of the oldest which was not over. Times are RFC 3339.
    """

    until: str | None = None
    after: str | None = None
    top: str | None = None
    reached: str | None = None
    unended: str | None = None
    done: bool = False

    def on(
        self, times: Iterable[datetime], unended: Iterable[datetime], after: str | None
    ) -> "Stretch":
        """With one more page read; `after` is None where it was the last one."""
        read = sorted(map(_written, times))
        known = (self.unended, *map(_written, unended))
        reached = read[0] if read else self.reached
        enough = self.until is None or (reached is not None and reached < self.until)
        return Stretch(
            until=self.until,
            after=after,
            top=self.top or (read[-1] if read else None),
            reached=reached,
            unended=min((each for each in known if each), default=None),
            done=after is None or enough,
        )

    def anew(self) -> "Stretch":
        """The next round's: back to what was not over, or to what was the newest."""
        if self.top is None or self.unended is None:
            return Stretch(until=self.top or self.until)
        earliest = _written(datetime.fromisoformat(self.top) - OPEN_FOR)
        return Stretch(until=max(self.unended, earliest))

    @property
    def share(self) -> float:
        """How much of it is read, by time: 0 to 1."""
        if self.done or not (self.top and self.reached and self.until):
            return float(self.done)
        top, reached, until = map(datetime.fromisoformat, (self.top, self.reached, self.until))
        return min(1.0, (top - reached) / (top - until)) if top > until else 1.0


@dataclass(frozen=True, slots=True)
class Chain:
    """The deployments that came up in one environment, each to be compared with the one before.

    They are met newest first. `running` was the newest of the last round, `newest` is that of this
    one; `waiting` (its commit and time) has not met the one before it yet.
    """

    running: str | None = None
    newest: str | None = None
    waiting: tuple[str, str] | None = None
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one repository has been read: its lists and its environments, by name."""

    lists: Mapping[str, Stretch] = field(default_factory=dict)
    chains: Mapping[str, Chain] = field(default_factory=dict)

    @property
    def done(self) -> bool:
        return all(each.done for each in self.lists.values())

    @property
    def share(self) -> float:
        return min((each.share for each in self.lists.values()), default=1.0)

    def anew(self) -> "Progress":
        """Where the next round begins."""
        return Progress(
            {name: each.anew() for name, each in self.lists.items()},
            {
                name: Chain(running=each.newest or each.running)
                for name, each in self.chains.items()
            },
        )


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in the round of all repositories, and how far each has been read.

    `asked` is, by webhook, the newest failed delivery that was asked for again.
    """

    place: int = 0
    repositories: Mapping[str, Progress] = field(default_factory=dict)
    asked: Mapping[str, int] = field(default_factory=dict)

    def with_repository(self, name: str, progress: Progress) -> "Cursor":
        return replace(self, repositories={**self.repositories, name: progress})

    def write(self) -> str:
        return json.dumps({"version": _VERSION, **asdict(self)})


def read_cursor(text: str | None) -> Cursor:
    """The cursor that was written; a new one where it is none, or one of another version."""
    try:
        kept = json.loads(text or "{}")
    except ValueError:
        kept = {}
    if not isinstance(kept, dict) or kept.get("version") != _VERSION:
        return Cursor()
    repositories = {name: _progress(each) for name, each in kept["repositories"].items()}
    return Cursor(kept["place"], repositories, kept["asked"])


def stretch_since(moment: datetime) -> Stretch:
    """A whole list as far back as `moment`."""
    return Stretch(until=_written(moment))


def _progress(kept: Mapping[str, Any]) -> Progress:
    return Progress(
        {name: Stretch(**each) for name, each in kept["lists"].items()},
        {name: _chain(**each) for name, each in kept["chains"].items()},
    )


def _chain(waiting: list[str] | None, **others: Any) -> Chain:
    return Chain(waiting=(waiting[0], waiting[1]) if waiting else None, **others)


def _written(moment: datetime) -> str:
    """In UTC and of one form, so that texts sort as their times do."""
    return moment.astimezone(UTC).isoformat()
