"""The timeline entries that hypotheses and whys stand on."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Table

from server.commands.work import Work
from server.domain.feed import FeedChange, FeedSubject
from server.errors import ErrorCode, Problem
from server.store import timeline
from server.store.merging import EVIDENCE, move
from server.store.statements import delete_rows, find_rows, insert_rows
from server.store.tables import hypothesis_evidence, why_evidence

MAX_EVIDENCE = 100
"""Entries that one hypothesis or why may refer to at once."""

_OWNERS = (
    (FeedSubject.HYPOTHESIS, hypothesis_evidence, "hypothesis_id"),
    (FeedSubject.WHY, why_evidence, "why_id"),
)


async def evidence_problems(
    work: Work, incident_id: UUID, entries: Sequence[UUID]
) -> list[Problem]:
    """What forbids these entries as evidence: each must be of this incident's timeline."""
    if len(entries) > MAX_EVIDENCE:
        message = f"Give at most {MAX_EVIDENCE} entries as evidence: the ones that decide."
        return [Problem(ErrorCode.TOO_MANY, message, ("evidence",))]
    known = await timeline.known_entries(work.tx, incident_id, entries) if entries else set()
    message = "There is no such entry in this incident's timeline."
    return [
        Problem(ErrorCode.NOT_FOUND, message, ("evidence", str(index)))
        for index, entry_id in enumerate(entries)
        if entry_id not in known
    ]


async def add_evidence(
    work: Work, table: Table, owner: str, owner_id: UUID, entries: Sequence[UUID]
) -> bool:
    """Let these entries stand for the owner too; whether any of them is new to it.

    `owner` is the table's column of the owner's id.
    """
    had = {row["entry_id"] for row in await find_rows(work.tx, table, **{owner: owner_id})}
    new = [entry_id for entry_id in dict.fromkeys(entries) if entry_id not in had]
    rows: list[dict[str, object]] = [{owner: owner_id, "entry_id": entry} for entry in new]
    await insert_rows(work.tx, table, rows)
    return bool(new)


async def replace_evidence(
    work: Work, table: Table, owner: str, owner_id: UUID, entries: Sequence[UUID]
) -> None:
    """Let these entries, and no others, stand for the owner."""
    await delete_rows(work.tx, table, **{owner: owner_id})
    await add_evidence(work, table, owner, owner_id, entries)


async def move_evidence(work: Work, incident_id: UUID, loser: UUID, winner: UUID) -> None:
    """Let one entry stand for all that another one is evidence of."""
    owners = [
        (subject, [row[owner] for row in await find_rows(work.tx, table, entry_id=loser)])
        for subject, table, owner in _OWNERS
    ]
    await move(work.tx, EVIDENCE, loser, winner)
    for subject, ids in owners:
        await work.all_changed(incident_id, subject, ids, FeedChange.REVISED)
