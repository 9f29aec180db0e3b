"""What paging systems say of their incidents, brought into incidents of ours."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from integrations.observation import PageObserved, PersonRef
from server.commands import page_merge, told_entry
from server.commands.incident import open_incident
from server.commands.timeline import Entry
from server.commands.told_entry import ToldEntry
from server.commands.work import Work
from server.domain.feed import FeedChange, FeedSubject
from server.domain.incident import IncidentStatus, ResponderRole, Signal
from server.domain.page import Page, Word, fold
from server.domain.page_entry import PageEntry, entries
from server.domain.page_merge import of_one_incident
from server.store import attribution, incident_parts, observation, person, service
from server.store import incident as incidents
from server.store.database import Row
from server.store.directory import directory_of, words
from server.store.person import Key
from server.store.queue import of_changed_incident
from server.store.statements import find_row, find_rows, insert_rows, update_row
from server.store.tables import incident, responder

PAGE = "page:"


def subject_of(seen: PageObserved) -> str:
    """What an observation of a page is about."""
    return f"{PAGE}{seen.external_id}"


async def apply(work: Work, source: str, system: str, fresh: Sequence[PageObserved]) -> None:
    """Bring the incident of one page to the state that all of the page's events add up to.

    `fresh` are the events that were not known before; `system` is what people call the source.
    """
    pages = await told_of(work, source, fresh[0].external_id)
    people = await person.find_or_create(work.tx, _people(pages))
    on = fold(pages).service
    service_id = await service.of_reference(work.tx, on) if on else None
    # Whoever changes the catalog locks it before incidents, so from here on it is only read.
    known = {"source": source, "external_id": fresh[0].external_id}
    row = await _incident_of(work, known)
    page = await fold_all(work, row, word_of(row)) if row else None
    page = page or fold(pages)
    incident_id = row["id"] if row else await _open(work, known, page)
    revised = [
        await _revise(work, row, page) if row else False,
        await _set_services(work, incident_id, row, service_id),
        await _add_paged(work, incident_id, fresh, people),
    ]
    if row and any(revised):
        await work.changed(incident_id, FeedSubject.INCIDENT, incident_id, FeedChange.REVISED)
        work.later(*of_changed_incident(incident_id))
    wanted = [_told(source, each, people) for each in entries(pages, system)]
    await told_entry.keep(work, incident_id, wanted)
    await page_merge.note(work, source, incident_id, fresh, opened=row is None)


async def _incident_of(work: Work, known: dict[str, str]) -> Row | None:
    """The incident of a page, locked: the one that was opened for it, or that it is part of now."""
    found = await find_row(work.tx, incident, lock=False, **known)
    return await incidents.lock(work.tx, found["id"]) if found else None


async def fold_all(work: Work, row: Row, word: Word | None) -> Page | None:
    """What the events of all pages of an incident add up to; None where it has no page."""
    pages = {
        each: await told_of(work, *each)
        for each in await incident_parts.pages_of(work.tx, row["id"])
    }
    return fold(of_one_incident(pages), word) if pages else None


async def told_of(work: Work, source: str, external_id: str) -> list[PageObserved]:
    """The events of one page, in order."""
    told = await observation.of_subject(work.tx, source, f"{PAGE}{external_id}")
    return [each for each in told if isinstance(each, PageObserved)]


def _people(pages: Sequence[PageObserved]) -> Iterator[PersonRef]:
    for page in pages:
        yield from page.paged
        if page.actor:
            yield page.actor


def word_of(row: Row) -> Word | None:
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
    changes = news(dict(row), page)
    if "title" in changes:
        changes |= words("title", page.title, await directory_of(work.tx))
        changes["version"] = row["version"] + 1
    if changes:
        changes |= incidents.durations(incidents.times_of({**row, **changes}))
        await update_row(work.tx, incident, changes, id=row["id"])
    return bool(changes)


def news(row: Mapping[str, Any], page: Page) -> dict[str, Any]:
    """The columns of an incident in which a page tells something else, and people do not."""
    theirs = _of_people(row, page)
    return {
        name: value
        for name, value in _columns(page).items()
        if name not in theirs and row[name] != value
    }


_ENDED_BY_REOPENING = frozenset({"identified_at", "mitigated_at", "resolved_at"})


def _of_people(row: Mapping[str, Any], page: Page) -> set[str]:
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


async def _set_services(
    work: Work, incident_id: UUID, row: Row | None, service_id: UUID | None
) -> bool:
    """Give the incident the services that its pages are on; whether those are others."""
    if service_id is None or (row and "services" in row["edited"]):
        return False
    wanted = {service_id} | (await _of_its_pages(work, row) if row else set())
    if set(await attribution.affected(work.tx, incident_id)) == wanted:
        return False
    await incidents.set_services(work.tx, incident_id, sorted(wanted))
    return True


async def _of_its_pages(work: Work, row: Row) -> set[UUID]:
    """The services of all pages of an incident that several have become."""
    pages = await incident_parts.pages_of(work.tx, row["id"])
    if len(pages) < 2:
        return set()
    last = [fold(await told_of(work, *each)).service for each in pages]
    return {await service.of_reference(work.tx, each) for each in last if each}


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
    return ToldEntry(source, each.external_id, entry, each.aliases)
