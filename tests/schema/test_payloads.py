"""What mutations and events hand out: answered by one statement, like a query."""

from tests.schema.conftest import Graph
from tests.schema.test_incident import declared
from tests.schema.test_live import TIMELINE, added, subscribed

ADD = """
mutation ($incident: ID!, $entries: [TimelineEntryInput!]!, $full: Boolean!) {
  addTimelineEntries(input: {incident: $incident, entries: $entries}) {
    entries {
      id __typename body
      ... @include(if: $full) { kind actor { name } revisions { body } deployment { sha } }
    }
    userErrors { code }
  }
}
"""


def entries(*bodies: str) -> list[dict[str, str]]:
    at = "2026-01-01T00:00:00Z"
    return [{"kind": "NOTE", "occurredAt": at, "body": body} for body in bodies]


async def test_a_payload_of_many_rows_is_one_statement(graph: Graph, reads: list[str]) -> None:
    incident = await declared(graph)
    reads.clear()
    wanted = entries(*(f"note {number}" for number in range(50)))
    data = await graph(ADD, incident=incident, entries=wanted, full=True)
    payload = data["addTimelineEntries"]
    assert len(reads) == 1
    assert [entry["body"] for entry in payload["entries"]] == [each["body"] for each in wanted]
    assert payload["entries"][0] == {
        "id": payload["entries"][0]["id"],
        "__typename": "TimelineEntry",
        "body": "note 0",
        "kind": "NOTE",
        "actor": None,
        "revisions": [],
        "deployment": None,
    }
    assert payload["userErrors"] == []


async def test_directives_choose_what_a_payload_shows(graph: Graph) -> None:
    incident = await declared(graph)
    data = await graph(ADD, incident=incident, entries=entries("x"), full=False)
    (entry,) = data["addTimelineEntries"]["entries"]
    assert set(entry) == {"id", "__typename", "body"}


async def test_an_event_is_one_statement_beside_the_feeds(graph: Graph, reads: list[str]) -> None:
    incident = await declared(graph)
    async with subscribed(graph, TIMELINE, incident=incident) as following:
        await following()
        reads.clear()
        await added(graph, incident, "one")
        await following()
    event = [text for text in reads if "row_to_json" in text and "retracted" in text]
    assert len(event) == 1
