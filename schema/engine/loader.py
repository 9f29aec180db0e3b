"""Loaders: values asked for one by one, and fetched together by Strawberry's DataLoader."""

from asyncio import Future, shield
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

from strawberry.dataloader import DataLoader

Load = Callable[[list[Any]], Awaitable[Sequence[Any]]]
"""Fetches the values of many different keys, in the order of the keys."""


class Loader:
    """A DataLoader that tells what it knows already, and can be asked beforehand.

    Keys that are asked for at one moment are fetched with one call, each key once.
    """

    def __init__(self, load: Load) -> None:
        self._load = load
        self._loader: DataLoader[Any, Any] = DataLoader(load_fn=self._fetch)
        self.known: dict[Any, Any] = {}
        """What has been fetched so far."""

    def load(self, key: Any) -> Any:
        """The value of a key where it is known, else an awaitable of it.

        Whoever awaits it may be cancelled, as executors do to the siblings of a field that
        failed: that must not take the value from all others that wait for it.
        """
        return self.known[key] if key in self.known else shield(self._future(key))

    def ahead(self, keys: Iterable[Any]) -> set[Future[Any]]:
        """Begin to fetch these keys; what to wait for until they are known, or have failed.

        Await it with `asyncio.wait`, which leaves it to others when the waiting is cancelled.
        """
        return {self._future(key) for key in set(keys) if key not in self.known}

    def _future(self, key: Any) -> Future[Any]:
        future: Any = self._loader.load(key)
        future.add_done_callback(_seen)
        return future  # type: ignore[no-any-return]

    async def _fetch(self, keys: list[Any]) -> Sequence[Any]:
        values = await self._load(keys)
        self.known.update(zip(keys, values, strict=True))
        return values


def _seen(future: Future[Any]) -> None:
    """Take note of a failure: nobody need wait for a value any more when it comes."""
    if not future.cancelled():
        future.exception()
