"""What an operator said of an organisation's services and priorities: which are read, and what they
mean."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from integrations.contract import Connection
from integrations.observation import PageEvent, PageObserved

_MEANING = re.compile("SEV[1-4]")


def services_of(connection: Connection) -> Sequence[str]:
    """The ids of the services whose incidents are read; none where all are."""
    named = connection.settings.get("services", ())
    return [each for each in named if isinstance(each, str)]


def translated(page: PageObserved, connections: Sequence[Connection]) -> PageObserved:
    """The page's event with the severity that its priority means.

    Where the priority itself was changed, the timeline keeps PagerDuty's word for it.
    """
    meanings = (table.get(page.priority or "") for table in _tables(page, connections))
    meaning = next((each for each in meanings if each), None)
    if meaning is None:
        return page
    changed = page.event is PageEvent.PRIORITY_CHANGED
    return replace(page, priority=meaning, text=page.priority if changed else page.text)


def unreadable_in(connection: Connection) -> Sequence[str]:
    """The labels whose meaning is none."""
    table = connection.settings.get("priorities", {})
    return [label for label in table if label not in _table(connection)]


def _tables(page: PageObserved, connections: Sequence[Connection]) -> Iterator[Mapping[str, str]]:
    """The tables that may hold for a page: first of those who named its service."""
    service_id = page.service.external_id if page.service else None
    apart = sorted(connections, key=lambda each: service_id not in services_of(each))
    return map(_table, apart)


def _table(connection: Connection) -> Mapping[str, str]:
    table = connection.settings.get("priorities", {})
    return {
        label: meaning
        for label, meaning in table.items()
        if isinstance(meaning, str) and _MEANING.fullmatch(meaning)
    }
