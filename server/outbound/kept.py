"""Answers that are kept with their ETag, so that what did not change costs nothing."""

from collections import OrderedDict
from collections.abc import Hashable
from http import HTTPStatus

from integrations.contract import Reply

MOST_BYTES = 32 * 1024 * 1024
LARGEST = 4 * 1024 * 1024
"""Bytes of one body that is kept; a larger one is asked for again."""


class Kept:
    """The answers that were of use last, up to so many bytes together."""

    def __init__(self, most_bytes: int = MOST_BYTES, largest: int = LARGEST) -> None:
        self._most, self._largest = most_bytes, largest
        self._replies: OrderedDict[Hashable, Reply] = OrderedDict()
        self.bytes = 0

    def find(self, key: Hashable) -> Reply | None:
        """The answer that is kept under this key."""
        if key in self._replies:
            self._replies.move_to_end(key)
        return self._replies.get(key)

    def keep(self, key: Hashable, reply: Reply) -> None:
        """Keep an answer that has an ETag, in the place of an earlier one."""
        self._drop(key)
        is_whole = reply.status == HTTPStatus.OK and len(reply.body) <= self._largest
        if is_whole and reply.headers.get("etag"):
            self._replies[key] = reply
            self.bytes += len(reply.body)
            while self.bytes > self._most:
                self._drop(next(iter(self._replies)))

    def _drop(self, key: Hashable) -> None:
        old = self._replies.pop(key, None)
        if old:
            self.bytes -= len(old.body)
