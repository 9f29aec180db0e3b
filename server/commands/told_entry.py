"""Entries of a timeline that follow from facts: written once, and kept as the facts are.

A page's event and a deployment each have their entry, known by the source and its id of it. What
a person revised or retracted is theirs from then on.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from server.commands.timeline import Entry, write_all
from server.commands.work import Work
from server.domain.feed import FeedChange, FeedSubject
from server.domain.redaction import Directory
from server.store import timeline, told_entry
from server.store.database import Row
from server.store.directory import directory_of, words


@dataclass(frozen=True, slots=True)
class ToldEntry:
    """An entry as the facts want it, and what it is known by."""

    source: str
    external_id: str
    entry: Entry


async def keep(work: Work, incident_id: UUID, wanted: Sequence[ToldEntry]) -> None:
    """Have these entries in the incident's timeline; those that stand so already stay."""
    names = [each.external_id for each in wanted]
    rows = await told_entry.named(work.tx, incident_id, names)
    known = {(row["source"], row["external_id"]): row for row in rows}
    new = [each for each in wanted if (each.source, each.external_id) not in known]
    origins = [(each.source, each.external_id) for each in new]
    await write_all(work, incident_id, [each.entry for each in new], origins)
    revised = [
        (row, _columns(each.entry))
        for each in wanted
        if (row := known.get((each.source, each.external_id))) and not row["touched"]
    ]
    await _keep_as(work, incident_id, revised, FeedChange.REVISED)


async def take_back(
    work: Work, incident_id: UUID, prefix: str, kept: Collection[ToldEntry], reason: str
) -> None:
    """Retract the entries whose id begins so, but for those that are kept."""
    stay = {(each.source, each.external_id) for each in kept}
    rows = await told_entry.standing(work.tx, incident_id, prefix)
    gone = [row for row in rows if (row["source"], row["external_id"]) not in stay]
    await _retract(work, incident_id, gone, reason)


async def take_back_named(
    work: Work, incident_id: UUID, source: str, names: Sequence[str], reason: str
) -> None:
    """Retract those entries of a source that still stand."""
    rows = await told_entry.named(work.tx, incident_id, names)
    gone = [
        row
        for row in rows
        if row["source"] == source and not row["touched"] and not row["retracted"]
    ]
    await _retract(work, incident_id, gone, reason)


async def _retract(work: Work, incident_id: UUID, rows: Sequence[Row], reason: str) -> None:
    gone: dict[str, object] = {"body": f"Retracted: {reason}", "retracted": True}
    await _keep_as(work, incident_id, [(row, gone) for row in rows], FeedChange.RETRACTED)


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
    """Change entries into what is wanted, but for those that are it already."""
    news = [(row, values) for row, values in wanted if any(row[n] != v for n, v in values.items())]
    if not news:
        return
    directory = await directory_of(work.tx)
    ids = [row["id"] for row, _ in news]
    sequences = await work.all_changed(incident_id, FeedSubject.TIMELINE, ids, change)
    changes = [
        (row, {**values, **_body(row, str(values["body"]), directory), "sequence": sequence})
        for (row, values), sequence in zip(news, sequences, strict=True)
    ]
    await timeline.revise_entries(work.tx, changes, work.now)


def _body(row: Row, body: str, directory: Directory) -> dict[str, object]:
    """The text, rendered anew only where it is another one: a rendering that stands stays."""
    if body == row["body"]:
        return {"body_redacted": row["body_redacted"]}
    return words("body", body, directory)
