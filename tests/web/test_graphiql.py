"""The GraphiQL page: what is vendored, what is served, and the queries it opens with."""

import asyncio
import hashlib
import json
import re
import socket
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
import uvicorn
from aiohttp import ClientSession
from graphql import OperationDefinitionNode, OperationType, build_schema, parse, validate
from starlette.applications import Starlette
from starlette.routing import Route

from server.web import graphiql

VENDOR = Path(graphiql.__file__).parent / "vendor"
PACKAGES = json.loads((VENDOR / "digests.json").read_bytes())["packages"]
FILES = {Path(file["path"]).name: file for package in PACKAGES for file in package["files"]}
SCHEMA = Path(__file__).parents[2] / "schema" / "schema.graphql"


@pytest.fixture
async def client() -> AsyncIterator[ClientSession]:
    """A client of a real server that has nothing but the page."""
    app = Starlette(routes=[Route("/graphql", graphiql.page), *graphiql.routes()])
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
        task = asyncio.create_task(server.serve(sockets=[listening]))
        async with ClientSession(f"http://127.0.0.1:{listening.getsockname()[1]}") as client:
            yield client
        server.should_exit = True
        await task


class Links(HTMLParser):
    """What a page loads, and the text of its scripts that are no data."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.urls: list[str] = []
        self.inline: list[str] = []
        self.data: list[str] = []
        self._text: list[str] | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.urls += [url for key, url in attrs if key in ("src", "href") and url is not None]
        self.inline += [key for key in named if key.startswith("on")]
        if tag == "script" and "src" not in named:
            self._text = self.data if named.get("type") == "application/json" else self.inline

    def handle_endtag(self, tag: str) -> None:
        self._text = None

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)


@pytest.mark.parametrize("name", FILES)
def test_a_vendored_file_is_the_published_one(name: str) -> None:
    assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == FILES[name]["sha256"]


def test_nothing_is_vendored_without_a_digest_and_a_licence() -> None:
    present = {path.name for path in VENDOR.iterdir()}
    assert present == {*FILES, "digests.json", "LICENSES.txt"}
    licences = (VENDOR / "LICENSES.txt").read_text()
    for package in PACKAGES:
        line = f"{package['name']} {package['version']} ({package['licence']})"
        assert line in licences.splitlines()
        assert package["integrity"].startswith("sha512-")


async def test_the_page_may_load_and_reach_nothing_but_its_origin(client: ClientSession) -> None:
    async with client.get("/graphql") as response:
        headers = response.headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == policy["connect-src"] == "'self'"
    sources = {source for value in policy.values() for source in value.split()}
    assert sources <= {"'none'", "'self'", "'unsafe-inline'", "data:"}
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"


async def test_all_the_page_loads_is_served_for_ever(client: ClientSession) -> None:
    async with client.get("/graphql") as response:
        links = Links(await response.text())
    assert links.inline == []
    loaded = [url for url in links.urls if not url.startswith("data:")]
    assert {Path(url).name for url in loaded} == {*FILES, "page.css", "page.js"}
    for url in loaded:
        async with client.get(f"/{url}") as response:
            body = await response.read()
            assert response.status == 200
            assert hashlib.sha256(body).hexdigest().startswith(url.split("/")[1])
            kind = "text/css" if url.endswith(".css") else "text/javascript"
            assert response.content_type == kind
            assert "immutable" in response.headers["Cache-Control"]
            assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_the_page_carries_its_documents_as_data(client: ClientSession) -> None:
    async with client.get("/graphql") as response:
        links = Links(await response.text())
    assert json.loads("".join(links.data)) == {
        "tabs": list(graphiql.tab_documents()),
        "examples": graphiql.example_document(),
    }


async def test_an_unchanged_page_is_not_sent_again(client: ClientSession) -> None:
    async with client.get("/graphql") as response:
        etag = response.headers["ETag"]
        assert response.headers["Cache-Control"] == "no-cache"
    async with client.get("/graphql", headers={"If-None-Match": etag}) as response:
        assert response.status == 304
        assert await response.read() == b""
    async with client.get("/graphql", headers={"If-None-Match": '"another"'}) as response:
        assert response.status == 200


@pytest.mark.parametrize(
    "path",
    [
        "page.js",
        "0123456789abcdef/page.js",
        "0123456789abcdef/digests.json",
        "0123456789abcdef/__init__.py",
        "..%2F__init__.py",
        "0123456789abcdef/..%2F..%2F__init__.py",
    ],
)
async def test_nothing_else_of_the_folder_is_served(client: ClientSession, path: str) -> None:
    async with client.get(f"/graphiql/{path}") as response:
        assert response.status == 404


def test_five_tabs_with_one_named_operation_each() -> None:
    operations = [operation(document) for document in graphiql.tab_documents()]
    names = [node.name.value for node in operations if node.name is not None]
    assert len(set(names)) == len(operations) == 5
    assert operations[-1].operation is OperationType.SUBSCRIPTION


@pytest.mark.parametrize("document", graphiql.tab_documents())
def test_the_page_has_an_example_for_every_variable(document: str) -> None:
    script = (VENDOR.parent / "page.js").read_text()
    filled = re.findall(r"^    (\w+): ", script.partition("exampleValues() {")[2], re.MULTILINE)
    names = {node.variable.name.value for node in operation(document).variable_definitions or ()}
    assert names <= set(filled)


@pytest.mark.parametrize("document", [*graphiql.tab_documents(), graphiql.example_document()])
def test_a_document_is_valid_in_the_schema(document: str) -> None:
    schema = build_schema(SCHEMA.read_text(encoding="utf-8"), assume_valid_sdl=True)
    assert validate(schema, parse(document)) == []


def operation(document: str) -> OperationDefinitionNode:
    (definition,) = parse(document).definitions
    assert isinstance(definition, OperationDefinitionNode)
    return definition
