"""What is said in chats, brought into the timelines of the incidents it belongs to."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from integrations.observation import ChannelObserved, MessageObserved
from server.commands import channel as channel_commands
from server.commands.message_entries import lock_of, tell
from server.commands.work import Work
from server.domain.link import addresses_in, incidents_in
from server.store import channel as channels
from server.store import message as messages
from server.store.message import SUBJECT

MAX_MENTIONS = 20
"""How many incidents, and how many addresses, one text may mention."""


def subject_of(seen: MessageObserved | ChannelObserved) -> str:
    """What an observation of a chat is about."""
    if isinstance(seen, MessageObserved):
        return f"{SUBJECT}{seen.external_id}"
    return channel_commands.subject_of(seen.external_id)


def channel_of(seen: MessageObserved | ChannelObserved) -> str:
    """The channel that an observation is of."""
    return seen.channel if isinstance(seen, MessageObserved) else seen.external_id


def holds(source: str, seen: MessageObserved | ChannelObserved) -> str:
    """What nobody else may change meanwhile."""
    return lock_of(source, channel_of(seen))


async def apply(work: Work, source: str, news: Sequence[MessageObserved | ChannelObserved]) -> None:
    """Bring one channel, of which there are these news, to its state."""
    channel = channel_of(news[0])
    posted = {each.external_id: each for each in news if isinstance(each, MessageObserved)}
    await messages.put(
        work.tx, source, channel, [(name, each.posted_at) for name, each in posted.items()]
    )
    mentions = [row for each in news for row in _mentions(source, channel, each)]
    await channels.note(work.tx, mentions)
    if mentions or len(posted) < len(news) or await _early(work, source, channel, posted):
        await channel_commands.derive(work, source, channel)
    await tell(work, source, await messages.placed(work.tx, source, sorted(posted)))


async def _early(work: Work, source: str, channel: str, posted: dict[str, MessageObserved]) -> bool:
    """Whether any message is from before the channel was last linked: then others may give way."""
    last = await channels.linked_last(work.tx, source, channel)
    return last is not None and any(each.posted_at < last for each in posted.values())


def _mentions(
    source: str, channel: str, seen: MessageObserved | ChannelObserved
) -> Iterator[dict[str, object]]:
    """What a text mentions that may be an incident, in its order, as rows."""
    message = seen.external_id if isinstance(seen, MessageObserved) else ""
    for place, (incident_id, address) in enumerate(_named(seen.text or "")):
        yield {
            "source": source,
            "channel": channel,
            "at": seen.moment.at,
            "message": message,
            "place": place,
            "mentioned": incident_id,
            "address": address,
        }


def _named(text: str) -> list[tuple[UUID | None, str | None]]:
    ids = list(dict.fromkeys(incidents_in(text)))[:MAX_MENTIONS]
    addresses = list(dict.fromkeys(addresses_in(text)))[:MAX_MENTIONS]
    return [(each, None) for each in ids] + [(None, each) for each in addresses]
