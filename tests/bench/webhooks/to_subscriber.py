"""From a vendor's webhook to the subscriber who sees what it tells."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from functools import partial
from itertools import chain, count
from secrets import token_hex
from statistics import median, quantiles
from time import monotonic

from tests.bench.measure import Databases, Effort, Result, by_turns
from tests.bench.webhooks.pages import annotated, incident_of, triggered
from tests.house import Served, eventually, serving
from tests.stories.live_socket import LiveSocket

PACE_SECONDS = 0.05
"""From one event to the next."""

_WRITE = """
mutation ($input: AddTimelineEntriesInput!) {
  addTimelineEntries(input: $input) { userErrors { code } }
}
"""


async def webhook_to_subscriber(databases: Databases, effort: Effort) -> Result:
    """From the beginning of a signed webhook's POST; the peer is the same note by a mutation."""
    page = f"P{token_hex(6).upper()}"
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        served = await enter(serving(database_url=databases.small))
        assert await served.pagerduty(triggered(page)) == 202
        incident = await eventually(partial(incident_of, served, page))
        socket = await enter(LiveSocket.open(served.url, served.keys.token))
        await socket.follow(incident["id"], 0)

        async def by_webhook(words: str) -> None:
            assert await served.pagerduty(annotated(page, words)) == 202

        by_mutation = partial(_mutate, served, incident["id"])
        numbers = count(1)
        ours, peer = (
            partial(_latencies, socket, way, numbers, effort.seconds)
            for way in (by_webhook, by_mutation)
        )
        for warm in (ours, peer):
            await warm()
        mine, theirs = (
            [*chain.from_iterable(side)] for side in await by_turns(ours, peer, effort.rounds)
        )
    return Result(
        ratio=round(median(theirs) / median(mine), 2),
        ours=round(median(mine), 1),
        peer=round(median(theirs), 1),
        unit="ms from the webhook's POST to the subscriber (p50)",
        rounds=effort.rounds,
        note=f"p99 {quantiles(mine, n=100)[-1]:.1f}; "
        f"of a mutation p99 {quantiles(theirs, n=100)[-1]:.1f}",
    )


async def _mutate(served: Served, incident: str, words: str) -> None:
    note = {"kind": "NOTE", "occurredAt": "2026-11-02T12:00:00Z", "body": words}
    answer = await served(_WRITE, input={"incident": incident, "entries": [note]})
    assert not answer["addTimelineEntries"]["userErrors"]


async def _latencies(
    socket: LiveSocket,
    write: Callable[[str], Awaitable[None]],
    numbers: count[int],
    seconds: float,
) -> list[float]:
    """Milliseconds until each of the notes was seen that were written for so long."""
    found = []
    end = monotonic() + seconds
    while (start := monotonic()) < end:
        words = f"note {next(numbers)}"
        writing = asyncio.create_task(write(words))
        while (await socket.event())["entry"]["body"] != words:
            pass
        found.append((monotonic() - start) * 1000)
        await writing
        await asyncio.sleep(start + PACE_SECONDS - monotonic())
    return found
