"""The GraphiQL page in a real browser, on a toy schema behind a real server."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
import strawberry
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.types import Receive, Scope, Send
from strawberry.asgi import GraphQL
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL

from server.web import graphiql
from tests.browser.chromium import Page

TOKEN = "a-token_of.tests"
EVENTS = 120
TABS = ["Board", "Room", "WhichDeployment", "Overdue", "Timeline"]


@strawberry.type
class Repository:
    repository: str
    sha: str


@strawberry.type
class Attribution:
    linked: Repository | None


@strawberry.type
class Incident:
    id: strawberry.ID
    number: int
    title: str
    attribution: Attribution


@strawberry.type
class IncidentConnection:
    nodes: list[Incident]


@strawberry.type
class DeploymentConnection:
    nodes: list[Repository]


INCIDENT = Incident(
    id=strawberry.ID("inc_1"),
    number=7,
    title="Checkout is </script> down",
    attribution=Attribution(linked=Repository(repository="acme/checkout", sha="beef")),
)


@strawberry.type
class Query:
    @strawberry.field
    def incidents(self, first: int) -> IncidentConnection:
        return IncidentConnection(nodes=[INCIDENT])

    @strawberry.field
    def deployments(self, first: int) -> DeploymentConnection:
        return DeploymentConnection(nodes=[])

    @strawberry.field
    def incident(self, number: int) -> Incident | None:
        return INCIDENT if number == INCIDENT.number else None


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def numbers(self, upto: int) -> AsyncIterator[int]:
        for number in range(1, upto + 1):
            yield number
            await asyncio.sleep(0)
        await asyncio.Event().wait()  # live from here on: the stream stays open


@dataclass
class Toy:
    """The page and a GraphQL endpoint at one path, and what the endpoint was shown."""

    origin: str
    authorizations: list[str | None] = field(default_factory=list)
    payloads: list[object] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"{self.origin}/graphql"


class Endpoint(GraphQL[Any, None]):
    """Strawberry's own endpoint, which notes what connection_init carried."""

    toy: Toy

    async def on_ws_connect(self, context: Any) -> Any:
        self.toy.payloads.append(context["connection_params"])
        return await super().on_ws_connect(context)


def toy_app(toy: Toy) -> Starlette:
    endpoint = Endpoint(
        strawberry.Schema(Query, subscription=Subscription),
        subscription_protocols=[GRAPHQL_TRANSPORT_WS_PROTOCOL],
    )
    endpoint.toy = toy

    async def http(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        if request.method == "GET":
            return await graphiql.page(request)(scope, receive, send)
        authorization = request.headers.get("authorization")
        toy.authorizations.append(authorization)
        if authorization != f"Bearer {TOKEN}":
            refusal = JSONResponse({"errors": [{"message": "Unknown token."}]}, 401)
            return await refusal(scope, receive, send)
        return await endpoint(scope, receive, send)

    class Door:
        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            await http(scope, receive, send)

    return Starlette(
        routes=[
            Route("/graphql", Door()),
            WebSocketRoute("/graphql", endpoint),
            *graphiql.routes(),
        ]
    )


@asynccontextmanager
async def served() -> AsyncIterator[Toy]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        toy = Toy(f"http://127.0.0.1:{listening.getsockname()[1]}")
        config = uvicorn.Config(
            toy_app(toy), log_level="warning", lifespan="off", ws="websockets-sansio"
        )
        server = uvicorn.Server(config)
        task = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            yield toy
        finally:
            server.should_exit = server.force_exit = True
            await task


@pytest.fixture
async def toy(page: Page) -> AsyncIterator[Toy]:
    async with served() as toy:
        yield toy


def shown(selector: str) -> str:
    """JavaScript for the whole text of a CodeMirror editor, scrolled out of sight or not."""
    return f"document.querySelector('{selector} .CodeMirror').CodeMirror.getValue()"


RESPONSE = shown(".result-window")


async def open_with_token(page: Page, toy: Toy) -> None:
    await page.open(f"{toy.url}#token={TOKEN}")
    await page.wait_for("document.querySelectorAll('.graphiql-tab').length >= 5")


async def run(page: Page, name: str, document: str) -> None:
    """Runs a document in the open tab with its play button, once GraphiQL has seen its name."""
    await page.evaluate(
        "document.querySelector('.graphiql-query-editor .CodeMirror').CodeMirror"
        f".setValue({json.dumps(document)})"
    )
    await page.wait_for(f"document.querySelector('.graphiql-tab-active').innerText === '{name}'")
    await page.click(".graphiql-execute-button")


def assert_quiet(page: Page, toy: Toy) -> None:
    """Nothing to complain about, and nobody asked but our own origin."""
    assert page.complaints == []
    ours = (toy.origin, toy.origin.replace("http", "ws"))
    assert [url for url in page.urls if not url.startswith(ours)] == []


async def test_the_token_leaves_the_address_and_reaches_the_server(page: Page, toy: Toy) -> None:
    await open_with_token(page, toy)
    assert await page.evaluate("location.href") == toy.url
    assert set(toy.authorizations) == {f"Bearer {TOKEN}"}
    assert TOKEN not in "".join(page.urls)
    assert_quiet(page, toy)


async def test_five_tabs_with_the_newest_incident_in_their_variables(page: Page, toy: Toy) -> None:
    await open_with_token(page, toy)
    tabs = "[...document.querySelectorAll('.graphiql-tab-button')]"
    assert await page.evaluate(f"{tabs}.map(tab => tab.textContent)") == TABS
    variables = []
    for number in range(5):
        await page.evaluate(f"{tabs}[{number}].click()")
        opening = f"document.querySelectorAll('.graphiql-tab')[{number}]"
        await page.wait_for(f"{opening}.classList.contains('graphiql-tab-active')")
        variables.append(await page.evaluate(shown(".graphiql-editor-tool")))
    assert [json.loads(text or "{}") for text in variables] == [
        {},
        {"number": 7},
        {"repository": "acme/checkout", "sha": "beef"},
        {},
        {"incident": "inc_1", "after": 0},
    ]
    assert_quiet(page, toy)


async def test_a_reload_keeps_the_tabs_and_the_token(page: Page, toy: Toy) -> None:
    await open_with_token(page, toy)
    await page.wait_for("!!sessionStorage.getItem('graphiql:tabState')")
    await page.open(toy.url)
    await page.wait_for("document.querySelectorAll('.graphiql-tab').length >= 5")
    tabs = "[...document.querySelectorAll('.graphiql-tab-button')].map(tab => tab.textContent)"
    assert await page.evaluate(tabs) == TABS


async def test_a_query_shows_its_result(page: Page, toy: Toy) -> None:
    await open_with_token(page, toy)
    await run(page, "Titles", "query Titles { incidents(first: 1) { nodes { title } } }")
    text = await page.wait_for(RESPONSE)
    assert json.loads(text) == {"data": {"incidents": {"nodes": [{"title": INCIDENT.title}]}}}
    assert_quiet(page, toy)


async def test_every_event_of_a_replay_can_be_read(page: Page, toy: Toy) -> None:
    await open_with_token(page, toy)
    await run(page, "Numbers", f"subscription Numbers {{ numbers(upto: {EVENTS}) }}")
    await page.wait_for(f"JSON.parse({RESPONSE}).received === {EVENTS}")
    events = json.loads(await page.evaluate(RESPONSE))["latestFirst"]
    assert events == [{"data": {"numbers": EVENTS - ago}} for ago in range(len(events))]
    assert len(events) >= 20
    assert toy.payloads == [{"authorization": f"Bearer {TOKEN}"}]
    await page.click(".graphiql-execute-button")  # the same button stops it
    await page.wait_for("!document.querySelector('.graphiql-spinner')")
    assert any(json.loads(frame)["type"] == "complete" for frame in page.sent)
    assert_quiet(page, toy)


async def test_a_refused_subscription_says_why(page: Page, toy: Toy) -> None:
    await open_with_token(page, toy)
    await run(page, "Wrong", "subscription Wrong { numbers(upto: true) }")
    await page.wait_for(f"JSON.parse({RESPONSE}).errors[0].message.includes('Int')")


async def test_without_a_token_one_line_asks_for_it(page: Page, toy: Toy) -> None:
    await page.open(toy.url)
    assert await page.wait_for("document.querySelector('#token label').innerText") == (
        "Paste an API token:"
    )
    assert toy.authorizations == []
    await page.write("#token-field", f" {TOKEN}\n")
    await page.click("#token button")
    await page.wait_for("document.querySelectorAll('.graphiql-tab').length === 5")
    assert not await page.evaluate("document.querySelector('#token').checkVisibility()")
    assert_quiet(page, toy)


async def test_a_refused_token_is_asked_for_again(page: Page, toy: Toy) -> None:
    await page.open(f"{toy.url}#token=stale")
    await page.wait_for("document.querySelector('#token').checkVisibility()")
    assert "refused" in await page.evaluate("document.querySelector('#token').innerText")
    await page.open(f"{toy.url}#token={TOKEN}")
    await page.wait_for("document.querySelectorAll('.graphiql-tab').length === 5")
