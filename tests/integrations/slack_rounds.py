"""Driving the integration against the fake with the host's own client, and what follows from what
it tells: the fold that `translate` describes."""

import json
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from integrations.contract import Batch, Connection, Delivery, Http, Secret
from integrations.observation import (
    ChannelObserved,
    MessageEvent,
    MessageObserved,
    Observation,
)
from integrations.slack import Slack, plugin
from server.outbound.clients import Clients
from tests.integrations.fake_slack import LOBBY, ROOM, TOKEN, FakeSlack, running
from tests.outbound.conftest import Time


def a_workspace(**fields: Any) -> FakeSlack:
    """Two channels in which nobody has said anything."""
    fake = FakeSlack(**fields)
    fake.add_channel(ROOM, "inc-7")
    fake.add_channel(LOBBY, "lobby")
    return fake


@dataclass(frozen=True, slots=True)
class Reader:
    """The integration, a connection, and the fake behind it."""

    fake: FakeSlack
    plugin: Slack
    connection: Connection
    http: Http

    async def poll(self, cursor: str | None = None) -> Batch:
        return await self.plugin.poll(self.connection, self.http, cursor)

    async def round(self, cursor: str | None = None) -> tuple[list[Observation], str]:
        """Batches until there are no more."""
        seen: list[Observation] = []
        while True:
            batch = await self.poll(cursor)
            seen += batch.observations
            cursor = batch.cursor
            if not batch.more:
                return seen, cursor

    async def backfill(self, since: datetime) -> list[Batch]:
        batches: list[Batch] = []
        cursor: str | None = None
        while not batches or batches[-1].more:
            batches.append(await self.plugin.backfill(self.connection, self.http, since, cursor))
            cursor = batches[-1].cursor
        return batches


@asynccontextmanager
async def reading(
    fake: FakeSlack, token: str = TOKEN, time: Time | None = None, **settings: Any
) -> AsyncIterator[Reader]:
    """A reader of the fake for the time of the block."""
    clocked = replace(plugin, clock=lambda: fake.now)
    timing = (time or Time()).timing()
    async with running(fake), Clients.open(timing) as clients:
        secrets = {"token": Secret(token)}
        connection = Connection("slack", "acme", fake.base_url, settings, secrets)
        yield Reader(fake, clocked, connection, clients.of(clocked, connection))


def told_by_events(fake: FakeSlack, *connections: Connection) -> list[Observation]:
    """What all events together say that the workspace has sent."""
    seen: list[Observation] = []
    for event in fake.events:
        body = json.dumps(event).encode()
        name = plugin.open({}, body).event
        seen += plugin.parse(Delivery(name, body, connections=connections))
    return seen


@dataclass(slots=True)
class State:
    """What is known of a message."""

    text: str | None = None
    author: str | None = None
    gone: bool = False
    thread: str | None = None
    reactions: set[tuple[str, str, str | None]] = field(default_factory=set)


def folded(seen: Iterable[Observation]) -> Mapping[str, State]:
    """The messages that are there, as `translate` says that they fold."""
    states: dict[str, State] = {}
    posted = set()
    messages = {each for each in seen if isinstance(each, MessageObserved)}
    for each in sorted(messages, key=lambda it: it.moment):
        state = states.setdefault(each.external_id, State(thread=each.thread))
        reaction = (each.reaction or "", each.actor.external_id if each.actor else "",
                    each.promotes_to)  # fmt: skip
        match each.event:
            case MessageEvent.POSTED | MessageEvent.EDITED:
                state.text = each.text
            case MessageEvent.DELETED:
                state.gone = True
            case MessageEvent.REACTION_ADDED:
                state.reactions.add(reaction)
            case MessageEvent.REACTION_REMOVED:
                state.reactions.discard(reaction)
        if each.event is MessageEvent.POSTED:
            posted.add(each.external_id)
            state.author = each.actor.external_id if each.actor else None
    return {
        name: State(gone=True) if state.gone else state
        for name, state in states.items()
        if name in posted or state.gone
    }


def texts(seen: Iterable[Observation]) -> set[str | None]:
    """All that is said in the messages that are there."""
    return {each.text for each in folded(seen).values()}


def channels(seen: Iterable[Observation]) -> Mapping[str, tuple[str | None, str | None]]:
    """Name and text of each channel, each as it was last told."""
    known: dict[str, tuple[str | None, str | None]] = {}
    told = [each for each in seen if isinstance(each, ChannelObserved)]
    for each in sorted(told, key=lambda it: it.moment):
        name, text = known.get(each.external_id, (None, None))
        name = name if each.name is None else each.name
        known[each.external_id] = (name, text if each.text is None else each.text)
    return known


def only(seen: Iterable[Observation], cls: type[Any], **fields: Any) -> list[Any]:
    """The observations of a class that have these values."""
    return [
        each
        for each in seen
        if isinstance(each, cls)
        and all(getattr(each, name) == value for name, value in fields.items())
    ]
