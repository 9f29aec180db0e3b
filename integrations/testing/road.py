"""The client that a plugin is given while it is tried: what is to go wrong lies on the way."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from integrations.contract import (
    Authorises,
    Connection,
    Denied,
    Http,
    Integration,
    Rejected,
    Reply,
    Unwell,
)
from integrations.testing.demands import require
from integrations.testing.site import Site, World, next_link

ELSEWHERE = "https://elsewhere.invalid"
"""Where nobody may be led."""

Trouble: TypeAlias = Denied | Unwell
Change: TypeAlias = Callable[[Reply], Reply]


@dataclass(slots=True)
class Road:
    """Carries requests, with the connection's credential, and counts them.

    Request number `at` (from 1) meets `trouble`: before it arrives, or, where `answer_lost`, on
    its way back; `always` is met by all. `change` is done to the answer of request `at`, or, where
    that is 0, to every one.
    """

    inner: Http
    headers: Mapping[str, str] = field(default_factory=dict)
    at: int = 0
    trouble: Trouble | None = None
    answer_lost: bool = False
    always: Trouble | None = None
    change: Change | None = None
    asked: int = 0
    met: bool = False
    strayed: list[str] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)

    def lay(self, at: int, trouble: Trouble | None = None, *, answer_lost: bool = False) -> None:
        """Count anew, with this trouble on the way."""
        self.at, self.trouble, self.answer_lost = at, trouble, answer_lost
        self.asked, self.met = 0, False

    def lay_change(self, at: int, change: Change | None) -> None:
        """Count anew, with an answer changed."""
        self.lay(at)
        self.change = change

    async def get(
        self,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        self._note(path, query)
        return await self._carry(
            lambda: self.inner.get(path, query=query, headers=self._with(headers))
        )

    async def send(
        self, method: str, path: str, body: Any, *, headers: Mapping[str, str] | None = None
    ) -> Reply:
        self._note(path, None)
        return await self._carry(
            lambda: self.inner.send(method, path, body, headers=self._with(headers))
        )

    async def pages(
        self,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> AsyncIterator[Reply]:
        self._note(path, query)
        pages = self.inner.pages(path, query=query, headers=self._with(headers))
        more = True
        while more:
            reply = await self._carry(lambda: anext(pages))
            yield reply
            target = next_link(reply)
            more = target is not None
            if target and target.startswith(ELSEWHERE):
                self.met = True
                raise Rejected("A Link leads to another origin.")

    async def _carry(self, ask: Callable[[], Awaitable[Reply]]) -> Reply:
        self.asked += 1
        if self.always is not None:
            raise self.always
        here = self.asked == self.at
        self.met = self.met or here
        if here and self.trouble is not None and not self.answer_lost:
            raise self.trouble
        reply = await ask()
        if here and self.trouble is not None:
            raise self.trouble
        if self.change is not None and (here or not self.at):
            reply = self.change(reply)
        self.replies.append(reply)
        return reply

    def _with(self, headers: Mapping[str, str] | None) -> Mapping[str, str]:
        """A request's own headers come first, as at the host."""
        return {**self.headers, **(headers or {})}

    def _note(self, path: str, query: Mapping[str, str] | None) -> None:
        whole = f"{path} {dict(query or {})}"
        if ELSEWHERE in whole or not path.startswith("/"):
            self.strayed.append(path)


@dataclass(frozen=True, slots=True)
class Visit:
    """A site that is open, and the way to it."""

    connection: Connection
    site: Site
    road: Road


@asynccontextmanager
async def visiting(
    plugin: Integration, connection: Connection, world: World
) -> AsyncIterator[Visit]:
    """A new site for the time of the block, asked with the credential that the plugin makes."""
    for name, secret in connection.secrets.items():
        require(len(secret.value) >= 8, f"give {name} a longer value: it is looked for in texts")
    async with world() as site:
        here = replace(connection, base_url=site.base_url)
        headers: Mapping[str, str] = {}
        if isinstance(plugin, Authorises):
            credential = await plugin.authorise(here, site.http)
            headers = {name: value.value for name, value in credential.headers.items()}
        yield Visit(here, site, Road(site.http, headers))
