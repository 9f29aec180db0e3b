"""Moments through GraphQL, and a timeline as it was known at a time."""

from typing import Any

from tests.schema.conftest import Graph
from tests.schema.test_incident import declared

MOMENTS = """query ($id: ID!) { incident(id: $id) {
  moments { kind missing prompt questions entry { id kind source url } } } }"""

ADD = """mutation ($input: AddTimelineEntriesInput!) {
  addTimelineEntries(input: $input) { entries { id } userErrors { code message field } } }"""

KNOWN = """query ($id: ID!, $at: DateTime) { incident(id: $id) {
  timeline(knownBefore: $at, kinds: [ANOMALY, NOTE]) { totalCount nodes { body } } } }"""


async def added(graph: Graph, incident: str, *entries: dict[str, Any]) -> list[str]:
    data = await graph(ADD, input={"incident": incident, "entries": entries})
    assert data["addTimelineEntries"]["userErrors"] == []
    return [each["id"] for each in data["addTimelineEntries"]["entries"]]


async def test_moments_come_in_the_order_of_a_response(graph: Graph, reads: list[str]) -> None:
    incident = await declared(graph)
    url = "https://grafana.example/d/errors"
    anomaly = {"kind": "ANOMALY", "occurredAt": "2026-01-01T00:00:00Z", "body": "5xx", "url": url}
    (entry,) = await added(graph, incident, anomaly)
    reads.clear()
    found = (await graph(MOMENTS, id=incident))["incident"]["moments"]
    assert len(reads) == 1
    assert [each["kind"] for each in found] == [
        "DEPLOYED",
        "FIRST_ANOMALY",
        "DECLARED",
        "HYPOTHESES",
        "ROOT_CAUSE",
        "MITIGATION",
        "RECOVERY",
    ]
    assert found[1]["entry"] == {"id": entry, "kind": "ANOMALY", "source": "person", "url": url}
    assert (found[1]["missing"], found[1]["prompt"]) == (False, None)
    assert found[4]["missing"]
    assert found[4]["questions"] == [found[4]["prompt"]]
    assert found[4]["prompt"].startswith("When was the root cause identified")


async def test_a_timeline_tells_what_was_known_when(graph: Graph) -> None:
    incident = await declared(graph)
    await added(
        graph,
        incident,
        {
            "kind": "ANOMALY",
            "occurredAt": "2026-01-01T10:00:00Z",
            "knownAt": "2026-01-01T11:00:00Z",
            "body": "Queue grows",
        },
        {"kind": "NOTE", "occurredAt": "2026-01-01T10:30:00Z", "body": "Users call"},
    )
    for at, bodies in (
        ("2026-01-01T10:30:00Z", []),
        ("2026-01-01T11:00:00Z", ["Users call"]),
        ("2026-01-01T11:00:01Z", ["Queue grows", "Users call"]),
        (None, ["Queue grows", "Users call"]),
    ):
        timeline = (await graph(KNOWN, id=incident, at=at))["incident"]["timeline"]
        assert [each["body"] for each in timeline["nodes"]] == bodies
        assert timeline["totalCount"] == len(bodies)


async def test_one_wrong_entry_of_500_refuses_all_and_is_named(graph: Graph) -> None:
    incident = await declared(graph)
    note = {"kind": "NOTE", "occurredAt": "2026-01-01T10:00:00Z", "body": "Seen"}
    entries = [note] * 499 + [{**note, "body": "\0", "url": "javascript:alert(1)"}]
    assert await graph.refused(ADD, input={"incident": incident, "entries": entries}) == [
        ("INVALID", ["entries", "499", "body"]),
        ("INVALID", ["entries", "499", "url"]),
    ]
    timeline = (await graph(KNOWN, id=incident))["incident"]["timeline"]
    assert timeline["totalCount"] == 0
    assert len(await added(graph, incident, *[note] * 500)) == 500
