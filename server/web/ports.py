"""What the doors need from the rest of the server, injected by the composition root."""

from collections.abc import Collection, Mapping
from typing import Protocol

from server.domain.viewer import Viewer
from server.operation import Answer, Operation, Refusal, Stream


class Execute(Protocol):
    """Run one operation for a viewer.

    `queries_only` refuses mutations (GET). Doors that cannot stream pass `streams=False` and
    get a `Refusal` for a subscription. Both refusals are `misplaced`.
    """

    async def __call__(
        self, operation: Operation, viewer: Viewer, *, queries_only: bool, streams: bool
    ) -> Answer | Refusal | Stream: ...


class Authorise(Protocol):
    """Tell who a bearer token belongs to.

    Raises:
        Unauthenticated: nobody, or it is expired or revoked.
        Unavailable: the database cannot be asked now.
    """

    async def __call__(self, token: str) -> Viewer: ...


class Vouch(Protocol):
    """Tell which of these tokens are still good, and whose they are.

    Raises:
        Unavailable: the database cannot be asked now.
    """

    async def __call__(self, tokens: Collection[str]) -> Mapping[str, Viewer]: ...


class AcceptDelivery(Protocol):
    """Keep a verified webhook so that nothing is lost once it returns.

    Returns False if the delivery was known already; both are answered alike.

    Raises:
        Unavailable: it could not be stored; the sender shall try again.
    """

    async def __call__(self, *, source: str, key: str, event: str, body: bytes) -> bool: ...


class Ready(Protocol):
    """Say why the server cannot take requests now, or None if it can."""

    async def __call__(self) -> str | None: ...
