"""Entries of a timeline that follow from facts: written once, and kept as the facts are.

A page's event and a deployment each have their entry, known by the source and its id of it. What
a person revised or retracted is theirs from then on.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from server.commands.timeline import Entry, write
from server.commands.work import Work
from server.domain.feed import FeedChange, FeedSubject
from server.store import timeline, told_entry
from server.store.database import Row
from server.store.directory import directory_of, words
from server.store.ids import new_id


@dataclass(frozen=True, slots=True)
class ToldEntry:
    """An entry as the facts want it, and what it is known by: a name, or any of its aliases."""

    source: str
    external_id: str
    entry: Entry
    aliases: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return (self.external_id, *self.aliases)


async def keep(work: Work, incident_id: UUID, wanted: Sequence[ToldEntry]) -> None:
    """Have these entries in the incident's timeline; those that stand so already stay."""
    names = [name for each in wanted for name in each.names]
    rows = await told_entry.named(work.tx, incident_id, names)
    known = {(row["source"], row["external_id"]): row for row in rows}
    for each in wanted:
        standing = [known[key] for name in each.names if (key := (each.source, name)) in known]
        row = next(iter(standing), None)
        for double in standing[1:]:
            await _take_back(work, double, "it is told under another name.")
        if row and row["external_id"] != each.external_id:
            await told_entry.rename(work.tx, row, each.external_id)
        if row is None:
            await write(
                work,
                incident_id,
                each.entry,
                source=each.source,
                external_id=each.external_id,
            )
        elif not row["touched"]:
            await _keep_as(work, row, {**_columns(each.entry), "retracted": False})


async def take_back(
    work: Work, incident_id: UUID, prefix: str, kept: Collection[ToldEntry], reason: str
) -> None:
    """Retract the entries whose id begins so, but for those that are kept."""
    stay = {(each.source, each.external_id) for each in kept}
    for row in await told_entry.standing(work.tx, incident_id, prefix):
        if (row["source"], row["external_id"]) not in stay:
            await _take_back(work, row, reason)


async def _take_back(work: Work, row: Row, reason: str) -> None:
    changes: dict[str, object] = {"retracted": True, "body": f"Retracted: {reason}"}
    await _keep_as(work, row, changes, FeedChange.RETRACTED)


def _columns(entry: Entry) -> dict[str, object]:
    return {
        "kind": entry.kind.value,
        "occurred_at": entry.occurred_at,
        "body": entry.body,
        "url": entry.url,
        "actor_id": entry.actor,
        "deployment_id": entry.deployment,
    }


async def _keep_as(
    work: Work, row: Row, wanted: dict[str, object], change: FeedChange = FeedChange.REVISED
) -> None:
    """Change an entry into what is wanted, unless it is that already."""
    changes = {name: value for name, value in wanted.items() if row[name] != value}
    if not changes:
        return
    if "body" in changes:
        changes |= words("body", str(changes["body"]), await directory_of(work.tx))
    incident_id = row["incident_id"]
    changes["sequence"] = await work.changed(incident_id, FeedSubject.TIMELINE, row["id"], change)
    revision: dict[str, object] = {"id": new_id(), "at": work.now, "by_id": None}
    await timeline.revise_entry(work.tx, row, changes, revision=revision)
