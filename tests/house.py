"""A real `whychain serve` in a process of its own, for tests that come through its doors."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import os
import secrets
import sys
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import orjson

ROOT = Path(__file__).parent.parent
STARTING_SECONDS = 60


def _secret() -> str:
    return secrets.token_urlsafe(24)


@dataclass(frozen=True)
class Keys:
    """What opens the doors of one server."""

    token: str = field(default_factory=_secret)
    github: str = field(default_factory=_secret)
    pagerduty: str = field(default_factory=_secret)
    intake: str = field(default_factory=_secret)
    jira: str = field(default_factory=_secret)
    slack: str = field(default_factory=_secret)

    def environment(self) -> dict[str, str]:
        return {
            "WHYCHAIN_ADMIN_TOKEN": self.token,
            "WHYCHAIN_GITHUB_WEBHOOK_SECRET": self.github,
            "WHYCHAIN_PAGERDUTY_WEBHOOK_SECRET": self.pagerduty,
            "WHYCHAIN_INTAKE_TOKEN": self.intake,
            "WHYCHAIN_JIRA_WEBHOOK_SECRET": self.jira,
            "WHYCHAIN_SLACK_SIGNING_SECRET": self.slack,
        }


@dataclass(frozen=True)
class Served:
    """A running server, as a client sees it."""

    url: str
    keys: Keys
    process: Process
    http: aiohttp.ClientSession

    async def answer(self, query: str, **variables: object) -> Any:
        """The body of a GraphQL answer."""
        headers = {"authorization": f"Bearer {self.keys.token}"}
        body = {"query": query, "variables": variables}
        async with self.http.post(f"{self.url}/graphql", json=body, headers=headers) as response:
            return await response.json(content_type=None)

    async def __call__(self, query: str, **variables: object) -> Any:
        """The data of an operation that goes well."""
        answer = await self.answer(query, **variables)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    async def github(self, event: str, body: object, *, delivery: str | None = None) -> int:
        """Send a signed webhook of GitHub's; the status of the answer."""
        raw = body if isinstance(body, bytes) else orjson.dumps(body)
        headers = {
            "x-github-event": event,
            "x-github-delivery": delivery or secrets.token_hex(16),
            "x-hub-signature-256": "sha256=" + _signature(self.keys.github, raw),
            "content-type": "application/json",
        }
        return await self._post("/webhooks/github", raw, headers)

    async def pagerduty(self, body: object) -> int:
        """Send a signed webhook of PagerDuty's; the status of the answer."""
        raw = body if isinstance(body, bytes) else orjson.dumps(body)
        headers = signed_by_pagerduty(self.keys.pagerduty, raw)
        return await self._post("/webhooks/pagerduty", raw, headers)

    async def jira(self, body: object) -> int:
        """Send a signed webhook of Jira's; the status of the answer."""
        raw = orjson.dumps(body)
        headers = {
            "x-hub-signature": "sha256=" + _signature(self.keys.jira, raw),
            "x-atlassian-webhook-identifier": secrets.token_hex(16),
            "content-type": "application/json",
        }
        return await self._post("/webhooks/jira", raw, headers)

    async def slack(self, body: object) -> int:
        """Send a signed event of Slack's; the status of the answer."""
        raw = orjson.dumps(body)
        now = str(int(time.time()))
        headers = {
            "x-slack-request-timestamp": now,
            "x-slack-signature": "v0=" + _signature(self.keys.slack, f"v0:{now}:".encode() + raw),
            "content-type": "application/json",
        }
        return await self._post("/webhooks/slack", raw, headers)

    async def _post(self, path: str, raw: bytes, headers: Mapping[str, str]) -> int:
        async with self.http.post(self.url + path, data=raw, headers=headers) as response:
            await response.read()
            return response.status


def signed_by_pagerduty(secret: str, raw: bytes) -> dict[str, str]:
    """The headers of a webhook of PagerDuty's."""
    return {
        "x-pagerduty-signature": "v1=" + _signature(secret, raw),
        "x-webhook-id": secrets.token_hex(16),
        "content-type": "application/json",
    }


def _signature(secret: str, raw: bytes) -> str:
    return hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()


def _variables(settings: Mapping[str, str]) -> dict[str, str]:
    return {f"WHYCHAIN_{name.upper()}": value for name, value in settings.items()}


@asynccontextmanager
async def serving(
    *arguments: str, keys: Keys | None = None, module: str = "server", **settings: str
) -> AsyncIterator[Served]:
    """Run `whychain serve` with these settings, on a free port by default, until the block ends.

    `module` is the command itself, or a test's variation of it.
    """
    keys = keys or Keys()
    environment = {
        **os.environ,
        **keys.environment(),
        "WHYCHAIN_PORT": "0",
        **_variables(settings),
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        "serve",
        *arguments,
        cwd=ROOT,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        url = await asyncio.wait_for(_url(process), STARTING_SECONDS)
        async with aiohttp.ClientSession() as http:
            yield Served(url, keys, process, http)
    finally:
        await stopped(process)


async def _url(process: Process) -> str:
    """The address that the server prints when it takes requests."""
    assert process.stdout
    while line := (await process.stdout.readline()).decode():
        if line.startswith("Whychain serves "):
            return line.split()[2].removesuffix("/graphql")
    raise AssertionError(f"the server ended with {await process.wait()} before it served")


async def stopped(process: Process) -> int:
    """End a server as an operator would; its exit code."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            process.terminate()
    try:
        return await asyncio.wait_for(process.wait(), 20)
    except TimeoutError:
        process.kill()
        raise


async def command(*arguments: str, **settings: str) -> tuple[int, str]:
    """Run `whychain …`; its exit code and what it printed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "server",
        *arguments,
        cwd=ROOT,
        env=os.environ | _variables(settings),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    out, _ = await asyncio.wait_for(process.communicate(), 60)
    return process.returncode or 0, out.decode()


async def eventually(ask: Any, *, seconds: float = 20) -> Any:
    """The first answer of `ask` that is true; asked again until then."""
    deadline = asyncio.get_running_loop().time() + seconds
    while True:
        found = await ask()
        if found:
            return found
        assert asyncio.get_running_loop().time() < deadline, f"still {found!r}"
        await asyncio.sleep(0.05)
