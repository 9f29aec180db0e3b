"""What a paging system's events add up to: the state of the incident that was paged for."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from integrations.observation import PageEvent, PageObserved, PageState, PersonRef, ServiceRef
from server.domain.incident import IncidentStatus, Severity
from server.domain.page_event import told_once

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Word:
    """A person's last word on an incident's status."""

    status: IncidentStatus
    at: datetime


@dataclass(frozen=True, slots=True)
class Page:
    """The state that the events of one page add up to.

    `moments` are those that the events tell, by the incident's field: absent where they say
    nothing, None where they say that it has not happened (or no more). What a person said of
    them before `reopened_at` holds no longer. `service` is the one it was last on.
    """

    title: str
    severity: Severity
    status: IncidentStatus
    declared_at: datetime
    moments: Mapping[str, datetime | None]
    reopened_at: datetime | None
    service: ServiceRef | None
    paged: tuple[PersonRef, ...]
    url: str | None


def fold(pages: Sequence[PageObserved], word: Word | None = None) -> Page:
    """Fold the events of one page, at least one, given in their order.

    Events at or before a person's last word change no status; later ones move it forward only,
    except that reopening sends RESOLVED back to INVESTIGATING. It was acknowledged when somebody
    answered first: neither a time-out of that answer nor a reopening unsays it.
    """
    pages = told_once(pages)
    course = _course(pages, word)
    return Page(
        title=_title(pages),
        severity=severity_of(_last(page.priority for page in pages)),
        status=course.status,
        declared_at=_declared_at(pages),
        moments=_moments(course, _acknowledged_at(pages), word),
        reopened_at=course.reopened_at,
        service=_last(page.service for page in pages),
        paged=_distinct(person for page in pages for person in page.paged),
        url=_last(page.url for page in pages),
    )


_LEVEL = re.compile(r"(?:p|s|sev|severity)[\s_-]*([0-5])\b", re.IGNORECASE)

_SEVERITIES = {
    "0": Severity.SEV1,
    "1": Severity.SEV1,
    "2": Severity.SEV2,
    "3": Severity.SEV3,
    "4": Severity.SEV4,
    "5": Severity.SEV4,
}


def severity_of(priority: str | None) -> Severity:
    """The severity that a priority's label means: "P1", "SEV-2", "S3"; SEV3 for any other.

    An incident without a priority is SEV3 until someone says otherwise.
    """
    found = _LEVEL.match((priority or "").strip())
    return _SEVERITIES[found[1]] if found else Severity.SEV3


@dataclass(frozen=True, slots=True)
class _Course:
    """How far the response has come; `told`: an event since the person's word moved it."""

    status: IncidentStatus
    resolved_at: datetime | None = None
    reopened_at: datetime | None = None
    told: bool = False


def _course(pages: Sequence[PageObserved], word: Word | None) -> _Course:
    """The course of one page, or of all that are one incident.

    A page that became part of another is over; where that other one is told here as well, it is
    the other one that says when they are.
    """
    course = _Course(word.status if word else IncidentStatus.DECLARED)
    alone = len({page.external_id for page in pages}) == 1
    for page in pages:
        if page.event is PageEvent.MERGED and not alone:
            continue
        if word is None or page.moment.at > word.at:
            course = _after(course, page)
    return course


def _after(course: _Course, page: PageObserved) -> _Course:
    at = page.moment.at
    if page.event is PageEvent.REOPENED:
        if course.status is not IncidentStatus.RESOLVED:
            return course
        return _Course(IncidentStatus.INVESTIGATING, None, at, told=True)
    reached = _reached(page)
    if reached is None or reached.step <= course.status.step:
        return course
    resolved_at = at if reached is IncidentStatus.RESOLVED else None
    return replace(course, status=reached, resolved_at=resolved_at, told=True)


_ENDS = frozenset({PageEvent.RESOLVED, PageEvent.MERGED})


def _reached(page: PageObserved) -> IncidentStatus | None:
    """The status that an event shows: by what it is, else by the state that it was sent in."""
    if page.event in _ENDS or page.state is PageState.RESOLVED:
        return IncidentStatus.RESOLVED
    if page.event is PageEvent.ACKNOWLEDGED or page.state is PageState.ACKNOWLEDGED:
        return IncidentStatus.INVESTIGATING
    return None


def _acknowledged_at(pages: Iterable[PageObserved]) -> datetime | None:
    answered = (page.moment.at for page in pages if _reached(page) is IncidentStatus.INVESTIGATING)
    return next(answered, None)


def _moments(
    course: _Course, acknowledged_at: datetime | None, word: Word | None
) -> dict[str, datetime | None]:
    moments: dict[str, datetime | None] = {}
    if acknowledged_at or word is None:
        moments["acknowledged_at"] = acknowledged_at
    if course.told or word is None:
        moments["resolved_at"] = course.resolved_at
    if course.reopened_at and word:
        # Only a person says so, and said so of what has come back since.
        moments |= {"identified_at": None, "mitigated_at": None}
    return moments


def _title(pages: Sequence[PageObserved]) -> str:
    """The newest title of the page itself, else of a reference to it, else its id."""
    of_itself = _last(page.title or None for page in pages if page.state)
    referred = _last(page.title or None for page in pages)
    return of_itself or referred or f"Page {pages[0].external_id}"


def _declared_at(pages: Sequence[PageObserved]) -> datetime:
    """When the paging system made it, else the first that was heard of it."""
    created = [page.created_at for page in pages if page.created_at]
    return min(created, default=pages[0].moment.at)


def _last(values: Iterable[_T | None]) -> _T | None:
    """The last value that is one."""
    return next((each for each in reversed([*values]) if each is not None), None)


def _distinct(people: Iterable[PersonRef]) -> tuple[PersonRef, ...]:
    """Each person once, in the order in which they were first named."""
    return tuple({(each.provider, each.external_id): each for each in people}.values())
