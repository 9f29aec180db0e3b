"""Joining two records of one incident: declared by hand and paged for, say.

All that belongs to the one becomes the other's. Its own row stays, as the record that it was, and
leads to the other from then on: for whoever asks for it, writes into it, or sends its page's news.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from server.commands.observe_page import fold_all, news, word_of
from server.commands.timeline import Entry, write
from server.commands.work import Office, Work
from server.domain.attribution import VerdictKind
from server.domain.feed import FeedChange, FeedSubject
from server.domain.merging import (
    SETTLED,
    TEXTS,
    Record,
    first_to_detect,
    later_word,
    moments,
    status_of,
    whose,
)
from server.domain.timeline import TimelineKind
from server.domain.viewer import Scope, Viewer
from server.domain.why import Why, check_chain, complete
from server.errors import ErrorCode, Refused, refuse
from server.store import attribution_kept as kept
from server.store import incident as incidents
from server.store import incident_parts as parts
from server.store.database import Row
from server.store.queue import Job, JobKind, of_changed_incident
from server.store.statements import find_row, find_rows, update_row
from server.store.tables import incident, why


@dataclass(frozen=True, slots=True)
class MergeIncidents:
    """Make one incident a part of another."""

    from_: UUID
    into: UUID


async def merge_incidents(office: Office, viewer: Viewer, command: MergeIncidents) -> UUID:
    """Move all that belongs to one incident into another, and let it lead there; the other's id.

    Raises:
        Refused: NOT_FOUND; INVALID, both are the same; CONFLICT, one of them is part of another
            incident already; TOO_MANY, their why-chains are too long for one.
    """
    viewer.require(Scope.INCIDENTS_WRITE)
    if command.from_ == command.into:
        message = "An incident is no other record of itself. Give two incidents."
        raise refuse(ErrorCode.INVALID, message, "into")
    async with office.work() as work:
        merged, target = await both(work, command)
        await join(work, merged, target, by=viewer.person_id, settled=SETTLED)
        await _tell(work, viewer, merged, target)
    return command.into


async def join(
    work: Work, merged: Row, target: Row, *, by: UUID | None, settled: frozenset[str]
) -> None:
    """Move all that belongs to one incident, whose rows `both` gave, into the other.

    `settled` are the columns that sources change no longer.

    Raises:
        Refused: TOO_MANY, their why-chains are too long for one.
    """
    who = {"merged_by_id": by, "merged_at": work.now}
    await parts.lead(work.tx, merged["id"], target["id"], who)
    await _join_rows(work, merged, target, settled)
    await _move_parts(work, merged["id"], target["id"])
    await _move_verdict(work, merged, target["id"])
    await work.changed(merged["id"], FeedSubject.MERGER, target["id"])
    work.later(*of_changed_incident(target["id"]), Job(JobKind.COMPARE, merged["id"]))


# ── the two rows ─────────────────────────────────────────────────────────────


async def both(work: Work, command: MergeIncidents) -> tuple[Row, Row]:
    """Both rows, locked in one order by all who merge; neither is part of another incident."""
    named = {command.from_: "from", command.into: "into"}
    rows = {}
    for incident_id in sorted(named):
        # Looked at before it is locked: who waits for the one that it is part of may hold it.
        _require_standing(await find_row(work.tx, incident, id=incident_id), named[incident_id])
        found = await find_row(work.tx, incident, lock=True, id=incident_id)
        rows[incident_id] = _require_standing(found, named[incident_id])
    return rows[command.from_], rows[command.into]


def _require_standing(row: Row | None, field: str) -> Row:
    if row is None:
        raise refuse(ErrorCode.NOT_FOUND, "There is no such incident.", field)
    if row["merged_into_id"]:
        message = f"#{row['number']} is part of another incident already. Merge with that one."
        raise refuse(ErrorCode.CONFLICT, message, field)
    return row


async def _join_rows(work: Work, merged: Row, target: Row, settled: frozenset[str]) -> None:
    """Give the target what both records come to, with all the pages that it has now."""
    other, into = _record(merged), _record(target)
    word = later_word(into, other)
    page = await fold_all(work, target, word)
    status = page.status if page else status_of(word, into, other)
    changes: dict[str, Any] = {
        **_told(into, other),
        **moments(into.times, other.times, status),
        "status": status.value,
        "status_set_to": word.status.value if word else None,
        "status_set_at": word.at if word else None,
        "edited": sorted(into.edited | other.edited | settled),
    }
    changes |= news({**target, **changes}, page) if page else {}
    changes |= incidents.durations(incidents.times_of({**target, **changes}))
    await update_row(work.tx, incident, changes, id=target["id"])
    await work.changed(target["id"], FeedSubject.INCIDENT, target["id"], FeedChange.REVISED)


def _record(row: Row) -> Record:
    return Record(
        columns=dict(row),
        times=incidents.times_of(row),
        edited=frozenset(row["edited"]),
        word=word_of(row),
        told_by_a_source=row["source"] is not None,
    )


def _told(into: Record, other: Record) -> Mapping[str, Any]:
    """The texts that stand, each with its rendering without names, and what detected it first."""
    columns = {"detected_by": first_to_detect(into, other).columns["detected_by"]}
    for name in TEXTS:
        told = whose(name, into, other).columns
        columns |= {each: told[each] for each in (name, f"{name}_redacted") if each in told}
    return columns


# ── what belongs to them ─────────────────────────────────────────────────────


async def _move_parts(work: Work, merged: UUID, target: UUID) -> None:
    """Move all that belongs to the one into the other, and tell of each part in its feed."""
    for table in parts.UNITED:
        await parts.unite(work.tx, table, merged, target)
    for table in parts.CHAT:
        await update_row(work.tx, table, {"incident_id": target}, incident_id=merged)
    entries = await parts.entries_of(work.tx, merged, target)
    sequences = await work.all_changed(target, FeedSubject.TIMELINE, entries.moving)
    await parts.move_entries(work.tx, target, entries, sequences)
    for subject, table in parts.PARTS.items():
        moved = await parts.move(work.tx, table, merged, target)
        await work.all_changed(target, subject, moved)
    document = await parts.move_postmortem(work.tx, merged, target)
    await work.all_changed(target, FeedSubject.POSTMORTEM, document)
    await _keep_chain(work, target)


async def _keep_chain(work: Work, incident_id: UUID) -> None:
    """Hold the chain to its rules: the other's first questions stand beside the target's."""
    rows = await find_rows(work.tx, why, incident_id=incident_id)
    chain = [Why(row["id"], row["parent_id"], row["depth"], row["systemic"]) for row in rows]
    problems = check_chain(chain)
    if problems:
        raise Refused(*problems)
    await update_row(work.tx, incident, {"why_complete": complete(chain)}, id=incident_id)


# ── a person's verdict ───────────────────────────────────────────────────────

_VERDICT = (
    "verdict_kind",
    "verdict_deployment_id",
    "verdict_by_id",
    "verdict_at",
    "verdict_reason",
    "verdict_reason_redacted",
)

_CAUSES = {
    VerdictKind.CAUSED_BY_DEPLOYMENT: "this deployment caused it",
    VerdictKind.NOT_A_DEPLOYMENT: "no deployment caused it",
}


async def _move_verdict(work: Work, merged: Row, target: UUID) -> None:
    """Let the target have the verdict, or tell of it where the target has one of its own."""
    found = await kept.find(work.tx, merged["id"])
    own = await kept.find(work.tx, target)
    await kept.set_suspects(work.tx, merged["id"], [])
    if not found or not found["verdict_kind"]:
        return
    if own and own["verdict_kind"]:
        await write(work, target, _other_verdict(merged, found))
        return
    await kept.put_verdict(work.tx, target, {name: found[name] for name in _VERDICT})


def _other_verdict(merged: Row, verdict: Row) -> Entry:
    body = f"The verdict on #{merged['number']}: {_CAUSES[verdict['verdict_kind']]}"
    reason = verdict["verdict_reason"]
    return Entry(
        TimelineKind.NOTE,
        verdict["verdict_at"],
        f"{body}: {reason}" if reason else body,
        actor=verdict["verdict_by_id"],
        deployment=verdict["verdict_deployment_id"],
    )


# ── telling of it ────────────────────────────────────────────────────────────


async def _tell(work: Work, viewer: Viewer, merged: Row, target: Row) -> None:
    """Write the merger into the target's timeline."""
    body = f"Merged with #{merged['number']}: {merged['title']}"
    entry = Entry(TimelineKind.STATUS, work.now, body, actor=viewer.person_id)
    await write(work, target["id"], entry)
