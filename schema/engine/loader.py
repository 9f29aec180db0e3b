"""Loaders: values asked for one by one, and fetched together."""

from asyncio import Future, Task, get_running_loop, shield
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

Load = Callable[[list[Any]], Awaitable[Sequence[Any]]]
"""Fetches the values of many different keys, in the order of the keys."""


@dataclass(slots=True)
class _Batch:
    """Keys that are fetched together, and what is done when they have been."""

    done: Future[None]
    keys: list[Any] = field(default_factory=list)


class Loader:
    """Fetches the values of keys that are asked for at one moment with one call.

    A key is fetched once; who asks for it later gets the same value.
    """

    def __init__(self, load: Load) -> None:
        self._load = load
        self._loop = get_running_loop()
        self._futures: dict[Any, Future[Any]] = {}
        self._next = _Batch(self._loop.create_future())
        self._pending: dict[Any, Future[None]] = {}
        self._fetches: set[Task[None]] = set()
        self.known: dict[Any, Any] = {}
        """What has been fetched so far."""

    def load(self, key: Any) -> Any:
        """The value of a key where it is known, else an awaitable of it.

        Whoever awaits it may be cancelled, as executors do to the siblings of a field that
        failed: that must not take the value from all others that wait for it.
        """
        return self.known[key] if key in self.known else shield(self._future(key))

    def ahead(self, keys: Iterable[Any]) -> set[Future[None]]:
        """Begin to fetch these keys; what to wait for until they are known, or have failed.

        Await it with `asyncio.wait`, which leaves it to others when the waiting is cancelled.
        """
        wanted = set(keys)
        for key in wanted:
            self._future(key)
        return {self._pending[key] for key in wanted if key in self._pending}

    def _future(self, key: Any) -> Future[Any]:
        future = self._futures.get(key)
        if future is None:
            future = self._futures[key] = self._loop.create_future()
            if not self._next.keys:
                self._loop.call_soon(self._begin)
            self._next.keys.append(key)
            self._pending[key] = self._next.done
        return future

    def _begin(self) -> None:
        batch, self._next = self._next, _Batch(self._loop.create_future())
        fetch = self._loop.create_task(self._fetch(batch))
        self._fetches.add(fetch)
        fetch.add_done_callback(self._fetches.discard)

    async def _fetch(self, batch: _Batch) -> None:
        try:
            values = await self._load(batch.keys)
            found = dict(zip(batch.keys, values, strict=True))
        except Exception as error:  # noqa: BLE001  # it belongs to those who wait
            for key in batch.keys:
                self._futures[key].set_exception(error)
                self._futures[key].exception()  # seen, even if nobody waits any more
        else:
            self.known |= found
            for key, value in found.items():
                self._futures[key].set_result(value)
        for key in batch.keys:
            del self._pending[key]
        batch.done.set_result(None)
