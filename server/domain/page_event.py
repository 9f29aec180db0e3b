"""Which of the things that paging systems say are one event.

A source that was asked and one that sends may tell one event under two ids. Of what a page's
events have in common they are told by: the kind, who did it, and the time, within what two clocks
and the cutting of seconds make of one. An event that was sent and one that was read are one if
they agree in all that; two that were sent, or two that were read, never are.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TypeAlias

from integrations.observation import PageEvent, PageObserved

AT_ONCE = timedelta(seconds=2)
"""How far apart two tellings of one event may be."""

_Likeness: TypeAlias = tuple[str, PageEvent, str | None, str | None]


@dataclass(frozen=True, slots=True)
class Happened:
    """An event in all the words that there are of it, and the ids that it is told under."""

    event: PageObserved
    ids: tuple[str, ...]


def events_of(pages: Iterable[PageObserved]) -> Sequence[Happened]:
    """What happened, in order. What was said decides, not the order in which it was heard.

    Of an event that was told twice under one id in different words, the later ones count.
    """
    told = {each.event_id: each for each in sorted(pages, key=lambda page: page.moment)}
    alike: dict[_Likeness, list[PageObserved]] = defaultdict(list)
    for each in told.values():
        if each.event is not PageEvent.SEEN:
            alike[_likeness(each)].append(each)
    found = [happened for each in alike.values() for happened in _paired(each)]
    return sorted(found, key=lambda each: (each.event.moment, each.ids))


def told_once(pages: Sequence[PageObserved]) -> Sequence[PageObserved]:
    """The same without what was read of events that were sent, too, with their exact time."""
    doubles = {double for each in events_of(pages) for double in each.ids[1:]}
    return [each for each in pages if each.event_id not in doubles]


def _likeness(page: PageObserved) -> _Likeness:
    actor = page.actor.external_id if page.actor else None
    return page.external_id, page.event, page.detail, actor


def _paired(alike: Iterable[PageObserved]) -> Iterator[Happened]:
    """Each that was read with the first that was sent about then, each but once."""
    told = sorted(alike, key=lambda page: (page.moment, page.event_id))
    sent = [each for each in told if not each.listed]
    for read in (each for each in told if each.listed):
        while sent and sent[0].moment.at < read.moment.at - AT_ONCE:
            yield _alone(sent.pop(0))
        if sent and sent[0].moment.at <= read.moment.at + AT_ONCE:
            yield _joined(sent.pop(0), read)
        else:
            yield _alone(read)
    yield from map(_alone, sent)


def _alone(page: PageObserved) -> Happened:
    return Happened(page, (page.event_id,))


def _joined(sent: PageObserved, read: PageObserved) -> Happened:
    """What was sent has the exact time and the page, what was read the whole text."""
    paged = {(each.provider, each.external_id): each for each in (*sent.paged, *read.paged)}
    event = replace(
        sent,
        text=read.text or sent.text,
        priority=read.priority if sent.priority is None else sent.priority,
        paged=tuple(paged.values()),
    )
    return Happened(event, (sent.event_id, read.event_id))
