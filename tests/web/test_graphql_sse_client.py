"""Server-sent events and npm's real graphql-sse client."""

import json
from typing import Any

from tests.node import run_node
from tests.web.conftest import House
from tests.web.toys import TOKEN


async def run(house: House, *queries: str, token: str = TOKEN) -> Any:
    operations = json.dumps([{"query": query} for query in queries])
    return json.loads(await run_node("events.mjs", house.graphql, token, stdin=operations))


async def test_it_reads_queries_mutations_and_subscriptions(house: House) -> None:
    query, mutation, subscription, broken = await run(
        house,
        "{ hello }",
        "mutation { add(to: 40, n: 2) }",
        "subscription { count(to: 3, size: 100000) }",
        "subscription { explode }",
    )
    assert query == {"results": [{"data": {"hello": "hello world"}}], "error": None}
    assert mutation == {"results": [{"data": {"add": 42}}], "error": None}
    assert subscription["error"] is None
    counted = [result["data"]["count"].rstrip("x") for result in subscription["results"]]
    assert counted == ["0", "1", "2"]
    told, fault = broken["results"]
    assert told == {"data": {"explode": 1}}
    assert fault["errors"][0]["extensions"]["code"] == "INTERNAL"


async def test_it_sees_a_refusal(house: House) -> None:
    (invalid,) = await run(house, "{ nothing }")
    assert invalid["results"] == []
    assert invalid["error"]
    (stranger,) = await run(house, "{ hello }", token="nobody")
    assert stranger["error"]
