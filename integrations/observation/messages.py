"""What is said in a chat while an incident runs."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from integrations.observation.refs import Moment, PersonRef


class MessageEvent(StrEnum):
    """What happened to a message. An edit carries the whole new text."""

    POSTED = "POSTED"
    EDITED = "EDITED"
    DELETED = "DELETED"
    REACTION_ADDED = "REACTION_ADDED"
    REACTION_REMOVED = "REACTION_REMOVED"


@dataclass(frozen=True, slots=True)
class MessageObserved:
    """Something happened to a message in a channel.

    `external_id` names the message in its whole provider, as does `channel` the channel and
    `thread` the message that began the thread it is in. `text` is plain: where it mentions
    somebody stands `@` and the external id in braces ("@{U024BE7LH} look"), and `mentions` has
    who that is. `promotes_to` is the kind of timeline entry ("MITIGATION") that a reaction makes
    of the message, as the connection's settings have it; None for any other reaction, of which
    nothing follows. `actor` is who did what happened: the author of a message, who reacted.
    """

    moment: Moment
    external_id: str
    channel: str
    event: MessageEvent
    posted_at: datetime
    actor: PersonRef | None = None
    text: str | None = None
    mentions: tuple[PersonRef, ...] = ()
    thread: str | None = None
    reaction: str | None = None
    promotes_to: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class ChannelObserved:
    """A channel as it was at that moment. `text` is what stands above it: topic and purpose.

    What is None was not told: it is what it was.
    """

    moment: Moment
    external_id: str
    name: str | None = None
    text: str | None = None
    url: str | None = None
