"""Growing a why-chain down to the system."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from server.commands.evidence import evidence_problems, replace_evidence
from server.commands.once import once
from server.commands.timeline import require_incident
from server.commands.versions import edit_problems
from server.commands.work import Office, Work
from server.domain.blameless import LanguageFinding
from server.domain.feed import FeedChange, FeedSubject
from server.domain.redaction import people_in
from server.domain.systemic import of_a_person, proposed
from server.domain.text import check_text
from server.domain.viewer import Scope, Viewer
from server.domain.why import (
    Why,
    check_new,
    check_parent_kept,
    check_removal,
    check_systemic,
    depth_below,
)
from server.domain.why_question import next_questions
from server.errors import ErrorCode, Problem, Refused, refuse
from server.store import incident as incidents
from server.store.directory import directory_of, words
from server.store.ids import new_id
from server.store.language import said
from server.store.queue import Job, JobKind
from server.store.statements import delete_rows, find_row, find_rows, insert_row, update_row
from server.store.tables import action_item, why, why_evidence
from server.store.why import chain_of

MAX_WORDS = 4000
"""Characters of a question, and of an answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Add a why, or with `id` edit one: None keeps what is there, `version` is what it changes."""

    incident: UUID
    question: str
    answer: str
    id: UUID | None = None
    parent: UUID | None = None
    systemic: bool | None = None
    evidence: tuple[UUID, ...] | None = None
    version: int | None = None


async def answer(office: Office, viewer: Viewer, command: Answer, key: str | None = None) -> UUID:
    """Add or edit a why; its id.

    Raises:
        Refused: every rule that the input breaks.
    """
    viewer.require(Scope.INCIDENTS_WRITE)
    async with office.work() as work:

        async def create() -> Sequence[UUID]:
            return [await _answer(work, viewer, command)]

        return (await once(work, viewer, command, key, create))[0]


async def _answer(work: Work, viewer: Viewer, command: Answer) -> UUID:
    command = replace(command, incident=(await require_incident(work, command.incident))["id"])
    nodes = await chain_of(work.tx, command.incident)
    problems = [
        *check_text(command.question, MAX_WORDS, "question", what="question"),
        *check_text(command.answer, MAX_WORDS, "answer", what="answer"),
        *_place_problems(nodes, command),
        *await evidence_problems(work, command.incident, command.evidence or ()),
    ]
    if problems:
        raise Refused(*problems)
    columns = await _worded(work, command)
    if command.systemic:
        by_person = await _of_a_person(work, command.answer)
        if problems := [*check_systemic(by_person)]:
            raise Refused(*problems)
    if command.id:
        why_id, change = command.id, FeedChange.REVISED
        await _edit(work, viewer, command, columns)
    else:
        why_id, change = new_id(), FeedChange.ADDED
        await _add(work, why_id, command, nodes, columns)
    if command.evidence is not None:
        await replace_evidence(work, why_evidence, "why_id", why_id, command.evidence)
    await work.changed(command.incident, FeedSubject.WHY, why_id, change)
    work.later(Job(JobKind.COMPARE, command.incident))
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


async def _add(
    work: Work, why_id: UUID, command: Answer, nodes: Sequence[Why], columns: Mapping[str, object]
) -> None:
    parent = next((node for node in nodes if node.id == command.parent), None)
    await insert_row(
        work.tx,
        why,
        id=why_id,
        incident_id=command.incident,
        parent_id=command.parent,
        depth=depth_below(parent),
        **columns,
        systemic=bool(command.systemic),
        created_at=work.now,
    )


async def _edit(work: Work, viewer: Viewer, command: Answer, columns: Mapping[str, object]) -> None:
    """Change an answer; one that gives a person as the cause is no longer held to be an end."""
    (row,) = await find_rows(work.tx, why, id=command.id)
    texts = {name: columns[name] for name in ("question", "answer")}
    if problems := tuple(edit_problems(viewer, row, command.version, texts)):
        raise Refused(*problems)
    systemic = row["systemic"] if command.systemic is None else command.systemic
    changes = {**columns, "systemic": systemic and not columns["of_a_person"]}
    if not changes["systemic"]:
        changes |= dict.fromkeys(_ACCEPTANCE)
    if any(text != row[name] for name, text in texts.items()):
        changes["version"] = row["version"] + 1
    await update_row(work.tx, why, changes, id=row["id"])


_ACCEPTANCE = ("accepted_reason", "accepted_reason_redacted", "accepted_by_id", "accepted_at")


async def _worded(work: Work, command: Answer) -> dict[str, object]:
    """The texts as columns, with what derives from the answer."""
    directory = await directory_of(work.tx)
    columns = {
        **said("question", command.question.strip(), directory, work.rules),
        **said("answer", command.answer.strip(), directory, work.rules),
    }
    by_person = await _of_a_person(work, command.answer)
    names = people_in(command.answer, directory)
    questions = next_questions(command.answer, by_person)
    return columns | {
        "systemic_proposed": proposed(command.answer, [*names]),
        "of_a_person": bool(by_person),
        **words("next_questions", "\n".join(questions), directory),
    }


async def _of_a_person(work: Work, answer: str) -> tuple[LanguageFinding, ...]:
    return of_a_person(answer, [*people_in(answer, await directory_of(work.tx))])


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
        problems = check_removal(await chain_of(work.tx, incident_id), command.id)
        if problems:
            raise Refused(*problems)
        orphans = await find_rows(work.tx, action_item, why_id=command.id)
        await delete_rows(work.tx, why, id=command.id)
        await work.changed(incident_id, FeedSubject.WHY, command.id, FeedChange.RETRACTED)
        work.later(Job(JobKind.COMPARE, incident_id))
        for item in orphans:
            await work.changed(
                item["incident_id"], FeedSubject.ACTION_ITEM, item["id"], FeedChange.REVISED
            )
        return incident_id
