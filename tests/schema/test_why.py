"""Why-chains through GraphQL: what to ask next, what is left, and what is accepted."""

from typing import Any

from tests.schema.conftest import Graph
from tests.schema.test_incident import declared

ANSWER = """mutation ($input: AnswerWhyInput!) { answerWhy(input: $input) {
  why { id version systemic systemicProposed nextQuestions acceptedReason }
  userErrors { code message field current yours } } }"""

ACCEPT = """mutation ($input: AcceptWhyInput!) { acceptWhy(input: $input) {
  why { acceptedReason acceptedAt acceptedBy { id } }
  userErrors { code message field } } }"""

CHAIN = """query ($id: ID!) { incident(id: $id) { whyChain {
  complete open { lack why { id answer } } } } }"""


async def answered(graph: Graph, incident: str, answer: str, **members: object) -> Any:
    wanted = {"incident": incident, "question": "Why?", "answer": answer, **members}
    payload = (await graph(ANSWER, input=wanted))["answerWhy"]
    assert payload["userErrors"] == []
    return payload["why"]


async def test_an_answer_leads_to_its_question(graph: Graph) -> None:
    incident = await declared(graph)
    root = await answered(graph, incident, "The column was removed before the service was updated")
    assert root["nextQuestions"] == [
        "Why was the column removed before the service was updated?",
        "What else had to be so for this to happen?",
    ]
    assert not root["systemicProposed"]
    leaf = await answered(
        graph, incident, "The review had no automated DDL detection", parent=root["id"]
    )
    assert (leaf["systemicProposed"], leaf["systemic"]) == (True, False)


async def test_a_chain_says_what_is_left_to_do(graph: Graph, reads: list[str]) -> None:
    incident = await declared(graph)
    root = await answered(graph, incident, "Human error")
    leaf = await answered(graph, incident, "The tool has no dry run", systemic=True)
    reads.clear()
    chain = (await graph(CHAIN, id=incident))["incident"]["whyChain"]
    assert len(reads) == 1
    assert not chain["complete"]
    assert {each["why"]["id"]: each["lack"] for each in chain["open"]} == {
        root["id"]: "HUMAN_ERROR",
        leaf["id"]: "NO_ACTION_ITEM",
    }
    accepted = await graph(ACCEPT, input={"id": leaf["id"], "reason": "It retires in June"})
    assert accepted["acceptWhy"]["why"]["acceptedReason"] == "It retires in June"
    chain = (await graph(CHAIN, id=incident))["incident"]["whyChain"]
    assert [each["lack"] for each in chain["open"]] == ["HUMAN_ERROR"]


async def test_two_edits_of_one_answer_meet(graph: Graph) -> None:
    incident = await declared(graph)
    root = await answered(graph, incident, "It was locked")
    edit = {"incident": incident, "id": root["id"], "question": "Why?", "version": root["version"]}
    await answered(graph, incident, "A lock was held", id=root["id"], version=root["version"])
    payload = (await graph(ANSWER, input={**edit, "answer": "It waited"}))["answerWhy"]
    assert payload["why"] is None
    (error,) = payload["userErrors"]
    assert (error["code"], error["field"]) == ("CONFLICT", ["answer"])
    assert (error["current"], error["yours"]) == ("A lock was held", "It waited")
