"""Where a plugin is tried: a fake of its vendor, and a client that asks it as the host's would."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from integrations.contract import Denied, Http, Missing, Rejected, Reply, Unwell

FAKE_URL = "http://vendor.test"
_NEXT = re.compile(r'<([^>]*)>[^,]*;\s*rel="?next"?')
_ANSWER_SECONDS = 30
_AS_IT_IS = "/%:@!$&'()*+,;=~"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as a fake sees it; header names are in small letters."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""

    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)


Transport: TypeAlias = Callable[[Asked], Awaitable[Reply]]


def _nothing() -> Sequence[str]:
    return ()


def _no_time_passes() -> None:
    pass


@dataclass(frozen=True, slots=True)
class Site:
    """A fake vendor that is up. `http` asks it with no credential, and raises as the host's does.

    `held` says what has come to be there: a text for each ticket, note or message. `later` lets
    happen what a second round of polling is to find.
    """

    http: Http
    base_url: str = FAKE_URL
    held: Callable[[], Sequence[str]] = _nothing
    later: Callable[[], None] = _no_time_passes


World: TypeAlias = Callable[[], AbstractAsyncContextManager[Site]]
"""Opens a new fake with nothing done to it yet, each time the same."""


def in_memory(
    answer: Callable[[Asked], Reply],
    held: Callable[[], Sequence[str]] = _nothing,
    later: Callable[[], None] = _no_time_passes,
) -> AbstractAsyncContextManager[Site]:
    """The site of a fake that is a function: neither socket nor time."""

    async def carry(asked: Asked) -> Reply:
        return answer(asked)

    return _opened(Site(Client(FAKE_URL, carry), FAKE_URL, held, later))


def listening(
    base_url: str,
    held: Callable[[], Sequence[str]] = _nothing,
    later: Callable[[], None] = _no_time_passes,
) -> Site:
    """The site of a fake that listens at an address of plain HTTP."""

    async def carry(asked: Asked) -> Reply:
        return await asyncio.to_thread(_exchange, base_url, asked)

    return Site(Client(base_url, carry), base_url, held, later)


@asynccontextmanager
async def _opened(site: Site) -> AsyncIterator[Site]:
    yield site


@dataclass(frozen=True, slots=True)
class Client:
    """`Http` without the host's patience: it asks once, and any status is the contract's error."""

    base_url: str
    carry: Transport

    async def get(
        self,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        return await self._ask("GET", path, query, headers)

    async def send(
        self, method: str, path: str, body: Any, *, headers: Mapping[str, str] | None = None
    ) -> Reply:
        typed = {"content-type": "application/json", **(headers or {})}
        return await self._ask(method.upper(), path, None, typed, json.dumps(body).encode())

    async def pages(
        self,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> AsyncIterator[Reply]:
        while True:
            reply = await self._ask("GET", path, query, headers)
            yield reply
            target = next_link(reply)
            if target is None:
                return
            path, query = self._own(target)

    def _own(self, target: str) -> tuple[str, Mapping[str, str]]:
        ours, url = urlsplit(self.base_url), urlsplit(target)
        if url.netloc and (url.scheme, url.netloc) != (ours.scheme, ours.netloc):
            raise Rejected("A Link leads to another origin.")
        return url.path.removeprefix(ours.path), dict(parse_qsl(url.query))

    async def _ask(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None,
        headers: Mapping[str, str] | None,
        body: bytes = b"",
    ) -> Reply:
        sent = {name.lower(): value for name, value in (headers or {}).items()}
        reply = await self.carry(Asked(method, path, query or {}, sent, body))
        told = f"{method} {path} was answered {reply.status}."
        match reply.status:
            case 401 | 403:
                raise Denied(told)
            case 404 | 410:
                raise Missing(told)
            case 429:
                raise Unwell(told)
            case status if status >= 500:
                raise Unwell(told)
            case status if status >= 400:
                raise Rejected(told)
        return reply


def next_link(reply: Reply) -> str | None:
    """Where the next page is, by the header `Link`."""
    found = _NEXT.search(reply.headers.get("link", ""))
    return found[1] if found else None


def _exchange(base_url: str, asked: Asked) -> Reply:
    base = urlsplit(base_url)
    connection = HTTPConnection(base.netloc, timeout=_ANSWER_SECONDS)
    query = f"?{urlencode(asked.query)}" if asked.query else ""
    try:
        path = quote(base.path + asked.path, safe=_AS_IT_IS) + query
        connection.request(asked.method, path, asked.body or None, dict(asked.headers))
        answer = connection.getresponse()
        headers = {name.lower(): value for name, value in answer.getheaders()}
        return Reply(answer.status, headers, answer.read())
    finally:
        connection.close()
