"""A small client with the contract's manners: enough to drive an integration in a test."""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientSession
from yarl import URL

from integrations.contract import Denied, Missing, Rejected, Reply, Unwell


@dataclass(frozen=True, slots=True)
class SmallHttp:
    """Asks once; each status is the contract's error for it."""

    session: ClientSession
    base_url: str
    authorisation: Mapping[str, str] = field(default_factory=dict)

    async def get(
        self,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        return await self._ask("GET", URL(self.base_url + path).with_query(query), headers)

    async def send(
        self, method: str, path: str, body: Any, *, headers: Mapping[str, str] | None = None
    ) -> Reply:
        typed = {"content-type": "application/json", **(headers or {})}
        return await self._ask(method, URL(self.base_url + path), typed, json.dumps(body))

    async def pages(
        self,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> AsyncIterator[Reply]:
        url: URL | None = URL(self.base_url + path).with_query(query)
        while url is not None:
            reply = await self._ask("GET", url, headers)
            yield reply
            url = _next(reply.headers.get("link"), url)

    async def _ask(
        self, method: str, url: URL, headers: Mapping[str, str] | None, body: str | None = None
    ) -> Reply:
        sent = {**self.authorisation, **(headers or {})}
        async with self.session.request(method, url, headers=sent, data=body) as answer:
            _refuse(answer.status)
            found = {name.lower(): value for name, value in answer.headers.items()}
            return Reply(answer.status, found, await answer.read())


def _next(link: str | None, here: URL) -> URL | None:
    if link is None:
        return None
    url = URL(link.partition("<")[2].partition(">")[0])
    if url.origin() != here.origin():
        raise Rejected("Link leads to another origin")
    return url


def _refuse(status: int) -> None:
    match status:
        case 401 | 403:
            raise Denied(str(status))
        case 404 | 410:
            raise Missing(str(status))
        case 429:
            raise Unwell(str(status))
        case _ if status >= 500:
            raise Unwell(str(status))
        case _ if status >= 400:
            raise Rejected(str(status))
