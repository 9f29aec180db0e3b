"""One incident through GitHub, PagerDuty, Slack and Jira: from deployment to closed ticket."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.bench.webhooks.pages import triggered
from tests.house import Served, eventually
from tests.integrations.fake_slack import ADA
from tests.integrations.github_records import sha
from tests.stories.four_vendors import ADDRESS, Vendors, served_beside, vendors

CAUSE = """query ($id: ID!) { incident(id: $id) { attribution { candidates {
  rank deployment { sha pullRequests { number files { path } reviews { state } } } } } } }"""
TALK = """query ($id: ID!) { incident(id: $id) {
  channels { name } timeline(first: 50) { nodes { kind source body actor { name } } } } }"""
PEOPLE = "{ people(first: 50) { nodes { id name email identities { provider externalId } } } }"
NAMED = """mutation ($id: ID!) { upsertPerson(input: {id: $id, name: "Ada Lovelace",
  identities: [{provider: "github", externalId: "41", handle: "ada"}]}) {
  person { identities { provider } } userErrors { message } } }"""
WHY = """mutation ($id: ID!) { answerWhy(input: {incident: $id, systemic: true,
  question: "Why did the checkout fail?",
  answer: "The pre-merge check does not know that a column is still read."}) {
  why { id } userErrors { message } } }"""
ITEM = """mutation ($id: ID!, $why: ID!, $owner: ID!) { createActionItem(input: {
  incident: $id, why: $why, owner: $owner, kind: TOOLING_IMPROVEMENT,
  title: "Have the pre-merge check flag DROP COLUMN where code still reads the column"}) {
  actionItem { id } userErrors { message } } }"""
TICKET = """query ($id: ID!) { node(id: $id) { ... on ActionItem {
  state owner { name } ticketTrouble ticket { provider key status url }
  changes(first: 5) { nodes { source field before after } } } } }"""
RESOLVE = """mutation ($id: ID!) { updateIncident(input: {id: $id, status: RESOLVED}) {
  incident { status } userErrors { message } } }"""
HEALTH = "{ integrations { name health lastFailure { message } } }"


async def test_deploy_page_talk_post_mortem_ticket_closed_ticket(
    database_url: str, tmp_path: Path
) -> None:
    async with vendors() as there:
        there.deploy(12, ago=timedelta(minutes=10))
        async with served_beside(there, database_url, tmp_path) as server:
            incident = await _paged(server, there)
            await _caused_by_the_deployment(server, incident)
            await _talked_about(server, there, incident)
            ada = await _one_person(server)
            item = await _promised(server, incident, ada)
            issue = await _ticketed(server, there, item)
            await _resolved(server, there, incident)
            await _closed(server, there, item, issue)
            connected = {each["name"]: each for each in (await server(HEALTH))["integrations"]}
            wrong = {name: each for name, each in connected.items() if each["lastFailure"]}
            assert wrong == {}


async def _paged(server: Served, there: Vendors) -> str:
    """PagerDuty opens an incident; its id here."""
    page = there.pagerduty.triggers(1, datetime.now(UTC), title="Checkout answers 500")
    assert await server.pagerduty(triggered(page)) == 202
    query = "{ incidents(first: 1) { nodes { id } } }"

    async def opened() -> list[Any]:
        nodes: list[Any] = (await server(query))["incidents"]["nodes"]
        return nodes

    (incident,) = await eventually(opened)
    return str(incident["id"])


async def _caused_by_the_deployment(server: Served, incident: str) -> None:
    """GitHub's deployment, read by polling, is the first suspect; PagerDuty is shown it."""

    async def suspected() -> list[Any]:
        found = (await server(CAUSE, id=incident))["incident"]["attribution"]["candidates"]
        return [each for each in found if each["deployment"]["pullRequests"]]

    first, *_ = await eventually(suspected, seconds=40)
    assert (first["rank"], first["deployment"]["sha"]) == (1, sha(12))
    (pull,) = first["deployment"]["pullRequests"]
    assert (pull["number"], pull["files"]) == (12, [{"path": "shop/cart.py"}])
    assert pull["reviews"] == [{"state": "APPROVED"}]


async def _talked_about(server: Served, there: Vendors, incident: str) -> None:
    """What is said in Slack stands in the timeline, and a reaction says what it is."""
    slack = there.slack
    slack.say("I take it: https://incidents.acme.example/" + incident)
    restarted = slack.say(f"<@{ADA}> we roll back shop, it is 500 &gt; 3 %")
    slack.react(restarted, "fire_extinguisher")
    for event in slack.events:
        assert await server.slack(event) == 202

    async def told() -> list[Any]:
        found = (await server(TALK, id=incident))["incident"]
        nodes = found["timeline"]["nodes"]
        return [each for each in nodes if each["kind"] == "MITIGATION" and found["channels"]]

    (mitigation,) = await eventually(told)
    assert mitigation["source"] == "slack"
    assert mitigation["body"].endswith("we roll back shop, it is 500 > 3 %")
    assert mitigation["actor"]["name"]


async def _one_person(server: Served) -> str:
    """Who has one verified address at three vendors is one; GitHub, which tells none, is told."""

    async def joined() -> list[Any]:
        people = (await server(PEOPLE))["people"]["nodes"]
        providers = ({each["provider"] for each in who["identities"]} for who in people)
        return [who for who, known in zip(people, providers, strict=True) if len(known) > 1]

    (ada,) = await eventually(joined, seconds=40)
    assert ada["email"] == ADDRESS
    named = (await server(NAMED, id=ada["id"]))["upsertPerson"]
    assert named["userErrors"] == []
    known = {each["provider"] for each in named["person"]["identities"]}
    assert known >= {"github", "pagerduty", "slack"}
    return str(ada["id"])


async def _promised(server: Served, incident: str, owner: str) -> str:
    """The whys reach the system, and an action item follows; its id."""
    why = (await server(WHY, id=incident))["answerWhy"]
    assert why["userErrors"] == []
    item = await server(ITEM, id=incident, why=why["why"]["id"], owner=owner)
    assert item["createActionItem"]["userErrors"] == []
    return str(item["createActionItem"]["actionItem"]["id"])


async def _ticketed(server: Served, there: Vendors, item: str) -> Any:
    """Jira has one ticket for it, given to its owner, that leads back."""

    async def kept() -> Any:
        return (await server(TICKET, id=item))["node"]["ticket"]

    ticket = await eventually(kept)
    assert (ticket["provider"], ticket["key"]) == ("jira", "OPS-1")
    (issue,) = there.jira.site.issues.values()
    fields = issue["fields"]
    assert fields["summary"].startswith("Have the pre-merge check flag DROP COLUMN")
    assert fields["assignee"]["accountId"] == "ada"
    assert "whychain" in fields["labels"]
    assert "https://incidents.acme.example/inc_" in str(fields["description"])
    return issue


async def _resolved(server: Served, there: Vendors, incident: str) -> None:
    """It is resolved here, and so at PagerDuty."""
    assert (await server(RESOLVE, id=incident))["updateIncident"]["userErrors"] == []

    async def there_too() -> bool:
        return all(each["status"] == "resolved" for each in there.pagerduty.incidents.values())

    await eventually(there_too)
    assert len(there.events.deployments) == 1


async def _closed(server: Served, there: Vendors, item: str, issue: Any) -> None:
    """Somebody closes the ticket, and the action item is done."""
    site = there.jira.site
    site.now = datetime.now(UTC)
    site.move(issue, "Done", "Fixed")
    assert await server.jira(site.webhook(issue)) == 202

    async def done() -> Any:
        found = (await server(TICKET, id=item))["node"]
        return found if found["state"] == "DONE" else None

    found = await eventually(done)
    assert (found["ticket"]["status"], found["ticketTrouble"]) == ("Done", None)
    first, *_ = found["changes"]["nodes"]
    assert (first["source"], first["field"]) == ("jira", "STATE")
