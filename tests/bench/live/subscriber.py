"""The subscribers: many sockets that follow one timeline, and hear every event exactly once.

A program of its own, so that its work is nobody's. It reads a `Wanted` as a line of JSON and
writes a `Joined` once all of them follow. Then, for each number that it reads, it writes a list
of `Delivered` once all have got the event of that number. It fails on the first event that is
lost, doubled or out of order. It is one thread without asyncio, because on a small machine
whoever listens takes the processor from whoever speaks.
"""

from __future__ import annotations

import json
import os
import select
import socket
import sys
from array import array
from collections import defaultdict
from dataclasses import asdict, dataclass
from time import monotonic

from tests.bench.live.frames import ID, hear, message, payload

JOINING_AT_ONCE = 32
KEPT_TIMES = 100
"""Of the deliveries of one event, spread evenly, and the last."""

_COMMANDS = 0
_AT_MOST = 1 << 14
_HEAD_ENDS = b"\r\n\r\n"
_UPGRADE = (
    "GET {path} HTTP/1.1\r\nhost: {host}:{port}\r\nconnection: Upgrade\r\nupgrade: websocket\r\n"
    "sec-websocket-version: 13\r\nsec-websocket-key: d2h5Y2hhaW4gYmVuY2hlcw==\r\n"
    "sec-websocket-protocol: graphql-transport-ws\r\n\r\n"
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """How many subscribers, and of what.

    Each sends `init` and `operation` as payloads, and first gets the event of the number `first`.
    """

    host: str
    port: int
    path: str
    followers: int
    init: dict[str, str]
    operation: dict[str, object]
    first: int


@dataclass(frozen=True, slots=True)
class Joined:
    """All follow: how long that took, and the message of the first event as one of them got it."""

    seconds: float
    message: str


@dataclass(frozen=True, slots=True)
class Delivered:
    """One event: to how many it came, and when, by the machine's monotonic clock, in order."""

    number: int
    deliveries: int
    times: list[float]


class Audience:
    """All subscribers."""

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._poll = select.epoll()
        self._ids: dict[int, bytes] = {}
        self._next: dict[int, int] = {}
        self._rests: dict[int, bytes] = {}
        self._times: defaultdict[int, array[float]] = defaultdict(lambda: array("d"))
        self._message = b""

    def join(self) -> Joined:
        """Open the subscriptions, some at once, each until its first event is there."""
        start = monotonic()
        while (joined := len(self._times[self._wanted.first])) < self._wanted.followers:
            room = min(joined + JOINING_AT_ONCE, self._wanted.followers)
            while len(self._ids) < room:
                self._open(len(self._ids))
            for fd, _ in self._poll.poll():
                self._take(fd)
        del self._times[self._wanted.first]
        return Joined(monotonic() - start, self._message.decode())

    def listen(self) -> None:
        """Hear events, and report those that are asked for, until nobody can ask any more."""
        with open(_COMMANDS, "rb", buffering=0) as commands:
            self._poll.register(_COMMANDS, select.EPOLLIN)
            until: int | None = None
            while True:
                for fd, _ in self._poll.poll():
                    if fd != _COMMANDS:
                        self._take(fd)
                    elif line := commands.readline():
                        until = int(line)
                    else:
                        return
                if until is not None and self._all_have(until):
                    _write([asdict(each) for each in self._delivered(until)])
                    until = None

    def _open(self, place: int) -> None:
        wanted = self._wanted
        connection = socket.create_connection((wanted.host, wanted.port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(
            _UPGRADE.format(path=wanted.path, host=wanted.host, port=wanted.port).encode()
        )
        head = came = connection.recv(_AT_MOST)
        while came and not head.endswith(_HEAD_ENDS):
            head += (came := connection.recv(_AT_MOST))
        if b" 101 " not in head.partition(b"\r\n")[0]:
            raise ConnectionError(f"no WebSocket: {head!r}")
        connection.sendall(message(type="connection_init", payload=wanted.init))
        fd = connection.detach()
        self._ids[fd] = ID[:-7] + b"%07d" % (place + 1)
        self._next[fd] = wanted.first
        self._poll.register(fd, select.EPOLLIN)

    def _take(self, fd: int) -> None:
        """Take what one subscriber has got."""
        came = os.read(fd, _AT_MOST)
        now = monotonic()
        if not came:
            raise ConnectionError("the server closed a connection")
        stream = (self._rests.pop(fd, b"") + came).replace(self._ids[fd], ID)
        heard = hear(stream)
        if heard.numbers:
            if heard.numbers.start != self._next[fd]:
                raise ValueError(f"{heard.numbers} came, {self._next[fd]} was to come")
            self._next[fd] = heard.numbers.stop
            self._message = self._message or payload(stream)
            for number in heard.numbers:
                self._times[number].append(now)
        if heard.rest:
            self._rests[fd] = heard.rest
        if heard.answers:
            os.write(fd, heard.answers)
        if heard.acknowledged:
            os.write(fd, self._subscribe(fd))

    def _subscribe(self, fd: int) -> bytes:
        return message(type="subscribe", id=self._ids[fd].decode(), payload=self._wanted.operation)

    def _all_have(self, number: int) -> bool:
        return len(self._times.get(number, ())) == self._wanted.followers

    def _delivered(self, until: int) -> list[Delivered]:
        """What was delivered since the last report."""
        found = []
        for number in sorted(each for each in self._times if each <= until):
            times = self._times.pop(number)
            kept = times[:: -(-len(times) // KEPT_TIMES)]
            found.append(Delivered(number, len(times), [*kept, times[-1]]))
        return found


def _write(said: object) -> None:
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Join, say so, listen."""
    with open(_COMMANDS, "rb", buffering=0, closefd=False) as commands:
        audience = Audience(Wanted(**json.loads(commands.readline())))
    _write(asdict(audience.join()))
    audience.listen()


if __name__ == "__main__":
    main()
