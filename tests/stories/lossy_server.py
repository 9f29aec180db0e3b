"""`whychain` whose hints get lost, doubled, late and out of order: python -m … serve."""

import asyncio
from collections.abc import Callable, Sequence
from random import Random

from server import app, cli
from server.live.hint import Hint
from server.live.notify import NotifyCarrier

LATE_SECONDS = 0.5


class LossyCarrier(NotifyCarrier):
    """A carrier over the worst of networks, on which nothing but the truth may depend."""

    def __init__(self, url: str, hear: Callable[[Sequence[Hint]], None]) -> None:
        self._chance = Random()
        super().__init__(url, lambda hints: self._mangle(hear, hints))

    def publish(self, hints: Sequence[Hint]) -> None:
        """Send some of these."""
        self._mangle(super().publish, hints)

    def _mangle(self, pass_on: Callable[[Sequence[Hint]], None], hints: Sequence[Hint]) -> None:
        late = self._chance.uniform(0, LATE_SECONDS)
        for hint in hints:
            for delay in self._chance.choice([(), (), (0,), (late,), (0, late), (late, late)]):
                asyncio.get_running_loop().call_later(delay, pass_on, [hint])


if __name__ == "__main__":
    app.NotifyCarrier = LossyCarrier  # type: ignore[misc]
    cli.main()
