"""Slack's events in the words of the post-mortem. Pure: JSON in, observations out.

https://docs.slack.dev/reference/events describes the bodies.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from integrations.contract import Connection
from integrations.observation import MessageEvent, Observations
from integrations.payload import PROSE_LIMIT, JsonObject, as_object
from integrations.slack import channel, people
from integrations.slack.emoji import kinds_of
from integrations.slack.message import (
    TOMBSTONE,
    Ours,
    Place,
    channel_in,
    person,
    time_of,
    timestamp_or_none,
)
from integrations.slack.settings import reader_of
from integrations.slack.text import said_in

POLLED = ".polled"
"""What the kind of a record ends in that was read, not sent."""

_DIRECT = {"im", "mpim", "app_home"}
_AUTHORIZATIONS_LIMIT = 10

_TOPICS = {
    "channel_topic": "topic",
    "group_topic": "topic",
    "channel_purpose": "purpose",
    "group_purpose": "purpose",
}
"""Messages that tell what stands above a channel now, and in which field."""


def observations(
    event_type: str, payload: JsonObject, connections: Sequence[Connection]
) -> Observations:
    """What one event says; nothing where it is about something else.

    How it folds. All that is told of one message has its external id; in the order of moments:

    - its text is that of the last POSTED or EDITED. Events tell a change at `event_ts`, polling
      at `edited.ts`, which is the same second or earlier, with the same words. A message that was
      changed before it was read is POSTED with the words of now, and EDITED to them;
    - a reaction of somebody's is there if the last word on it (by name and actor) is
      REACTION_ADDED. Polling sees who has reacted, not when: it dates that with the message's
      last change, which is before whatever an event tells of it later;
    - it is gone once there is any DELETED, whenever that was: Slack restores nothing. What polling
      finds in place of a message that began a thread is dated with the message itself; any other
      deletion is told by events alone, as is a reaction that was taken back, and a change by an
      app to which Slack gives no `edited`;
    - a reaction, a change or a deletion of what was never POSTED is of a message that is not ours
      to know, or that is yet to come. Its POSTED alone tells which thread it is in.

    A POSTED of the same message may come twice with other words. They tie in time and rank only
    where an EDITED follows, or where Slack dates no change; then the digest decides.

    A channel's name and text are those last told, each by itself; an event tells of a topic or a
    purpose alone, polling of both.

    Raises:
        Malformed: a field that is needed is missing or of another type.
    """
    if event_type.endswith(POLLED):
        read = _POLLED.get(event_type.removesuffix(POLLED))
        return read(payload, connections) if read else ()
    handle = EVENTS.get(event_type.partition(".")[0])
    return handle(payload, payload.object("event"), connections) if handle else ()


def place_of(name: str, ours: Ours, connections: Sequence[Connection]) -> Place | None:
    """A channel, if it is one that is read."""
    reader = reader_of(name, connections)
    if connections and reader is None:
        return None
    return Place(name, ours, kinds_of(reader))


# ── what is sent ─────────────────────────────────────────────────────────────────────────────


def _message(
    payload: JsonObject, event: JsonObject, connections: Sequence[Connection]
) -> Observations:
    place = _place(payload, event, connections)
    if place is None:
        return ()
    subtype = event.identity_or_none("subtype")
    match subtype:
        case "message_changed":
            return _changed(place, payload, event)
        case "message_deleted":
            return _deleted(place, payload, event)
        case str() if subtype in _TOPICS:
            text = event.prose(_TOPICS[subtype], PROSE_LIMIT)
            return (channel.described(place.channel, text, _at(payload, event)),)
        case _:
            return (place.posted(event),) if place.is_heard(event) else ()


def _changed(place: Place, payload: JsonObject, event: JsonObject) -> Observations:
    """A change of the text: Slack tells in the same way that a link got its picture."""
    message, before = event.object("message"), event.object_or_none("previous_message")
    at = _at(payload, event)
    if message.identity_or_none("subtype") == TOMBSTONE:
        return (place.deleted(message, at),)
    same = before is not None and said_in(before).text == said_in(message).text
    return () if same or not place.is_heard(message) else (place.edited(message, at),)


def _deleted(place: Place, payload: JsonObject, event: JsonObject) -> Observations:
    gone = event.object_or_none("previous_message")
    if gone is not None and not place.is_heard(gone):
        return ()
    thread = gone.fields.get("thread_ts") if gone else None
    named = {"ts": event.fields.get("deleted_ts"), "thread_ts": thread}
    return (place.deleted(as_object(named, event.path), _at(payload, event)),)


def _reaction(
    payload: JsonObject, event: JsonObject, connections: Sequence[Connection]
) -> Observations:
    item, actor = event.object("item"), person(event, "user")
    if actor is None or item.identity_or_none("type") != "message":
        return ()
    place, author = _place(payload, item, connections), event.identity_or_none("item_user")
    # Of what we posted ourselves nothing was told that it could be a reaction to.
    if place is None or (author is not None and author == place.ours.user):
        return ()
    added = event.identity("type") == "reaction_added"
    kind = MessageEvent.REACTION_ADDED if added else MessageEvent.REACTION_REMOVED
    at = _at(payload, event)
    return (place.reacted(item, kind, at, event.identity("reaction"), actor),)


def _renamed(
    payload: JsonObject, event: JsonObject, connections: Sequence[Connection]
) -> Observations:
    renamed = event.object("channel")
    name = channel_in(renamed, "id")
    if name is None or place_of(name, Ours(), connections) is None:
        return ()
    return (channel.renamed(name, renamed.identity("name"), _at(payload, event)),)


_Handler = Callable[[JsonObject, JsonObject, Sequence[Connection]], Observations]

EVENTS: Mapping[str, _Handler] = {
    "message": _message,
    "reaction_added": _reaction,
    "reaction_removed": _reaction,
    "channel_rename": _renamed,
    "group_rename": _renamed,
}
"""The events that say something, by Slack's name for them."""


def _place(
    payload: JsonObject, holder: JsonObject, connections: Sequence[Connection]
) -> Place | None:
    """Where it is; nowhere for a direct conversation. One of several has the id of a channel, and
    is told from one by its type, which Slack says of a message and of what was reacted to."""
    name = channel_in(holder, "channel")
    if name is None or holder.identity_or_none("channel_type") in _DIRECT:
        return None
    return place_of(name, _ours(payload), connections)


def _ours(payload: JsonObject) -> Ours:
    """Our own app, as the envelope names it."""
    installed = payload.objects("authorizations", _AUTHORIZATIONS_LIMIT)
    users = [each.identity_or_none("user_id") for each in installed if each.flag("is_bot")]
    return Ours(next(iter(users), None), app=payload.identity_or_none("api_app_id"))


def _at(payload: JsonObject, event: JsonObject) -> datetime:
    """When it happened; `ts` is that of an event which is no message by itself."""
    ts = timestamp_or_none(event, "event_ts") or timestamp_or_none(event, "ts")
    return time_of(ts) if ts else payload.instant("event_time")


# ── what was read and put by ─────────────────────────────────────────────────────────────────


def put_by(kind: str, record: object, **facts: object) -> bytes:
    """A record that could not be read, with all that is needed to read it later."""
    return json.dumps({kind: record, **facts}).encode()


def _polled_message(payload: JsonObject, connections: Sequence[Connection]) -> Observations:
    ours = payload.object("ours")
    named = (ours.identity_or_none(each) for each in ("user", "bot", "app", "url"))
    place = place_of(payload.identity("channel"), Ours(*named), connections)
    return place.as_it_is(payload.object("message")) if place else ()


def _polled_user(payload: JsonObject, _: Sequence[Connection]) -> Observations:
    return people.people_in(payload.object("user"))


_POLLED: Mapping[str, Callable[[JsonObject, Sequence[Connection]], Observations]] = {
    "message": _polled_message,
    "user": _polled_user,
}
