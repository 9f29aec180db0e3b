"""The newest results of a subscription, encoded once for everybody who follows it."""

from collections.abc import Sequence

from server.operation import Result

MOST_RESULTS = 4_096
"""How many results a ring keeps: four bursts of a thousand, before a slow client lags."""


class Ring:
    """Results by their place: 0, 1, 2 … from the ring's beginning on.

    Those before `first` are gone: pushed out by newer ones up to `lost`, or, from there on,
    flushed because they were outdated, so that they have to be read anew.
    """

    def __init__(self) -> None:
        self._results: list[Result] = []
        self._bytes = 0
        self.first = 0
        self.lost = 0

    @property
    def end(self) -> int:
        """The place of the next result."""
        return self.first + len(self._results)

    def add(self, results: Sequence[Result], room: int) -> bool:
        """Append results; whether the oldest went, for all had more than `room` bytes."""
        self._results += results
        self._bytes += sum(len(result.body) for result in results)
        excess = 0
        while self._bytes > room or len(self._results) - excess > MOST_RESULTS:
            self._bytes -= len(self._results[excess].body)
            excess += 1
        if excess:
            del self._results[:excess]
            self.first += excess
            self.lost = self.first
        return excess > 0

    def flush(self) -> None:
        """Forget all results: they are not what one would read now."""
        self.first = self.end
        self._results.clear()
        self._bytes = 0

    def since(self, place: int, most: int) -> Sequence[Result]:
        """The results from a place on: about `most` bytes of them, and one at least."""
        found = self._results[place - self.first :]
        length = 0
        for count, result in enumerate(found):
            length += len(result.body)
            if length > most and count:
                return found[:count]
        return found

    def floor(self, head: int) -> int:
        """The position beyond which it holds all results up to `head`."""
        return self._results[0].position - 1 if self._results else head

    def place_after(self, position: int) -> int:
        """The place of the first result beyond a position."""
        for back, result in enumerate(reversed(self._results)):
            if result.position <= position:
                return self.end - back
        return self.first
