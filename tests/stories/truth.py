"""What the tables say of an incident's timeline: what everybody who follows it must have seen."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from server.domain.feed import FeedSubject
from server.store.database import Database
from server.store.tables import feed
from tests.commands.stored import Stored


@dataclass(frozen=True)
class Truth:
    """The timeline of one incident as it is now."""

    changes: list[tuple[int, str]]
    """Sequence and kind of every change of the timeline, in order."""
    bodies: dict[str, str]

    @classmethod
    async def of(cls, database: Database, incident: UUID) -> Truth:
        stored = Stored(database)
        rows = await stored.rows(feed, incident_id=incident)
        about = [row for row in rows if row["subject"] == FeedSubject.TIMELINE]
        entries = await stored.timeline(incident)
        return cls(
            sorted((row["sequence"], row["change"]) for row in about),
            {f"ent_{entry['id'].hex}": entry["body"] for entry in entries},
        )
