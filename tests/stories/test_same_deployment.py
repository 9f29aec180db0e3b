"""One deployment told through three doors: it is one, by whatever it is asked for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.house import Served, eventually
from tests.stories.test_intake import post

SHA = "5a3e" * 10

RECORD = """
mutation ($input: RecordDeploymentInput!) {
  recordDeployment(input: $input) { deployment { id status } userErrors { message } }
}
"""

DECLARE = """
mutation ($input: DeclareIncidentInput!) {
  declareIncident(input: $input) { incident { id } userErrors { message } }
}
"""

DEPLOYMENTS = """
{ deployments(first: 10) { nodes {
  id repository sha environment status startedAt finishedAt url ref pullRequests { number }
} } }
"""

ROOM = """
query ($id: ID!) {
  incident(id: $id) {
    timeline(first: 50) { nodes { kind body deployment { id } } }
    attribution { candidates(first: 10) { deployment { id } } }
  }
}
"""

BY_ID = "query ($id: ID!) { deployment(id: $id) { id } node(id: $id) { id } }"


def told(at: datetime) -> str:
    """A time as GitHub and pipelines write it."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def webhook(at: datetime, state: str | None = None) -> dict[str, Any]:
    """GitHub's word on the deployment: asked for, or in a state."""
    asked = {
        "id": 7,
        "sha": SHA,
        "ref": "main",
        "environment": "production",
        "created_at": told(at),
        "updated_at": told(at),
    }
    body = {"action": "created", "deployment": asked, "repository": {"full_name": "acme/shop"}}
    if state:
        body["deployment_status"] = {"id": 1, "state": state, "created_at": told(at)}
    return body


async def the_one(served: Served) -> Any:
    """The only deployment there is, once it is told by everybody."""

    async def ask() -> Any:
        nodes = (await served(DEPLOYMENTS))["deployments"]["nodes"]
        return nodes if len(nodes) == 1 and nodes[0]["url"] and nodes[0]["ref"] else None

    (node,) = await eventually(ask)
    return node


async def test_one_deployment_told_through_three_doors_is_one(served: Served) -> None:
    end = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=3)
    begin = end - timedelta(minutes=5)
    input_ = {
        "repository": "acme/shop", "sha": SHA, "status": "SUCCESS", "finishedAt": told(end),
        "pullRequests": [12], "idempotencyKey": "run-7",
    }  # fmt: skip
    first = (await served(RECORD, input=input_))["recordDeployment"]
    assert first["userErrors"] == []
    declared = await served(
        DECLARE, input={"title": "It fails", "severity": "SEV2", "services": ["shop"]}
    )
    incident = declared["declareIncident"]["incident"]["id"]
    assert await served.github("deployment", webhook(begin)) == 202
    assert await served.github("deployment_status", webhook(end, "success")) == 202
    run = {
        "repository": "https://git.example.com/acme/shop.git", "sha": SHA.upper(),
        "environment": "Production", "url": "https://ci.example.com/7", "id": "7",
        "finishedAt": told(end + timedelta(seconds=40)),
    }  # fmt: skip
    assert (await post(served, run))[0] == 202

    seen = await the_one(served)
    assert seen["id"] == first["deployment"]["id"]
    assert (seen["sha"], seen["environment"], seen["status"]) == (SHA, "production", "SUCCESS")
    assert datetime.fromisoformat(seen["finishedAt"]) == end
    assert seen["pullRequests"] == [{"number": 12}]
    again = (await served(RECORD, input=input_))["recordDeployment"]
    assert again["deployment"] == first["deployment"]

    async def is_told() -> Any:
        room = (await served(ROOM, id=incident))["incident"]
        candidates = (room["attribution"] or {}).get("candidates")
        entries = [each for each in room["timeline"]["nodes"] if each["kind"] == "DEPLOYMENT"]
        return (entries, candidates) if entries and candidates else None

    entries, candidates = await eventually(is_told)
    assert [each["deployment"]["id"] for each in entries] == [seen["id"]]
    assert [each["deployment"]["id"] for each in candidates] == [seen["id"]]


async def test_an_old_id_leads_on_where_two_are_seen_to_be_one(served: Served) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    what = {"repository": "acme/shop", "sha": SHA}
    first, last = (told(now - timedelta(minutes=minutes)) for minutes in (40, 22))
    payload = await served(RECORD, input={**what, "status": "SUCCESS", "finishedAt": first})
    old = payload["recordDeployment"]["deployment"]["id"]
    run = {**what, "finishedAt": last, "id": "7", "url": "https://ci.example.com/7"}
    assert (await post(served, run))[0] == 202

    async def both() -> Any:
        nodes = (await served(DEPLOYMENTS))["deployments"]["nodes"]
        return [each["id"] for each in nodes] if len(nodes) == 2 else None

    (young,) = set(await eventually(both)) - {old}
    between = now - timedelta(minutes=31)
    assert await served.github("deployment_status", webhook(between, "success")) == 202
    assert (await the_one(served))["id"] == old
    asked = await served(BY_ID, id=young)
    assert asked == {"deployment": {"id": old}, "node": {"id": old}}
