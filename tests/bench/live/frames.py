"""What a subscriber says and hears: WebSocket frames with graphql-transport-ws messages in them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

ID = b"00000000-0000-4000-8000-000000000000"
"""Stands for the id of any operation, which clients make as long as this."""

_TEXT, _CLOSE, _PING = 1, 8, 9
_FINAL = 0x80
_NO_MASK = bytes(4)
"""A client has to mask what it sends; masked with zeros it stays as it is."""


def frame(payload: bytes, opcode: int = _TEXT) -> bytes:
    """A client's frame."""
    length = len(payload)
    size = bytes([_FINAL | length]) if length < 126 else b"\xfe" + length.to_bytes(2, "big")
    return bytes([_FINAL | opcode]) + size + _NO_MASK + payload


def message(**members: object) -> bytes:
    """A client's frame with a message in it."""
    return frame(json.dumps(members).encode())


@dataclass(frozen=True, slots=True)
class Heard:
    """What came: numbers of events, frames to answer with, and the start of what is to come."""

    numbers: range
    answers: bytes
    acknowledged: bool
    rest: bytes


@lru_cache(512)
def hear(stream: bytes) -> Heard:
    """What the frames of a stream say, whose operations' ids have been replaced by `ID`.

    All subscribers hear the same, so nearly every stream is one that was checked before.

    Raises:
        ValueError: it is not what a subscriber of the events may hear.
        ConnectionError: the server closes the socket.
    """
    numbers, answers, acknowledged, at = [], b"", False, 0
    for opcode, payload, end in _frames(stream):
        at = end
        if opcode == _CLOSE:
            raise ConnectionError(f"the server closed a socket: {payload!r}")
        if opcode == _PING:
            answers += frame(payload, opcode + 1)
            continue
        said = json.loads(payload)
        match said["type"]:
            case "next":
                numbers.append(_number(said))
            case "ping":
                answers += message(type="pong")
            case "connection_ack":
                acknowledged = True
            case _:
                raise ValueError(f"unexpected: {payload!r}")
    return Heard(_contiguous(numbers), answers, acknowledged, stream[at:])


def payload(stream: bytes) -> bytes:
    """What is in the first frame of a stream."""
    return next(_frames(stream))[1]


def _frames(stream: bytes) -> Iterator[tuple[int, bytes, int]]:
    """The opcode, payload and end of each whole frame of a server."""
    at = 0
    while len(stream) >= at + 2:
        opcode, length, start = stream[at] & 0x0F, stream[at + 1], at + 2
        if length >= 126:
            start += 2 if length == 126 else 8
            length = int.from_bytes(stream[at + 2 : start], "big")
        at = start + length
        if len(stream) < at:
            return
        yield opcode, stream[start:at], at


def _number(said: Any) -> int:
    """The number of the event in a `next` message; a KeyError or TypeError where there is none."""
    if said["id"] != ID.decode() or "errors" in said["payload"]:
        raise ValueError(f"unexpected: {said!r}")
    body: str = said["payload"]["data"]["timeline"]["entry"]["body"]
    return int(body[1:8])


def _contiguous(numbers: list[int]) -> range:
    if not numbers:
        return range(0)
    found = range(numbers[0], numbers[-1] + 1)
    if numbers != list(found):
        raise ValueError(f"events lost, doubled or out of order: {numbers}")
    return found
