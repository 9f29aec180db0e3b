"""Every payload that others published, signed, sent twice and shuffled: one state in the end."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from server.domain.delivery import DeliveryState
from server.store.database import Database
from server.store.delivery import counts
from tests.house import Served, eventually, serving
from tests.postgres import new_database

PAYLOADS = Path(__file__).parents[3] / "shared" / "payloads"

STATE = """
{
  deployments(first: 100, orderBy: {field: FINISHED_AT, direction: ASC}) { nodes {
    repository sha ref environment status startedAt finishedAt url
    deployer { name identities { provider externalId } } service { slug }
    pullRequests { number } incidents(minProbability: 0) { probability } } }
  incidents(first: 100, orderBy: {field: DECLARED_AT, direction: ASC}) { nodes {
    title severity status url declaredAt detectedAt detectedBy acknowledgedAt resolvedAt
    timeToAcknowledge timeToResolve services { slug pagerdutyServices }
    responders { role person { name } }
    attribution { notADeployment candidates(first: 20) { probability } }
    timeline(first: 100) { nodes {
      kind occurredAt source body url retracted actor { name } deployment { sha } } } } }
  services(first: 100) { nodes { slug name repositories pagerdutyServices } }
  people(first: 100) { nodes { name identities { provider externalId handle } } }
}
"""


def webhooks(seed: int) -> list[tuple[str, str, bytes]]:
    """Every payload as (integration, file, body), twice, in the order of a seed."""
    if not PAYLOADS.is_dir():
        pytest.skip(f"the published payloads are not here: {PAYLOADS}")
    found = [
        (vendor, file.stem, file.read_bytes())
        for vendor in ("github", "jira", "pagerduty", "slack")
        for file in sorted((PAYLOADS / vendor).glob("*.json"))
    ]
    assert len(found) > 140
    twice = found * 2
    random.Random(seed).shuffle(twice)
    return twice


async def send(served: Served, integration: str, file: str, body: bytes) -> int:
    match integration:
        case "github":
            return await served.github(file.partition(".")[0], body)
        case "pagerduty":
            return await served.pagerduty(body)
        case "jira":
            return await served.jira(json.loads(body))
        case _:
            # In the published ones the ids are examples: several events have the same.
            return await served.slack({**json.loads(body), "event_id": f"Ev-{file}"})


async def state_after(server: str, template: str, seed: int) -> Any:
    """What the API shows once all has come in and is processed."""
    async with new_database(server, template) as url, serving(database_url=url) as served:
        statuses = {await send(served, *each) for each in webhooks(seed)}
        assert statuses == {202}
        async with Database.connect(url, size=1) as database:

            async def done() -> bool:
                return DeliveryState.PENDING not in await counts(database)

            await eventually(done, seconds=60)
            assert DeliveryState.PARKED not in await counts(database)
            await eventually(lambda: no_jobs(database), seconds=60)
        return ordered(await served(STATE))


async def no_jobs(database: Database) -> bool:
    """Whether nothing is left to be recomputed."""
    from sqlalchemy import func, select

    from server.store.queue import JOBS

    row = await database.one(select(func.count().label("count")).select_from(JOBS))
    return row is not None and row["count"] == 0


def ordered(value: Any) -> Any:
    """Lists without regard to their order: ties are broken by our own ids."""
    if isinstance(value, list):
        return sorted((ordered(each) for each in value), key=repr)
    if isinstance(value, dict):
        return {name: ordered(each) for name, each in value.items()}
    return value


@pytest.mark.timeout(300)
async def test_any_order_ends_in_one_state(database_server: str, database_template: str) -> None:
    first = await state_after(database_server, database_template, seed=1)
    second = await state_after(database_server, database_template, seed=2)
    assert first == second
    assert first["deployments"]["nodes"]
    assert first["incidents"]["nodes"]
