"""The doors and npm's real graphql-ws client."""

import json
from typing import Any

from tests.node import run_node
from tests.web.conftest import House
from tests.web.toys import TOKEN


async def run(house: House, *queries: str, token: str = TOKEN) -> Any:
    operations = json.dumps([{"query": query} for query in queries])
    url = f"ws://{house.address}/graphql"
    return json.loads(await run_node("socket.mjs", url, token, stdin=operations))


async def test_queries_mutations_subscriptions_and_errors_share_a_socket(house: House) -> None:
    answer = await run(
        house,
        "{ hello }",
        "mutation { add(to: 40, n: 2) }",
        "subscription { count(to: 3) }",
        "{ nothing }",
        "{ crash }",
    )
    query, mutation, subscription, invalid, crash = answer["outcomes"]
    assert query == {"results": [{"data": {"hello": "hello world"}}], "error": None}
    assert mutation == {"results": [{"data": {"add": 42}}], "error": None}
    assert [result["data"]["count"] for result in subscription["results"]] == ["0", "1", "2"]
    assert subscription["error"] is None
    assert invalid["error"][0]["extensions"]["code"] == "VALIDATION_FAILED"
    assert crash["error"][0]["extensions"]["code"] == "INTERNAL"


async def test_the_client_sees_why_it_was_sent_away(house: House) -> None:
    answer = await run(house, "{ hello }", token="nobody")
    assert answer["outcomes"] == [{"results": [], "error": {"code": 4403}}]
    assert answer["closed"]["code"] == 4403
    assert "revoked" in answer["closed"]["reason"]
