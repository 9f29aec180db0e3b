"""One request and its answer, with its body bounded."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import aiohttp

from integrations.contract import Rejected

MAX_BODY_BYTES = 16 * 1024 * 1024

_REPEATABLE = {"GET", "HEAD", "OPTIONS", "PUT", "DELETE"}
"""Methods that do the same when they are sent twice (RFC 9110, 9.2.2)."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A request. Its repr shows neither query, headers nor body."""

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None = field(default=None, repr=False)

    @property
    def repeatable(self) -> bool:
        """Whether it may be sent again although nobody knows what became of it."""
        return self.method in _REPEATABLE

    def elsewhere(self, url: str) -> "Ask":
        """The same, sent to another address."""
        return replace(self, url=url)

    def carrying(self, headers: Mapping[str, str]) -> "Ask":
        """The same with these headers too, but for those that it has of its own."""
        return replace(self, headers={**headers, **self.headers})


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whatever its status."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


async def exchange(session: aiohttp.ClientSession, ask: Ask, seconds: float) -> Answer:
    """Send it once, and read the whole answer; redirects are answers like others.

    Raises:
        Rejected: the answer is too large.
        aiohttp.ClientError, TimeoutError, OSError: there is none, or not all of it.
    """
    async with session.request(
        ask.method,
        ask.url,
        headers=ask.headers,
        data=ask.body,
        allow_redirects=False,
        timeout=aiohttp.ClientTimeout(total=seconds),
    ) as response:
        body = await _body(response)
        return Answer(response.status, _headers(response), body)


async def _body(response: aiohttp.ClientResponse) -> bytes:
    parts, size = [], 0
    async for part in response.content.iter_chunked(64 * 1024):
        parts.append(part)
        size += len(part)
        if size > MAX_BODY_BYTES:
            response.close()
            raise Rejected(f"The vendor's answer is larger than {MAX_BODY_BYTES} bytes.")
    return b"".join(parts)


def _headers(response: aiohttp.ClientResponse) -> Mapping[str, str]:
    """Headers by small name; several of one name are one list, as RFC 9110 has it."""
    return {
        name.lower(): ", ".join(response.headers.getall(name)) for name in set(response.headers)
    }
