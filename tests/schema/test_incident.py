"""Incidents through GraphQL: declared, read, moved on, refused."""

from tests.schema.conftest import Graph

DECLARE = """
mutation Declare($input: DeclareIncidentInput!) {
  declareIncident(input: $input) {
    incident { id number title severity status declaredAt timelineVersion
               attribution { notADeployment candidates { rank } linked { id } verdict { kind } }
               whyChain { complete nodes { id } } }
    userErrors { code message field }
  }
}
"""

UPDATE = """
mutation Update($input: UpdateIncidentInput!) {
  updateIncident(input: $input) {
    incident { id status severity title resolvedAt timeToResolve }
    userErrors { code message field }
  }
}
"""


async def declared(graph: Graph, **members: object) -> str:
    """The id of a new incident."""
    data = await graph(DECLARE, input={"title": "Checkout fails", "severity": "SEV2", **members})
    assert data["declareIncident"]["userErrors"] == []
    return str(data["declareIncident"]["incident"]["id"])


async def test_a_declared_incident_is_read_back(graph: Graph) -> None:
    incident = await declared(graph, startedAt="2026-01-02T03:04:05.5+02:00")
    data = await graph(
        """query ($id: ID!) { incident(id: $id) {
             id title severity status startedAt timeline { totalCount nodes { kind body sequence }
             pageInfo { hasNextPage } } services { slug } responders { role } } }""",
        id=incident,
    )
    found = data["incident"]
    assert found["title"] == "Checkout fails"
    assert found["startedAt"] == "2026-01-02T01:04:05.5+00:00"
    assert found["timeline"]["totalCount"] == 1
    assert found["timeline"]["nodes"][0]["kind"] == "DECLARED"


async def test_the_same_key_declares_once(graph: Graph) -> None:
    first = await declared(graph, idempotencyKey="k")
    assert await declared(graph, idempotencyKey="k") == first
    other = {"title": "Other", "severity": "SEV2", "idempotencyKey": "k"}
    assert await graph.refused(DECLARE, input=other) == [("CONFLICT", ["idempotencyKey"])]


async def test_every_broken_rule_comes_back_at_once(graph: Graph) -> None:
    wrong = {
        "title": " ",
        "severity": "SEV1",
        "services": ["nowhere"],
        "startedAt": "2026-01-02T00:00:00Z",
        "detectedAt": "2026-01-01T00:00:00Z",
    }
    assert await graph.refused(DECLARE, input=wrong) == [
        ("INVALID", ["title"]),
        ("INVALID", ["detectedAt"]),
        ("NOT_FOUND", ["services", "0"]),
    ]


async def test_a_status_goes_back_only_with_a_reason(graph: Graph) -> None:
    incident = await declared(graph)
    done = await graph(UPDATE, input={"id": incident, "status": "RESOLVED"})
    assert done["updateIncident"]["incident"]["resolvedAt"]
    back = {"id": incident, "status": "INVESTIGATING"}
    assert await graph.refused(UPDATE, input=back) == [("INVALID", ["reason"])]
    reopened = await graph(UPDATE, input={**back, "reason": "It is back"})
    assert reopened["updateIncident"]["incident"]["status"] == "INVESTIGATING"
    assert reopened["updateIncident"]["incident"]["resolvedAt"] is None


async def test_an_id_of_another_type_is_refused(graph: Graph) -> None:
    incident = await declared(graph)
    assert await graph.refused(UPDATE, input={"id": "per_" + incident[4:], "title": "x"}) == [
        ("BAD_ID", ["id"])
    ]
    errors = await graph.errors("query ($id: ID!) { incident(id: $id) { id } }", id="nonsense")
    assert errors[0]["extensions"]["code"] == "BAD_ID"


async def test_node_and_nodes_find_any_object(graph: Graph) -> None:
    incident = await declared(graph)
    data = await graph(
        """query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on Incident { title } } }""",
        ids=[incident, "svc_" + "0" * 32],
    )
    assert data["nodes"] == [
        {"__typename": "Incident", "id": incident, "title": "Checkout fails"},
        None,
    ]


async def test_pages_follow_each_other_without_gap_or_double(graph: Graph) -> None:
    wanted = [
        await declared(graph, title=f"Incident {n}", declaredAt=f"2026-01-0{1 + n // 2}T00:00:00Z")
        for n in range(7)
    ]
    query = """query ($first: Int, $after: String, $last: Int, $before: String) {
      incidents(first: $first, after: $after, last: $last, before: $before,
                orderBy: {field: DECLARED_AT, direction: ASC}) {
        nodes { id } totalCount pageInfo { hasNextPage startCursor endCursor } } }"""
    seen: list[str] = []
    after = None
    while True:
        page = (await graph(query, first=3, after=after))["incidents"]
        seen += [node["id"] for node in page["nodes"]]
        assert page["totalCount"] == 7
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert seen == wanted
    last = (await graph(query, last=2))["incidents"]
    assert [node["id"] for node in last["nodes"]] == wanted[-2:]
    earlier = (await graph(query, last=2, before=last["pageInfo"]["startCursor"]))["incidents"]
    assert [node["id"] for node in earlier["nodes"]] == wanted[-4:-2]


async def test_page_arguments_that_make_no_sense_are_coded(graph: Graph) -> None:
    for arguments, code in [
        ("first: 3, last: 3", "INVALID"),
        ("first: -1", "INVALID"),
        ("first: 101", "INVALID"),
        ('after: "garbage"', "BAD_CURSOR"),
        ('after: "WyJTRVZFUklUWTpERVNDIiwxXQ"', "BAD_CURSOR"),
    ]:
        errors = await graph.errors(f"{{ incidents({arguments}) {{ totalCount }} }}")
        assert errors[0]["extensions"]["code"] == code, arguments
