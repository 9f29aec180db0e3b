"""What is said in a chat, as an integration tells it, in minutes after noon."""

from typing import Any
from uuid import UUID

from integrations.observation import (
    ChannelObserved,
    MessageEvent,
    MessageObserved,
    Observation,
    PersonRef,
)
from server.commands.observe import Source, observe
from server.commands.work import Office
from server.store import tables
from server.store.database import Row
from tests.commands.stored import Stored
from tests.commands.told import at, moment

CHAT = Source("slack", "Slack")
ROOM = "C1"

ADA = PersonRef("slack", "U0ADA", handle="ada", name="Ada Lovelace")
ALAN = PersonRef("slack", "U0ALAN", handle="alan", name="Alan Turing")

_RANKS = {event: rank for rank, event in enumerate(MessageEvent)}


def public(incident_id: UUID) -> str:
    """An incident's id as people write it."""
    return f"inc_{incident_id.hex}"


def said(name: str, minute: float, text: str | None = None, **others: Any) -> MessageObserved:
    """A message that was posted at that minute; of an event that came later give `then`."""
    event = others.pop("event", MessageEvent.POSTED)
    then = others.pop("then", minute)
    values = {"channel": ROOM, "actor": ADA, **others}
    told = moment(then, _RANKS[event], f"{name}:{event}:{then}:{text}:{sorted(map(str, others))}")
    return MessageObserved(told, name, event=event, posted_at=at(minute), text=text, **values)


def reacted(name: str, minute: float, then: float, kind: str | None, **others: Any) -> Any:
    """A reaction to a message, added by default."""
    values = {"event": MessageEvent.REACTION_ADDED, "reaction": "fire", **others}
    return said(name, minute, then=then, promotes_to=kind, **values)


def channel(minute: float, text: str = "", name: str = "war-room", of: str = ROOM) -> Any:
    """What stands above a channel."""
    return ChannelObserved(moment(minute, 0, f"{of}:{minute}"), of, name, text, "https://chat/C1")


async def hear(office: Office, *seen: Observation) -> int:
    """Observe these, each in a delivery of its own; how many were new."""
    new = 0
    for each in seen:
        async with office.work() as work:
            new += await observe(work, CHAT, [each])
    return new


async def told(stored: Stored, incident_id: UUID) -> dict[str, Row]:
    """The incident's entries that come from the chat and stand, by the message's id."""
    rows = await stored.rows(tables.timeline_entry, incident_id=incident_id, source="slack")
    return {row["external_id"]: row for row in rows if not row["retracted"]}
