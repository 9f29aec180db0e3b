"""A client of a stream that waits for one result after another."""

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Any

import orjson

from server.operation import Result, Stream


class Follower:
    """Follows a stream until it leaves."""

    def __init__(self, stream: Stream) -> None:
        self._woken = asyncio.Event()
        self._taken: deque[Result] = deque()
        self.place = stream.follow(self)

    def offer(self, results: Sequence[Result]) -> bool:
        self._woken.set()
        return False

    def wake(self) -> None:
        self._woken.set()

    async def result(self, seconds: float = 10) -> Result:
        """The next result."""
        async with asyncio.timeout(seconds):
            while not self._taken:
                self._woken.clear()
                self._taken.extend(self.place.take(1))
                assert self._taken or not self.place.end, self.place.end
                if not self._taken:
                    await self._woken.wait()
        return self._taken.popleft()

    async def __call__(self) -> Any:
        """The data of the next result's only root field."""
        body = orjson.loads((await self.result()).body)
        assert "errors" not in body, body
        return next(iter(body["data"].values()))

    def leave(self) -> None:
        self.place.leave()
