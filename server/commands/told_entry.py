"""Entries of a timeline that follow from facts: written once, and kept as the facts are.

A page's event and a deployment each have their entry, known by the source and its id of it. What
a person revised or retracted is theirs from then on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from server.commands.timeline import Entry, write_all
from server.commands.work import Work
from server.domain.feed import FeedChange, FeedSubject
from server.domain.redaction import Directory
from server.store import timeline, told_entry
from server.store.database import Row
from server.store.directory import directory_of, words

Name: TypeAlias = tuple[str, str]
"""What an entry is known by: its source, and the source's id of it."""


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
    await _put(work, incident_id, [(each, await _place(work, each, known)) for each in wanted])


async def keep_one(work: Work, incident_id: UUID, wanted: ToldEntry, row: Row | None) -> None:
    """Have this entry in the incident's timeline, in the place of `row` where there is one."""
    await _put(work, incident_id, [(wanted, row)])


async def _place(work: Work, wanted: ToldEntry, known: Mapping[Name, Row]) -> Row | None:
    """The entry that stands for it, under its name from now on; others of its names give way."""
    standing = [known[key] for name in wanted.names if (key := (wanted.source, name)) in known]
    for double in standing[1:]:
        await take_back(work, double, "it is told under another name.")
    row = next(iter(standing), None)
    if row and row["external_id"] != wanted.external_id:
        await told_entry.rename(work.tx, row, wanted.external_id)
    return row


async def _put(
    work: Work, incident_id: UUID, placed: Sequence[tuple[ToldEntry, Row | None]]
) -> None:
    """Write those that are new, and change those that stand, but for what a person changed."""
    new = [each for each, row in placed if row is None]
    origins = [(each.source, each.external_id) for each in new]
    await write_all(work, incident_id, [each.entry for each in new], origins)
    revised = [
        (row, {"source": each.source, **_columns(each.entry)})
        for each, row in placed
        if row and not row["touched"]
    ]
    await _keep_as(work, incident_id, revised, FeedChange.REVISED)


async def take_back(work: Work, row: Row, reason: str, *, nameless: bool = False) -> None:
    """Retract an entry, unless a person changed it.

    `nameless`: what its source knows it by is free from then on, for another entry.
    """
    if row["touched"]:
        return
    changes: dict[str, object] = {"external_id": None} if nameless else {}
    if not row["retracted"]:
        changes |= _retracted(reason)
    await _keep_as(work, row["incident_id"], [(row, changes)], FeedChange.RETRACTED)


async def take_back_named(
    work: Work, incident_id: UUID, source: str, names: Sequence[str], reason: str
) -> None:
    """Retract those entries of a source that still stand."""
    rows = await told_entry.named(work.tx, incident_id, names)
    gone = [
        (row, _retracted(reason))
        for row in rows
        if row["source"] == source and not row["touched"] and not row["retracted"]
    ]
    await _keep_as(work, incident_id, gone, FeedChange.RETRACTED)


def _retracted(reason: str) -> dict[str, object]:
    return {"body": f"Retracted: {reason}", "retracted": True}


def _columns(entry: Entry) -> dict[str, object]:
    return {
        "kind": entry.kind.value,
        "occurred_at": entry.occurred_at,
        "body": entry.body,
        "url": entry.url,
        "actor_id": entry.actor,
        "deployment_id": entry.deployment,
        "retracted": False,
    }


async def _keep_as(
    work: Work,
    incident_id: UUID,
    wanted: Sequence[tuple[Row, dict[str, object]]],
    change: FeedChange,
) -> None:
    """Change entries into what is wanted, the same columns of each; what is so already stays."""
    news = [(row, values) for row, values in wanted if any(row[n] != v for n, v in values.items())]
    if not news:
        return
    directory = await directory_of(work.tx)
    ids = [row["id"] for row, _ in news]
    sequences = await work.all_changed(incident_id, FeedSubject.TIMELINE, ids, change)
    changes = [
        (row, {**values, **_body(row, values, directory), "sequence": sequence})
        for (row, values), sequence in zip(news, sequences, strict=True)
    ]
    await timeline.revise_entries(work.tx, changes, work.now)


def _body(row: Row, values: Mapping[str, object], directory: Directory) -> dict[str, object]:
    """The text, rendered anew only where it is another one: a rendering that stands stays."""
    body = values.get("body", row["body"])
    if body == row["body"]:
        return {"body_redacted": row["body_redacted"]}
    return words("body", str(body), directory)
