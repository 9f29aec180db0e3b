"""What is written in one turn of the event loop leaves at once, whole and in order."""

import asyncio
from typing import Any

from server.web.corked import CorkedTransport


class Wire:
    """A transport that notes what reaches it."""

    def __init__(self) -> None:
        self.seen: list[bytes] = []
        self.closed = False

    def write(self, data: bytes) -> None:
        assert not self.closed, "written after the end"
        self.seen.append(data)

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed


def corked() -> tuple[Any, Wire]:
    wire: Any = Wire()
    return CorkedTransport(wire, asyncio.get_running_loop()), wire


async def test_a_turn_is_one_write() -> None:
    transport, wire = corked()
    transport.write(b"head ")
    transport.write(b"body")
    assert wire.seen == []
    await asyncio.sleep(0)
    transport.write(b"next")
    await asyncio.sleep(0)
    assert wire.seen == [b"head body", b"next"]


async def test_closing_sends_what_is_left() -> None:
    transport, wire = corked()
    transport.write(b"last words")
    transport.close()
    await asyncio.sleep(0)
    assert wire.seen == [b"last words"]
    assert transport.is_closing()
