"""What was read from GitHub and what its webhooks told of the same are one."""

import json
from typing import Any

from integrations.contract import Delivery
from integrations.github import plugin
from server.commands.work import Office
from server.store import tables
from tests.commands.stored import Stored
from tests.commands.told import tell
from tests.integrations.fake_github import FakeGitHub
from tests.integrations.github_records import (
    START,
    at,
    deployment,
    pull_request,
    sha,
)
from tests.integrations.github_rounds import reading


def a_history() -> FakeGitHub:
    """Six commits, each of a pull request; the second, the fourth and the last were deployed."""
    numbers = range(1, 7)
    return FakeGitHub(
        page_size=2,
        records={
            "deployments": [deployment(each, "IN_PROGRESS", "SUCCESS") for each in (2, 4, 6)],
            "pullRequests": [pull_request(each) for each in numbers],
        },
        history=[sha(each) for each in numbers],
    )


def a_webhook(number: int) -> Delivery:
    """That the deployment of this commit succeeded, as GitHub tells it by itself."""
    told: dict[str, Any] = {
        "action": "created",
        "deployment": {
            "id": number,
            "sha": sha(number),
            "ref": "main",
            "environment": "production",
            "created_at": at(number),
        },
        "deployment_status": {"state": "success", "created_at": at(number + 2 / 60)},
        "repository": {"full_name": "acme/shop"},
    }
    return Delivery("deployment_status", json.dumps(told).encode())


async def test_what_is_read_is_what_was_told(office: Office, stored: Stored) -> None:
    await tell(office, *plugin.parse(a_webhook(4)))
    async with reading(a_history()) as reader:
        batches = await reader.backfill(START)
        news, _ = await reader.round()
    for batch in batches:
        await tell(office, *batch.observations)
    assert await tell(office, *news) == 0
    await tell(office, *plugin.parse(a_webhook(6)))
    rows = await stored.rows(tables.deployment)
    assert {row["external_id"]: row["status"] for row in rows} == dict.fromkeys("246", "SUCCESS")
    assert {number: await _brought(stored, number) for number in "246"} == {
        "2": {2},
        "4": {3, 4},
        "6": {5, 6},
    }


async def _brought(stored: Stored, external_id: str) -> set[int]:
    row = await stored.row(tables.deployment, external_id=external_id)
    links = await stored.rows(tables.deployment_pull_request, deployment_id=row["id"])
    pulls = {each["id"]: each["number"] for each in await stored.rows(tables.pull_request)}
    return {pulls[each["pull_request_id"]] for each in links}
