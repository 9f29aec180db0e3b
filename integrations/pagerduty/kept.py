"""Records that were put by because they were unreadable, read again by themselves."""

from collections.abc import Sequence

from integrations.contract import Connection
from integrations.observation import Observations
from integrations.pagerduty import catalog, log_entry
from integrations.pagerduty.cursor import Step
from integrations.pagerduty.incident import as_it_stands, sealed
from integrations.pagerduty.priorities import translated
from integrations.pagerduty.records import INCIDENT, LOG_ENTRY, PREFIX
from integrations.payload import JsonObject


def kept(event: str, body: JsonObject, connections: Sequence[Connection]) -> Observations:
    """What a record says; nothing where it is of a kind that is not known.

    Raises:
        Malformed: it is unreadable still.
    """
    record = body.object("record")
    if event == INCIDENT:
        return (sealed(translated(as_it_stands(record), connections)),)
    if event == LOG_ENTRY:
        entry = log_entry.observed(record, body.identity("incident"))
        return (sealed(translated(entry, connections)),) if entry else ()
    name = event.removeprefix(PREFIX)
    if name in catalog.QUERIES:
        return (catalog.observed(Step(name), record, body.instant("at")),)
    return ()
