"""Who is connected for longer than a request, and may have to leave before they want to."""

import asyncio
import random
from collections.abc import Iterable
from contextlib import suppress
from typing import Final, Protocol

from server.domain.viewer import Viewer
from server.errors import Unavailable
from server.web.graphql_ws import CloseCode, Closed
from server.web.ports import Vouch

WATCH_SECONDS: Final = 0.5
"""How often tokens are looked at: who lost theirs is gone within a second."""

_REVOKED: Final = Closed(CloseCode.FORBIDDEN, "The token was revoked, or its rights changed")
_RESTART: Final = Closed(CloseCode.RESTART, "Service restart")


class Session(Protocol):
    """A client that stays connected."""

    @property
    def bearer(self) -> tuple[str, Viewer] | None:
        """The token, and who it belonged to when the client came; None before it said so."""
        ...

    def end(self, reason: Closed) -> None:
        """Send the client away."""
        ...


class Sessions:
    """All clients that stay connected. It watches over their tokens as long as there are any."""

    def __init__(self, vouch: Vouch, draining: asyncio.Event) -> None:
        self._vouch = vouch
        self._draining = draining
        self._present: dict[Session, None] = {}
        self._watch: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        """How many there are."""
        return len(self._present)

    def add(self, session: Session) -> None:
        """Note that a client came."""
        self._present[session] = None
        if self._watch is None or self._watch.done():
            self._watch = asyncio.create_task(self._look_after_tokens(), name="sessions")
        if self._draining.is_set():
            session.end(_RESTART)

    def remove(self, session: Session) -> None:
        """Note that a client is gone."""
        self._present.pop(session, None)

    async def drain(self, seconds: float) -> None:
        """Send all away, spread over some time, so that they do not all come back at once."""
        leaving = list(self._present)
        random.shuffle(leaving)
        turns = max(1, int(seconds / 0.05))
        size = -(-len(leaving) // turns)
        for start in range(0, len(leaving), max(1, size)):
            for session in leaving[start : start + size]:
                session.end(_RESTART)
            await asyncio.sleep(0.05)

    async def _look_after_tokens(self) -> None:
        while self._present:
            await asyncio.sleep(WATCH_SECONDS)
            # A database that is away for a moment says nothing of the tokens.
            with suppress(Unavailable):
                await self._check(list(self._present))

    async def _check(self, sessions: Iterable[Session]) -> None:
        bearers = [(session, session.bearer) for session in sessions]
        known = [(session, bearer) for session, bearer in bearers if bearer]
        valid = await self._vouch({token for _, (token, _) in known})
        for session, (token, viewer) in known:
            if valid.get(token) != viewer:
                session.end(_REVOKED)
