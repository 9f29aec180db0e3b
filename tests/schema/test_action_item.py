"""Action items through GraphQL: what their titles leave open, and whose they may be."""

import pytest

from tests.schema.conftest import Graph
from tests.schema.test_incident import declared
from tests.schema.test_live_action_items import person

CREATE = """
mutation ($input: CreateActionItemInput!) { createActionItem(input: $input) {
  actionItem { findings { missing advice } verifiedAt verifiedBy { name } }
  userErrors { code field }
} }
"""
TEAM = 'mutation { upsertTeam(input: {slug: "shop"}) { team { id } } }'


async def test_a_vague_title_is_taken_with_advice(graph: Graph) -> None:
    item = {
        "incident": await declared(graph),
        "owner": await person(graph, "Ada", None),
        "kind": "PROCESS_CHANGE",
    }
    data = await graph(CREATE, input={**item, "title": "Improve our DDL review process"})
    made = data["createActionItem"]["actionItem"]
    assert [each["missing"] for each in made["findings"]] == ["WHAT", "WHERE", "DONE_WHEN"]
    assert (made["verifiedAt"], made["verifiedBy"]) == (None, None)


@pytest.mark.parametrize(("several", "code"), [(True, "INVALID"), (False, "BAD_ID")])
async def test_an_owner_is_one_person(graph: Graph, several: bool, code: str) -> None:
    ada = await person(graph, "Ada", None)
    team = (await graph(TEAM))["upsertTeam"]["team"]["id"]
    item = {"incident": await declared(graph), "kind": "PROCESS_CHANGE", "title": "Alert"}
    for owner in (team, f"{ada},{ada}") if several else ("shop", item["incident"]):
        assert await graph.refused(CREATE, input={**item, "owner": owner}) == [(code, ["owner"])]
