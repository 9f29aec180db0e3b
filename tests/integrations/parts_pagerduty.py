"""What PagerDuty's integrations are tried with: webhooks, the fake that is polled, its events."""

import json
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest

from integrations.contract import Connection, Secret
from integrations.pagerduty import changes, plugin
from integrations.testing import (
    Backfilled,
    Checked,
    Fixture,
    News,
    Pages,
    Polled,
    Site,
    Vendor,
    listening,
)
from tests.integrations.fake_pagerduty import TOKEN, FakePagerDuty, running
from tests.integrations.fake_pagerduty_events import KEY, NEWS, FakeEvents, taking_events
from tests.integrations.pagerduty_records import ADA, at, incident
from tests.integrations.signing import signed

SIGN = signed(b"x-pagerduty-signature", b"v1")
RESOLVING = {"resolve": True, "from": "ada@acme.example"}


def webhooks(request: pytest.FixtureRequest) -> Vendor:
    headers = {b"x-webhook-id": (b"of-the-delivery",)}
    bodies = {name: request.getfixturevalue(name) for name in ("page", "note")}
    fixtures = [Fixture(name, headers, json.dumps(body).encode()) for name, body in bodies.items()]
    return Vendor(plugin, SIGN, fixtures)


def polled(request: pytest.FixtureRequest) -> Polled:
    _stop_the_clock(request)
    return Polled(plugin, _account(), _world, _odd)


def backfilled(request: pytest.FixtureRequest) -> Backfilled:
    _stop_the_clock(request)
    return Backfilled(plugin, _account(), _world, _odd, at(-600))


def checked(request: pytest.FixtureRequest) -> Checked:
    return Checked(plugin, _account(**RESOLVING), _world)


def pages(request: pytest.FixtureRequest) -> Pages:
    return Pages(plugin, _account(**RESOLVING), _world, "PINC1")


PARTS = (webhooks, polled, backfilled, checked, pages)


def changes_checked(request: pytest.FixtureRequest) -> Checked:
    return Checked(changes.plugin, _events_account(), _events)


def changes_told(request: pytest.FixtureRequest) -> News:
    return News(changes.plugin, _events_account(), _events, NEWS)


CHANGES_PARTS = (changes_checked, changes_told)


def _stop_the_clock(request: pytest.FixtureRequest) -> None:
    """The catalog is dated with the time at which it was read."""
    patch: pytest.MonkeyPatch = request.getfixturevalue("monkeypatch")
    patch.setattr("integrations.pagerduty.poll.clock", lambda: at(60))


def _account(**settings: Any) -> Connection:
    return Connection("pagerduty", "acme", "", settings, {"token": Secret(TOKEN)})


def _events_account() -> Connection:
    return Connection("pagerduty-changes", "acme", "", {}, {"routing_key": Secret(KEY)})


def _world() -> AbstractAsyncContextManager[Site]:
    return _serving(_incidents())


def _odd() -> AbstractAsyncContextManager[Site]:
    fake = _incidents()
    fake.logs["PINC1"].append({"id": "RODD", "type": "annotate_log_entry"})
    odd = incident(9, at(9))
    del odd["id"]
    fake.incidents["PODD"] = odd
    return _serving(fake)


def _incidents() -> FakePagerDuty:
    fake = FakePagerDuty(page_size=3)
    for number in range(1, 4):
        fake.triggers(number, at(number))
        fake.happens(f"PINC{number}", "assign", at(number), assignees=[dict(ADA)])
    fake.happens("PINC2", "acknowledge", at(10), agent=dict(ADA))
    fake.happens("PINC3", "resolve", at(11), agent=dict(ADA))
    return fake


def _time_passes(fake: FakePagerDuty) -> None:
    if "PINC4" not in fake.incidents:
        fake.triggers(4, at(55))
        fake.happens("PINC2", "resolve", at(56), agent=dict(ADA))


@asynccontextmanager
async def _serving(fake: FakePagerDuty) -> AsyncIterator[Site]:
    async with running(fake):
        yield listening(
            fake.base_url,
            held=lambda: [f"{name} {each['status']}" for name, each in fake.incidents.items()],
            later=lambda: _time_passes(fake),
        )


@asynccontextmanager
async def _events() -> AsyncIterator[Site]:
    async with taking_events(FakeEvents()) as fake:
        yield listening(fake.url, held=lambda: sorted(fake.deployments))
