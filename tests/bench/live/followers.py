"""The subscribers of one server, as whoever writes the events sees them."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

import orjson

from tests.bench.live.events import DOCUMENT
from tests.bench.live.subscriber import Delivered, Joined, Wanted
from tests.bench.servers import ROOT, Server

PATIENCE_SECONDS = 120
_LONGEST_LINE = 1 << 20


@dataclass(frozen=True, slots=True)
class Followers:
    """A running program of subscribers, all of which follow."""

    count: int
    joined: Joined
    _process: Process

    async def reached(self, number: int) -> list[Delivered]:
        """What was delivered since the last call, once all have got the event of this number."""
        assert self._process.stdin
        self._process.stdin.write(b"%d\n" % number)
        return [Delivered(**each) for each in await _said(self._process)]


@asynccontextmanager
async def following(
    server: Server, count: int, variables: Mapping[str, object], first: int
) -> AsyncIterator[Followers]:
    """Run subscribers until the block ends; each has got the event of the number `first`."""
    where = urlsplit(server.url)
    assert where.hostname
    assert where.port
    wanted = Wanted(
        host=where.hostname,
        port=where.port,
        path=where.path,
        followers=count,
        init=dict(server.headers),
        operation={"query": DOCUMENT, "variables": dict(variables)},
        first=first,
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.bench.live.subscriber"),
        cwd=ROOT,
        stdin=PIPE,
        stdout=PIPE,
        limit=_LONGEST_LINE,
    )
    try:
        assert process.stdin
        process.stdin.write(orjson.dumps(asdict(wanted)) + b"\n")
        yield Followers(count, Joined(**await _said(process)), process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _said(process: Process) -> Any:
    assert process.stdout
    line = await asyncio.wait_for(process.stdout.readline(), PATIENCE_SECONDS)
    assert line, f"the subscribers ended with {await process.wait()}"
    return orjson.loads(line)
