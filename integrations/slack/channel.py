"""A channel of Slack's: its name, and what stands above it."""

import json
from datetime import UTC, datetime, timedelta

from integrations.observation import ChannelObserved, Moment
from integrations.payload import NAME_LIMIT, PROSE_LIMIT, JsonObject, digest_of
from integrations.slack.text import plain

_CHANGED, _READ = 0, 1
"""What an event says of a channel, then what the channel says of itself."""

_MILLISECONDS = 10_000_000_000
"""From here on a time is in milliseconds: as seconds, it would be of the year 2286."""


def as_it_is(channel: JsonObject, url: str | None) -> ChannelObserved:
    """A channel that was read, whole. It tells when it was changed, by the second: what is told
    is so at the end of it."""
    topic, purpose = (channel.object_or_none(each) for each in ("topic", "purpose"))
    set_at = [each.whole("last_set", default=0) for each in (topic, purpose) if each]
    known = max([channel.whole("created", default=0), *set_at]) + 1
    at = max(datetime.fromtimestamp(known, UTC), _updated(channel))
    texts = [each.prose("value", PROSE_LIMIT) for each in (topic, purpose) if each]
    external_id = channel.identity("id")
    name = channel.identity("name")
    text = plain("\n".join(each for each in texts if each))
    return _observed(
        at, _READ, external_id, name=name, text=text, url=url and f"{url}/archives/{external_id}"
    )


def renamed(external_id: str, name: str, at: datetime) -> ChannelObserved:
    """A channel whose name is another now."""
    return _observed(at, _CHANGED, external_id, name=name)


def described(external_id: str, text: str | None, at: datetime) -> ChannelObserved:
    """A channel above which something else stands now, be it its topic or its purpose."""
    return _observed(at, _CHANGED, external_id, text=plain(text or ""))


def _observed(
    at: datetime,
    rank: int,
    external_id: str,
    name: str | None = None,
    text: str | None = None,
    url: str | None = None,
) -> ChannelObserved:
    digest = digest_of(json.dumps([external_id, name, text]).encode())
    short = name[:NAME_LIMIT] if name else None
    return ChannelObserved(Moment(at, rank, digest), external_id, short, text, url)


def _updated(channel: JsonObject) -> datetime:
    """When anything of it was changed, where that is told: in milliseconds."""
    value = channel.fields.get("updated")
    told = value if type(value) is int and _MILLISECONDS <= value < 1_000 * _MILLISECONDS else 0
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=told)
