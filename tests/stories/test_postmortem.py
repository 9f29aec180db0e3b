"""An incident becomes a post-mortem that others can read: through the API alone."""

from __future__ import annotations

from typing import Any

from tests.house import Served, serving

PERSON = "mutation ($i: UpsertPersonInput!) { upsertPerson(input: $i) { person { id } } }"
DECLARE = "mutation ($i: DeclareIncidentInput!) { declareIncident(input: $i) { incident { id } } }"
ENTRIES = (
    "mutation ($i: AddTimelineEntriesInput!) { addTimelineEntries(input: $i) "
    "{ userErrors { message } } }"
)
ANSWER = "mutation ($i: AnswerWhyInput!) { answerWhy(input: $i) { why { id } } }"
PROMISE = (
    "mutation ($i: CreateActionItemInput!) { createActionItem(input: $i) "
    "{ userErrors { message } } }"
)
ASSIGN = """
mutation ($i: AssignFacilitatorInput!) { assignFacilitator(input: $i) {
  postmortem { facilitator { name } facilitatorCandidates(first: 3) { person { name } calling } }
  candidates { person { name } }
  userErrors { code field }
} }
"""
WRITE = """
mutation ($i: WritePostmortemInput!) { writePostmortem(input: $i) {
  postmortem { version summary lessons } yours { summary lessons } userErrors { code field }
} }
"""
SUBMIT = (
    "mutation ($i: SubmitPostmortemInput!) { submitPostmortem(input: $i) "
    "{ postmortem { state missing } } }"
)
PUBLISH = """
mutation ($i: PublishPostmortemInput!) { publishPostmortem(input: $i) {
  postmortem { state publishedAt markdown } userErrors { code field }
} }
"""
READ = "query ($id: ID!) { incident(id: $id) { postmortem { id state missing markdown } } }"
LIST = (
    "{ postmortems(where: {state: PUBLISHED}) { nodes { state incident { title } } totalCount } }"
)

KINDS = ("DEPLOYMENT", "ANOMALY", "HYPOTHESIS", "ROOT_CAUSE", "MITIGATION", "RECOVERY")


async def person(served: Served, name: str) -> str:
    made = await served(PERSON, i={"name": name})
    return str(made["upsertPerson"]["person"]["id"])


async def told(served: Served, incident: str, owner: str) -> None:
    """Tell all that a post-mortem stands on."""
    entries = [
        {"kind": kind, "occurredAt": f"2026-01-02T12:0{n}:00Z", "body": f"Seen by | {kind.lower()}"}
        for n, kind in enumerate(KINDS)
    ]
    await served(ENTRIES, i={"incident": incident, "entries": entries})
    answered = await served(
        ANSWER,
        i={
            "incident": incident,
            "question": "Why was the cache cold?",
            "answer": "A deployment empties it",
            "systemic": True,
        },
    )
    promised = {
        "incident": incident,
        "why": answered["answerWhy"]["why"]["id"],
        "title": "Warm the cache before a new version takes traffic",
        "kind": "TOOLING_IMPROVEMENT",
        "owner": owner,
    }
    await served(PROMISE, i=promised)


async def test_an_incident_becomes_a_document(database_url: str) -> None:
    async with serving("--no-jobs", database_url=database_url) as served:
        ada, grace = await person(served, "Ada Lovelace"), await person(served, "Grace Hopper")
        responders = [{"person": ada, "role": "COMMANDER"}]
        about = {"title": "Pages are slow", "severity": "SEV2", "responders": responders}
        made = await served(DECLARE, i=about)
        incident = str(made["declareIncident"]["incident"]["id"])
        await facilitated(served, incident, ada, grace)
        await in_conflict(served, incident)
        await told(served, incident, ada)
        await published(served, incident)


async def facilitated(served: Served, incident: str, responded: str, outside: str) -> None:
    refused = (await served(ASSIGN, i={"incident": incident, "person": responded}))[
        "assignFacilitator"
    ]
    assert refused["userErrors"] == [{"code": "CONFLICT", "field": ["person"]}]
    assert refused["candidates"] == [{"person": {"name": "Grace Hopper"}}]
    taken = (await served(ASSIGN, i={"incident": incident, "person": outside}))["assignFacilitator"]
    assert taken["postmortem"] == {
        "facilitator": {"name": "Grace Hopper"},
        "facilitatorCandidates": [{"person": {"name": "Grace Hopper"}, "calling": "OTHER"}],
    }


async def in_conflict(served: Served, incident: str) -> None:
    texts = {"summary": "The cache was cold.", "impact": "Slow pages.", "lessons": "Warm it."}
    assert (await write(served, incident, **texts))["postmortem"]["version"] == 1
    second = await write(served, incident, summary="Mine", version=0)
    assert second == {
        "postmortem": {"version": 1, "summary": "The cache was cold.", "lessons": "Warm it."},
        "yours": {"summary": "Mine", "lessons": None},
        "userErrors": [{"code": "CONFLICT", "field": ["version"]}],
    }


async def write(served: Served, incident: str, **texts: object) -> Any:
    return (await served(WRITE, i={"incident": incident, **texts}))["writePostmortem"]


async def published(served: Served, incident: str) -> None:
    submitted = (await served(SUBMIT, i={"incident": incident}))["submitPostmortem"]
    assert submitted["postmortem"] == {"state": "IN_REVIEW", "missing": []}
    draft = (await served(READ, id=incident))["incident"]["postmortem"]
    assert "> In review: not published yet." in draft["markdown"]
    answer = (await served(PUBLISH, i={"incident": incident}))["publishPostmortem"]
    assert answer["userErrors"] == []
    document = answer["postmortem"]["markdown"]
    assert "| **Facilitator** | Grace Hopper |" in document
    assert "| 2026-01-02 12:03:00 | Root cause | Seen by \\| root\\_cause | person |" in document
    assert "A deployment empties it **(the system)**" in document
    listed = (await served(LIST))["postmortems"]
    assert listed == {
        "nodes": [{"state": "PUBLISHED", "incident": {"title": "Pages are slow"}}],
        "totalCount": 1,
    }
