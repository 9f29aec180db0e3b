"""A deployment that broke something, as the reliability of its service tells of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.house import Served

SERVICE = 'mutation { upsertService(input: {slug: "checkout"}) { userErrors { message } } }'

RECORD = """mutation ($input: RecordDeploymentInput!) {
  recordDeployment(input: $input) { deployment { id } userErrors { message } } }"""

DECLARE = """mutation ($input: DeclareIncidentInput!) {
  declareIncident(input: $input) { incident { id } userErrors { message } } }"""

RESOLVE = """mutation ($input: UpdateIncidentInput!) {
  updateIncident(input: $input) { userErrors { message } } }"""

VERDICT = """mutation ($incident: ID!, $deployment: ID!) {
  recordVerdict(input: {
    incident: $incident, deployment: $deployment, kind: CAUSED_BY_DEPLOYMENT
  }) { userErrors { message } } }"""

RELIABILITY = """{ reliability(service: "checkout") {
  incidents mttr { n median } deployments
  changeFailureRate { numerator denominator value confirmedOnly }
  trend(bucket: MONTH) { incidents deployments } } }"""


async def deployed(server: Served, digit: str, at: datetime) -> str:
    """A deployment of checkout's that finished then; its id."""
    told = {
        "service": "checkout",
        "repository": "acme/checkout",
        "sha": digit * 40,
        "environment": "production",
        "status": "SUCCESS",
        "finishedAt": at.isoformat(),
    }
    answer = await server(RECORD, input=told)
    return str(answer["recordDeployment"]["deployment"]["id"])


async def failed(server: Served, at: datetime, minutes: int) -> str:
    """An incident of checkout's from then on, resolved after so many minutes; its id."""
    told = {"title": "Checkout fails", "severity": "SEV2", "services": ["checkout"]}
    answer = await server(DECLARE, input={**told, "startedAt": at.isoformat()})
    incident = str(answer["declareIncident"]["incident"]["id"])
    resolved_at = (at + timedelta(minutes=minutes)).isoformat()
    resolved = {"id": incident, "status": "RESOLVED", "resolvedAt": resolved_at}
    await server(RESOLVE, input=resolved)
    return incident


async def test_a_verdict_counts_against_the_deployments_of_a_service(served: Served) -> None:
    at = datetime.now(UTC) - timedelta(hours=3)
    await served(SERVICE)
    await deployed(served, "b", at - timedelta(hours=10))
    deployment = await deployed(served, "a", at - timedelta(minutes=5))
    incident = await failed(served, at, minutes=42)
    await served(VERDICT, incident=incident, deployment=deployment)
    found = (await served(RELIABILITY))["reliability"]
    trend = found.pop("trend")
    rate = {"numerator": 1, "denominator": 2, "value": 0.5, "confirmedOnly": 0.5}
    assert found == {
        "incidents": 1,
        "mttr": {"n": 1, "median": "PT42M"},
        "deployments": 2,
        "changeFailureRate": rate,
    }
    assert sum(point["incidents"] for point in trend) == 1
    assert sum(point["deployments"] for point in trend) == 2
