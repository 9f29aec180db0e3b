"""PagerDuty's Events API, as far as change events go; checked by hand, after its documentation."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from integrations.contract import DeploymentNews
from integrations.observation import DeploymentState

KEY = "0123456789abcdef0123456789ABCDEF"
NEWS = DeploymentNews(
    key="deployment-7",
    repository="acme/shop",
    sha="a" * 40,
    environment="production",
    state=DeploymentState.SUCCESS,
    finished_at=datetime(2026, 11, 2, 12, 0, tzinfo=UTC),
    service="Shop",
    url="https://whychain.example/deployments/7",
)


@dataclass(slots=True)
class FakeEvents:
    """What it was told."""

    url: str = ""
    told: list[Any] = field(default_factory=list)

    @property
    def deployments(self) -> set[str]:
        """The deployments that people see: an event that is told again says the same again.

        PagerDuty has no key by which it would tell the second from the first.
        """
        return {repr(sorted(each["payload"].items())) for each in self.told}

    async def enqueue(self, request: web.Request) -> web.Response:
        body = await request.json()
        if body.get("routing_key") != KEY:
            return web.json_response({"status": "invalid event"}, status=400)
        assert body.keys() <= {"routing_key", "payload", "links", "images"}
        payload = body["payload"]
        assert payload.keys() <= {"summary", "timestamp", "source", "custom_details"}
        assert 0 < len(payload["summary"]) <= 1024
        assert datetime.fromisoformat(payload["timestamp"]).tzinfo
        assert all(each.keys() == {"href", "text"} for each in body["links"])
        self.told.append(body)
        return web.json_response({"status": "success"}, status=202)


@asynccontextmanager
async def taking_events(fake: FakeEvents) -> AsyncIterator[FakeEvents]:
    """Serve it on a port of its own beside the block."""
    app = web.Application()
    app.add_routes([web.post("/v2/change/enqueue", fake.enqueue)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    fake.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield fake
    finally:
        await runner.cleanup()
