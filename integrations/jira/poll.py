"""The rounds in which tickets are read: everything of ours that changed, page by page."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from integrations.contract import Batch, Malformed, Rejected, Unreadable
from integrations.jira.ask import Found, JiraApi
from integrations.jira.cursor import Cursor, read_cursor
from integrations.jira.translate import LABEL, READ, reading_of
from integrations.observation import Observation
from integrations.payload import as_object, digest_of

_TICKETS = f"labels = {LABEL} AND updated >= {{since}} ORDER BY updated ASC, key ASC"


async def poll(api: JiraApi, cursor: str | None) -> Batch:
    """One page of the tickets that changed; in the first round, of all that there are."""
    page, _ = await _page(api, read_cursor(cursor, Cursor()))
    return page


async def backfill(api: JiraApi, since: datetime, cursor: str | None) -> Batch:
    """One page of the tickets that changed since then."""
    page, kept = await _page(api, read_cursor(cursor, Cursor.at(since)))
    progress = kept.share(since, datetime.now(UTC)) if page.more else 1.0
    return replace(page, progress=progress)


async def _page(api: JiraApi, kept: Cursor) -> tuple[Batch, Cursor]:
    found = await _search(api, kept)
    read = _Read()
    for issue in found.issues:
        read.take(api, issue)
    following = kept.on(read.times, found.after)
    more = found.after is not None
    return Batch(read.seen, following.write(), more, read.unreadable), following


async def _search(api: JiraApi, kept: Cursor) -> Found:
    """The page at a cursor. Jira forgets where a page began after some days; then the minute is
    read from its beginning."""
    query = _TICKETS.format(since=kept.since)
    try:
        return await api.search(query, kept.after)
    except Rejected:
        if kept.after is None:
            raise
        return await api.search(query)


@dataclass(slots=True)
class _Read:
    """What a page tells, and what of it cannot be read."""

    seen: list[Observation] = field(default_factory=list)
    times: list[datetime] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)

    def take(self, api: JiraApi, issue: Any) -> None:
        """Read one issue; what is wrong with it stops no other."""
        reading = reading_of(issue)
        try:
            self.times.append(as_object(issue, "issue").object("fields").instant("updated"))
            self.seen += reading.observations(api.account)
        except Malformed as error:
            key = f"{READ}:{digest_of(reading.body)}"
            self.unreadable.append(Unreadable(key, READ, str(error), reading.body))
