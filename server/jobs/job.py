"""What a job is to the worker that runs it."""

import asyncio
import traceback
from collections.abc import Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol, TypeVar
from uuid import UUID

from server.backoff import Backoff
from server.store.queue import JobKind

T = TypeVar("T")


class Runs(Protocol):
    """Something that does one kind of job."""

    @property
    def kind(self) -> JobKind: ...

    async def run(self, id_: UUID, attempt: int) -> timedelta | None:
        """Do it; None when it is over, or how long to wait before it is tried again.

        `attempt` counts from 1. Whatever it raises has it tried again, as `Backoff` says.
        """
        ...


async def to_the_end(work: Coroutine[Any, Any, T]) -> T:
    """What work gives that must not be broken off: who is cancelled meanwhile waits for its end."""
    task = asyncio.create_task(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise


def name_of(error: BaseException) -> str:
    """What an operator is told of an error: its class, and where it was raised.

    Never its message: a library's may quote the body that it choked on.
    """
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}"


BACKOFF = Backoff()
"""The one that is used outside of tests."""
