"""A message of Slack's, whichever way it came: what it says, who wrote it, when what happened.

A message is named by its channel and its time, "C024BE91L:1595926230.009600", which no workspace
of a shared channel sees differently. Events and polling make observations of the same words here,
so both doors tell the same of a message: `translate` says how that folds.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from integrations.contract import Malformed
from integrations.observation import (
    MessageEvent,
    MessageObserved,
    Moment,
    Observations,
    PersonRef,
)
from integrations.payload import NAME_LIMIT, JsonObject, digest_of
from integrations.slack.emoji import kind_of
from integrations.slack.settings import CHANNEL
from integrations.slack.text import said_in

METADATA = "whychain"
"""The kind of metadata that our own posts carry."""

TOMBSTONE = "tombstone"
"""What stands where a message was deleted that began a thread."""

REACTIONS_LIMIT = 50
REACTORS_LIMIT = 100

_RANKS = {
    MessageEvent.POSTED: 0,
    MessageEvent.EDITED: 10,
    MessageEvent.REACTION_ADDED: 20,
    MessageEvent.REACTION_REMOVED: 21,
    MessageEvent.DELETED: 30,
}
_WRITTEN = {None, "bot_message", "file_share", "me_message", "thread_broadcast"}
"""Kinds of messages that somebody wrote; others tell who came, went, or changed the topic."""

_TS = re.compile(r"[0-9]{10}\.[0-9]{6}", re.ASCII)
_USER = re.compile(r"[UW][A-Z0-9]{1,30}", re.ASCII)
_NOBODY = {"USLACKBOT", "UREVOKEDU"}
"""Slack itself, and whoever wrote what an administrator took away."""


@dataclass(frozen=True, slots=True)
class Ours:
    """What our own app is called in a workspace, and the workspace's address, where known."""

    user: str | None = None
    bot: str | None = None
    app: str | None = None
    url: str | None = None

    def wrote(self, message: JsonObject) -> bool:
        """Whether a message is our own post."""
        profile, metadata = (message.object_or_none(each) for each in ("bot_profile", "metadata"))
        bot = message.identity_or_none("bot_id")
        apps = {message.identity_or_none("app_id"), profile and profile.identity_or_none("app_id")}
        return bool(
            (self.user and bot and message.identity_or_none("user") == self.user)
            or (self.bot and bot == self.bot)
            or (self.app and self.app in apps)
            or (metadata and metadata.identity_or_none("event_type") == METADATA)
        )


@dataclass(frozen=True, slots=True)
class Place:
    """A channel, what is ours in it, and what reactions promote there."""

    channel: str
    ours: Ours
    kinds: Mapping[str, str]

    def is_heard(self, message: JsonObject) -> bool:
        """Whether a message is one that somebody other than we wrote."""
        return message.identity_or_none("subtype") in _WRITTEN and not self.ours.wrote(message)

    def posted(self, message: JsonObject) -> MessageObserved:
        """That it was posted, with the text that it has now."""
        said = said_in(message, self.ours.user)
        ts = timestamp(message, "ts")
        return self._observed(
            message,
            MessageEvent.POSTED,
            time_of(ts),
            actor=_author(message),
            text=said.text,
            mentions=said.mentions,
        )

    def edited(self, message: JsonObject, at: datetime) -> MessageObserved:
        """That it was changed to the text that it has now."""
        said = said_in(message, self.ours.user)
        change = message.object_or_none("edited")
        by_person = change and not message.identity_or_none("bot_id")
        return self._observed(
            message,
            MessageEvent.EDITED,
            at,
            actor=person(change, "user") if change and by_person else _author(message),
            text=said.text,
            mentions=said.mentions,
        )

    def deleted(self, message: JsonObject, at: datetime) -> MessageObserved:
        """That it is gone."""
        return self._observed(message, MessageEvent.DELETED, at)

    def reacted(
        self, message: JsonObject, event: MessageEvent, at: datetime, name: str, actor: PersonRef
    ) -> MessageObserved:
        """That somebody reacted to it, or took that back."""
        promotes_to = kind_of(name, self.kinds)
        return self._observed(
            message, event, at, actor=actor, reaction=name, promotes_to=promotes_to
        )

    def as_it_is(self, message: JsonObject) -> Observations:
        """What its present state says: Slack tells of a change when it was, of a reaction not."""
        if message.identity_or_none("subtype") == TOMBSTONE:
            return (self.deleted(message, time_of(timestamp(message, "ts"))),)
        if not self.is_heard(message):
            return ()
        change = message.object_or_none("edited")
        changed_at = time_of(timestamp(change, "ts")) if change else None
        seen = [self.posted(message)]
        seen += [self.edited(message, changed_at)] if changed_at else []
        return [*seen, *self._reactions(message, seen[-1].moment.at)]

    def _reactions(self, message: JsonObject, at: datetime) -> list[MessageObserved]:
        return [
            self.reacted(message, MessageEvent.REACTION_ADDED, at, name, PersonRef("slack", user))
            for each in message.objects("reactions", REACTIONS_LIMIT)
            if (name := each.identity("name"))
            for user in each.items("users", REACTORS_LIMIT)
            if isinstance(user, str) and _USER.fullmatch(user)
        ]

    def _observed(
        self, message: JsonObject, event: MessageEvent, at: datetime, **facts: Any
    ) -> MessageObserved:
        """What happened, at the time it did but not before the message was there: Slack dates
        changes by the second."""
        ts = timestamp(message, "ts")
        posted_at = time_of(ts)
        root = timestamp_or_none(message, "thread_ts") or ts
        external_id = f"{self.channel}:{ts}"
        actor: PersonRef | None = facts.get("actor")
        told = [facts.get(each) for each in ("text", "reaction", "promotes_to")]
        words = json.dumps([external_id, event, root, actor and actor.external_id, *told])
        return MessageObserved(
            moment=Moment(max(at, posted_at), _RANKS[event], digest_of(words.encode())),
            external_id=external_id,
            channel=self.channel,
            event=event,
            posted_at=posted_at,
            thread=None if root == ts else f"{self.channel}:{root}",
            url=self._url(ts, root),
            **facts,
        )

    def _url(self, ts: str, root: str) -> str | None:
        if self.ours.url is None:
            return None
        inside = f"?thread_ts={root}&cid={self.channel}" if root != ts else ""
        return f"{self.ours.url}/archives/{self.channel}/p{ts.replace('.', '')}{inside}"


def timestamp(holder: JsonObject, name: str) -> str:
    """A time as Slack writes it, by which messages are named: "1595926230.009600".

    Raises:
        Malformed: there is none.
    """
    value = timestamp_or_none(holder, name)
    if value is None:
        raise Malformed(f"{holder.path}.{name} is missing")
    return value


def timestamp_or_none(holder: JsonObject, name: str) -> str | None:
    """The same; None where there is none.

    Raises:
        Malformed: it is of another form.
    """
    value = holder.identity_or_none(name)
    if value is not None and not _TS.fullmatch(value):
        raise Malformed(f"{holder.path}.{name} must be a time such as 1595926230.009600")
    return value


def time_of(ts: str) -> datetime:
    """The time that a timestamp says, exactly."""
    seconds, _, micros = ts.partition(".")
    return datetime.fromtimestamp(int(seconds), UTC) + timedelta(microseconds=int(micros))


def channel_in(holder: JsonObject, name: str) -> str | None:
    """The id of a channel; None for a direct conversation, of which nothing is told."""
    value = holder.identity(name, NAME_LIMIT)
    return value if CHANNEL.fullmatch(value) else None


def person(holder: JsonObject, name: str) -> PersonRef | None:
    """Who stands in a field; None where it is nobody."""
    user = holder.identity_or_none(name)
    if user is None or user in _NOBODY or not _USER.fullmatch(user):
        return None
    return PersonRef("slack", user)


def _author(message: JsonObject) -> PersonRef | None:
    """Who wrote a message; an app's messages have an author too, who is no person."""
    return None if message.identity_or_none("bot_id") else person(message, "user")
