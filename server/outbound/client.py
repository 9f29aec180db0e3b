"""The client of one connection: `integrations.contract.Http` on aiohttp."""

from collections.abc import AsyncIterator, Mapping
from itertools import count
from typing import Any

import aiohttp
import orjson

from integrations.contract import Connection, Denied, Missing, Rejected, Reply, Unwell
from server.domain.integration import Budget
from server.outbound import addresses, limits
from server.outbound.credential import Keyring
from server.outbound.exchange import Answer, Ask, exchange
from server.outbound.kept import Kept
from server.outbound.lane import Lane
from server.outbound.timing import Timing

_LOST = (aiohttp.ClientError, TimeoutError, OSError)
_NEVER_SENT = aiohttp.ClientConnectorError
_REDIRECTS = {301, 302, 307, 308}
MOST_REDIRECTS = 5


class Client:
    """Asks a vendor in a connection's name. Nothing of an address but its path is ever told."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        connection: Connection,
        lane: Lane,
        timing: Timing,
        keyring: Keyring | None = None,
    ) -> None:
        self._session, self._base_url = session, connection.base_url
        self._lane, self._timing, self._keyring = lane, timing, keyring
        self._kept = Kept()

    @property
    def budget(self) -> Budget | None:
        """What the vendor last said is left for this credential."""
        return self._lane.budget

    async def get(
        self,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Ask for what is at a path of the connection's base URL."""
        return await self._get(addresses.address(self._base_url, path, query), headers)

    async def send(
        self, method: str, path: str, body: Any, *, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """Send JSON. It is tried again only where that cannot do anything twice."""
        url = addresses.address(self._base_url, path, None)
        typed = {"content-type": "application/json", **(headers or {})}
        return await self._ask(Ask(method.upper(), url, typed, orjson.dumps(body)))

    async def pages(
        self,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> AsyncIterator[Reply]:
        """Follow `Link: rel="next"`, as far as it stays at the connection's origin."""
        url: str | None = addresses.address(self._base_url, path, query)
        while url:
            reply = await self._get(url, headers)
            yield reply
            target = addresses.next_of(reply.headers.get("link", ""))
            url = addresses.followed(self._base_url, url, target) if target else None

    async def _get(self, url: str, headers: Mapping[str, str] | None) -> Reply:
        """Ask with the ETag of what is kept, and answer with that where it is still true."""
        headers = headers or {}
        key = (url, tuple(sorted(headers.items())))
        kept = self._kept.find(key)
        tag = {"if-none-match": kept.headers["etag"]} if kept else {}
        reply = await self._ask(Ask("GET", url, {**headers, **tag}))
        if kept and reply.status == 304:
            return kept
        self._kept.keep(key, reply)
        return reply

    async def _ask(self, ask: Ask) -> Reply:
        """Send a request until there is an answer to it, at its origin."""
        for _ in range(MOST_REDIRECTS):
            answer = await self._authorised(ask)
            target = answer.headers.get("location")
            if answer.status not in _REDIRECTS or not target:
                return _reply(ask, answer)
            if ask.method != "GET" and answer.status < 307:
                raise Rejected(f"{_told(ask)} leads elsewhere, where it cannot be sent again.")
            ask = ask.elsewhere(addresses.followed(self._base_url, ask.url, target))
        raise Rejected(f"{_told(ask)} leads from one place to another without end.")

    async def _authorised(self, ask: Ask) -> Answer:
        """Send it with the connection's credential, made anew where the one we had is refused."""
        if self._keyring is None:
            return await self._answered(ask)
        headers = await self._keyring.headers()
        answer = await self._answered(ask.carrying(headers))
        if answer.status != 401 or not self._keyring.refused(headers):
            return answer
        return await self._answered(ask.carrying(await self._keyring.headers()))

    async def _answered(self, ask: Ask) -> Answer:
        """Send it as often as it may be, until the vendor is well and lets us."""
        for attempt in count(1):
            told: float | None = None
            try:
                async with self._lane.turn():
                    answer = await exchange(self._session, ask, self._timing.request_seconds)
                    told = self._heard(answer)
            except _LOST as lost:
                again, trouble = ask.repeatable or isinstance(lost, _NEVER_SENT), "did not answer"
            else:
                if told is None and answer.status < 500:
                    return answer
                again, trouble = told is not None or ask.repeatable, f"answered {answer.status}"
            await self._wait(attempt if again else None, f"{_told(ask)} {trouble}.", told)
        raise AssertionError("Attempts end in _wait.")

    def _heard(self, answer: Answer) -> float | None:
        """Take in what an answer says of limits; how long to stay away, if one is reached."""
        now = self._timing.now
        self._lane.budget = limits.budget(answer.headers, now) or self._lane.budget
        told = limits.stay_away(answer.status, answer.headers, answer.body, now)
        if told is None and answer.status >= 500:
            pause = limits.retry_after(answer.headers, now)
        else:
            pause = told
        if pause is not None:
            self._lane.keep_peace(pause)
        return told

    async def _wait(self, attempt: int | None, trouble: str, told: float | None) -> None:
        """Wait before the next attempt.

        Raises:
            Unwell: there is none.
        """
        wait = self._timing.backoff.after(attempt) if attempt else None
        if wait is None:
            raise Unwell(trouble, told)
        await self._timing.sleep(wait.total_seconds())


def _reply(ask: Ask, answer: Answer) -> Reply:
    """The answer, if it is a good one."""
    if answer.status < 400:
        return Reply(answer.status, answer.headers, answer.body)
    trouble = f"{_told(ask)} was answered {answer.status}."
    if answer.status in {401, 403}:
        raise Denied(trouble)
    if answer.status in {404, 410}:
        raise Missing(trouble)
    raise Rejected(trouble)


def _told(ask: Ask) -> str:
    return f"{ask.method} {addresses.shown(ask.url)}"
