"""The load: one request again and again over a few kept connections, for every peer the same.

A program of its own, so that its work is nobody's: it reads a `Load` as JSON, and writes a
`Found` as JSON. It knows no more of HTTP than it must to hear where an answer ends, because on
a small machine whoever asks takes the processor from whoever answers.
"""

from __future__ import annotations

import json
import selectors
import socket
import sys
from dataclasses import asdict, dataclass
from statistics import median
from time import perf_counter
from typing import Self

LARGEST_ANSWER = 4 << 20
HEAD_ENDS = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Load:
    """What to ask of whom, over how many connections at once, and for how long."""

    host: str
    port: int
    request: str
    connections: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Found:
    """How many answers came in which time, and their median latency and length in bytes."""

    answers: int
    seconds: float
    p50: float
    length: int

    @classmethod
    def of(cls, conversations: list[Conversation], seconds: float) -> Self:
        """What a number of conversations amount to.

        Raises:
            ValueError: the same request was answered in different lengths.
        """
        latencies = [latency for each in conversations for latency in each.latencies]
        lengths = set().union(*(each.lengths for each in conversations))
        if len(lengths) != 1:
            raise ValueError(f"answers of different lengths: {sorted(lengths)}")
        return cls(len(latencies), seconds, median(latencies), lengths.pop())


class Conversation:
    """One kept connection: a request, its answer, and the next request."""

    def __init__(self, load: Load) -> None:
        self.socket = socket.create_connection((load.host, load.port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.latencies: list[float] = []
        self.lengths: set[int] = set()
        self._request = load.request.encode()
        self._buffer = memoryview(bytearray(LARGEST_ANSWER))

    def ask(self) -> None:
        """Send the request."""
        self._got = 0
        self._wanted: int | None = None
        self._asked = perf_counter()
        self.socket.sendall(self._request)

    def hear(self) -> bool:
        """Take what has come; whether the answer is complete now."""
        came = self.socket.recv_into(self._buffer[self._got :])
        if not came:
            raise ConnectionError("the server closed a connection that it was to keep")
        self._got += came
        if self._wanted is None:
            self._wanted = _length(bytes(self._buffer[: min(self._got, 4096)]))
        if self._got != self._wanted:
            return False
        self.latencies.append(perf_counter() - self._asked)
        self.lengths.add(self._got)
        return True


def _length(start: bytes) -> int | None:
    """The length of an answer, head and all, once its head is there.

    Raises:
        ValueError: it is no success, or does not say how long it is.
    """
    head, complete, _ = start.partition(HEAD_ENDS)
    if not complete:
        return None
    status, *lines = head.decode("latin-1").split("\r\n")
    if status.split()[1] != "200":
        raise ValueError(f"{status}: {start!r}")
    headers = {name.lower(): value for name, _, value in (line.partition(":") for line in lines)}
    if "content-length" not in headers:
        raise ValueError(f"an answer without Content-Length: {head!r}")
    return len(head) + len(HEAD_ENDS) + int(headers["content-length"])


def apply(load: Load) -> Found:
    """Keep the connections busy for the time, and hear the last answers out."""
    with selectors.DefaultSelector() as selector:
        conversations = [Conversation(load) for _ in range(load.connections)]
        start = perf_counter()
        for each in conversations:
            selector.register(each.socket, selectors.EVENT_READ, each)
            each.ask()
        open_still = len(conversations)
        while open_still:
            for key, _ in selector.select():
                conversation: Conversation = key.data
                if not conversation.hear():
                    continue
                if perf_counter() - start < load.seconds:
                    conversation.ask()
                else:
                    selector.unregister(conversation.socket)
                    conversation.socket.close()
                    open_still -= 1
        return Found.of(conversations, perf_counter() - start)


if __name__ == "__main__":
    json.dump(asdict(apply(Load(**json.load(sys.stdin)))), sys.stdout)
