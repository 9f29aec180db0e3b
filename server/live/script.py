"""What a subscription tells: where its events come from, and how they become results."""

from collections.abc import AsyncIterable, AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Event:
    """Something to tell, still to be executed, and its position in the topic."""

    position: int
    value: Any


@dataclass(frozen=True, slots=True)
class Page:
    """Events in order: all there are up to the position `reached`, which is the topic's at most.

    `replaces` says that one of them changed what was told before, which must not be told again.
    """

    events: Sequence[Event]
    reached: int
    replaces: bool = False


class Source(Protocol):
    """Reads the events of one group of subscribers from the database.

    The group calls `opening` and `page` beside each other, but `news` one after another only.
    """

    @property
    def resumes(self) -> bool:
        """Whether clients resume by position, and do not just begin anew."""
        ...

    async def opening(self, head: int) -> Page:
        """How things stand, now that `head` is reached, for who begins to follow."""
        ...

    async def page(self, after: int, upto: int) -> Page:
        """Some of what happened in after < position <= upto, for who resumes."""
        ...

    async def news(self, after: int, upto: int) -> Page:
        """Some of what happened in after < position <= upto, for all who follow."""
        ...

    def lagged(self, skipped: int, after: int) -> Any:
        """The event that tells a client what it missed; None where it begins anew instead."""
        ...


@dataclass(frozen=True, slots=True)
class Script(AsyncIterable[Any]):
    """What the resolver of a subscription gives: its source, and where to begin.

    `topic` is the incident whose feed it follows, None for the board of all; `head` is how far
    the topic is known to have come, `after` the last position that the client has; None where it
    has none, and is told how things stand.
    """

    topic: UUID | None
    source: Source
    head: int = 0
    after: int | None = None

    def __aiter__(self) -> AsyncIterator[Any]:
        # GraphQL's executor asks for an iterable, and hands it on untouched.
        raise TypeError("a script is followed through the hub")


class Encode(Protocol):
    """Executes events, each by itself, and writes their results."""

    async def __call__(self, events: Sequence[Any], /) -> Sequence[bytes]:
        """The JSON of each event's result.

        Raises:
            Unavailable: the database is away.
        """
        ...

    def errors(self, fault: Exception) -> bytes:
        """A fault as a client may see it: a JSON list of errors."""
        ...
