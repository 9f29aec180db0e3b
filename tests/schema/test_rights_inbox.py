"""Rights at the inbox: it is for administrators, and what a webhook says is for nobody."""

from __future__ import annotations

import pytest

from server.domain.viewer import Scope
from server.store import tables
from tests.commands.stored import Stored
from tests.schema.conftest import Graph
from tests.schema.test_rights import all_of, body, codes

EVERYTHING_ELSE = frozenset(Scope) - {Scope.ADMIN}
BODY = "a body that nobody may read"
REPLAY = "mutation ($id: ID!) { replayDelivery(input: {id: $id}) { userErrors { code } } }"


@pytest.fixture
async def parked(graph: Graph) -> str:
    """The id of a webhook that could not be processed."""
    row: dict[str, object] = {"source": "github", "key": "k1", "event": "push", "state": "PARKED"}
    stored = Stored(graph.office.database)
    return f"dlv_{(await stored.add(tables.delivery, **row, body=BODY.encode())).hex}"


async def test_the_inbox_is_for_administrators_only(graph: Graph, parked: str) -> None:
    other = graph.seen_by(*EVERYTHING_ELSE)
    for root in ("deliveries { totalCount }", f'node(id: "{parked}") {{ id }}'):
        name = root.partition("(")[0].partition(" ")[0]
        assert await codes(other, f"{{ {root} }}") == [("FORBIDDEN", [name])]
        await graph(f"{{ {root} }}")
    errors = await other.errors(REPLAY, id=parked)
    assert [each["extensions"]["code"] for each in errors] == ["FORBIDDEN"]
    assert (await graph("{ deliveries { nodes { state } } }"))["deliveries"]["nodes"] == [
        {"state": "PARKED"}
    ]


async def test_what_a_webhook_says_is_nowhere_in_the_graph(graph: Graph, parked: str) -> None:
    seen = await body(graph, all_of("deliveries"))
    assert parked in seen
    assert BODY not in seen
    assert BODY.encode().hex() not in seen
