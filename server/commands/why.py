"""Growing a why-chain down to the system."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from server.commands.evidence import evidence_problems, replace_evidence
from server.commands.once import once
from server.commands.timeline import require_incident
from server.commands.work import Office, Work
from server.domain.feed import FeedChange, FeedSubject
from server.domain.text import check_text
from server.domain.viewer import Scope, Viewer
from server.domain.why import (
    Why,
    check_new,
    check_parent_kept,
    check_removal,
    complete,
    depth_below,
)
from server.errors import ErrorCode, Problem, Refused, refuse
from server.store import incident as incidents
from server.store.directory import directory_of, words
from server.store.ids import new_id
from server.store.queue import Job, JobKind
from server.store.statements import delete_rows, find_row, find_rows, insert_row, update_row
from server.store.tables import action_item, incident, why, why_evidence

MAX_WORDS = 4000
"""Characters of a question, and of an answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Add a why, or with `id` edit one. On an edit, None keeps what is there."""

    incident: UUID
    question: str
    answer: str
    id: UUID | None = None
    parent: UUID | None = None
    systemic: bool | None = None
    evidence: tuple[UUID, ...] | None = None


async def answer(office: Office, viewer: Viewer, command: Answer, key: str | None = None) -> UUID:
    """Add or edit a why; its id.

    Raises:
        Refused: every rule that the input breaks.
    """
    viewer.require(Scope.INCIDENTS_WRITE)
    async with office.work() as work:

        async def create() -> Sequence[UUID]:
            return [await _answer(work, command)]

        return (await once(work, viewer, command, key, create))[0]


async def _answer(work: Work, command: Answer) -> UUID:
    command = replace(command, incident=(await require_incident(work, command.incident))["id"])
    nodes = await _chain(work, command.incident)
    problems = [
        *check_text(command.question, MAX_WORDS, "question", what="question"),
        *check_text(command.answer, MAX_WORDS, "answer", what="answer"),
        *_place_problems(nodes, command),
        *await evidence_problems(work, command.incident, command.evidence or ()),
    ]
    if problems:
        raise Refused(*problems)
    if command.id:
        why_id, change = command.id, FeedChange.REVISED
        await _edit(work, why_id, command)
    else:
        why_id, change = new_id(), FeedChange.ADDED
        await _add(work, why_id, command, nodes)
    if command.evidence is not None:
        await replace_evidence(work, why_evidence, "why_id", why_id, command.evidence)
    await _follow(work, command.incident, why_id, change)
    return why_id


def _place_problems(nodes: Sequence[Why], command: Answer) -> tuple[Problem, ...]:
    """What forbids the answer's place in the chain."""
    if command.id is None:
        return check_new(nodes, command.parent)
    edited = next((node for node in nodes if node.id == command.id), None)
    if edited is None:
        message = "There is no such answer in this incident's why-chain."
        return (Problem(ErrorCode.NOT_FOUND, message, ("id",)),)
    return check_parent_kept(edited, command.parent)


async def _add(work: Work, why_id: UUID, command: Answer, nodes: Sequence[Why]) -> None:
    parent = next((node for node in nodes if node.id == command.parent), None)
    await insert_row(
        work.tx,
        why,
        id=why_id,
        incident_id=command.incident,
        parent_id=command.parent,
        depth=depth_below(parent),
        **await _worded(work, command),
        systemic=bool(command.systemic),
        created_at=work.now,
    )


async def _edit(work: Work, why_id: UUID, command: Answer) -> None:
    changes = await _worded(work, command)
    if command.systemic is not None:
        changes["systemic"] = command.systemic
    await update_row(work.tx, why, changes, id=why_id)


async def _worded(work: Work, command: Answer) -> dict[str, object]:
    directory = await directory_of(work.tx)
    return {
        **words("question", command.question.strip(), directory),
        **words("answer", command.answer.strip(), directory),
    }


@dataclass(frozen=True, slots=True)
class Remove:
    """Take a why away that nothing hangs on."""

    id: UUID


async def remove(office: Office, viewer: Viewer, command: Remove) -> UUID:
    """Remove a why; the id of its incident. Action items that came from it stay, without it.

    Raises:
        Refused: NOT_FOUND; CONFLICT, other answers follow from it.
    """
    viewer.require(Scope.INCIDENTS_WRITE)
    async with office.work() as work:
        found = await find_row(work.tx, why, id=command.id)
        locked = await incidents.lock(work.tx, found["incident_id"]) if found else None
        if not locked:
            raise refuse(ErrorCode.NOT_FOUND, "There is no such answer.", "id")
        incident_id: UUID = locked["id"]
        problems = check_removal(await _chain(work, incident_id), command.id)
        if problems:
            raise Refused(*problems)
        orphans = await find_rows(work.tx, action_item, why_id=command.id)
        await delete_rows(work.tx, why, id=command.id)
        await _follow(work, incident_id, command.id, FeedChange.RETRACTED)
        for item in orphans:
            await work.changed(
                item["incident_id"], FeedSubject.ACTION_ITEM, item["id"], FeedChange.REVISED
            )
        return incident_id


async def _chain(work: Work, incident_id: UUID) -> tuple[Why, ...]:
    """The incident's whole chain; its length is bounded by the domain."""
    rows = await find_rows(work.tx, why, incident_id=incident_id)
    return tuple(Why(row["id"], row["parent_id"], row["depth"], row["systemic"]) for row in rows)


async def _follow(work: Work, incident_id: UUID, why_id: UUID, change: FeedChange) -> None:
    """Keep what derives from the chain, and tell of its change."""
    done = complete(await _chain(work, incident_id))
    await update_row(work.tx, incident, {"why_complete": done}, id=incident_id)
    await work.changed(incident_id, FeedSubject.WHY, why_id, change)
    work.later(Job(JobKind.COMPARE, incident_id))
