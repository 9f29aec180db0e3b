"""Pages that were merged at the paging system: what each of them says of their one incident."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import takewhile
from typing import TypeAlias

from integrations.observation import PageEvent, PageObserved, PageState

PageKey: TypeAlias = tuple[str, str]
"""A page by its source and the source's id of it."""


def of_one_incident(pages: Mapping[PageKey, Sequence[PageObserved]]) -> list[PageObserved]:
    """The events of all pages of an incident, in order, as far as they tell of it.

    Merging ends a page, and not the incident. So of a page that became part of another one of
    these only the beginning counts; what the incident is called and how bad it is, the other tells.
    """
    gone = {key for key, told in pages.items() if _leads_to(key, told) & pages.keys()}
    if gone == pages.keys():
        # They lead to each other: then none of them went away.
        gone = set()
    counting = (
        each for key, told in pages.items() for each in (_beginning(told) if key in gone else told)
    )
    return sorted(counting, key=lambda page: page.moment)


def _leads_to(key: PageKey, told: Sequence[PageObserved]) -> set[PageKey]:
    source, external_id = key
    into = {page.merged_into for page in told if page.merged_into}
    return {(source, each) for each in into - {external_id}}


def _beginning(told: Sequence[PageObserved]) -> Iterator[PageObserved]:
    """The events before the merger, without any end."""
    for page in takewhile(lambda page: page.event is not PageEvent.MERGED, told):
        ends = page.event is PageEvent.RESOLVED or page.state is PageState.RESOLVED
        if not ends and page.event is not PageEvent.REOPENED:
            yield replace(page, title=None, priority=None, service=None, url=None)
