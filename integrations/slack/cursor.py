"""How far a workspace has been read: what a cursor holds, and how it is written.

A round lists the channels, reads one after the other, and once an hour the people. It may be cut
after any page. Times are Slack's own, ten digits and six, so they sort as texts.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace

from integrations.slack.message import Ours

CHANNELS_LIMIT = 500
"""How many channels are read; the first that Slack lists."""

THREADS_LIMIT = 40
"""Of how many threads of a channel it is kept how far they were read, those of late."""

_VERSION = 1


@dataclass(frozen=True, slots=True)
class Channel:
    """How far a channel has been read: its newest message, and by the message that began it, the
    last reply in each thread that may go on."""

    newest: str = ""
    threads: Mapping[str, str] = field(default_factory=dict)

    def lasting(self, since: str) -> "Channel":
        """Without the threads in which nobody wrote since then, nor more than are kept."""
        live = [(last, root) for root, last in self.threads.items() if last >= since]
        kept = sorted(live, reverse=True)[:THREADS_LIMIT]
        return replace(self, threads={root: last for last, root in kept})


@dataclass(frozen=True, slots=True)
class Reading:
    """The channel that is being read.

    `after` is where the next page of its history begins, `ended` that there is none. `waiting`
    are threads to be read before, each from a time on; `within` is the next page of the first.
    """

    channel: Channel
    after: str = ""
    ended: bool = False
    waiting: tuple[tuple[str, str], ...] = ()
    within: str = ""

    @property
    def done(self) -> bool:
        return self.ended and not self.waiting

    def saw(self, newest: str, threads: Mapping[str, str]) -> "Reading":
        """With messages up to `newest`, and threads with the last reply that was read."""
        return replace(
            self,
            channel=Channel(max(self.channel.newest, newest), {**self.channel.threads, **threads}),
        )


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a round, and how far each channel has been read.

    `ours` is who we are, asked at the beginning of a round. `listing` is where the next page of
    channels begins, and `people` where that of people does: "" at the start, None behind the end.
    `queue` are the channels that are yet to be read, of `total`. `thorough` is whether the round
    is the one of the hour, and `thorough_at` when the last of those began.
    """

    ours: Ours | None = None
    listing: str | None = None
    queue: tuple[str, ...] = ()
    total: int = 0
    reading: Reading | None = None
    people: str | None = None
    thorough: bool = False
    thorough_at: float = 0.0
    channels: Mapping[str, Channel] = field(default_factory=dict)

    @property
    def more(self) -> bool:
        """Whether the round goes on."""
        return self.listing is not None or bool(self.queue) or self.people is not None

    def listed(self, found: Iterable[str], after: str) -> "Cursor":
        """With a page of channels."""
        queue = tuple(dict.fromkeys((*self.queue, *found)))[:CHANNELS_LIMIT]
        return replace(self, queue=queue, total=len(queue), listing=after or None)

    def past_channel(self, read: Channel | None) -> "Cursor":
        """At the next channel, with how far this one was read; None where it could not be."""
        channels = {**self.channels, self.queue[0]: read} if read else self.channels
        newest = sorted(channels.items(), key=lambda each: each[1].newest, reverse=True)
        kept = dict(newest[:CHANNELS_LIMIT])
        return replace(self, queue=self.queue[1:], reading=None, channels=kept)

    def rewound(self) -> "Cursor":
        """At the beginning of what is being read: its page is not known any more."""
        if self.listing:
            return replace(self, listing="", queue=())
        if self.reading:
            return replace(self, reading=replace(self.reading, after="", within=""))
        return replace(self, people="" if self.people else self.people)

    def write(self) -> str:
        """As text; at the end of a round without all that was of it alone."""
        kept = self if self.more else Cursor(thorough_at=self.thorough_at, channels=self.channels)
        return json.dumps({"version": _VERSION, **asdict(kept)})


def read_cursor(text: str | None) -> Cursor:
    """The cursor that was written; a new one where it is none, or one of another version."""
    try:
        kept = json.loads(text or "{}")
    except ValueError:
        return Cursor()
    if not isinstance(kept, dict) or kept.pop("version", None) != _VERSION:
        return Cursor()
    ours, reading = kept.pop("ours"), kept.pop("reading")
    channels = {name: Channel(**each) for name, each in kept.pop("channels").items()}
    return Cursor(
        ours=Ours(**ours) if ours else None,
        queue=tuple(kept.pop("queue")),
        reading=_reading(**reading) if reading else None,
        channels=channels,
        **kept,
    )


def _reading(channel: Mapping[str, object], waiting: list[list[str]], **others: object) -> Reading:
    pairs = tuple((root, since) for root, since in waiting)
    return Reading(Channel(**channel), waiting=pairs, **others)  # type: ignore[arg-type]
