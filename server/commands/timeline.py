"""Writing a timeline: add, revise and retract entries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from server.commands.changes import null_problems
from server.commands.once import once
from server.commands.versions import edit_problems
from server.commands.work import Office, Work
from server.domain.feed import FeedChange, FeedSubject
from server.domain.text import check_bounds, check_url
from server.domain.timeline import MAX_ENTRIES_AT_ONCE, TimelineKind, check_entry
from server.domain.viewer import Scope, Viewer
from server.errors import ErrorCode, Problem, Refused, refuse
from server.store import incident as incidents
from server.store import timeline
from server.store.database import Row
from server.store.deployment import standing
from server.store.directory import directory_of, words
from server.store.ids import new_id
from server.store.language import said
from server.store.statements import find_rows, insert_rows, known_ids
from server.store.tables import deployment, hypothesis, person, timeline_entry

MAX_REASON = 2000

BY_A_PERSON = "person"
"""The `source` of entries that somebody wrote through the API."""

Told: TypeAlias = tuple[str, str | None]
"""Where an entry comes from: the source, and its id of it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as somebody wants it written."""

    kind: TimelineKind
    occurred_at: datetime
    body: str
    known_at: datetime | None = None
    url: str | None = None
    actor: UUID | None = None
    deployment: UUID | None = None
    hypothesis: UUID | None = None


@dataclass(frozen=True, slots=True)
class AddEntries:
    """Add entries to one incident: all of them, or none."""

    incident: UUID
    entries: tuple[Entry, ...]


async def add(
    office: Office, viewer: Viewer, command: AddEntries, key: str | None = None
) -> Sequence[UUID]:
    """Add entries; their ids in the order of the input.

    Raises:
        Refused: with the path of each entry that breaks a rule.
    """
    viewer.require(Scope.TIMELINE_WRITE)
    async with office.work() as work:

        async def create() -> Sequence[UUID]:
            incident: UUID = (await require_incident(work, command.incident))["id"]
            entries = await _with_standing(work, command.entries)
            problems = await _problems(work, incident, entries)
            if problems:
                raise Refused(*problems)
            return await write_all(work, incident, [_with_actor(each, viewer) for each in entries])

        return await once(work, viewer, command, key, create)


async def write(work: Work, incident: UUID, entry: Entry) -> UUID:
    """Write one entry that is known to be sound, inside a command's transaction; its id."""
    (entry_id,) = await write_all(work, incident, [entry])
    return entry_id


async def write_all(
    work: Work, incident: UUID, entries: Sequence[Entry], told: Sequence[Told] = ()
) -> Sequence[UUID]:
    """Write entries that are known to be sound, in a few statements; their ids.

    `told` says of each where it comes from; without, a person wrote them.
    """
    directory = await directory_of(work.tx)
    ids = [new_id() for _ in entries]
    texts = [
        words("body", each.body, directory)
        if told
        else said("body", each.body, directory, work.rules)
        for each in entries
    ]
    sequences = await work.all_changed(incident, FeedSubject.TIMELINE, ids)
    rows: list[dict[str, object]] = [
        {
            "id": entry_id,
            "incident_id": incident,
            "kind": entry.kind.value,
            "occurred_at": entry.occurred_at,
            "recorded_at": work.now,
            "known_at": entry.known_at,
            "source": source,
            "external_id": external_id,
            "actor_id": entry.actor,
            **body,
            "url": entry.url,
            "deployment_id": entry.deployment,
            "hypothesis_id": entry.hypothesis,
            "sequence": sequence,
        }
        for entry_id, entry, (source, external_id), body, sequence in zip(
            ids, entries, told or [(BY_A_PERSON, None)] * len(ids), texts, sequences, strict=True
        )
    ]
    await insert_rows(work.tx, timeline_entry, rows)
    return ids


@dataclass(frozen=True, slots=True)
class ReviseEntry:
    """Change an entry: only the columns in `changes`. `version` is the `sequence` it changes."""

    id: UUID
    changes: Mapping[str, object]
    version: int | None = None


async def revise(office: Office, viewer: Viewer, command: ReviseEntry) -> UUID:
    """Change what an entry says; what it said before stays readable as a revision.

    Raises:
        Refused: every rule that the changes break; CONFLICT, it was retracted.
    """
    viewer.require(Scope.TIMELINE_WRITE)
    async with office.work() as work:
        old = await _entry(work, command.id)
        if old["retracted"]:
            raise refuse(ErrorCode.CONFLICT, "A retracted entry stays as it is. Add a new one.")
        if nulls := null_problems(command.changes, _NEVER_NULL):
            raise Refused(*nulls)
        now = {**old, **command.changes}
        problems = [
            *check_entry(now["body"], now["occurred_at"], now["known_at"], work.now),
            *check_url(now["url"], "url"),
            *edit_problems(viewer, old, command.version, _texts(command), "sequence"),
        ]
        if problems:
            raise Refused(*problems)
        changes = dict(command.changes)
        if "body" in changes:
            changes |= said("body", now["body"], await directory_of(work.tx), work.rules)
        await _change(work, viewer, old, changes, FeedChange.REVISED)
        return command.id


def _texts(command: ReviseEntry) -> dict[str, object]:
    return {name: text for name, text in command.changes.items() if name == "body"}


@dataclass(frozen=True, slots=True)
class RetractEntry:
    """Take an entry back."""

    id: UUID
    reason: str | None = None


async def retract(office: Office, viewer: Viewer, command: RetractEntry) -> UUID:
    """Take an entry back: its text gives way to the reason, and stands in its revisions.

    Raises:
        Refused: NOT_FOUND; the reason is too long.
    """
    viewer.require(Scope.TIMELINE_WRITE)
    problems = check_bounds(command.reason or "", MAX_REASON, "reason", what="reason")
    if problems:
        raise Refused(*problems)
    async with office.work() as work:
        old = await _entry(work, command.id)
        if not old["retracted"]:
            reason = (command.reason or "").strip()
            text = f"Retracted: {reason}" if reason else "Retracted"
            body = said("body", text, await directory_of(work.tx), work.rules)
            changes = {"retracted": True, **body}
            await _change(work, viewer, old, changes, FeedChange.RETRACTED)
        return command.id


async def _change(
    work: Work, viewer: Viewer, old: Row, changes: dict[str, object], change: FeedChange
) -> None:
    revision = {"id": new_id(), "at": work.now, "by_id": viewer.person_id}
    sequence = await work.changed(old["incident_id"], FeedSubject.TIMELINE, old["id"], change)
    changes |= {"sequence": sequence, "touched": True}
    await timeline.revise_entry(work.tx, old, changes, revision=revision)


def _with_actor(entry: Entry, viewer: Viewer) -> Entry:
    return entry if entry.actor else replace(entry, actor=viewer.person_id)


async def _with_standing(work: Work, entries: Sequence[Entry]) -> Sequence[Entry]:
    """The entries, each with the deployment that its id leads to; an unknown id stays."""
    led = await standing(work.tx, [each.deployment for each in entries if each.deployment])
    return [
        replace(each, deployment=led.get(each.deployment, each.deployment))
        if each.deployment
        else each
        for each in entries
    ]


_NEVER_NULL = {"kind": "kind", "occurred_at": "occurredAt", "body": "body"}


async def _entry(work: Work, entry_id: UUID) -> Row:
    """The entry, locked; its incident's row is locked first, so that writers never cross."""
    found = await timeline.find_entry(work.tx, entry_id)
    if found:
        await incidents.lock(work.tx, found["incident_id"])
        found = await timeline.lock_entry(work.tx, entry_id)
    if not found:
        raise refuse(ErrorCode.NOT_FOUND, "There is no such entry.", "id")
    return found


async def require_incident(work: Work, incident_id: UUID) -> Row:
    """The incident that something is to be written into, locked; it may be another one's part,
    and then it is that other one.

    Raises:
        Refused: NOT_FOUND, there is none.
    """
    found = await incidents.lock(work.tx, incident_id)
    if not found:
        raise refuse(ErrorCode.NOT_FOUND, "There is no such incident.", "incident")
    return found


async def _problems(work: Work, incident: UUID, entries: Sequence[Entry]) -> list[Problem]:
    """Everything that is wrong with these entries, each under its index."""
    if not entries:
        return [Problem(ErrorCode.INVALID, "Give at least one entry.", ("entries",))]
    if len(entries) > MAX_ENTRIES_AT_ONCE:
        message = f"At most {MAX_ENTRIES_AT_ONCE} entries at once; send the rest in a second call."
        return [Problem(ErrorCode.TOO_MANY, message, ("entries",))]
    known = await _known_references(work, incident, entries)
    problems = []
    for index, entry in enumerate(entries):
        found = (
            *check_entry(entry.body, entry.occurred_at, entry.known_at, work.now),
            *check_url(entry.url, "url"),
            *_reference_problems(entry, known),
        )
        problems += [
            replace(problem, field=("entries", str(index), *problem.field)) for problem in found
        ]
    return problems


_UNKNOWN = {
    "actor": "There is no such person.",
    "deployment": "There is no such deployment.",
    "hypothesis": "This incident has no such hypothesis.",
}


def _reference_problems(entry: Entry, known: Mapping[str, set[UUID]]) -> list[Problem]:
    return [
        Problem(ErrorCode.NOT_FOUND, message, (name,))
        for name, message in _UNKNOWN.items()
        if (wanted := getattr(entry, name)) and wanted not in known[name]
    ]


async def _known_references(
    work: Work, incident: UUID, entries: Sequence[Entry]
) -> Mapping[str, set[UUID]]:
    """Those rows that entries may refer to; a hypothesis is one of the same incident."""
    actors = [entry.actor for entry in entries if entry.actor]
    deployments = [entry.deployment for entry in entries if entry.deployment]
    own = (
        await find_rows(work.tx, hypothesis, incident_id=incident)
        if any(entry.hypothesis for entry in entries)
        else []
    )
    return {
        "actor": await known_ids(work.tx, person, actors),
        "deployment": await known_ids(work.tx, deployment, deployments),
        "hypothesis": {row["id"] for row in own},
    }
