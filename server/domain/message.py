"""A message of a chat, folded from all that happened to it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from integrations.observation import MessageEvent, MessageObserved, PersonRef
from server.domain.text import MAX_URL
from server.domain.timeline import MAX_BODY, TimelineKind

SOMEBODY = "somebody"
"""Who is mentioned where the source does not say whom it means."""

Key: TypeAlias = tuple[str, str]
"""Who somebody is to a provider: the provider, and its id of them."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it is now: the last text, and the kind that reactions make of it."""

    posted_at: datetime
    author: PersonRef | None
    text: str
    mentions: tuple[PersonRef, ...]
    kind: TimelineKind
    url: str | None
    deleted: bool

    @property
    def told(self) -> bool:
        """Whether there is something to tell."""
        return not self.deleted and bool(self.text.strip())

    def body(self, names: Mapping[Key, str]) -> str:
        """The text with the names of those whom it mentions, in the length of an entry."""
        called = {
            each.external_id: names.get((each.provider, each.external_id), SOMEBODY)
            for each in self.mentions
        }
        text = _MENTION.sub(lambda match: f"@{called.get(match[1], SOMEBODY)}", self.text).strip()
        return text if len(text) <= MAX_BODY else text[: MAX_BODY - 1] + "…"

    @property
    def mentioned(self) -> tuple[PersonRef, ...]:
        """Those whom the text names."""
        named = set(_MENTION.findall(self.text))
        return tuple(each for each in self.mentions if each.external_id in named)


_MENTION = re.compile(r"@\{([^{}\s]{1,250})\}")

_WRITTEN = frozenset({MessageEvent.POSTED, MessageEvent.EDITED})


def fold(told: Iterable[MessageObserved]) -> Message | None:
    """What a message's events add up to; None where nobody said yet what it says."""
    events = sorted(told, key=lambda each: each.moment)
    written = [each for each in events if each.event in _WRITTEN and each.text is not None]
    if not written:
        return None
    last = written[-1]
    url = next((each.url for each in reversed(events) if each.url), None)
    return Message(
        posted_at=last.posted_at,
        author=next((each.actor for each in written if each.actor), None),
        text=last.text or "",
        mentions=last.mentions,
        kind=_kind(events),
        url=url if url and len(url) <= MAX_URL else None,
        deleted=any(each.event is MessageEvent.DELETED for each in events),
    )


def _kind(events: Sequence[MessageObserved]) -> TimelineKind:
    """The kind that the latest reaction which still stands makes of the message."""
    standing: dict[tuple[str | None, Key | None], TimelineKind] = {}
    for each in events:
        key = each.reaction, _key(each.actor)
        if each.event is MessageEvent.REACTION_REMOVED:
            standing.pop(key, None)
        elif each.event is MessageEvent.REACTION_ADDED and each.promotes_to in _KINDS:
            standing.pop(key, None)
            standing[key] = TimelineKind(each.promotes_to)
    return next(reversed(standing.values()), TimelineKind.MESSAGE)


_KINDS = frozenset(TimelineKind)


def _key(person: PersonRef | None) -> Key | None:
    return (person.provider, person.external_id) if person else None
