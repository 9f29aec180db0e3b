"""A GraphQL request and its result, as doors and schema hand them to each other."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Operation:
    """A GraphQL request as it came through a door, before anyone looked at its document."""

    query: str
    operation_name: str | None
    variables: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Answer:
    """The result of an operation that was executed: `body` is its JSON, `{"data": …}`.

    `partial` says that `body` also holds `errors`: GraphQL over HTTP has a status for that.
    """

    body: bytes
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """An operation that was never executed: `errors` is the JSON list of its request errors.

    `unavailable` says that it is our own trouble: 503, not 400. `misplaced` says that the
    document may be sound, but not at this door: a mutation where `queries_only`, a subscription
    where not `streams`.
    """

    errors: bytes
    unavailable: bool = False
    misplaced: bool = False


class Events(Protocol):
    """An iterator of JSON results that frees what it holds when it is closed.

    Any async generator is one.
    """

    def __aiter__(self) -> AsyncIterator[bytes]: ...

    async def __anext__(self) -> bytes: ...

    async def aclose(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Stream:
    """A subscription: each item is the JSON of one result."""

    events: Events
