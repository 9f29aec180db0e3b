"""Declaring an incident, and following it to its end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from server.commands.changes import null_problems
from server.commands.once import once
from server.commands.timeline import Entry, write
from server.commands.versions import edit_problems
from server.commands.work import Office, Work
from server.domain.attribution_weights import WEIGHTS
from server.domain.feed import FeedChange, FeedSubject
from server.domain.incident import (
    IncidentStatus,
    ResponderRole,
    Severity,
    Signal,
    check_move,
    check_times,
    moments_of_move,
)
from server.domain.text import check_bounds, check_text
from server.domain.timeline import TimelineKind
from server.domain.viewer import Scope, Viewer
from server.errors import ErrorCode, Problem, Refused, refuse
from server.store import incident as incidents
from server.store.database import Row
from server.store.directory import directory_of
from server.store.ids import new_id
from server.store.language import said
from server.store.queue import Job, JobKind, of_changed_incident
from server.store.statements import insert_row, known_ids, update_row
from server.store.tables import attribution, incident, person

MAX_TITLE = 300
MAX_SUMMARY = 20_000
MAX_REASON = 2000
MAX_SERVICES = 50
MAX_RESPONDERS = 100

Responders = tuple[tuple[UUID, ResponderRole], ...]


@dataclass(frozen=True, slots=True)
class Declare:
    """Say that there is an incident. Services are slugs."""

    title: str
    severity: Severity
    summary: str | None = None
    services: tuple[str, ...] = ()
    started_at: datetime | None = None
    detected_at: datetime | None = None
    detected_by: Signal | None = None
    declared_at: datetime | None = None
    responders: Responders = ()


async def declare(office: Office, viewer: Viewer, command: Declare, key: str | None = None) -> UUID:
    """Open an incident; its id.

    Raises:
        Refused: every rule that the input breaks.
    """
    viewer.require(Scope.INCIDENTS_WRITE)
    async with office.work() as work:

        async def create() -> Sequence[UUID]:
            return [await _declare(work, viewer, command)]

        return (await once(work, viewer, command, key, create))[0]


async def _declare(work: Work, viewer: Viewer, command: Declare) -> UUID:
    row: dict[str, object] = {
        "severity": command.severity.value,
        "status": IncidentStatus.DECLARED.value,
        "started_at": command.started_at,
        "detected_at": command.detected_at,
        "detected_by": command.detected_by,
        "declared_at": command.declared_at or work.now,
    }
    row |= dict.fromkeys(("acknowledged_at", "identified_at", "mitigated_at", "resolved_at"))
    problems = [
        *_text_problems({"title": command.title, "summary": command.summary}),
        *check_times(incidents.times_of(row), work.now),
        *await _responder_problems(work, command.responders),
    ]
    services = await _services(work, command.services, problems)
    if problems:
        raise Refused(*problems)
    row |= await _worded(work, title=command.title, summary=command.summary)
    incident_id = await open_incident(work, row)
    await incidents.set_services(work.tx, incident_id, services)
    await incidents.set_responders(work.tx, incident_id, _labels(command.responders))
    declared_at = command.declared_at or work.now
    told = Entry(
        TimelineKind.DECLARED,
        declared_at,
        f"Declared as {command.severity}",
        actor=viewer.person_id,
    )
    await write(work, incident_id, told)
    return incident_id


async def open_incident(work: Work, row: Mapping[str, object]) -> UUID:
    """Insert an incident that is known to be sound, with its empty attribution; its id.

    The one way in which incidents come to be, for people and for paging systems alike.
    """
    incident_id = new_id()
    derived = incidents.durations(incidents.times_of(dict(row)))
    await insert_row(work.tx, incident, id=incident_id, **row, **derived)
    await insert_row(work.tx, attribution, incident_id=incident_id, model=WEIGHTS.model)
    await work.changed(incident_id, FeedSubject.INCIDENT, incident_id)
    work.later(*of_changed_incident(incident_id))
    return incident_id


@dataclass(frozen=True, slots=True)
class Update:
    """Change an incident: only the columns in `changes`; services and responders as wholes."""

    id: UUID
    changes: Mapping[str, object]
    services: tuple[str, ...] | None = None
    responders: Responders | None = None
    reason: str | None = None
    version: int | None = None


async def update(office: Office, viewer: Viewer, command: Update) -> UUID:
    """Change an incident; what a person sets, no source overwrites.

    Raises:
        Refused: every rule that the input breaks.
    """
    viewer.require(Scope.INCIDENTS_WRITE)
    async with office.work() as work:
        old = await incidents.lock(work.tx, command.id)
        if not old:
            raise refuse(ErrorCode.NOT_FOUND, "There is no such incident.", "id")
        command = replace(command, id=old["id"])
        changes = _with_moments(old, command.changes, work.now)
        problems = [
            *null_problems(command.changes, _NEVER_NULL),
            *_text_problems(command.changes),
            *check_bounds(command.reason or "", MAX_REASON, "reason", what="reason"),
            *edit_problems(viewer, old, command.version, _texts(command.changes)),
            *_move_problems(old, command),
            *check_times(incidents.times_of({**old, **changes}), work.now),
            *await _responder_problems(work, command.responders or ()),
        ]
        services = await _services(work, command.services or (), problems)
        if problems:
            raise Refused(*problems)
        await _store(work, old, command, changes)
        if command.services is not None:
            await incidents.set_services(work.tx, command.id, services)
        if command.responders is not None:
            await incidents.set_responders(work.tx, command.id, _labels(command.responders))
        await work.changed(command.id, FeedSubject.INCIDENT, command.id, FeedChange.REVISED)
        await _tell(work, viewer, old, command)
        work.later(*of_changed_incident(command.id))
        if command.changes.get("status") == IncidentStatus.RESOLVED:
            work.later_there(Job(JobKind.RESOLVE_PAGE, command.id))
        return command.id


async def _store(work: Work, old: Row, command: Update, changes: Mapping[str, object]) -> None:
    row = dict(changes)
    texts = _texts(changes)
    row |= await _worded(work, **texts)
    if any(text != old[name] for name, text in texts.items()):
        row["version"] = old["version"] + 1
    row |= incidents.durations(incidents.times_of({**old, **row}))
    # A moment that is unreached is nobody's word: a source may tell when it is reached again.
    unreached = {name for name in changes if changes[name] is None} - command.changes.keys()
    edited = {*old["edited"], *changes} - unreached - {"status"}
    if command.services is not None:
        edited.add("services")
    row["edited"] = sorted(edited)
    if "status" in command.changes:
        row |= {"status_set_to": command.changes["status"], "status_set_at": work.now}
    await update_row(work.tx, incident, row, id=command.id)


def _with_moments(old: Row, changes: Mapping[str, object], now: datetime) -> dict[str, object]:
    """The changes, and the moments that a change of status implies unless they are given."""
    wanted = changes.get("status")
    if wanted is None:
        return dict(changes)
    current = IncidentStatus(old["status"])
    moments = moments_of_move(current, IncidentStatus(str(wanted)), now)
    implied = {name: at for name, at in moments.items() if at is None or old[name] is None}
    return {**implied, **changes}


async def _tell(work: Work, viewer: Viewer, old: Row, command: Update) -> None:
    """Write what changed about its course into the timeline."""
    changes = command.changes
    lines = []
    if changes.get("status") not in (None, old["status"]):
        lines.append(f"Status changed from {old['status']} to {changes['status']}")
    if changes.get("severity") not in (None, old["severity"]):
        lines.append(f"Severity changed from {old['severity']} to {changes['severity']}")
    reason = (command.reason or "").strip()
    for line in lines:
        body = f"{line}: {reason}" if reason else line
        entry = Entry(TimelineKind.STATUS, work.now, body, actor=viewer.person_id)
        await write(work, command.id, entry)


def _texts(columns: Mapping[str, object]) -> dict[str, object]:
    return {name: columns[name] for name in ("title", "summary") if name in columns}


_NEVER_NULL = {"title": "title", "severity": "severity", "status": "status"}


def _text_problems(texts: Mapping[str, object]) -> list[Problem]:
    problems: list[Problem] = []
    title, summary = texts.get("title"), texts.get("summary")
    if isinstance(title, str):
        problems += check_text(title, MAX_TITLE, "title", what="title")
    if isinstance(summary, str):
        problems += check_bounds(summary, MAX_SUMMARY, "summary", what="summary")
    return problems


def _move_problems(old: Row, command: Update) -> list[Problem]:
    wanted = command.changes.get("status")
    if wanted is None:
        return []
    current = IncidentStatus(old["status"])
    problem = check_move(current, IncidentStatus(str(wanted)), command.reason)
    return [problem] if problem else []


async def _services(work: Work, slugs: Sequence[str], problems: list[Problem]) -> list[UUID]:
    """The ids of these services; what cannot be found is added to the problems."""
    if len(slugs) > MAX_SERVICES:
        message = f"An incident has at most {MAX_SERVICES} services."
        problems.append(Problem(ErrorCode.TOO_MANY, message, ("services",)))
        return []
    known = await incidents.services_by_slug(work.tx, slugs)
    problems += [
        Problem(
            ErrorCode.NOT_FOUND,
            "There is no such service. Create it with upsertService.",
            ("services", str(index)),
        )
        for index, slug in enumerate(slugs)
        if slug not in known
    ]
    return list(known.values())


async def _responder_problems(work: Work, responders: Responders) -> list[Problem]:
    if len(responders) > MAX_RESPONDERS:
        message = f"An incident has at most {MAX_RESPONDERS} responders."
        return [Problem(ErrorCode.TOO_MANY, message, ("responders",))]
    known = await known_ids(work.tx, person, (person_id for person_id, _ in responders))
    return [
        Problem(
            ErrorCode.NOT_FOUND, "There is no such person.", ("responders", str(index), "person")
        )
        for index, (person_id, _) in enumerate(responders)
        if person_id not in known
    ]


def _labels(responders: Responders) -> list[tuple[UUID, str]]:
    return [(person_id, role.value) for person_id, role in responders]


async def _worded(work: Work, **texts: object) -> dict[str, object]:
    """The texts as columns, each with what derives from it."""
    directory = await directory_of(work.tx)
    columns: dict[str, object] = {}
    for name, text in texts.items():
        written = text if isinstance(text, str) else None
        columns |= said(name, written, directory, work.rules)
    return columns
