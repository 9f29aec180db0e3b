"""The language of post-mortems through GraphQL: found where it was written, and before it is."""

from typing import Any

from server.commands.person import Upsert, upsert
from server.domain.viewer import Scope
from tests.schema.conftest import Graph
from tests.schema.test_incident import declared
from tests.schema.test_merging import both_paths

ANSWER = """
mutation ($incident: ID!, $question: String!, $answer: String!, $parent: ID) {
  answerWhy(input: {incident: $incident, question: $question, answer: $answer, parent: $parent}) {
    why { id findings { field rule start end text advice } }
    userErrors { code message field }
  }
}
"""

CHAIN = """
query ($id: ID!) {
  incident(id: $id) {
    languageFindings { field text }
    whyChain { findings { field rule text } nodes { findings { field text } } }
  }
}
"""

CHECK = """
mutation ($text: String!, $people: [ID!]) {
  checkLanguage(input: {text: $text, people: $people}) {
    findings { field rule start end text advice }
    userErrors { code message field }
  }
}
"""

READER = (Scope.INCIDENTS_READ,)


async def answered(graph: Graph, incident: str, answer: str, parent: str | None = None) -> Any:
    payload = await graph(
        ANSWER, incident=incident, question="Why so?", answer=answer, parent=parent
    )
    assert payload["answerWhy"]["userErrors"] == []
    return payload["answerWhy"]["why"]


async def test_an_answer_comes_back_with_what_is_found_in_it(graph: Graph) -> None:
    why = await answered(graph, await declared(graph), "We should have tested it")
    (found,) = why["findings"]
    assert found == {
        "field": "answer",
        "rule": "COUNTERFACTUAL",
        "start": 0,
        "end": 21,
        "text": "We should have tested",
        "advice": found["advice"],
    }
    assert found["advice"].endswith("?")


async def test_a_chain_tells_the_findings_of_its_steps_from_the_top(graph: Graph) -> None:
    await upsert(graph.office, graph.viewer, Upsert("Ada Lovelace"))
    incident = await declared(graph, title="Obviously down")
    first = await answered(graph, incident, "Ada Lovelace broke it. It was careless.")
    await answered(graph, incident, "Human error", parent=first["id"])
    for viewer, who in ((graph, "Ada Lovelace"), (graph.seen_by(*READER), "an engineer")):
        chain = (await both_paths(viewer, CHAIN, id=incident))["incident"]
        assert chain["languageFindings"] == [{"field": "title", "text": "Obviously"}]
        told = [each["text"] for each in chain["whyChain"]["findings"]]
        assert told == [f"{who} broke", "careless", "Human error"]
        assert sum(len(node["findings"]) for node in chain["whyChain"]["nodes"]) == len(told)


async def test_an_incident_without_whys_has_no_findings(graph: Graph) -> None:
    incident = (await both_paths(graph, CHAIN, id=await declared(graph)))["incident"]
    assert incident["whyChain"]["findings"] == incident["languageFindings"] == []


async def test_a_text_is_checked_by_whoever_may_read(graph: Graph) -> None:
    payload = (await graph.seen_by(*READER)(CHECK, text="Obviously."))["checkLanguage"]
    assert [(each["field"], each["text"]) for each in payload["findings"]] == [
        ("text", "Obviously")
    ]
    assert payload["userErrors"] == []


async def test_a_text_that_cannot_be_checked_is_refused(graph: Graph) -> None:
    assert await graph.refused(CHECK, text="x" * 20_001) == [("TOO_MANY", ["text"])]
    refused = await graph.refused(CHECK, text="Fine.", people=["inc_1"])
    assert refused == [("BAD_ID", ["people", "0"])]


async def test_checking_takes_the_right_to_read(graph: Graph) -> None:
    (error,) = await graph.seen_by(Scope.DEPLOYMENTS_READ).errors(CHECK, text="Fine.")
    assert error["extensions"]["code"] == "FORBIDDEN"
