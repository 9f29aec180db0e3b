"""PagerDuty as a small server: incidents with their logs, a catalog, its limits and bad days."""

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from tests.integrations.pagerduty_records import (
    Node,
    entry,
    incident,
    service,
    stamp,
    team,
    user,
)
from tests.openapi import Watch

TOKEN = "u+secret"
REACH = 10_000
SIX_MONTHS = timedelta(days=184)
PAGE = 100

_STATUS = {"trigger": "triggered", "acknowledge": "acknowledged", "resolve": "resolved"}


@dataclass(slots=True)
class FakePagerDuty:
    """What there is, what was asked, and what goes wrong.

    `crowd` are the times at which incidents of another service were created: so many that they
    are made only when they are shown. `trouble` is parts of paths with the status that answers
    once, `refused` those that always answer 403, `without` those that the plan does not have.
    """

    base_url: str = ""
    page_size: int = PAGE
    incidents: dict[str, Node] = field(default_factory=dict)
    logs: dict[str, list[Node]] = field(default_factory=dict)
    crowd: Sequence[datetime] = ()
    services: list[Node] = field(default_factory=lambda: [service()])
    teams: list[Node] = field(default_factory=lambda: [team()])
    users: list[Node] = field(
        default_factory=lambda: [user("PADA", "Ada"), user("PGRACE", "Grace")]
    )
    asked: list[str] = field(default_factory=list)
    trouble: list[tuple[str, int]] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    without: set[str] = field(default_factory=set)
    read_only: bool = False
    happened: int = 0
    watch: Watch = field(default_factory=lambda: Watch("pagerduty"))

    def triggers(self, number: int, moment: datetime, **changes: Any) -> str:
        """A service triggers an incident."""
        made = incident(number, moment, **changes)
        self.incidents[made["id"]], self.logs[made["id"]] = made, []
        channel = {"type": "api", "summary": made["title"]}
        self.happens(made["id"], "trigger", moment, channel=channel)
        return str(made["id"])

    def happens(self, incident_id: str, kind: str, moment: datetime, **changes: Any) -> Node:
        """Something happens to an incident, and stands in its log."""
        self.happened += 1
        told = entry(kind, self.happened, moment, **changes)
        self.logs[incident_id].insert(0, told)
        there = self.incidents[incident_id]
        there["updated_at"], there["status"] = stamp(moment), _STATUS.get(kind, there["status"])
        return told

    def merges(self, incident_id: str, target: str, moment: datetime, **changes: Any) -> None:
        """An incident becomes part of another."""
        self.happens(incident_id, "resolve", moment, **changes)
        reference = {"id": target, "type": "incident_reference", "summary": "[#1] It fails"}
        reason = {"type": "merge_resolve_reason", "incident": reference}
        self.incidents[incident_id]["resolve_reason"] = reason


@asynccontextmanager
async def running(fake: FakePagerDuty) -> AsyncIterator[FakePagerDuty]:
    """Serve it on a port of its own beside the block."""
    app = web.Application(middlewares=[_guarded(fake)])
    app.add_routes(
        [
            web.get("/abilities", _answering(fake, _abilities)),
            web.get("/incidents", _answering(fake, _incidents)),
            web.get("/incidents/{id}", _answering(fake, _incident)),
            web.put("/incidents/{id}", _answering(fake, _update)),
            web.get("/incidents/{id}/log_entries", _answering(fake, _log)),
            web.get("/log_entries", _answering(fake, _all_logs)),
            web.get("/services", _answering(fake, _list_of("services"))),
            web.get("/teams", _answering(fake, _list_of("teams"))),
            web.get("/users", _answering(fake, _list_of("users"))),
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


_Answer = Callable[[FakePagerDuty, web.Request, Any], web.Response]


def _answering(fake: FakePagerDuty, answer: _Answer) -> Any:
    async def handle(request: web.Request) -> web.Response:
        body = await request.json() if request.can_read_body else None
        return answer(fake, request, body)

    return handle


def _guarded(fake: FakePagerDuty) -> Any:
    @web.middleware
    async def guard(request: web.Request, handler: Any) -> web.StreamResponse:
        fake.asked.append(f"{request.method} {request.path}")
        assert request.headers["accept"] == "application/vnd.pagerduty+json;version=2"
        if request.headers.get("authorization") != f"Token token={TOKEN}":
            return _error(401, "Invalid token")
        for index, (part, status) in enumerate(fake.trouble):
            if part in request.path:
                del fake.trouble[index]
                return _error(status, "Trouble")
        if any(part in request.path for part in fake.refused):
            return _error(403, "Access denied")
        if any(part in request.path for part in fake.without):
            return _error(402, "Account does not have the abilities to perform the action")
        answer: web.Response = await handler(request)
        # The description knows of no refusal of a PUT for what it says; PagerDuty refuses it.
        # And a crowd is a hundred times the same.
        if (request.method, answer.status) != ("PUT", 400) and not fake.crowd:
            await fake.watch.exchange(request, answer, request.rel_url.raw_path)
        return answer

    return guard


def _error(status: int, message: str) -> web.Response:
    return web.json_response({"error": {"message": message, "code": 2001}}, status=status)


def _listed(
    fake: FakePagerDuty, request: web.Request, name: str, records: Sequence[Any]
) -> web.Response:
    """A part of a list, as far as PagerDuty lets anybody go."""
    limit = min(int(request.query.get("limit", "25")), fake.page_size)
    offset = int(request.query.get("offset", "0"))
    if offset + int(request.query.get("limit", "25")) > REACH:
        return _error(400, "Offset must be less than or equal to 10000")
    shown = records[offset : offset + limit]
    total = len(records) if request.query.get("total") == "true" else None
    answer = {"offset": offset, "limit": limit, "more": offset + limit < len(records)}
    return web.json_response({name: [*_made(shown)], "total": total, **answer})


def _made(shown: Iterable[Any]) -> Iterable[Any]:
    """Records, those of the crowd made from their times."""
    other = {"id": "PCROWD", "type": "service_reference", "summary": "Crowded"}
    for each in shown:
        if isinstance(each, datetime):
            yield incident(int(each.timestamp()), each, service=other, status="resolved")
        else:
            yield each


def _list_of(name: str) -> _Answer:
    return lambda fake, request, body: _listed(fake, request, name, getattr(fake, name))


def _abilities(fake: FakePagerDuty, request: web.Request, body: Any) -> web.Response:
    return web.json_response({"abilities": ["teams"]})


def _incidents(fake: FakePagerDuty, request: web.Request, body: Any) -> web.Response:
    known: list[Any] = [*fake.incidents.values(), *fake.crowd]
    if "statuses[]" in request.query:
        wanted = request.query["statuses[]"]
        known = [each for each in fake.incidents.values() if each["status"] == wanted]
    if "since" in request.query:
        since, until = (datetime.fromisoformat(request.query[each]) for each in ("since", "until"))
        if until - since > SIX_MONTHS:
            return _error(400, "The time range may be six months at most")
        known = [each for each in known if since <= _created(each) < until]
    newest_first = request.query.get("sort_by", "").startswith("created_at:desc")
    found = sorted(known, key=_created, reverse=newest_first)
    return _listed(fake, request, "incidents", found)


def _created(each: Any) -> datetime:
    return each if isinstance(each, datetime) else datetime.fromisoformat(each["created_at"])


def _incident(fake: FakePagerDuty, request: web.Request, body: Any) -> web.Response:
    found = fake.incidents.get(request.match_info["id"])
    return web.json_response({"incident": found}) if found else _error(404, "Not Found")


def _log(fake: FakePagerDuty, request: web.Request, body: Any) -> web.Response:
    log = fake.logs.get(request.match_info["id"])
    return _error(404, "Not Found") if log is None else _listed(fake, request, "log_entries", log)


def _all_logs(fake: FakePagerDuty, request: web.Request, body: Any) -> web.Response:
    entries = [each for log in fake.logs.values() for each in log]
    return _listed(fake, request, "log_entries", entries)


def _update(fake: FakePagerDuty, request: web.Request, body: Any) -> web.Response:
    by = next((each for each in fake.users if each["email"] == request.headers["from"]), None)
    if fake.read_only:
        return _error(403, "Access denied")
    if by is None:
        return _error(400, "Requester User Not Found")
    found = fake.incidents.get(request.match_info["id"])
    if found is None:
        return _error(404, "Not Found")
    assert body == {"incident": {"type": "incident_reference", "status": "resolved"}}
    found["status"] = "resolved"
    return web.json_response({"incident": found})
