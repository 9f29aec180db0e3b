"""An account that is told, asked further and accepted, through the doors of a real server."""

from typing import Any

from tests.house import Served, serving

DECLARE = """mutation { declareIncident(input: {title: "Checkout fails", severity: SEV2}) {
  incident { id } userErrors { code } } }"""

ADD = """mutation ($input: AddTimelineEntriesInput!) { addTimelineEntries(input: $input) {
  entries { id } userErrors { code } } }"""

ANSWER = """mutation ($input: AnswerWhyInput!) { answerWhy(input: $input) {
  why { id nextQuestions } userErrors { code field } } }"""

ACCEPT = """mutation ($input: AcceptWhyInput!) { acceptWhy(input: $input) {
  userErrors { code } } }"""

ACCOUNT = """query ($id: ID!) { incident(id: $id) {
  moments { kind missing prompt entry { id } } whyChain { complete open { lack } } } }"""


async def answered(whychain: Served, incident: str, answer: str, **members: object) -> Any:
    wanted = {"incident": incident, "question": "Why?", "answer": answer, **members}
    return (await whychain(ANSWER, input=wanted))["answerWhy"]


async def test_an_account_is_asked_for_until_it_is_whole(database_url: str) -> None:
    async with serving(database_url=database_url) as whychain:
        incident = (await whychain(DECLARE))["declareIncident"]["incident"]["id"]
        found = (await whychain(ACCOUNT, id=incident))["incident"]
        missing = [each for each in found["moments"] if each["missing"]]
        assert len(missing) == 6
        assert all(each["prompt"] for each in missing)

        kinds = ("DEPLOYMENT", "ANOMALY", "HYPOTHESIS", "ROOT_CAUSE", "MITIGATION", "RECOVERY")
        entries = [
            {"kind": kind, "occurredAt": "2026-01-01T10:00:00Z", "body": "Told"} for kind in kinds
        ]
        await whychain(ADD, input={"incident": incident, "entries": entries})
        root = await answered(whychain, incident, "A column was removed")
        (question, *_) = root["why"]["nextQuestions"]
        assert question == "Why was a column removed?"
        below = {"parent": root["why"]["id"], "question": question, "systemic": True}
        refused = await answered(whychain, incident, "Human error", **below)
        assert refused["userErrors"] == [{"code": "INVALID", "field": ["systemic"]}]
        leaf = await answered(whychain, incident, "The review had no DDL check", **below)
        await whychain(ACCEPT, input={"id": leaf["why"]["id"], "reason": "It retires"})

        found = (await whychain(ACCOUNT, id=incident))["incident"]
        assert not any(each["missing"] for each in found["moments"])
        assert found["whyChain"] == {"complete": True, "open": []}
