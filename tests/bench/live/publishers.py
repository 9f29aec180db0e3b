"""Who makes events happen: a writer of our API, and one who posts them to a peer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import aiohttp
import orjson

from tests.bench.live.events import OCCURRED_AT, body
from tests.bench.live.frames import ID
from tests.bench.servers import Server

_INCIDENT = "{ incident(number: 1) { id timelineVersion } }"
"""The oldest of the history: no other benchmark reads its timeline."""

_ADD = """
mutation Add($input: AddTimelineEntriesInput!) {
  addTimelineEntries(input: $input) { userErrors { code message } }
}
"""


class Publisher(Protocol):
    """Makes events happen."""

    async def publish(self, numbers: Sequence[int]) -> None:
        """Make the events of these numbers happen at once, and wait until they have."""
        ...

    async def variables(self) -> Mapping[str, object]:
        """With which a subscription begins with the newest event."""
        ...


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes entries into one incident's timeline through our API."""

    server: Server
    http: aiohttp.ClientSession
    incident: str

    @classmethod
    async def of(cls, server: Server, http: aiohttp.ClientSession) -> Writer:
        """A writer into the timeline of the oldest incident."""
        found = await _answer(server, http, _INCIDENT, {})
        return cls(server, http, found["incident"]["id"])

    async def publish(self, numbers: Sequence[int]) -> None:
        """Write entries with one mutation."""
        entries = [
            {"kind": "NOTE", "occurredAt": OCCURRED_AT, "body": body(number)} for number in numbers
        ]
        given = {"input": {"incident": self.incident, "entries": entries}}
        found = await _answer(self.server, self.http, _ADD, given)
        assert not found["addTimelineEntries"]["userErrors"], found

    async def variables(self) -> Mapping[str, object]:
        """With which a subscription begins with the newest entry."""
        found = await _answer(self.server, self.http, _INCIDENT, {})
        return {"incident": self.incident, "after": found["incident"]["timelineVersion"] - 1}


async def _answer(
    server: Server, http: aiohttp.ClientSession, query: str, variables: Mapping[str, object]
) -> Any:
    sent = {"query": query, "variables": variables}
    async with http.post(server.url, json=sent, headers=server.headers) as response:
        found = await response.json(content_type=None)
    assert "errors" not in found, found
    return found["data"]


@dataclass(frozen=True, slots=True)
class Poster:
    """Posts events to a peer, each as `what` makes it from its number."""

    url: str
    http: aiohttp.ClientSession
    what: Callable[[int], object]

    async def publish(self, numbers: Sequence[int]) -> None:
        """Post them in one list."""
        sent = orjson.dumps([self.what(number) for number in numbers])
        async with self.http.post(self.url, data=sent) as response:
            assert response.status == 204, await response.text()

    async def variables(self) -> Mapping[str, object]:
        """A peer begins with the newest event in any case."""
        return {"incident": "one"}


def like(message: str, number: int) -> Callable[[int], str]:
    """Makes messages as long as one that told of the event of this number, for all subscribers.

    Raises:
        ValueError: the message does not tell of it.
    """
    before, said, after = message.partition(body(number))
    if not said or ID.decode() not in before + after:
        raise ValueError(f"this is no message of the event {number}: {message}")
    return lambda other: before + body(other) + after
