"""Who is connected for longer than a request, and may have to leave before they want to."""

import asyncio
import random
from contextlib import suppress
from typing import Final, Protocol, TypeAlias

from server.domain.viewer import Viewer
from server.errors import Unavailable
from server.web.graphql_ws import CloseCode, Closed
from server.web.ports import Vouch

WATCH_SECONDS: Final = 0.5
"""How often tokens are looked at: who lost theirs is gone within a second."""

_REVOKED: Final = Closed(CloseCode.FORBIDDEN, "The token was revoked, or its rights changed")
_RESTART: Final = Closed(CloseCode.RESTART, "Service restart")


Bearer: TypeAlias = tuple[str, Viewer]
"""A token, and who it belonged to when the client came."""


class Session(Protocol):
    """A client that stays connected."""

    def end(self, reason: Closed) -> None:
        """Send the client away."""
        ...


class Sessions:
    """All clients that stay connected. It watches over their tokens as long as there are any."""

    def __init__(self, vouch: Vouch, draining: asyncio.Event) -> None:
        self._vouch = vouch
        self._draining = draining
        self._present: dict[Session, Bearer | None] = {}
        self._bearers: dict[Bearer, dict[Session, None]] = {}
        self._watch: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        """How many there are."""
        return len(self._present)

    def add(self, session: Session) -> None:
        """Note that a client came, who may still have to say who it is."""
        self._present[session] = None
        if self._draining.is_set():
            session.end(_RESTART)

    def know(self, session: Session, bearer: Bearer) -> None:
        """Note who a client is, if it is still there."""
        if session not in self._present:
            return
        self._present[session] = bearer
        self._bearers.setdefault(bearer, {})[session] = None
        if self._watch is None or self._watch.done():
            self._watch = asyncio.create_task(self._look_after_tokens(), name="sessions")

    def remove(self, session: Session) -> None:
        """Note that a client is gone."""
        bearer = self._present.pop(session, None)
        if bearer:
            others = self._bearers[bearer]
            del others[session]
            if not others:
                del self._bearers[bearer]

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
        while self._bearers:
            await asyncio.sleep(WATCH_SECONDS)
            # A database that is away for a moment says nothing of the tokens.
            with suppress(Unavailable):
                await self._check()

    async def _check(self) -> None:
        valid = await self._vouch({token for token, _ in self._bearers})
        for bearer, sessions in list(self._bearers.items()):
            token, viewer = bearer
            if valid.get(token) != viewer:
                for session in list(sessions):
                    session.end(_REVOKED)
