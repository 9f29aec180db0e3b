"""How long to wait before something that failed is tried again."""

import random
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Backoff:
    """How long to wait before the next attempt, and how many there are.

    With these figures the last of eight attempts is made about 16 minutes after the first: time
    enough for a database or a release to be mended, and short enough to notice a parked one.
    """

    first: timedelta = timedelta(seconds=1)
    factor: float = 3.0
    longest: timedelta = timedelta(minutes=10)
    most: int = 8

    def after(self, attempt: int) -> timedelta | None:
        """The wait after that attempt, from 1; None after the last one.

        Up to a quarter is taken off at random, so that what failed together is not tried together.
        """
        if attempt >= self.most:
            return None
        delay = min(self.first * self.factor ** (attempt - 1), self.longest)
        return delay * random.uniform(0.75, 1)  # noqa: S311  # spreads load, guards nothing
