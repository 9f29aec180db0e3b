"""What we ask of GitHub's GraphQL API, held to GitHub's own schema, as the fake's excerpt is."""

import json

from integrations.github.ask import PAGE
from tests.integrations.fake_github import EXCERPT
from tests.node import run_node


async def held_to_github(query: str, excerpt: str) -> list[str]:
    stdin = json.dumps({"query": query, "excerpt": excerpt})
    wrong: list[str] = json.loads(await run_node("github.mjs", stdin=stdin))
    return wrong


async def test_the_query_and_the_excerpt_are_githubs() -> None:
    assert await held_to_github(PAGE, EXCERPT.read_text("utf-8")) == []


async def test_what_is_not_githubs_is_found() -> None:
    excerpt = "type Query { hello: String } enum OrderDirection { UP }"
    assert await held_to_github("{ hello }", excerpt) == [
        'Cannot query field "hello" on type "Query". Did you mean "relay"?',
        "Query.hello: String",
        "UP",
    ]
