"""Reading incidents with their logs, each record by itself."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from integrations.contract import Malformed, Missing
from integrations.observation import PageObserved
from integrations.pagerduty import log_entry
from integrations.pagerduty.ask import PagerDutyApi
from integrations.pagerduty.incident import as_it_stands, merged_into, sealed
from integrations.pagerduty.priorities import translated
from integrations.pagerduty.records import LOG_ENTRY, Found
from integrations.payload import JsonObject, as_object

LOG_LIMIT = 2_000
"""How many entries of one log are read, the newest ones."""


async def read_incident(api: PagerDutyApi, incident: JsonObject, found: Found) -> None:
    """What an incident and its log say, and what of them cannot be read."""
    told = as_it_stands(incident)
    entries = await _log_of(api, told.external_id, found)
    events = log_entry.course(entries, merged_into(incident))
    for each in (*events, told):
        found.observations.append(sealed(translated(each, (api.connection,))))


async def _log_of(api: PagerDutyApi, incident_id: str, found: Found) -> Sequence[PageObserved]:
    """The entries of an incident's log; none where it was deleted meanwhile."""
    entries: dict[str, PageObserved] = {}
    offset, more = 0, True
    with suppress(Missing):
        while more and offset < LOG_LIMIT:
            page = await api.log_entries(incident_id, offset)
            for record in page.records:
                _take(entries, record, incident_id, found)
            offset, more = offset + len(page.records), page.more
    return list(entries.values())


def _take(entries: dict[str, PageObserved], record: Any, incident_id: str, found: Found) -> None:
    """Take in an entry by its id, for what comes meanwhile moves others onto the next page."""
    try:
        entry = log_entry.observed(as_object(record, "log_entry"), incident_id)
    except Malformed as error:
        found.put_by(LOG_ENTRY, record, error, incident=incident_id)
        return
    if entry:
        entries[entry.event_id] = entry
