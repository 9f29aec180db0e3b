"""Reading one page of what is said in a channel: of its history, or of one of its threads.

What polling tells of a message is what the message is now, so the newest are read again for a
while: that is how changes and reactions are seen without a webhook. A thread's replies are in no
history; the message that began it tells of its last one, and where that message is too old to be
read again, the thread itself is asked.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from integrations.contract import Malformed, Missing, Unreadable
from integrations.observation import Observation, Observations
from integrations.payload import JsonObject, as_object, digest_of
from integrations.slack.ask import PAGE_SIZE, SlackApi
from integrations.slack.cursor import Channel, Cursor, Reading
from integrations.slack.message import Place, timestamp, timestamp_or_none
from integrations.slack.translate import POLLED, put_by

READ_AGAIN_SECONDS = 900.0
THOROUGH_SECONDS = 24 * 3_600.0
"""How far before the newest message everything is read again: in every round, and in one an hour,
which finds what began late: the first reply in a thread, a reaction."""

LIVELY_SECONDS = 3_600.0
"""For how long after its last reply a thread is asked in every round; then, in one an hour."""

FOLLOWED_LIMIT = 10
"""How many threads of a channel are asked in one round, those of late."""

THREAD_SECONDS = 7 * 24 * 3_600.0
"""For how long after its last reply a thread may go on."""


@dataclass(frozen=True, slots=True)
class Span:
    """What is wanted: what is new now, or all since a time of the past (a timestamp)."""

    now: float
    since: str = ""

    @property
    def earliest_reply(self) -> str:
        """From when on a thread's last reply is worth reading the thread."""
        return self.since or _stamp(self.now - THREAD_SECONDS)

    def oldest(self, known: Channel, *, thorough: bool) -> str:
        """From when on a channel's history is read; "" for its newest page alone."""
        again = THOROUGH_SECONDS if thorough else READ_AGAIN_SECONDS
        return self.since or (_earlier(known.newest, again) if known.newest else "")


@dataclass(frozen=True, slots=True)
class Found:
    """What a page says, what of it could not be read, and where to go on."""

    seen: Observations
    kept: Cursor
    unreadable: Sequence[Unreadable] = ()


@dataclass(slots=True)
class Records:
    """The records of a page, each read by itself: one that cannot be does not stop the rest."""

    kind: str
    facts: dict[str, Any] = field(default_factory=dict)
    seen: list[Observation] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)
    read: list[JsonObject] = field(default_factory=list)

    def take(
        self, records: Iterable[Any], say: Callable[[JsonObject], Iterable[Observation]]
    ) -> None:
        """Read them."""
        for record in records:
            try:
                each = as_object(record, self.kind)
                self.seen += say(each)
            except Malformed as error:
                body = put_by(self.kind, record, **self.facts)
                key = f"{self.kind}:{digest_of(body)}"
                self.unreadable.append(Unreadable(key, self.kind + POLLED, str(error), body))
            else:
                self.read.append(each)


def passed_over(channel: str) -> Unreadable:
    """A channel that cannot be read does not stop the others."""
    reason = "The channel is not there, or the app was not added to it."
    return Unreadable(f"channel:{channel}", "channel", reason, b"{}")


async def read_page(api: SlackApi, place: Place, span: Span, kept: Cursor) -> Found:
    """Read the next page of the channel whose turn it is."""
    known = kept.channels.get(place.channel, Channel())
    oldest = span.oldest(known, thorough=kept.thorough)
    reading = kept.reading or _begun(known, span, oldest, thorough=kept.thorough)
    records = Records("message", {"channel": place.channel, "ours": asdict(place.ours)})
    try:
        if reading.waiting:
            reading = await _thread(api, place, reading, records)
        else:
            reading = await _history(api, place, span, reading, oldest, records)
    except Missing:
        return Found((), kept.past_channel(None), [passed_over(place.channel)])
    if reading.done:
        after = kept.past_channel(reading.channel.lasting(_stamp(span.now - THREAD_SECONDS)))
    else:
        after = replace(kept, reading=reading)
    return Found(records.seen, after, records.unreadable)


def _begun(known: Channel, span: Span, oldest: str, *, thorough: bool) -> Reading:
    """The threads first that began before the history that is read again."""
    lively = _stamp(span.now - LIVELY_SECONDS)
    going_on = [
        (last, root)
        for root, last in known.threads.items()
        if root < oldest and (thorough or last >= lively)
    ]
    followed = sorted(going_on, reverse=True)[:FOLLOWED_LIMIT]
    waiting = tuple((root, _earlier(last)) for last, root in followed)
    return Reading(known, waiting=waiting)


async def _history(
    api: SlackApi, place: Place, span: Span, reading: Reading, oldest: str, records: Records
) -> Reading:
    """With one more page of the channel's history, and the threads on it that went on."""
    answer, after = await api.page(
        "conversations.history", reading.after, channel=place.channel, **_from(oldest)
    )
    records.take(answer.items("messages", PAGE_SIZE), place.as_it_is)
    known = reading.channel.threads
    waiting = [
        (root, _earlier(known[root]) if root in known else "")
        for root, last in map(_thread_of, records.read)
        if last > max(known.get(root, ""), span.earliest_reply)
    ]
    newest = max((timestamp(each, "ts") for each in records.read), default="")
    ended = not after or not oldest
    return replace(reading.saw(newest, {}), after=after, ended=ended, waiting=tuple(waiting))


async def _thread(api: SlackApi, place: Place, reading: Reading, records: Records) -> Reading:
    """With one more page of the first thread that waits."""
    (root, since), *others = reading.waiting
    try:
        answer, within = await api.page(
            "conversations.replies",
            reading.within,
            channel=place.channel,
            ts=root,
            **_from(since),
        )
    except Missing:  # the thread; where it is the channel, its history says so next
        return replace(reading, waiting=tuple(others), within="")
    records.take(answer.items("messages", PAGE_SIZE), place.as_it_is)
    last = max((timestamp(each, "ts") for each in records.read), default="")
    threads = {root: max(last, reading.channel.threads.get(root, ""))}
    waiting = reading.waiting if within else tuple(others)
    return replace(reading.saw("", threads), waiting=waiting, within=within)


def _thread_of(message: JsonObject) -> tuple[str, str]:
    """The thread that a message began, and its last reply: "" where there is none."""
    ts = timestamp(message, "ts")
    began = timestamp_or_none(message, "thread_ts") == ts
    return ts, (timestamp_or_none(message, "latest_reply") or "") if began else ""


def _from(oldest: str) -> dict[str, str]:
    return {"oldest": oldest, "inclusive": "true"} if oldest else {}


def _earlier(ts: str, seconds: float = READ_AGAIN_SECONDS) -> str:
    return _stamp(float(ts) - seconds)


def _stamp(seconds: float) -> str:
    return f"{seconds:.6f}"
