"""The peer PostGraphile 5: the same reads over the same database, from Node."""

from __future__ import annotations

import asyncio
import hashlib
import os
import platform
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import orjson
from rich.console import Console

from tests.bench import cpu
from tests.bench.measure import Databases, Effort, Result, Skipped
from tests.bench.race import race, under_load
from tests.bench.servers import Question, Server, ours, started

HERE = Path(__file__).parent
BOARD = (HERE / "board.graphql").read_text()
SMALL = (HERE / "small.graphql").read_text()

NODE_MAJOR = 22
"""The oldest Node that PostGraphile 5 runs on; where npm has a binary of it, it is installed."""

ALIKE = 0.05
"""By how much two answers may differ, in values and in bytes, and count as the same amount."""


async def against_postgraphile(
    databases: Databases, effort: Effort, question: Question, peer_question: Question
) -> Result:
    """Requests a second of our server and of PostGraphile for the same amount of data.

    Raises:
        AssertionError: the two answers are not alike.
        Skipped: there is no Node on this machine.
    """
    postmaster = await cpu.postmaster(databases.large)
    async with ours(databases.large) as server, postgraphile(databases.large) as peer:
        mine, theirs = await server.answer(question), await peer.answer(peer_question)
        return await race(
            under_load(server, question, postmaster),
            under_load(peer, peer_question, postmaster),
            effort,
            _compared(mine, theirs),
        )


def _compared(mine: bytes, theirs: bytes) -> str:
    """What both answers hold, in words.

    The names differ, and what hangs where; what there is to know must not.
    """
    values, their_values = (_values(orjson.loads(body)) for body in (mine, theirs))
    assert abs(values - their_values) <= ALIKE * values, (values, their_values)
    told = f"{values:,} values in {len(mine):,} bytes"
    return f"{told}, peer {their_values:,} in {len(theirs):,}"


def _values(json: Any) -> int:
    """How many values a JSON text holds that are neither object nor list."""
    match json:
        case dict():
            return sum(map(_values, json.values()))
        case list():
            return sum(map(_values, json))
        case _:
            return 1


@asynccontextmanager
async def postgraphile(database: str) -> AsyncIterator[Server]:
    """PostGraphile on a database, installed as package-lock.json says."""
    node = await asyncio.to_thread(_node)
    production = {"NODE_ENV": "production", "GRAPHILE_ENV": "production"}
    async with started(node, HERE / "serve.mjs", database, **production) as server:
        yield server


def _node() -> Path:
    """The Node to run it on, with what it runs beside it.

    Raises:
        Skipped: there is none, or npm is not there to install it.
    """
    npm = shutil.which("npm")
    if npm is None:
        raise Skipped("there is no npm to install PostGraphile with")
    _install(npm)
    machine = {"x86_64": "x64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    packaged = HERE / f"node_modules/node-{platform.system().lower()}-{machine}/bin/node"
    if packaged.is_file():
        return packaged
    found = shutil.which("node")
    if found and _major(found) >= NODE_MAJOR:
        return Path(found)
    raise Skipped(f"there is no Node {NODE_MAJOR} or later to run PostGraphile on")


def _major(node: str) -> int:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    return int(said.removeprefix("v").partition(".")[0])


def _install(npm: str) -> None:
    stamp = HERE / "node_modules" / ".installed"
    digest = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text() == digest:
        return
    Console().print("Installing PostGraphile with npm: once, for about half a minute.")
    done = subprocess.run(
        [npm, "ci", "--ignore-scripts"],
        cwd=HERE,
        env={**os.environ, "npm_config_fetch_retries": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Skipped("npm could not install PostGraphile: " + done.stderr.strip()[-300:])
    stamp.write_text(digest)
