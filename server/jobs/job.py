"""What a job is to the worker that runs it."""

import random
import traceback
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Protocol
from uuid import UUID

from server.store.queue import JobKind


class Runs(Protocol):
    """Something that does one kind of job."""

    @property
    def kind(self) -> JobKind: ...

    async def run(self, id_: UUID, attempt: int) -> timedelta | None:
        """Do it; None when it is over, or how long to wait before it is tried again.

        `attempt` counts from 1. Whatever it raises has it tried again, as `Backoff` says.
        """
        ...


def name_of(error: BaseException) -> str:
    """What an operator is told of an error: its class, and where it was raised.

    Never its message: a library's may quote the body that it choked on.
    """
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}"


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


BACKOFF = Backoff()
"""The one that is used outside of tests."""
