"""What GitHub's integration is tried with: its webhooks, and the fake that is polled."""

import json
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest

from integrations.contract import Connection, Secret
from integrations.github import plugin
from integrations.testing import Backfilled, Checked, Fixture, Polled, Site, Vendor, listening
from tests.integrations.fake_github import REPOSITORY, TOKEN, FakeGitHub, running
from tests.integrations.github_records import START, deployment
from tests.integrations.github_rounds import a_history, grow
from tests.integrations.signing import signed

SIGN = signed(b"x-hub-signature-256", b"sha256")
EVERYTHING = {
    "production": {REPOSITORY: {"workflow": "deploy.yml"}},
    "webhooks": [f"repos/{REPOSITORY}/hooks/42"],
}


def fixture(event: str, payload: dict[str, Any]) -> Fixture:
    headers = {b"x-github-event": (event.encode(),), b"x-github-delivery": (b"72d3162e-cc78",)}
    return Fixture(event, headers, json.dumps(payload).encode())


def webhooks(request: pytest.FixtureRequest) -> Vendor:
    names = ("deployment", "deployment_status", "pull_request", "push")
    events = {name: request.getfixturevalue(name) for name in names}
    events["ping"] = {"zen": "Keep it logically awesome.", "hook_id": 1}
    return Vendor(plugin, SIGN, [fixture(event, body) for event, body in events.items()])


def polled(request: pytest.FixtureRequest) -> Polled:
    return Polled(plugin, _account(), _world, _odd)


def backfilled(request: pytest.FixtureRequest) -> Backfilled:
    return Backfilled(plugin, _account(), _world, _odd, START)


def checked(request: pytest.FixtureRequest) -> Checked:
    return Checked(plugin, _account(**EVERYTHING), _world)


PARTS = (webhooks, polled, backfilled, checked)


def _account(**settings: Any) -> Connection:
    named = {"repositories": [REPOSITORY], **settings}
    return Connection("github", "acme", "", named, {"token": Secret(TOKEN)})


def _world() -> AbstractAsyncContextManager[Site]:
    return _serving(a_history(8, page_size=3))


def _odd() -> AbstractAsyncContextManager[Site]:
    fake = a_history(8, page_size=4)  # one more, that the odd record pushes nothing off its page
    odd = deployment(5, "SUCCESS", environment="", originalEnvironment="")
    fake.records["deployments"].append(odd)
    return _serving(fake)


@asynccontextmanager
async def _serving(fake: FakeGitHub) -> AsyncIterator[Site]:
    async with running(fake):
        yield listening(
            fake.base_url,
            held=lambda: [str(each) for each in fake.deliveries],
            later=lambda: grow(fake, 9, 16),
        )
