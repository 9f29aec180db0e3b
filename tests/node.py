"""Programs for Node that others wrote: the clients and audits of `tests/clients`."""

import asyncio
import fcntl
import hashlib
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path

import pytest

CLIENTS = Path(__file__).parent / "clients"

_UNREACHABLE = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENETUNREACH")


async def run_node(script: str, *arguments: str, stdin: str = "") -> str:
    """Run a script of `tests/clients` and return what it prints; skips where there is no Node."""
    async with running_node(script, *arguments) as process:
        out, err = await asyncio.wait_for(process.communicate(stdin.encode()), 60)
    assert process.returncode == 0, err.decode()
    return out.decode()


@asynccontextmanager
async def running_node(script: str, *arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a script of `tests/clients` beside the block; skips where there is no Node."""
    node = _node()
    if obstacle := await asyncio.to_thread(_install):
        pytest.skip(obstacle)
    process = await asyncio.create_subprocess_exec(
        node,
        CLIENTS / script,
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


@cache
def _node() -> str:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("no node and npm on this machine (Node 20 or later)")
    return node


@cache
def _install() -> str | None:
    """Install what package-lock.json says, once for all processes; or say what hinders it."""
    stamp = CLIENTS / "node_modules" / ".installed"
    with (CLIENTS / "package-lock.json").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        digest = hashlib.sha256(lock.read()).hexdigest()
        if stamp.is_file() and stamp.read_text() == digest:
            return None
        done = subprocess.run(
            ["npm", "ci", "--ignore-scripts"],
            cwd=CLIENTS,
            env={**os.environ, "npm_config_fetch_retries": "0"},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode and any(sign in done.stderr for sign in _UNREACHABLE):
            return "npm cannot reach its registry to install tests/clients"
        assert done.returncode == 0, done.stderr
        stamp.write_text(digest)
        return None
