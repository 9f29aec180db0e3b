"""Promising work that keeps an incident from coming back, and following it until it is done."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from uuid import UUID

from server.commands.action_item_change import Author, change, hold
from server.commands.changes import null_problems
from server.commands.once import once
from server.commands.timeline import require_incident
from server.commands.versions import edit_problems
from server.commands.work import Office, Work
from server.domain.action_item import (
    ActionItemKind,
    ActionItemState,
    Priority,
    check_due,
    check_move,
    check_title,
    completed_at,
    default_due_on,
    default_priority,
)
from server.domain.feed import FeedSubject
from server.domain.specificity import check_specificity
from server.domain.text import check_bounds
from server.domain.viewer import Scope, Viewer
from server.errors import ErrorCode, Problem, Refused
from server.store.database import Row
from server.store.directory import directory_of, words
from server.store.ids import new_id
from server.store.language import said
from server.store.queue import Job, JobKind
from server.store.statements import find_row, insert_row
from server.store.tables import action_item, person, why

MAX_DESCRIPTION = 20_000
MAX_REASON = 2000


@dataclass(frozen=True, slots=True)
class Create:
    """Promise one piece of work, with one owner."""

    incident: UUID
    title: str
    kind: ActionItemKind
    owner: UUID
    why: UUID | None = None
    description: str | None = None
    priority: Priority | None = None
    due_on: date | None = None


async def create(office: Office, viewer: Viewer, command: Create, key: str | None = None) -> UUID:
    """Create an action item; its id.

    Raises:
        Refused: every rule that the input breaks.
    """
    viewer.require(Scope.ACTIONS_WRITE)
    async with office.work() as work:

        async def make() -> Sequence[UUID]:
            return [await _create(work, command)]

        return (await once(work, viewer, command, key, make))[0]


async def _create(work: Work, command: Create) -> UUID:
    of_incident = await require_incident(work, command.incident)
    command = replace(command, incident=of_incident["id"])
    today = work.now.date()
    due_on = command.due_on or default_due_on(command.kind, today, work.sprints)
    state = _first_state(command, of_incident, today)
    texts = {"title": command.title, "description": command.description}
    problems = [
        *_text_problems(texts),
        *check_due(due_on, today, state),
        *await _owner_problems(work, command.owner),
        *await _why_problems(work, command),
    ]
    if problems:
        raise Refused(*problems)
    item_id = new_id()
    await insert_row(
        work.tx,
        action_item,
        id=item_id,
        incident_id=command.incident,
        why_id=command.why,
        **await _worded(work, texts),
        kind=command.kind.value,
        priority=(command.priority or default_priority(command.kind)).value,
        owner_id=command.owner,
        due_on=due_on,
        state=state.value,
        completed_at=completed_at(state, None, work.now),
        created_at=work.now,
        updated_at=work.now,
    )
    await work.changed(command.incident, FeedSubject.ACTION_ITEM, item_id)
    work.later(Job(JobKind.TICKET, item_id))
    return item_id


def _first_state(command: Create, of_incident: Row, today: date) -> ActionItemState:
    """DONE for an immediate mitigation of an incident that users no longer feel, else OPEN.

    Such items are done during the incident, so afterwards they are written down as a record. A
    due date that is still to come says that this one is a promise after all.
    """
    is_record = (
        command.kind is ActionItemKind.IMMEDIATE_MITIGATION
        and (of_incident["mitigated_at"] or of_incident["resolved_at"])
        and (command.due_on is None or command.due_on <= today)
    )
    return ActionItemState.DONE if is_record else ActionItemState.OPEN


@dataclass(frozen=True, slots=True)
class Update:
    """Change an action item: only the columns in `changes`.

    These are title, description, kind, owner_id, priority, due_on, state and reason.
    """

    id: UUID
    changes: Mapping[str, object]
    version: int | None = None


async def update(office: Office, viewer: Viewer, command: Update) -> UUID:
    """Change an action item; its id.

    Raises:
        Refused: every rule that the input breaks.
    """
    viewer.require(Scope.ACTIONS_WRITE)
    async with office.work() as work:
        old = await hold(work, command.id)
        problems = null_problems(command.changes, _NEVER_NULL)
        if problems:
            raise Refused(*problems)
        texts = {name: command.changes[name] for name in _TEXTS if name in command.changes}
        if problems := [*edit_problems(viewer, old, command.version, texts)]:
            raise Refused(*problems)
        await _check_update(work, old, command.changes)
        changes = await _update_columns(work, old, command.changes)
        await change(work, old, changes, Author(work.now, person_id=viewer.person_id))
        if any(changes.get(name, old[name]) != old[name] for name in _TOLD_OF):
            work.later(Job(JobKind.TICKET, command.id))
        return command.id


async def _check_update(work: Work, old: Row, changes: Mapping[str, object]) -> None:
    now = {**old, **changes}
    wanted = ActionItemState(now["state"])
    reason = changes.get("reason")
    problems = [
        *_text_problems(changes),
        *check_move(ActionItemState(old["state"]), wanted, str(reason) if reason else None),
        *check_due(now["due_on"], work.now.date(), wanted, old["due_on"]),
    ]
    if now["owner_id"] != old["owner_id"]:
        problems += await _owner_problems(work, now["owner_id"])
    if problems:
        raise Refused(*problems)


async def _update_columns(work: Work, old: Row, changes: Mapping[str, object]) -> dict[str, object]:
    """The changes as columns, with what follows from them."""
    row = dict(changes)
    wanted = ActionItemState(str(changes.get("state", old["state"])))
    if wanted != old["state"]:
        # The reason tells of the state it was given for: it does not outlive that state.
        row.setdefault("reason", None)
        row["completed_at"] = completed_at(wanted, old["completed_at"], work.now)
    texts: dict[str, object] = {name: row[name] for name in _TEXTS if name in row}
    return {**row, **await _worded(work, texts)}


_TOLD_OF = ("title", "description", "priority", "owner_id", "due_on", "state")
"""What an action item's ticket tells."""


_NEVER_NULL = {
    "title": "title",
    "kind": "kind",
    "owner_id": "owner",
    "priority": "priority",
    "due_on": "dueOn",
    "state": "state",
}


_SHOWN = ("title", "description")
_TEXTS = (*_SHOWN, "reason")
_BOUNDS = {"description": MAX_DESCRIPTION, "reason": MAX_REASON}


def _text_problems(texts: Mapping[str, object]) -> list[Problem]:
    title = texts.get("title")
    problems = list(check_title(title)) if isinstance(title, str) else []
    for name, most in _BOUNDS.items():
        if isinstance(text := texts.get(name), str):
            problems += check_bounds(text, most, name, what=name)
    return problems


async def _owner_problems(work: Work, owner: UUID) -> list[Problem]:
    if await find_row(work.tx, person, id=owner):
        return []
    message = "There is no such person. An owner is one Person; people(search:) lists their ids."
    return [Problem(ErrorCode.NOT_FOUND, message, ("owner",))]


async def _why_problems(work: Work, command: Create) -> list[Problem]:
    if command.why is None:
        return []
    found = await find_row(work.tx, why, id=command.why)
    if found and found["incident_id"] == command.incident:
        return []
    message = "There is no such answer in this incident's why-chain."
    return [Problem(ErrorCode.NOT_FOUND, message, ("why",))]


async def _worded(work: Work, texts: Mapping[str, object]) -> dict[str, object]:
    """The texts as columns, each with what derives from it."""
    directory = await directory_of(work.tx)
    columns: dict[str, object] = {}
    for name, text in texts.items():
        stripped = text.strip() if isinstance(text, str) else None
        written = stripped or None
        if name in _SHOWN:
            columns |= said(name, written, directory, work.rules)
        else:
            columns |= words(name, written, directory)
    if isinstance(title := texts.get("title"), str):
        columns["findings"] = [asdict(each) for each in check_specificity(title)]
    return columns
