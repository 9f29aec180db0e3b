"""The rounds in which a workspace is read: its channels, what is said in them, its people.

Each batch is one page of one list, so a round may be cut after any of them. A list whose next
page Slack has forgotten is begun anew.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from integrations.contract import Batch, Connection, Http
from integrations.observation import Observation
from integrations.payload import JsonObject
from integrations.slack import channel, people
from integrations.slack.ask import PAGE_SIZE, PageGone, SlackApi
from integrations.slack.cursor import Cursor, read_cursor
from integrations.slack.message import Ours
from integrations.slack.read import Found, Records, Span, passed_over, read_page
from integrations.slack.settings import channels_of, reads
from integrations.slack.translate import place_of

HOUR = 3600.0
"""How often the people are read, and threads that became quiet."""


async def poll(connection: Connection, http: Http, cursor: str | None, now: float) -> Batch:
    """What is new: a page of the channels, of what is said in one, or of the people.

    A channel that was never read gives its newest page; what is older is for `backfill`.
    """
    kept = read_cursor(cursor)
    if kept.ours is None:
        thorough = now - kept.thorough_at >= HOUR
        kept = replace(
            kept,
            thorough=thorough,
            thorough_at=now if thorough else kept.thorough_at,
            people="" if thorough else None,
        )
    return await _Round(connection, SlackApi(http), Span(now)).next(kept)


async def backfill(
    connection: Connection, http: Http, since: datetime, cursor: str | None, now: float
) -> Batch:
    """One page of what was said since then, of one channel after the other."""
    span = Span(now, since=f"{since.timestamp():.6f}")
    kept = read_cursor(cursor)
    batch = await _Round(connection, SlackApi(http), span).next(kept)
    after = read_cursor(batch.cursor)
    done = 1 - len(after.queue) / after.total if after.total else 0.0
    return replace(batch, progress=done if batch.more else 1.0)


@dataclass(frozen=True, slots=True)
class _Round:
    """One round through a workspace."""

    connection: Connection
    api: SlackApi
    span: Span

    async def next(self, kept: Cursor) -> Batch:
        """The next page of it."""
        if kept.ours is None:
            kept = replace(kept, ours=await _ours(self.api), listing="")
        try:
            found = await self._page(kept, kept.ours or Ours())
        except PageGone:
            found = Found((), kept.rewound())
            if found.kept == kept:
                raise
        after = found.kept
        return Batch(found.seen, after.write(), more=after.more, unreadable=found.unreadable)

    async def _page(self, kept: Cursor, ours: Ours) -> Found:
        if kept.listing is not None:
            return await self._channels(kept, kept.listing, ours)
        if not kept.queue:
            return await self._people(kept, kept.people or "")
        place = place_of(kept.queue[0], ours, (self.connection,))
        if place is None:  # the operator named other channels meanwhile
            return Found((), kept.past_channel(None))
        return await read_page(self.api, place, self.span, kept)

    async def _channels(self, kept: Cursor, after: str, ours: Ours) -> Found:
        """A page of the channels that the app was added to; archived ones are of the past."""
        answer, following = await self.api.page(
            "users.conversations",
            after,
            types="public_channel,private_channel",
            exclude_archived="false" if self.span.since else "true",
        )
        found: list[str] = []

        def say(record: JsonObject) -> Iterable[Observation]:
            seen = channel.as_it_is(record, ours.url)
            heard = reads(self.connection, seen.external_id)
            found.extend([seen.external_id] * heard)
            return [seen] * heard

        records = Records("channel")
        records.take(answer.items("channels", PAGE_SIZE), say)
        kept = kept.listed(found, following)
        missing = set(channels_of(self.connection)) - set(kept.queue) if not following else set()
        unreadable = [*records.unreadable, *map(passed_over, sorted(missing))]
        return Found(records.seen, kept, unreadable)

    async def _people(self, kept: Cursor, after: str) -> Found:
        answer, following = await self.api.page("users.list", after)
        records = Records("user")
        records.take(answer.items("members", PAGE_SIZE), people.people_in)
        return Found(records.seen, replace(kept, people=following or None), records.unreadable)


async def _ours(api: SlackApi) -> Ours:
    """Who we are in the workspace, and where it is."""
    answer = await api.get("auth.test")
    url = answer.web_url("url")
    return Ours(
        user=answer.identity_or_none("user_id"),
        bot=answer.identity_or_none("bot_id"),
        url=url.rstrip("/") if url else None,
    )
