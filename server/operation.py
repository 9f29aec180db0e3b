"""A GraphQL request and its result, as doors and schema hand them to each other."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Operation:
    """A GraphQL request as it came through a door, before anyone looked at its document.

    `resume_after` is the position of the last result that the client has of a subscription, where
    the door's protocol tells it beside the variables: it replaces the subscription's own cursor.
    """

    query: str
    operation_name: str | None
    variables: Mapping[str, object]
    resume_after: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The result of an operation that was executed: `body` is its JSON, `{"data": …}`.

    `partial` says that `body` also holds `errors`: GraphQL over HTTP has a status for that.
    `cost` is what the operation was found to cost before it was run.
    """

    body: bytes
    partial: bool = False
    cost: int | None = None


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


@dataclass(frozen=True, slots=True)
class Result:
    """One result of a subscription: its JSON, and the position a client resumes after."""

    position: int
    body: bytes


@dataclass(frozen=True, slots=True)
class End:
    """Why no more results will come: `errors` is a JSON list of them, empty where all is well."""

    errors: bytes = b""


class Listener(Protocol):
    """A client of a stream. Neither call may raise, or wait."""

    def offer(self, results: Sequence[Result]) -> bool:
        """Send these at once, and say so; or say no, and be woken."""
        ...

    def wake(self) -> None:
        """Take again: there is more, or there never will be."""
        ...


class Following(Protocol):
    """One client's place in a stream. It costs nothing while the client does not take."""

    @property
    def end(self) -> End | None:
        """Why no more results will come, once the last was taken."""
        ...

    def take(self, most: int) -> Sequence[Result]:
        """What may be sent now, in order: about `most` bytes, and one result at least.

        Where it gives nothing, the listener is woken, or offered what comes, as soon as there is
        more.
        """
        ...

    def leave(self) -> None:
        """Follow no longer."""
        ...


@dataclass(frozen=True, slots=True)
class Stream:
    """A subscription that may be followed."""

    follow: Callable[[Listener], Following]
