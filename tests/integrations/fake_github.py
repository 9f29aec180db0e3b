"""GitHub as a small server: one repository with a history, both interfaces, and its bad days."""

import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import jwt
from aiohttp import web
from graphql import DocumentNode, GraphQLSchema, build_schema, execute_sync, parse, validate

from tests.openapi import Watch

REPOSITORY = "acme/shop"
TOKEN = "github_pat_secret"
ENDS_AT = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
EXCERPT = Path(__file__).with_name("github_excerpt.graphql")

Node = dict[str, Any]

_SORTED_BY = {"deployments": "createdAt", "pullRequests": "updatedAt", "releases": "createdAt"}


@dataclass(slots=True)
class FakeGitHub:
    """What there is, what was asked, and what goes wrong.

    `trouble` is parts of paths with the status that answers once, `refused` those that always
    answer 403, `errors` what GraphQL says instead of an answer.
    """

    base_url: str = ""
    page_size: int = 25
    records: dict[str, list[Node]] = field(default_factory=dict)
    runs: list[Node] = field(default_factory=list)
    history: list[str] = field(default_factory=list)
    deliveries: list[Node] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    trouble: list[tuple[str, int]] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    errors: list[Node] = field(default_factory=list)
    foreign_link: bool = False
    app_key: Any = None
    """The public key of the App that may ask for tokens, and what it last claimed."""
    claims: Node = field(default_factory=dict)
    watch: Watch = field(default_factory=lambda: Watch("github"))

    def of(self, name: str) -> list[Node]:
        """A list of the repository as GraphQL gives it, the newest record first."""
        records = self.records.get(name, ())
        return sorted(records, key=lambda each: str(each[_SORTED_BY[name]]), reverse=True)


@asynccontextmanager
async def running(fake: FakeGitHub) -> AsyncIterator[FakeGitHub]:
    """Serve it on a port of its own beside the block."""
    app = web.Application(middlewares=[_guarded(fake)])
    root = f"/repos/{REPOSITORY}"
    app.add_routes(
        [
            web.post("/graphql", _answering(fake, _graphql)),
            web.post("/app/installations/7/access_tokens", _answering(fake, _installation)),
            web.get("/app/hook/deliveries", _answering(fake, _deliveries)),
            web.post("/app/hook/deliveries/{id}/attempts", _answering(fake, _attempt)),
            web.get("/rate_limit", _answering(fake, _nothing)),
            web.get(f"{root}/compare/{{basehead}}", _answering(fake, _compare)),
            web.get(f"{root}/actions/workflows/deploy.yml/runs", _answering(fake, _runs)),
            web.get(f"{root}/hooks/42/deliveries", _answering(fake, _deliveries)),
            web.post(f"{root}/hooks/42/deliveries/{{id}}/attempts", _answering(fake, _attempt)),
            *(
                web.get(f"{root}/{each}", _answering(fake, _no_records))
                for each in ("commits", "deployments", "pulls")
            ),
        ]
    )
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    fake.base_url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield fake
    finally:
        await runner.cleanup()
    fake.watch.require_none()


_Answer = Callable[[FakeGitHub, web.Request, Any], web.Response]


def _answering(fake: FakeGitHub, answer: _Answer) -> Any:
    async def handle(request: web.Request) -> web.Response:
        body = await request.json() if request.can_read_body else None
        return answer(fake, request, body)

    return handle


def _is_app(fake: FakeGitHub, token: str) -> bool:
    """Whether a token is signed by the App's key, and holds now."""
    try:
        fake.claims = jwt.decode(token, fake.app_key, algorithms=["RS256"])
    except jwt.PyJWTError:
        return False
    return True


def _guarded(fake: FakeGitHub) -> Any:
    @web.middleware
    async def guard(request: web.Request, handler: Any) -> web.StreamResponse:
        fake.asked.append(f"{request.method} {request.path}")
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        as_app = request.path.startswith("/app/")
        if not (_is_app(fake, given) if as_app else given == TOKEN):
            return web.json_response({"message": "Bad credentials"}, status=401)
        for index, (part, status) in enumerate(fake.trouble):
            if part in request.path:
                del fake.trouble[index]
                return web.json_response({"message": "trouble"}, status=status)
        if any(part in request.path for part in fake.refused):
            return web.json_response({"message": "Resource not accessible"}, status=403)
        answer: web.Response = await handler(request)
        if request.path != "/graphql":
            await fake.watch.exchange(request, answer, _described(request.path))
        return answer

    return guard


def _described(path: str) -> str:
    """A workflow's runs answer in the form of all runs, and an App's attempts in that of a
    repository's webhook: those are described."""
    path = re.sub("^/app/hook/(.+/attempts)$", rf"/repos/{REPOSITORY}/hooks/42/\1", path)
    return re.sub("/actions/workflows/[^/]+/runs", "/actions/runs", path)


# ── GraphQL ──────────────────────────────────────────────────────────────────


@cache
def excerpt() -> GraphQLSchema:
    """GitHub's schema, as far as the fake answers it."""
    schema = build_schema(EXCERPT.read_text("utf-8"))
    actor: Any = schema.get_type("Actor")
    actor.resolve_type = lambda account, *_: account["type"]
    return schema


def _graphql(fake: FakeGitHub, request: web.Request, body: Any) -> web.Response:
    root = {"repository": lambda _, owner, name: _repository(fake, f"{owner}/{name}")}
    result = execute_sync(excerpt(), _valid(body["query"]), root, variable_values=body["variables"])
    assert not result.errors, result.errors
    answer: Node = {"data": result.data}
    if result.data is not None and result.data["repository"] is None:
        answer["errors"] = fake.errors or [{"type": "NOT_FOUND", "message": "Could not resolve"}]
    return web.json_response(answer)


@cache
def _valid(query: str) -> DocumentNode:
    document = parse(query)
    assert not validate(excerpt(), document)
    return document


def _repository(fake: FakeGitHub, name: str) -> Node | None:
    if fake.errors or name.lower() != REPOSITORY:
        return None
    return {"nameWithOwner": REPOSITORY, **{each: _pager(fake, each) for each in _SORTED_BY}}


def _pager(fake: FakeGitHub, name: str) -> Callable[..., Node]:
    def page(_: object, first: int, after: str | None = None, **others: object) -> Node:
        records = fake.of(name)
        at = [_SORTED_BY[name], "id" if name == "deployments" else "url"]
        keys = [" ".join(str(each[part]) for part in at) for each in records]
        start = keys.index(after) + 1 if after else 0
        end = start + min(first, fake.page_size)
        info = {"hasNextPage": end < len(records), "endCursor": (keys[:end] or [None])[-1]}
        return {"nodes": records[start:end], "pageInfo": info}

    return page


# ── REST ─────────────────────────────────────────────────────────────────────


def _nothing(fake: FakeGitHub, request: web.Request, body: Any) -> web.Response:
    return web.json_response({})


def _installation(fake: FakeGitHub, request: web.Request, body: Any) -> web.Response:
    token = {"token": TOKEN, "expires_at": ENDS_AT.isoformat().replace("+00:00", "Z")}
    return web.json_response(token, status=201)


def _no_records(fake: FakeGitHub, request: web.Request, body: Any) -> web.Response:
    return web.json_response([])


def _compare(fake: FakeGitHub, request: web.Request, body: Any) -> web.Response:
    base, _, head = request.match_info["basehead"].partition("...")
    if base not in fake.history or head not in fake.history:
        return web.json_response({"message": "Not Found"}, status=404)
    start, end = fake.history.index(base), fake.history.index(head)
    status = "identical" if start == end else "ahead" if start < end else "behind"
    commits = fake.history[start + 1 : end + 1]
    page, size = int(request.query.get("page", "1")), fake.page_size
    shown = [{"sha": each} for each in commits[(page - 1) * size : page * size]]
    headers = _link(fake, request, page) if page * size < len(commits) else {}
    return web.json_response({"status": status, "commits": shown}, headers=headers)


def _link(fake: FakeGitHub, request: web.Request, page: int) -> Mapping[str, str]:
    url = request.url.update_query(page=str(page + 1))
    there = url.with_host("localhost") if fake.foreign_link else url
    return {"link": f'<{there}>; rel="next"'}


def _runs(fake: FakeGitHub, request: web.Request, body: Any) -> web.Response:
    lowest, _, highest = request.query.get("created", "*..*").partition("..")
    low, high = lowest.replace("+00:00", "Z").strip("*"), highest.strip("*") or "~"
    runs = sorted(fake.runs, key=lambda run: str(run["created_at"]), reverse=True)
    size = int(request.query["per_page"])
    shown = [run for run in runs if low <= run["created_at"] <= high][:size]
    return web.json_response({"total_count": len(shown), "workflow_runs": shown})


def _deliveries(fake: FakeGitHub, request: web.Request, body: Any) -> web.Response:
    wanted = request.query.get("status")
    failed = [each for each in fake.deliveries if not 200 <= each["status_code"] < 400]
    shown = failed if wanted == "failure" else fake.deliveries
    return web.json_response(sorted(shown, key=lambda each: -int(each["id"])))


def _attempt(fake: FakeGitHub, request: web.Request, body: Any) -> web.Response:
    number = int(request.match_info["id"])
    (first,) = (each for each in fake.deliveries if each["id"] == number)
    again = {**first, "id": len(fake.deliveries) + 1_000, "redelivery": True}
    fake.deliveries.append(again)
    return web.json_response({}, status=202)
