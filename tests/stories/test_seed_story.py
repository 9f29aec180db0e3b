"""The story of the dropped column: two pull requests that belong in sequence go out of order.

It is told through the doors of a running server alone, and asked back through the API.
"""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from server.demo import story_texts as texts
from server.demo.door import Address, Door
from server.demo.performance import Line
from server.demo.story import StoryResult, play

EVERYTHING = """
query ($id: ID!) {
  incident(id: $id) {
    status severity
    startedAt acknowledgedAt identifiedAt mitigatedAt resolvedAt
    services { slug }
    timeline(first: 100) { nodes { kind source body deployment { sha } } }
    hypotheses { statement state reason }
    whyChain { complete nodes { depth question systemic parent { depth } evidence { id } } }
    actionItems(first: 10) { nodes { title kind priority state owner { id } why { depth } } }
  }
}
"""

SUSPECTED = """
query ($repository: String!, $sha: String!) {
  deployment(repository: $repository, sha: $sha) {
    status pullRequests { number title dependsOn { number title } }
    incidents { probability incident { id } }
  }
}
"""


@pytest.fixture
async def door(server: Address) -> AsyncIterator[Door]:
    """A client of the running server."""
    async with Door.open(server) as door:
        yield door


async def told(door: Door) -> StoryResult:
    """Play the story without waiting."""
    return await play(door, pace=0.0, tell=lambda _: None)


async def test_the_deployment_that_dropped_the_column_is_first(door: Door) -> None:
    result = await told(door)

    first = result.attribution["candidates"][0]
    kinds = {line["kind"] for line in first["evidence"]}
    assert (first["rank"], first["deployment"]["sha"]) == (1, result.dropped_sha)
    assert kinds >= {"OUT_OF_ORDER", "SCHEMA_CHANGE", "SERVICE_AFFECTED", "ROLLBACK_RECOVERED"}
    assert first["probability"] > 0.9
    assert result.attribution["linked"] == {"sha": result.dropped_sha}


async def test_the_incident_is_told_from_its_first_error_to_its_action_items(door: Door) -> None:
    result = await told(door)

    incident = (await door.graphql(EVERYTHING, id=result.incident))["incident"]
    assert (incident["status"], incident["severity"]) == ("RESOLVED", "SEV2")
    assert incident["services"] == [{"slug": "checkout"}]
    names = ("startedAt", "acknowledgedAt", "identifiedAt", "mitigatedAt", "resolvedAt")
    moments = [incident[name] for name in names]
    assert moments == sorted(moments)
    check_timeline(incident, result.dropped_sha)
    assert [(each["statement"], each["state"]) for each in incident["hypotheses"]] == [
        (texts.PROVIDER, "RULED_OUT"),
        (texts.COLUMN, "RULED_IN"),
    ]
    check_learning(incident)


def check_timeline(incident: Mapping[str, Any], dropped_sha: str) -> None:
    """All seven moments of a timeline are there."""
    entries = incident["timeline"]["nodes"]
    assert {entry["kind"] for entry in entries} >= {
        "DEPLOYMENT",
        "ANOMALY",
        "DECLARED",
        "PAGED",
        "ACKNOWLEDGED",
        "HYPOTHESIS",
        "ROOT_CAUSE",
        "MITIGATION",
        "RECOVERY",
    }
    deployed = [each["deployment"]["sha"] for each in entries if each["kind"] == "DEPLOYMENT"]
    assert dropped_sha in deployed


def check_learning(incident: Mapping[str, Any]) -> None:
    """Five whys end in the system, and work is promised because of them."""
    chain = incident["whyChain"]
    nodes = sorted(chain["nodes"], key=lambda node: node["depth"])
    assert chain["complete"]
    assert [node["depth"] for node in nodes] == [1, 2, 3, 4, 5]
    assert [node["systemic"] for node in nodes] == [False, False, False, False, True]
    assert all(node["evidence"] for node in nodes)
    items = {item["kind"]: item for item in incident["actionItems"]["nodes"]}
    assert len(items) == len(texts.PROMISES)
    assert items["IMMEDIATE_MITIGATION"]["state"] == "DONE"
    assert "DROP COLUMN" in items["TOOLING_IMPROVEMENT"]["title"]
    assert items["TOOLING_IMPROVEMENT"]["why"] == {"depth": 5}


async def test_the_one_question_is_answered(door: Door) -> None:
    result = await told(door)

    data = await door.graphql(SUSPECTED, repository=result.repository, sha=result.dropped_sha)
    deployment = data["deployment"]
    (pull,) = deployment["pullRequests"]
    (suspected,) = deployment["incidents"]
    assert deployment["status"] == "ROLLED_BACK"
    assert (pull["number"], pull["title"]) == (result.dropped_pull_request, texts.DROP_COLUMN)
    assert [each["title"] for each in pull["dependsOn"]] == [texts.STOP_READING]
    assert suspected["incident"] == {"id": result.incident}


async def test_it_can_be_told_again(door: Door) -> None:
    lines: list[Line] = []
    first = await told(door)
    second = await play(door, pace=0.0, tell=lines.append)

    assert second.incident != first.incident
    assert second.attribution["candidates"][0]["deployment"]["sha"] == second.dropped_sha
    assert [line.incident for line in lines if line.incident] == [second.incident]
