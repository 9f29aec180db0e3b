"""The channels in which an incident is talked about, as the API shows and links them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import strawberry

from schema.engine.declare import column, rows
from schema.engine.edges import ref
from schema.engine.row import Row
from schema.fields import UserError, key_of, keyed, mutation, needed, user_errors
from server.commands import channel as channels
from server.store import tables as t

if TYPE_CHECKING:
    from schema.incident import Incident


@rows(t.incident_channel, order=[t.incident_channel.c.since])
class IncidentChannel(Row):
    """A channel whose messages are told in the incident's timeline."""

    provider: str = column("The chat: slack.", t.incident_channel.c.source)
    external_id: str = column("The channel's id there.")
    name: str | None = column("What it is called there, where that is known.")
    url: str | None = column("Where the chat shows it.")
    since: datetime = column("When it was linked: by a mention of the incident, or by a person.")


@strawberry.input(description="A channel that belongs to an incident, whatever is said there.")
class LinkChannelInput:
    incident: strawberry.ID = needed("The incident.")
    provider: str = needed("The chat: slack.")
    channel: str = needed("The channel's id there.")


@strawberry.type(description="What became of it.")
class LinkChannelPayload:
    incident: Incident | None = ref("The incident, as it is now.")
    user_errors: list[UserError] = user_errors()


@strawberry.input(description="A channel that does not belong to an incident, whatever is said.")
class UnlinkChannelInput:
    incident: strawberry.ID = needed("The incident.")
    provider: str = needed("The chat: slack.")
    channel: str = needed("The channel's id there.")


@strawberry.type(description="What became of it.")
class UnlinkChannelPayload:
    incident: Incident | None = ref("The incident, as it is now.")
    user_errors: list[UserError] = user_errors()


@strawberry.type
class ChatMutations:
    @mutation(
        "Say that a channel tells of an incident: its messages since the incident began, and to a "
        "week after its end, are told in the timeline, and no mention of another incident counts."
    )
    async def link_channel(
        self,
        info: strawberry.Info,
        input: LinkChannelInput,  # noqa: A002  # GraphQL's name
    ) -> LinkChannelPayload | None:
        incident_id = await _say(info, input, linked=True)
        return LinkChannelPayload(incident=incident_id)

    @mutation(
        "Say that a channel does not tell of an incident: what was told is retracted, and mentions "
        "of the incident there no longer count."
    )
    async def unlink_channel(
        self,
        info: strawberry.Info,
        input: UnlinkChannelInput,  # noqa: A002  # GraphQL's name
    ) -> UnlinkChannelPayload | None:
        incident_id = await _say(info, input, linked=False)
        return UnlinkChannelPayload(incident=incident_id)


async def _say(
    info: strawberry.Info, said: LinkChannelInput | UnlinkChannelInput, *, linked: bool
) -> Incident:
    key = key_of("Incident", said.incident, "incident")
    command = channels.Say(key, said.provider, said.channel, linked)
    context = info.context
    incident: Incident = keyed(
        "Incident", await channels.say(context.office, context.viewer, command)
    )
    return incident
