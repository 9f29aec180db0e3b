"""Action items as they change: those that are open first, then whatever becomes of any."""

from typing import Any

from tests.schema.conftest import Graph
from tests.schema.test_incident import declared
from tests.schema.test_live import subscribed

FOLLOW = """
subscription ($team: String) { actionItemUpdated(team: $team) { title state owner { name } } }
"""

TEAM = "mutation ($slug: String!) { upsertTeam(input: {slug: $slug}) { userErrors { code } } }"

PERSON = """
mutation ($name: String!, $team: String) {
  upsertPerson(input: {name: $name, team: $team}) { person { id } userErrors { code } } }
"""

CREATE = """
mutation ($input: CreateActionItemInput!) {
  createActionItem(input: $input) { actionItem { id } userErrors { code message } } }
"""

CHANGE = """
mutation ($input: UpdateActionItemInput!) {
  updateActionItem(input: $input) { actionItem { id } userErrors { code message } } }
"""


async def person(graph: Graph, name: str, team: str | None) -> str:
    if team:
        await graph(TEAM, slug=team)
    payload = (await graph(PERSON, name=name, team=team))["upsertPerson"]
    assert payload["userErrors"] == []
    return str(payload["person"]["id"])


async def created(graph: Graph, incident: str, owner: str, title: str) -> str:
    wanted = {"incident": incident, "owner": owner, "title": title, "kind": "MONITORING"}
    payload = (await graph(CREATE, input=wanted))["createActionItem"]
    assert payload["userErrors"] == []
    return str(payload["actionItem"]["id"])


async def changed(graph: Graph, item: str, **changes: Any) -> None:
    payload = (await graph(CHANGE, input={"id": item, **changes}))["updateActionItem"]
    assert payload["userErrors"] == []


async def test_open_items_come_first_and_then_every_change(graph: Graph) -> None:
    incident = await declared(graph)
    owner = await person(graph, "Ada", None)
    item = await created(graph, incident, owner, "Alert on lag of the replica")
    done = await created(graph, incident, owner, "Alert on full disks")
    await changed(graph, done, state="DONE")
    async with subscribed(graph, FOLLOW) as following:
        assert (await following())["title"] == "Alert on lag of the replica"
        await changed(graph, item, state="IN_PROGRESS")
        told = await following()
        while told["title"] != "Alert on lag of the replica":  # a change of the last minute
            told = await following()
        assert told["state"] == "IN_PROGRESS"
        await changed(graph, item, state="DONE")
        assert (await following())["state"] == "DONE"


async def test_a_team_hears_of_its_own_items_and_of_those_that_leave_it(graph: Graph) -> None:
    incident = await declared(graph)
    ours = await person(graph, "Ada", "payments")
    theirs = await person(graph, "Grace", "search")
    item = await created(graph, incident, ours, "Alert on lag of the replica")
    async with subscribed(graph, FOLLOW, team="payments") as following:
        assert (await following())["owner"]["name"] == "Ada"
        await created(graph, incident, theirs, "Alert on full disks")
        await changed(graph, item, state="IN_PROGRESS")
        told = await following()
        while told["state"] == "OPEN":
            assert told["title"] == "Alert on lag of the replica"
            told = await following()
        assert told["state"] == "IN_PROGRESS"
        await changed(graph, item, owner=theirs)
        assert (await following())["owner"]["name"] == "Grace"
        await changed(graph, item, title="Alert on lag of all replicas")
        second = await created(graph, incident, ours, "Alert on failing backups")
        assert second
        titles = [(await following())["title"] for _ in range(2)]
        assert titles[-1] == "Alert on failing backups"


async def test_nothing_is_told_of_a_team_that_is_not_there(graph: Graph) -> None:
    async with subscribed(graph, FOLLOW, team="nobody") as following:
        assert following.place.take(1) == ()
