"""The rounds in which PagerDuty is read: its catalog, new incidents, and those that were open.

Each batch is one part of one list, so a round may be cut after any of them. PagerDuty tells
incidents by their creation only; so those that are open, were so at the last look, or are young
are looked at again, and their logs read where they changed.
"""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from integrations.contract import Batch, Malformed, Missing
from integrations.pagerduty import catalog
from integrations.pagerduty.ask import REACH, PagerDutyApi
from integrations.pagerduty.cursor import Cursor, Step, Window, read_cursor, window, written
from integrations.pagerduty.priorities import services_of
from integrations.pagerduty.read import read_incident
from integrations.pagerduty.records import INCIDENT, Found
from integrations.payload import NAME_LIMIT, JsonObject, as_object

PER_BATCH = 25
"""Incidents of a batch: each may cost a request for its log."""

MOST_OPEN = 1_000
"""How many incidents are looked at of each state that is open, the newest first."""

FIRST = timedelta(days=1)
"""How far back the first round looks for incidents that are over; the rest is for `backfill`."""

YOUNG = timedelta(minutes=10)
"""For how long an incident is looked at again although it is over."""

CATALOG_EVERY = timedelta(hours=1)

_OVER = "resolved"


def clock() -> datetime:
    """The time that it is when a batch is asked for."""
    return datetime.now(UTC)


async def poll(api: PagerDutyApi, cursor: str | None, now: datetime) -> Batch:
    """What is new: the next part of this round."""
    kept, found = _begun(read_cursor(cursor) or Cursor(), now), Found()
    match kept.step:
        case Step.SERVICES | Step.TEAMS | Step.USERS:
            kept, found = await _catalog(api, kept, now)
        case Step.CREATED:
            kept = await _created(api, kept, found)
        case Step.TRIGGERED | Step.ACKNOWLEDGED:
            kept = await _open(api, kept, found)
        case Step.OTHERS:
            kept = await _others(api, kept, found)
    return _batch(kept, found)


async def backfill(api: PagerDutyApi, since: datetime, cursor: str | None, now: datetime) -> Batch:
    """The next part of the incidents created since then, the earliest first."""
    begun = Cursor(Step.CREATED, window=window(min(since, now), now))
    kept, found = read_cursor(cursor) or begun, Found()
    if kept.step is Step.CREATED:
        kept = replace(await _created(api, kept, found), known={})
    more = kept.step is Step.CREATED
    share = kept.window.share_since(since) if more and kept.window else 1.0
    return replace(_batch(kept, found), more=more, progress=share)


def _begun(kept: Cursor, now: datetime) -> Cursor:
    """The round that is under way, else a new one."""
    if kept.window:
        return kept
    since = datetime.fromisoformat(kept.read_until) - YOUNG if kept.read_until else now - FIRST
    due = kept.catalog_at is None or kept.catalog_at <= written(now - CATALOG_EVERY)
    return replace(
        kept,
        step=Step.SERVICES if due else Step.CREATED,
        window=window(min(since, now), now),
        unmet=tuple(kept.known),
    )


async def _catalog(api: PagerDutyApi, kept: Cursor, now: datetime) -> tuple[Cursor, Found]:
    """A part of the catalog, which says something only where it changed."""
    page, found, digest = await catalog.read_part(api, kept.step, kept.offset, now)
    part = f"{kept.step}:{kept.offset}"
    if kept.catalog.get(part) == digest:
        found.observations.clear()
    known = replace(kept, catalog={**kept.catalog, part: digest})
    done = known.step is Step.USERS and not page.more
    return replace(
        known.on(len(page.records), more=page.more),
        catalog_at=written(now) if done else kept.catalog_at,
    ), found


async def _created(api: PagerDutyApi, kept: Cursor, found: Found) -> Cursor:
    """Some incidents of the window, or half of it where it holds more than can be reached."""
    here = _window_of(kept)
    query = {
        "since": here.since,
        "until": here.until,
        "sort_by": "created_at:asc,incident_number:asc",
        "total": "false" if here.offset else "true",
    }
    page = await api.listed("/incidents", query, here.offset, PER_BATCH)
    if page.total > REACH and not here.is_narrow:
        return replace(kept, window=here.halved())
    kept = await _look_at(api, page.records, kept, found)
    later = here.on(len(page.records), _last_creation(page.records), more=page.more)
    return replace(kept, window=later) if later else kept.on(0, more=False)


async def _open(api: PagerDutyApi, kept: Cursor, found: Found) -> Cursor:
    """Some incidents that are open, whenever they were created."""
    query = {"statuses[]": kept.step.value, "date_range": "all", "sort_by": "created_at:desc"}
    page = await api.listed("/incidents", query, kept.offset, PER_BATCH)
    kept = await _look_at(api, page.records, kept, found)
    more = page.more and kept.offset + PER_BATCH < MOST_OPEN
    return kept.on(len(page.records), more=more)


async def _others(api: PagerDutyApi, kept: Cursor, found: Found) -> Cursor:
    """Some of those that were open and that no list shows any more."""
    for incident_id in kept.unmet[:PER_BATCH]:
        try:
            record = (await api.incident(incident_id)).fields
        except Missing:
            kept = kept.met(incident_id).knowing(incident_id, None)
            continue
        kept = await _look_at(api, [record], kept.met(incident_id), found)
    if kept.unmet:
        return kept
    return replace(kept, step=Step.SERVICES, window=None, read_until=_window_of(kept).end)


async def _look_at(api: PagerDutyApi, records: Iterable[Any], kept: Cursor, found: Found) -> Cursor:
    """Read the incidents that changed since they were last met, each by itself."""
    for record in records:
        try:
            kept = await _look(api, as_object(record, "incident"), kept, found)
        except Malformed as error:
            found.put_by(INCIDENT, record, error)
    return kept


async def _look(api: PagerDutyApi, incident: JsonObject, kept: Cursor, found: Found) -> Cursor:
    incident_id = incident.identity("id")
    kept = kept.met(incident_id)
    wanted = services_of(api.connection)
    service = incident.object_or_none("service")
    if wanted and (service is None or service.identity("id") not in wanted):
        return kept
    created_at = written(incident.instant("created_at"))
    changed_at = incident.prose("updated_at", NAME_LIMIT) or created_at
    if kept.known.get(incident_id) != changed_at:
        await read_incident(api, incident, found)
    young = created_at > written(datetime.fromisoformat(_window_of(kept).end) - YOUNG)
    stays = young or incident.prose("status", NAME_LIMIT) != _OVER
    return kept.knowing(incident_id, changed_at if stays else None)


def _window_of(kept: Cursor) -> Window:
    """The window of a round that is under way, which always has one."""
    if kept.window is None:
        raise AssertionError("A round begins with its window.")
    return kept.window


def _last_creation(records: Iterable[Any]) -> str | None:
    """When the last of these was created, as far as they can be read."""
    reached = None
    for record in records:
        with suppress(Malformed):
            reached = written(as_object(record, "incident").instant("created_at"))
    return reached


def _batch(kept: Cursor, found: Found) -> Batch:
    return Batch(
        observations=found.observations,
        cursor=kept.write(),
        more=kept.window is not None,
        unreadable=found.unreadable,
    )
