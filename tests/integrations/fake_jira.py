"""Jira as a small server: one site, the REST API of either edition, and its bad days."""

import base64
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aiohttp import web

from tests.integrations.jira_site import Node, Refused, Site
from tests.openapi import Watch

EMAIL = "robot@example.com"
TOKEN = "jira_token_secret"

_BY_MARKER = re.compile(r'labels = "([\w-]+)" ORDER BY created ASC, key ASC')
_NEWS = re.compile(r"labels = whychain AND updated >= (\d+) ORDER BY updated ASC, key ASC")
_UNDESCRIBED = ("/mypermissions",)


@dataclass(slots=True)
class FakeJira:
    """The site, what was asked of it, and what goes wrong.

    `trouble` is parts of a request with the answer that comes once; `lost` those that are done, but
    whose answer never arrives.
    """

    site: Site = field(default_factory=Site)
    page_size: int = 50
    asked: list[str] = field(default_factory=list)
    trouble: list[tuple[str, web.Response]] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    forgets_pages: bool = False
    watch: Watch = field(default_factory=lambda: Watch("jira"))
    """Holds both against what Atlassian says of Cloud; of Data Center there is no description."""

    def writes(self) -> list[str]:
        """What was asked that changes something."""
        return [each for each in self.asked if not each.startswith("GET ")]


@asynccontextmanager
async def running(fake: FakeJira) -> AsyncIterator[FakeJira]:
    """Serve it on a port of its own beside the block."""
    app = web.Application(middlewares=[_guarded(fake)])
    root = f"/rest/api/{3 if fake.site.is_cloud else 2}"
    one = f"{root}/issue/{{id:\\d+}}"
    types = f"{root}/issue/createmeta/{{project}}/issuetypes"
    routes: list[tuple[str, str, _Answer]] = [
        ("GET", f"{root}/search/jql" if fake.site.is_cloud else f"{root}/search", _search),
        ("POST", f"{root}/issue", _create),
        ("GET", one, _issue),
        ("PUT", one, _edit),
        ("GET", f"{one}/transitions", _transitions),
        ("POST", f"{one}/transitions", _transition),
        ("GET", f"{one}/comment", _comments),
        ("POST", f"{one}/comment", _comment),
        ("GET", types, _types),
        ("GET", f"{types}/{{type}}", _screen),
        ("GET", f"{root}/user/search", _users),
        ("GET", f"{root}/user", _user),
        ("GET", f"{root}/myself", _myself),
        ("GET", f"{root}/mypermissions", _permissions),
    ]
    for method, path, answer in routes:
        app.router.add_route(method, path, _answering(fake, answer))
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        fake.site.base_url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield fake
    finally:
        await runner.cleanup()
    fake.watch.require_none()


_Answer = Callable[[FakeJira, web.Request, Any], web.Response]


def _answering(fake: FakeJira, answer: _Answer) -> Any:
    async def handle(request: web.Request) -> web.Response:
        body = await request.json() if request.can_read_body else None
        try:
            return answer(fake, request, body)
        except Refused as refused:
            told = {"errorMessages": [], "errors": {str(refused): "It cannot be set."}}
            return web.json_response(told, status=400)
        except KeyError:
            return web.json_response({"errorMessages": ["It does not exist."]}, status=404)

    return handle


def _guarded(fake: FakeJira) -> Any:
    @web.middleware
    async def guard(request: web.Request, handler: Any) -> web.StreamResponse:
        asked = f"{request.method} {request.path.partition('/rest/api/')[2][2:]}"
        fake.asked.append(asked)
        if request.headers.get("authorization") != _authorisation(fake):
            return web.json_response({"errorMessages": ["Log in."]}, status=401)
        for index, (part, answer) in enumerate(fake.trouble):
            if part in asked:
                del fake.trouble[index]
                return answer
        answer = await handler(request)
        if fake.site.is_cloud and not request.path.endswith(_UNDESCRIBED):
            await fake.watch.exchange(request, answer)
        if asked in fake.lost:
            fake.lost.remove(asked)
            assert request.transport is not None
            request.transport.close()
        return answer

    return guard


def _authorisation(fake: FakeJira) -> str:
    pair = base64.b64encode(f"{EMAIL}:{TOKEN}".encode()).decode()
    return f"Basic {pair}" if fake.site.is_cloud else f"Bearer {TOKEN}"


# ── issues ───────────────────────────────────────────────────────────────────


def _search(fake: FakeJira, request: web.Request, body: Any) -> web.Response:
    found = _found(fake, request.query["jql"])
    if found is None:
        return web.json_response({"errorMessages": ["The query is wrong."]}, status=400)
    size = min(fake.page_size, int(request.query["maxResults"]))
    token = request.query.get("nextPageToken")
    if token and fake.forgets_pages:
        return web.json_response({"errorMessages": ["The token is no more."]}, status=400)
    start = int(token.removeprefix("page-") if token else request.query.get("startAt", "0"))
    shown = [_shown(fake, request, each) for each in found[start : start + size]]
    end = start + size
    if not fake.site.is_cloud:
        page = {"issues": shown, "startAt": start, "maxResults": size, "total": len(found)}
        return web.json_response(page)
    last = end >= len(found)
    more = {} if last else {"nextPageToken": f"page-{end}"}
    return web.json_response({"issues": shown, "isLast": last, **more})


def _found(fake: FakeJira, jql: str) -> list[Node] | None:
    """What the index has, in either of the two forms of query that are asked."""
    indexed = list(fake.site.indexed.values())
    if match := _BY_MARKER.fullmatch(jql):
        labelled = [each for each in indexed if match[1] in each["fields"]["labels"]]
        return sorted(labelled, key=lambda each: (each["fields"]["created"], each["key"]))
    if match := _NEWS.fullmatch(jql):
        since = int(match[1]) / 1_000
        fresh = [
            each
            for each in indexed
            if "whychain" in each["fields"]["labels"] and _updated(each).timestamp() >= since
        ]
        return sorted(fresh, key=lambda each: (_updated(each), each["key"]))
    return None


def _updated(issue: Node) -> datetime:
    return datetime.fromisoformat(issue["fields"]["updated"])


def _shown(fake: FakeJira, request: web.Request, issue: Node) -> Node:
    """An issue with the fields that are asked for, and with what else is."""
    shown, wanted = fake.site.shown(issue), request.query["fields"].split(",")
    shown["fields"] = {name: each for name, each in shown["fields"].items() if name in wanted}
    expanded = request.query.get("expand", "").split(",")
    if "changelog" in expanded:
        shown["changelog"] = fake.site.changelog(issue)
    if "editmeta" in expanded:
        shown["editmeta"] = {"fields": {each["key"]: each for each in fake.site.meta()}}
    names = request.query.get("properties", "").split(",")
    shown["properties"] = {
        each: issue["properties"][each] for each in names if each in issue["properties"]
    }
    return shown


def _create(fake: FakeJira, request: web.Request, body: Any) -> web.Response:
    issue = fake.site.create(body["fields"], body.get("properties", ()))
    told = {name: issue[name] for name in ("id", "key", "self")}
    return web.json_response(told, status=201)


def _one(fake: FakeJira, request: web.Request) -> Node:
    return fake.site.issues[request.match_info["id"]]


def _issue(fake: FakeJira, request: web.Request, body: Any) -> web.Response:
    return web.json_response(_shown(fake, request, _one(fake, request)))


def _edit(fake: FakeJira, request: web.Request, body: Any) -> web.Response:
    fake.site.edit(_one(fake, request), body["fields"])
    return _done()


def _done() -> web.Response:
    """Nothing, which is described as JSON, and of which nothing is sent."""
    return web.json_response(None, status=204)


def _transitions(fake: FakeJira, request: web.Request, body: Any) -> web.Response:
    assert request.query["expand"] == "transitions.fields"
    return web.json_response({"transitions": fake.site.transitions(_one(fake, request))})


def _transition(fake: FakeJira, request: web.Request, body: Any) -> web.Response:
    issue = _one(fake, request)
    fake.site.transition(issue, body["transition"]["id"], body.get("fields", {}))
    return _done()


def _comments(fake: FakeJira, request: web.Request, body: Any) -> web.Response:
    newest = _one(fake, request)["comments"][::-1]
    return web.json_response({"comments": newest, "total": len(newest)})


def _comment(fake: FakeJira, request: web.Request, body: Any) -> web.Response:
    made = fake.site.comment(_one(fake, request), body["body"])
    return web.json_response(made, status=201)


# ── the rest of the site ─────────────────────────────────────────────────────


def _types(fake: FakeJira, request: web.Request, body: Any) -> web.Response:
    if request.match_info["project"] not in fake.site.projects:
        raise Refused("project") if fake.site.is_cloud else KeyError("project")
    types = [{"id": "3", "name": "Task"}, {"id": "4", "name": "Bug"}]
    return web.json_response({"issueTypes" if fake.site.is_cloud else "values": types})


def _screen(fake: FakeJira, request: web.Request, body: Any) -> web.Response:
    fields = [{**each, "fieldId": each["key"]} for each in fake.site.meta()]
    return web.json_response({"fields" if fake.site.is_cloud else "values": fields})


def _users(fake: FakeJira, request: web.Request, body: Any) -> web.Response:
    wanted = request.query["query" if fake.site.is_cloud else "username"].lower()
    found = [
        fake.site.person(each)
        for each in fake.site.people
        if wanted in each["address"].lower() or wanted in each["name"].lower()
    ]
    return web.json_response(found)


def _user(fake: FakeJira, request: web.Request, body: Any) -> web.Response:
    people = {each["key"]: each for each in map(fake.site.person, fake.site.people)}
    return web.json_response(people[request.query["key"]])


def _myself(fake: FakeJira, request: web.Request, body: Any) -> web.Response:
    return web.json_response({"displayName": "Robot"})


def _permissions(fake: FakeJira, request: web.Request, body: Any) -> web.Response:
    if request.query["projectKey"] not in fake.site.projects:
        raise KeyError(request.query["projectKey"])
    asked = request.query["permissions"].split(",")
    granted = {each: {"key": each, "havePermission": each in fake.site.granted} for each in asked}
    return web.json_response({"permissions": granted})
