"""An action item is followed to its end through GraphQL alone, on a running server."""

from tests.house import Served

BEGIN = """
mutation {
  upsertTeam(input: {slug: "shop"}) { team { id } }
  upsertPerson(input: {name: "Ada Lovelace", team: "shop"}) { person { id } }
  declareIncident(input: {title: "Checkout fails", severity: SEV2}) { incident { id } }
}
"""
CREATE = """
mutation ($incident: ID!, $owner: ID!) { createActionItem(input: {
  incident: $incident, owner: $owner, kind: PROCESS_CHANGE, title: "Improve our DDL review process"
}) { actionItem { id findings { missing } } userErrors { code } } }
"""
ANSWER = """
mutation ($id: ID!, $onTrack: Boolean!, $blockedBy: String) {
  checkInActionItem(input: {id: $id, onTrack: $onTrack, blockedBy: $blockedBy}) {
    actionItem { state checkIns { onTrack blockedBy } } userErrors { code field } } }
"""
REVIEW = """
query { actionItemReview(team: "shop") {
  overdue { id } blocked { id title } dueSoon { id } onTrack { id } completedSinceLast { id }
  completionRate whole } }
"""
END = """
mutation ($id: ID!) {
  done: updateActionItem(input: {id: $id, state: DONE}) { userErrors { code } }
  verified: updateActionItem(input: {id: $id, state: VERIFIED}) {
    actionItem { state verifiedAt } userErrors { code } }
  holdReview(input: {team: "shop"}) { review { team { slug } blocked completed } }
}
"""
MEASURE = """
query { followThrough(team: "shop") {
  created completedWithin90Days completedOnTime open verdict
  marks { industry theaterBelow effectiveFrom }
  byTeam { team created } trend { created verdict } }
  heldReviews(team: "shop") { nodes { completed completionRate } } }
"""

RECUR = """
mutation ($item: ID!, $incident: ID!) {
  linkRecurrence(input: {actionItem: $item, incident: $incident, reason: "The same lock"}) {
    actionItem { recurredIn { reason incident { id recurrences { actionItem { id } } } } }
    userErrors { code } } }
"""
AGAIN = """
mutation { declareIncident(input: {title: "Checkout fails", severity: SEV2}) { incident { id } } }
"""


async def promised(served: Served) -> str:
    """The id of a new action item."""
    begun = await served(BEGIN)
    made = await served(
        CREATE,
        incident=begun["declareIncident"]["incident"]["id"],
        owner=begun["upsertPerson"]["person"]["id"],
    )
    return str(made["createActionItem"]["actionItem"]["id"])


async def test_an_item_is_blocked_and_reviewed(served: Served) -> None:
    item = await promised(served)
    answered = (await served(ANSWER, id=item, onTrack=False, blockedBy="The vendor"))[
        "checkInActionItem"
    ]["actionItem"]
    assert answered == {
        "state": "BLOCKED",
        "checkIns": [{"onTrack": False, "blockedBy": "The vendor"}],
    }
    refused = await served(ANSWER, id=item, onTrack=True, blockedBy="The vendor")
    assert refused["checkInActionItem"]["userErrors"] == [
        {"code": "INVALID", "field": ["blockedBy"]}
    ]
    review = (await served(REVIEW))["actionItemReview"]
    assert [each["id"] for each in review["blocked"]] == [item]
    assert (review["overdue"], review["completionRate"]) == ([], None)


async def test_an_item_is_done_verified_and_counted(served: Served) -> None:
    item = await promised(served)
    ended = await served(END, id=item)
    assert ended["verified"]["actionItem"]["state"] == "VERIFIED"
    held = ended["holdReview"]["review"]
    assert held == {"team": {"slug": "shop"}, "blocked": 0, "completed": 1}
    found = await served(MEASURE)
    assert found["followThrough"] == {
        "created": 1,
        "completedWithin90Days": None,
        "completedOnTime": None,
        "open": 0,
        "verdict": None,
        "marks": {"industry": 0.34, "theaterBelow": 0.5, "effectiveFrom": 0.78},
        "byTeam": [{"team": "shop", "created": 1}],
        "trend": [{"created": 1, "verdict": None}],
    }
    assert found["heldReviews"]["nodes"] == [{"completed": 1, "completionRate": None}]


async def test_an_incident_is_shown_as_the_return_of_another(served: Served) -> None:
    item = await promised(served)
    await served(END, id=item)
    again = (await served(AGAIN))["declareIncident"]["incident"]["id"]
    linked = (await served(RECUR, item=item, incident=again))["linkRecurrence"]
    assert linked["actionItem"]["recurredIn"] == [
        {
            "reason": "The same lock",
            "incident": {"id": again, "recurrences": [{"actionItem": {"id": item}}]},
        }
    ]
