"""The servers that are measured, each in a process of its own on a free port of this machine."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import orjson

from tests import house

ROOT = Path(__file__).parent.parent.parent
STARTING_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Question:
    """A GraphQL operation, as a client sends it."""

    query: str
    variables: Mapping[str, object]

    @property
    def body(self) -> str:
        """Its JSON."""
        return orjson.dumps({"query": self.query, "variables": self.variables}).decode()


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: where it answers GraphQL, its process, and what each request carries."""

    url: str
    pid: int
    headers: Mapping[str, str] = field(default_factory=dict)

    def request(self, question: Question) -> str:
        """The text of the HTTP request."""
        where = urlsplit(self.url)
        headers = {
            "host": where.netloc,
            "accept": "application/json",
            "content-type": "application/json",
            "content-length": str(len(question.body.encode())),
            **self.headers,
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return f"POST {where.path} HTTP/1.1\r\n{head}\r\n{question.body}"

    async def answer(self, question: Question) -> bytes:
        """The body of an answer without errors.

        Raises:
            AssertionError: it has some.
        """
        headers = {"content-type": "application/json", **self.headers}
        async with (
            aiohttp.ClientSession() as http,
            http.post(self.url, data=question.body, headers=headers) as response,
        ):
            body = await response.read()
            parsed: Any = orjson.loads(body)
            assert response.status == 200, body
            assert "errors" not in parsed, parsed["errors"]
            return body


@asynccontextmanager
async def ours(database: str, **settings: str) -> AsyncIterator[Server]:
    """`whychain serve` on a database; its jobs would change what is read, so others run them."""
    async with house.serving("--no-jobs", keys=None, database_url=database, **settings) as served:
        headers = {"authorization": f"Bearer {served.keys.token}"}
        yield Server(f"{served.url}/graphql", served.process.pid, headers)


@asynccontextmanager
async def plain_strawberry(database: str) -> AsyncIterator[Server]:
    """The peer in plain Strawberry, behind Strawberry's own ASGI view."""
    module = "tests.bench.plain_server"
    async with started(sys.executable, "-m", module, database) as server:
        yield server


@asynccontextmanager
async def started(*command: str | Path, **environment: str) -> AsyncIterator[Server]:
    """Run a program that prints "… serves <address>", until the block ends."""
    process = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, env={**os.environ, **environment}, stdin=DEVNULL, stdout=PIPE
    )
    try:
        url = await asyncio.wait_for(_url(process), STARTING_SECONDS)
        yield Server(url, process.pid)
    finally:
        await house.stopped(process)


async def _url(process: Process) -> str:
    assert process.stdout
    while line := (await process.stdout.readline()).decode():
        if " serves http" in line:
            return line.split()[2]
    raise AssertionError(f"the server ended with {await process.wait()} before it served")
