"""Telling PagerDuty of deployments."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from integrations.contract import Connection, Http, Rejected, Secret, TellsDeployments
from integrations.observation import DeploymentState
from integrations.pagerduty.changes import plugin
from integrations.testing import listening
from tests.integrations.fake_pagerduty_events import KEY, NEWS, FakeEvents, taking_events


@asynccontextmanager
async def telling(
    key: str = KEY, **settings: Any
) -> AsyncIterator[tuple[FakeEvents, Connection, Http]]:
    async with taking_events(FakeEvents()) as fake:
        secrets = {"routing_key": Secret(key)}
        connection = Connection("pagerduty-changes", "acme", fake.url, settings, secrets)
        yield fake, connection, listening(fake.url).http


async def test_a_deployment_is_told() -> None:
    assert isinstance(plugin, TellsDeployments)
    async with telling() as (fake, connection, http):
        await plugin.tell_deployment(connection, http, NEWS)
    (body,) = fake.told
    assert body["payload"] == {
        "summary": "Deployed Shop aaaaaaa to production",
        "timestamp": "2026-11-02T12:00:00+00:00",
        "source": "acme/shop",
        "custom_details": {
            "repository": "acme/shop",
            "sha": "a" * 40,
            "environment": "production",
            "state": "SUCCESS",
            "deployment": "deployment-7",
            "service": "Shop",
        },
    }
    assert body["links"] == [{"href": NEWS.url, "text": "The deployment"}]


async def test_what_failed_and_what_has_neither_service_nor_address() -> None:
    news = replace(NEWS, state=DeploymentState.FAILURE, service=None, url=None)
    async with telling() as (fake, connection, http):
        await plugin.tell_deployment(connection, http, news)
    (body,) = fake.told
    assert body["payload"]["summary"] == "Failed to deploy acme/shop aaaaaaa to production"
    assert (body["links"], "service" in body["payload"]["custom_details"]) == ([], False)


@pytest.mark.parametrize(
    ("settings", "environment", "told"),
    [
        ({}, "production", True),
        ({}, "staging", False),
        ({"environments": ["staging"]}, "staging", True),
        ({"environments": ["staging"]}, "production", False),
    ],
)
async def test_only_of_the_environments_that_are_named(
    settings: dict[str, Any], environment: str, told: bool
) -> None:
    async with telling(**settings) as (fake, connection, http):
        await plugin.tell_deployment(connection, http, replace(NEWS, environment=environment))
    assert bool(fake.told) is told


async def test_a_key_that_is_refused_is_not_told() -> None:
    async with telling("f" * 32) as (_, connection, http):
        with pytest.raises(Rejected) as refused:
            await plugin.tell_deployment(connection, http, NEWS)
    assert "f" * 32 not in str(refused.value)


@pytest.mark.parametrize(("key", "good"), [(KEY, True), ("u+short", False), (f"{KEY}0", False)])
async def test_the_form_of_a_key(key: str, good: bool) -> None:
    async with telling(key) as (fake, connection, http):
        of_key, of_address = await plugin.check(connection, http)
    assert (of_key.good, of_address.good, fake.told) == (good, True, [])
    assert key not in of_key.advice
    assert bool(of_key.advice) is not good


async def test_an_address_at_which_no_events_are_taken() -> None:
    async with telling() as (fake, connection, _):
        elsewhere = listening(f"{fake.url}/rest").http
        _, of_address = await plugin.check(connection, elsewhere)
    assert "events.eu.pagerduty.com" in of_address.advice
