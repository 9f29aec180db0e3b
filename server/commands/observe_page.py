"""What paging systems say of their incidents, brought into incidents of ours."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from integrations.observation import PageObserved, PersonRef
from server.commands import told_entry
from server.commands.incident import open_incident
from server.commands.timeline import Entry
from server.commands.told_entry import ToldEntry
from server.commands.work import Work
from server.domain.feed import FeedChange, FeedSubject
from server.domain.incident import IncidentStatus, ResponderRole, Signal
from server.domain.page import Page, Word, fold
from server.domain.page_entry import PageEntry, entries
from server.store import attribution, observation, person, service
from server.store import incident as incidents
from server.store.database import Row
from server.store.directory import directory_of, words
from server.store.person import Key
from server.store.queue import Job, JobKind
from server.store.statements import find_row, find_rows, insert_rows, update_row
from server.store.tables import incident, responder


def subject_of(seen: PageObserved) -> str:
    """What an observation of a page is about."""
    return f"page:{seen.external_id}"


async def apply(work: Work, source: str, system: str, fresh: Sequence[PageObserved]) -> None:
    """Bring the incident of one page to the state that all of the page's events add up to.

    `fresh` are the events that were not known before; `system` is what people call the source.
    """
    everything = await observation.of_subject(work.tx, source, subject_of(fresh[0]))
    pages = [each for each in everything if isinstance(each, PageObserved)]
    people = await person.find_or_create(work.tx, _people(pages))
    on = fold(pages).service
    service_id = await service.of_reference(work.tx, on) if on else None
    # Whoever changes the catalog locks it before incidents, so from here on it is only read.
    known = {"source": source, "external_id": fresh[0].external_id}
    row = await find_row(work.tx, incident, lock=True, **known)
    page = fold(pages, _word(row) if row else None)
    incident_id = row["id"] if row else await _open(work, known, page)
    revised = [
        await _revise(work, row, page) if row else False,
        await _set_service(work, incident_id, row, service_id),
        await _add_paged(work, incident_id, fresh, people),
    ]
    if row and any(revised):
        await work.changed(incident_id, FeedSubject.INCIDENT, incident_id, FeedChange.REVISED)
        work.later(Job(JobKind.ATTRIBUTE, incident_id))
    wanted = [_told(source, each, people) for each in entries(pages, system)]
    await told_entry.keep(work, incident_id, wanted)


def _people(pages: Sequence[PageObserved]) -> Iterator[PersonRef]:
    for page in pages:
        yield from page.paged
        if page.actor:
            yield page.actor


def _word(row: Row) -> Word | None:
    """The last word of a person on the incident's status, if any spoke."""
    if row["status_set_at"] is None:
        return None
    return Word(IncidentStatus(row["status_set_to"]), row["status_set_at"])


def _columns(page: Page) -> dict[str, Any]:
    return {
        "title": page.title,
        "severity": page.severity.value,
        "status": page.status.value,
        "url": page.url,
        "declared_at": page.declared_at,
        "detected_at": page.declared_at,
        "detected_by": Signal.ALERT.value,
        **page.moments,
    }


async def _open(work: Work, known: dict[str, str], page: Page) -> UUID:
    unknown = dict.fromkeys(("started_at", "identified_at", "mitigated_at"))
    title = words("title", page.title, await directory_of(work.tx))
    return await open_incident(work, {**unknown, **known, **_columns(page), **title})


async def _revise(work: Work, row: Row, page: Page) -> bool:
    """Give the incident's columns what the page tells; whether any changed."""
    theirs = _of_people(row, page)
    changes = {
        name: value
        for name, value in _columns(page).items()
        if name not in theirs and row[name] != value
    }
    if "title" in changes:
        changes |= words("title", page.title, await directory_of(work.tx))
    if changes:
        changes |= incidents.durations(incidents.times_of({**row, **changes}))
        await update_row(work.tx, incident, changes, id=row["id"])
    return bool(changes)


_ENDED_BY_REOPENING = frozenset({"identified_at", "mitigated_at", "resolved_at"})


def _of_people(row: Row, page: Page) -> set[str]:
    """The columns that people set and no source overwrites.

    What they said of an end before the page was reopened is no longer true, and not theirs.
    """
    reopened_at = page.reopened_at
    outdated = {
        name
        for name in _ENDED_BY_REOPENING
        if reopened_at and (row[name] is None or row[name] <= reopened_at)
    }
    return set(row["edited"]) - outdated


async def _set_service(
    work: Work, incident_id: UUID, row: Row | None, service_id: UUID | None
) -> bool:
    """Give the incident the service that the page is on; whether that is another one."""
    if service_id is None or (row and "services" in row["edited"]):
        return False
    if await attribution.affected(work.tx, incident_id) == [service_id]:
        return False
    await incidents.set_services(work.tx, incident_id, [service_id])
    return True


async def _add_paged(
    work: Work, incident_id: UUID, fresh: Sequence[PageObserved], people: Mapping[Key, UUID]
) -> bool:
    """Add those who were paged to the responders; whether any is new among them."""
    role = ResponderRole.PAGED.value
    rows = await find_rows(work.tx, responder, incident_id=incident_id, role=role)
    paged = {people[each.provider, each.external_id] for page in fresh for each in page.paged}
    added: list[dict[str, object]] = [
        {"incident_id": incident_id, "person_id": each, "role": role}
        for each in sorted(paged - {row["person_id"] for row in rows})
    ]
    await insert_rows(work.tx, responder, added)
    return bool(added)


def _told(source: str, each: PageEntry, people: Mapping[Key, UUID]) -> ToldEntry:
    actor = people[each.actor.provider, each.actor.external_id] if each.actor else None
    entry = Entry(each.kind, each.occurred_at, each.body, actor=actor)
    return ToldEntry(source, each.external_id, entry)
