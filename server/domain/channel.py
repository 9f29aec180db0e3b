"""Which incident a channel tells of, and when: folded from what was said in it.

The first mention of an incident that is not long over links the channel, and the first mention of
another one moves it on. The word of a person wins. All follows the times at which things were
said, never the order in which they came to us.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import groupby
from operator import attrgetter
from uuid import UUID

AFTERWARDS = timedelta(days=7)
"""How long after its end an incident is still talked about."""

BEFOREHAND = timedelta(hours=24)
"""How far before the mention that links a channel its messages are told too."""

MOST_BEFOREHAND = 500
"""How many of those messages are told, the newest."""


@dataclass(frozen=True, slots=True)
class Lifetime:
    """When an incident began and, where it did, ended."""

    began: datetime
    ended: datetime | None

    @property
    def over(self) -> datetime | None:
        """When nothing that is said belongs to it any more."""
        return self.ended + AFTERWARDS if self.ended else None


@dataclass(frozen=True, slots=True)
class Mention:
    """An incident that was mentioned; `place` is where in the text."""

    at: datetime
    place: int
    incident: UUID
    lifetime: Lifetime


@dataclass(frozen=True, slots=True)
class Word:
    """What a person said: that the channel belongs to the incident, or that it does not."""

    at: datetime
    incident: UUID
    lifetime: Lifetime
    linked: bool


@dataclass(frozen=True, slots=True)
class Span:
    """A time in which a channel tells of an incident, until `ends_at` or the incident is over.

    `since` is when it was linked; `starts_at`, which may be earlier, is from when on its messages
    belong to the incident.
    """

    incident: UUID
    lifetime: Lifetime
    since: datetime
    starts_at: datetime
    ends_at: datetime | None = None
    by_person: bool = False

    @property
    def last(self) -> datetime | None:
        """When it ends, as far as is known."""
        ends = [each for each in (self.ends_at, self.lifetime.over) if each]
        return min(ends, default=None)

    def beginning_at(self, at: datetime) -> "Span":
        """The span with another beginning."""
        return replace(self, starts_at=at)

    def holds(self, at: datetime) -> bool:
        """Whether it still lasts at a time after its start."""
        return self.last is None or at < self.last


def spans(mentions: Iterable[Mention], words: Iterable[Word]) -> list[Span]:
    """The spans of a channel, one after another."""
    said = sorted(words, key=lambda word: (word.lifetime.began, word.at, word.incident))
    denied = {word.incident for word in said if not word.linked}
    found = _mentioned(each for each in mentions if each.incident not in denied)
    for word in said:
        if word.linked:
            found = _overruled(found, _of_word(word))
    return found


def _mentioned(mentions: Iterable[Mention]) -> list[Span]:
    found: list[Span] = []
    order = attrgetter("at", "place", "incident")
    for at, group in groupby(sorted(mentions, key=order), attrgetter("at")):
        told = [each for each in group if each.lifetime.over is None or at < each.lifetime.over]
        current = found[-1] if found and found[-1].holds(at) else None
        if not told or (current and current.incident in {each.incident for each in told}):
            continue
        if current:
            found[-1] = replace(current, ends_at=at)
        found.append(_of_mention(told[0], found[-1].last if found else None))
    return found


def _of_mention(mention: Mention, earlier_ends: datetime | None) -> Span:
    """The span that a mention begins; what was said before it belongs to the earlier one."""
    reaches = max(mention.lifetime.began, mention.at - BEFOREHAND, earlier_ends or _NEVER)
    starts_at = min(mention.at, reaches)
    return Span(mention.incident, mention.lifetime, mention.at, starts_at)


def _of_word(word: Word) -> Span:
    """The span that a person's word makes: all of the incident, however late it was said."""
    starts_at = min(word.at, word.lifetime.began)
    return Span(word.incident, word.lifetime, word.at, starts_at, by_person=True)


def _overruled(found: Sequence[Span], word: Span) -> list[Span]:
    """The spans without what the one of a person takes, and with it."""
    before = [
        each if each.last and each.last <= word.starts_at else replace(each, ends_at=word.starts_at)
        for each in found
        if each.starts_at < word.starts_at
    ]
    after = [
        replace(each, starts_at=max(each.starts_at, word.last))
        for each in found
        if word.last and each.holds(word.last)
    ]
    return [*before, word, *after]


_NEVER = datetime.min.replace(tzinfo=UTC)
