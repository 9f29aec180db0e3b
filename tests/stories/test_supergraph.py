"""The server as a subgraph: npm's composition and gateway, with a subgraph of somebody else's."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from tests.house import Served
from tests.node import run_node

SHAS = [f"{number:040x}" for number in range(50)]

RECORD = """mutation ($sha: String!) {
  recordDeployment(input: {
    repository: "acme/web", sha: $sha, environment: "production", status: SUCCESS
  }) { deployment { id } userErrors { message } } }"""
DECLARE = """mutation {
  declareIncident(input: {title: "Checkout fails", severity: SEV2}) {
    incident { id } userErrors { message } } }"""


async def asked(served: Served, query: str, **known: Any) -> Any:
    """What the gateway makes of a query; `known` is what the other subgraph knows of."""
    stdin = json.dumps({"query": query, "deployments": [], "incidents": [], **known})
    url = f"{served.url}/graphql"
    return json.loads(await run_node("supergraph.mjs", url, served.keys.token, stdin=stdin))


def deployed(sha: str) -> dict[str, str]:
    """The key of a deployment."""
    return {"repository": "acme/web", "sha": sha, "environment": "production"}


async def test_others_refer_to_deployments_and_incidents_by_their_keys(served: Served) -> None:
    await asyncio.gather(*(served(RECORD, sha=sha) for sha in SHAS))
    incident = (await served(DECLARE))["declareIncident"]["incident"]["id"]
    answer = await asked(
        served,
        """{ approved { sha approval status service { slug } }
             expensive { lostOrders title ... on Incident { severity } } }""",
        deployments=[deployed(sha) for sha in [*SHAS, "nothing"]],
        incidents=[{"id": incident}],
    )
    known = {"status": "SUCCESS", "service": {"slug": "web"}}
    assert answer["data"] == {
        "approved": [
            *({"sha": sha, "approval": f"approved {sha}", **known} for sha in SHAS),
            None,
        ],
        "expensive": [{"lostOrders": 36, "title": "Checkout fails", "severity": "SEV2"}],
    }
    assert sorted(answer["sent"]) == [1, 51]
    assert answer["hints"] == []


async def test_others_add_to_what_is_asked_of_us(served: Served) -> None:
    await served(RECORD, sha=SHAS[7])
    query = "{ deployments { nodes { status approval } pageInfo { hasNextPage } } }"
    answer = await asked(served, query)
    assert answer["data"] == {
        "deployments": {
            "nodes": [{"status": "SUCCESS", "approval": f"approved {SHAS[7]}"}],
            "pageInfo": {"hasNextPage": False},
        }
    }
