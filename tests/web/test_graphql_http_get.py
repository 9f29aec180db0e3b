"""GraphQL by GET: queries behind a preflight, and the page for a browser."""

from typing import Any

import aiohttp
import pytest

from tests.web.conftest import House
from tests.web.toys import BEARER, code_of

PREFLIGHT = {**BEARER, "GraphQL-Require-Preflight": "1"}


async def get(
    house: House, query: str, status: int, headers: dict[str, str]
) -> tuple[aiohttp.ClientResponse, Any]:
    async with house.http.get(f"{house.graphql}?{query}", headers=headers) as response:
        assert response.status == status, await response.text()
        return response, await response.json(content_type=None)


@pytest.mark.parametrize(
    "preflight",
    [
        {"GraphQL-Require-Preflight": "1"},
        {"Apollo-Require-Preflight": "true"},
        {"X-Requested-With": "XMLHttpRequest"},
        {"Content-Type": "application/json"},
    ],
)
async def test_a_query_runs_by_get_behind_a_preflight(
    house: House, preflight: dict[str, str]
) -> None:
    query = "query=query($n:String){hello(name:$n)}&variables=%7B%22n%22%3A%22a%2Bb%22%7D"
    _, answer = await get(house, query, 200, {**BEARER, **preflight})
    assert answer == {"data": {"hello": "hello a+b"}}


@pytest.mark.parametrize("simple", [{}, {"Content-Type": "text/plain"}])
async def test_a_get_that_a_form_could_send_is_refused(
    house: House, simple: dict[str, str]
) -> None:
    _, answer = await get(house, "query={hello}", 400, {**BEARER, **simple})
    assert code_of(answer) == "BAD_REQUEST"


async def test_a_mutation_by_get_is_not_allowed(house: House) -> None:
    response, answer = await get(house, "query=mutation{add(to:1,n:1)}", 405, PREFLIGHT)
    assert response.headers["Allow"] == "POST"
    assert code_of(answer) == "BAD_REQUEST"


@pytest.mark.parametrize(
    "query",
    [
        "",
        "query=",
        "query={hello}&query={hello}",
        "query={hello}&variables=[]",
        "query={hello}&variables={",
        "query={hello}&extensions=5",
        "query=%ff",
        "&".join(f"a{n}=1" for n in range(100)),
    ],
)
async def test_a_url_that_is_no_request_is_refused(house: House, query: str) -> None:
    _, answer = await get(house, query, 400, PREFLIGHT)
    assert code_of(answer) == "BAD_REQUEST"


async def test_empty_parameters_of_a_url_count_as_absent(house: House) -> None:
    query = "query={hello}&variables=&operationName=&extensions="
    _, answer = await get(house, query, 200, PREFLIGHT)
    assert answer == {"data": {"hello": "hello world"}}


async def test_a_browser_gets_the_page_without_a_token(house: House) -> None:
    accept = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
    async with house.http.get(house.graphql, headers=accept) as response:
        assert response.status == 200
        assert "GraphiQL" in await response.text()
        assert response.headers["Vary"] == "Accept"


async def test_head_is_get_without_the_body(house: House) -> None:
    for query, accept in [("", "text/html"), ("?query={hello}", "application/json")]:
        headers = {**PREFLIGHT, "Accept": accept}
        async with house.http.head(f"{house.graphql}{query}", headers=headers) as response:
            assert response.status == 200
            assert await response.read() == b""


async def test_a_browser_that_names_a_query_gets_no_page(house: House) -> None:
    accept = {"Accept": "text/html,*/*;q=0.8"}
    async with house.http.get(f"{house.graphql}?query={{hello}}", headers=accept) as response:
        assert response.status == 400
        assert response.content_type == "application/json"
