"""Entries of a timeline that follow from facts: written once, and kept as the facts are.

A page's event and a deployment each have their entry, known by the source and its id of it. What
a person revised or retracted is theirs from then on.
"""

from collections.abc import Sequence
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
            await take_back(work, double, "it is told under another name.")
        if row and row["external_id"] != each.external_id:
            await told_entry.rename(work.tx, row, each.external_id)
        await keep_one(work, incident_id, each, row)


async def keep_one(work: Work, incident_id: UUID, wanted: ToldEntry, row: Row | None) -> None:
    """Have this entry in the incident's timeline, in the place of `row` where there is one."""
    if row is None:
        await write(
            work,
            incident_id,
            wanted.entry,
            source=wanted.source,
            external_id=wanted.external_id,
        )
    elif not row["touched"]:
        told = {"source": wanted.source, **_columns(wanted.entry), "retracted": False}
        await _keep_as(work, row, told)


async def take_back(work: Work, row: Row, reason: str, *, nameless: bool = False) -> None:
    """Retract an entry, unless a person changed it.

    `nameless`: what its source knows it by is free from then on, for another entry.
    """
    if row["touched"]:
        return
    changes: dict[str, object] = {"external_id": None} if nameless else {}
    if not row["retracted"]:
        changes |= {"retracted": True, "body": f"Retracted: {reason}"}
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
