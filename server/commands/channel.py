"""Which incident a channel tells of: derived from what was said there, and from people's words."""

from dataclasses import dataclass
from uuid import UUID

from integrations.observation import ChannelObserved
from server.commands.message_entries import lock_of, tell
from server.commands.redaction import RERENDER
from server.commands.work import Office, Work
from server.domain.catalog import check_provider
from server.domain.channel import Span, spans
from server.domain.feed import FeedChange, FeedSubject
from server.domain.text import check_text
from server.domain.viewer import Scope, Viewer
from server.errors import ErrorCode, Refused, refuse
from server.store import channel as channels
from server.store import directory, observation, queue
from server.store import message as messages
from server.store.queue import Job, JobKind
from server.store.statements import find_row
from server.store.tables import incident

MAX_CHANNEL = 200
"""Characters of a provider's id of a channel."""


def subject_of(channel: str) -> str:
    """What an observation of a channel is about."""
    return f"channel:{channel}"


async def derive(work: Work, source: str, channel: str) -> None:
    """Have the channel's messages where all that was said of it wants them. It is held."""
    found = spans(
        await channels.mentions(work.tx, source, channel),
        await channels.said(work.tx, source, channel),
    )
    bounded = await _bounded(work, source, channel, found)
    shown = await _shown(work, source, channel)
    changed = await channels.put_spans(work.tx, source, channel, bounded, shown)
    while rows := await messages.misplaced(work.tx, source, channel):
        await tell(work, source, rows)
    for incident_id in sorted(changed):
        await work.changed(incident_id, FeedSubject.INCIDENT, incident_id, FeedChange.REVISED)


async def reconsider(office: Office, incident_id: UUID) -> None:
    """Derive anew the channels that belong to an incident or mention its page.

    The page may have been talked about before it was told of, and the incident may have begun or
    ended at another time than was known.
    """
    async with office.work() as work:
        await queue.absorb(work.tx, Job(JobKind.LINK, incident_id))
        found = await channels.of_incident(work.tx, incident_id)
    for source, channel in found:
        async with office.work() as work:
            await observation.lock(work.tx, [lock_of(source, channel)])
            await derive(work, source, channel)
            if directory.changed(work.tx):
                work.later(RERENDER)


async def _bounded(work: Work, source: str, channel: str, found: list[Span]) -> list[Span]:
    """The spans, with a limited number of messages from before the channel was linked."""
    reaches = [(each.starts_at, each.since) for each in found if each.starts_at < each.since]
    bounds = await channels.bounds(work.tx, source, channel, reaches) if reaches else {}
    return [each.beginning_at(bounds.get(each.starts_at, each.starts_at)) for each in found]


async def _shown(work: Work, source: str, channel: str) -> dict[str, object]:
    """What is shown of a channel: its name and address, where they are known."""
    seen = await observation.newest(work.tx, source, subject_of(channel))
    told = seen if isinstance(seen, ChannelObserved) else None
    return {"name": told.name if told else None, "url": told.url if told else None}


@dataclass(frozen=True, slots=True)
class Say:
    """Say that a channel belongs to an incident, or that it does not."""

    incident: UUID
    provider: str
    channel: str
    linked: bool


async def say(office: Office, viewer: Viewer, command: Say) -> UUID:
    """Let a person's word on a channel count, whatever is said there; the incident's id.

    Raises:
        Refused: NOT_FOUND; the provider or the channel is none.
    """
    viewer.require(Scope.INCIDENTS_WRITE)
    problems = (
        *check_provider(command.provider, "provider"),
        *check_text(command.channel, MAX_CHANNEL, "channel", what="channel"),
    )
    if problems:
        raise Refused(*problems)
    async with office.work() as work:
        await observation.lock(work.tx, [lock_of(command.provider, command.channel)])
        incident_id = await _standing(work, command.incident)
        await channels.say(
            work.tx,
            source=command.provider,
            channel=command.channel,
            incident_id=incident_id,
            linked=command.linked,
            at=work.now,
            by_id=viewer.person_id,
        )
        await derive(work, command.provider, command.channel)
        if directory.changed(work.tx):
            work.later(RERENDER)
    return incident_id


async def _standing(work: Work, incident_id: UUID) -> UUID:
    """The incident that stands for one; it is locked later, after the people in its messages."""
    row = await find_row(work.tx, incident, id=incident_id)
    if row is None:
        raise refuse(ErrorCode.NOT_FOUND, "There is no such incident.", "incident")
    found: UUID = row["merged_into_id"] or row["id"]
    return found
