"""The queue of one credential."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from integrations.contract import RatePolicy, Unwell
from server.domain.integration import Budget
from server.outbound.timing import Timing


class Lane:
    """One request after another, no faster than the policy, and none while the vendor wants peace.

    `budget` is what the vendor last said is left.
    """

    def __init__(self, policy: RatePolicy | None, timing: Timing) -> None:
        self._policy, self._timing = policy, timing
        self._turn = asyncio.Lock()
        self._begun: deque[float] = deque(maxlen=policy.requests if policy else 0)
        self._peace_until = 0.0
        self.budget: Budget | None = None

    def keep_peace(self, seconds: float) -> None:
        """Let nobody ask for so long."""
        self._peace_until = max(self._peace_until, self._timing.clock() + seconds)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Hold the lane for one request.

        Raises:
            Unwell: the turn would come too late; it says when to come back.
        """
        async with self._turn:
            seconds = self._next() - self._timing.clock()
            if seconds > self._timing.patience:
                raise Unwell("The vendor's limit is reached.", seconds)
            if seconds > 0:
                await self._timing.sleep(seconds)
            self._begun.append(self._timing.clock())
            yield

    def _next(self) -> float:
        """When the next request may begin."""
        if not self._policy or len(self._begun) < self._policy.requests:
            return self._peace_until
        return max(self._peace_until, self._begun[0] + self._policy.per_seconds)
