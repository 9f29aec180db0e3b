"""A vendor of deployments that is asked page by page, and an integration that does so."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aiohttp import web

from integrations.contract import (
    Batch,
    Connection,
    Credential,
    Finding,
    Http,
    Malformed,
    Manifest,
    RatePolicy,
    Role,
    Secret,
    Setting,
    SettingKind,
    Unreadable,
)
from tests.commands.told import deployment
from tests.vendor import Vendor, says, vendor

PAGE = 2


@dataclass(frozen=True)
class Toy:
    """An integration that reads deployments by their numbers."""

    rate: RatePolicy = field(default_factory=lambda: RatePolicy(1000, 1.0, poll_seconds=60))

    @property
    def manifest(self) -> Manifest:
        return Manifest(
            "toy",
            "Toy",
            frozenset({Role.DEPLOYMENTS}),
            base_url="https://toy.example",
            settings=(Setting("token", SettingKind.SECRET, "Ask the toy.", required=True),),
            rate=self.rate,
        )

    async def authorise(self, connection: Connection, http: Http) -> Credential:
        token = connection.secrets["token"].value
        return Credential({"authorization": Secret(f"Bearer {token}")})

    async def poll(self, connection: Connection, http: Http, cursor: str | None) -> Batch:
        return await self._read(http, int(cursor or 0), {})

    async def backfill(
        self, connection: Connection, http: Http, since: datetime, cursor: str | None
    ) -> Batch:
        return await self._read(http, int(cursor or 0), {"since": since.date().isoformat()})

    async def _read(self, http: Http, after: int, query: dict[str, str]) -> Batch:
        reply = await http.get("/deployments", query={"after": str(after), **query})
        page = reply.json()
        seen, unreadable = [], []
        for record in page["records"]:
            try:
                seen.append(deployment(record["id"], record["sha"], record["minute"]))
            except KeyError as missing:
                reason = f"{missing} is missing."
                body = str(record).encode()
                unreadable.append(Unreadable(record["id"], "deployment", reason, body))
        done = after + len(page["records"])
        progress = done / page["total"] if page["total"] else None
        return Batch(seen, str(done), done < page["total"], unreadable, progress)

    async def check(self, connection: Connection, http: Http) -> Sequence[Finding]:
        try:
            await http.get("/deployments", query={"after": "0"})
        except Malformed:
            return ()
        return (Finding("deployments:read", good=True),)


@dataclass
class Deployments:
    """What the vendor has, and how it answers."""

    vendor: Vendor
    records: list[dict[str, Any]] = field(default_factory=list)

    def add(self, count: int) -> None:
        """Deploy so many times more."""
        for number in range(len(self.records) + 1, len(self.records) + 1 + count):
            sha = format(number % 16, "x")
            self.records.append({"id": f"d{number}", "sha": sha, "minute": number})

    def connection(self, name: str = "acme") -> Connection:
        """An account there."""
        return Connection("toy", name, self.vendor.url, secrets={"token": Secret("s3cret")})

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer with the page after a number."""
        if request.headers.get("authorization") != "Bearer s3cret":
            return says(status=401)
        after = int(request.query["after"])
        page = self.records[after : after + PAGE]
        left = {"x_ratelimit_remaining": "99", "x_ratelimit_limit": "100"}
        return says({"records": page, "total": len(self.records)}, **left)


@asynccontextmanager
async def deployments() -> AsyncIterator[Deployments]:
    """The vendor, listening while the block runs."""
    async with vendor() as found:
        there = Deployments(found)
        found.always = there.answer
        yield there
