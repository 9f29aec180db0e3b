"""Reading a vendor batch by batch, news or the past: nothing is lost, nothing doubled, wherever it
is broken off.

What a plugin tells is compared with what it tells when nothing goes wrong. So a fake has to be the
same each time it is opened, and a plugin must remember nothing but its cursor.
"""

import json
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar, Protocol, TypeAlias

from integrations.contract import (
    Backfills,
    Batch,
    Connection,
    Delivery,
    Denied,
    Integration,
    Malformed,
    Missing,
    Polls,
    ReceivesWebhooks,
    Rejected,
    Reply,
    Unreadable,
    Unwell,
)
from integrations.hostile import mutants
from integrations.observation import Observation
from integrations.testing.demands import hiding, require, require_kept, require_storable
from integrations.testing.recorded import Recorded
from integrations.testing.road import ELSEWHERE, Change, Trouble, Visit, visiting
from integrations.testing.site import World

MOST_BATCHES = 200
"""In which a round over the small world of a fake must have ended."""

_MOST_MUTANTS = 150
_TOLD = (Malformed, Denied, Missing, Rejected, Unwell)
"""What a plugin may raise; the host knows what to do then."""

_NO_CURSORS = ("", " ", "{", "null", "[]", "{}", '"x"', "-1", "9" * 40, "x" * 10_000, "é\u2028")
_NO_ANSWERS = (b"null", b"[]", b"{}", b"<html>", b"")


class Polling(Polls, Integration, Protocol):
    """An integration with the power to look for news."""


class Backfilling(Backfills, Integration, Protocol):
    """An integration with the power to read the past."""


@dataclass(frozen=True, slots=True)
class Polled:
    """An integration that looks for news, and the world in which it does.

    `odd` is that world with one more record, which cannot be read. What `later` lets happen at a
    site is read in a second round.
    """

    plugin: Polling
    connection: Connection
    world: World
    odd: World
    rounds: ClassVar[int] = 2

    def read(self, visit: Visit, cursor: str | None) -> Awaitable[Batch]:
        return self.plugin.poll(visit.connection, visit.road, cursor)


@dataclass(frozen=True, slots=True)
class Backfilled:
    """An integration that reads the past, and the world in which it does, as for `Polled`."""

    plugin: Backfilling
    connection: Connection
    world: World
    odd: World
    since: datetime
    rounds: ClassVar[int] = 1

    def read(self, visit: Visit, cursor: str | None) -> Awaitable[Batch]:
        return self.plugin.backfill(visit.connection, visit.road, self.since, cursor)


Reading: TypeAlias = Polled | Backfilled
Step: TypeAlias = Callable[[Reading, Visit, str | None], Awaitable[Batch]]
"""One way to come by the batch after a cursor."""


async def check_round(reading: Reading) -> None:
    """A round ends, and all that it gives can be kept."""
    batches = await _told(reading, _plainly)
    require(_seen(batches), "nothing was seen: put something into the world of the fake")


async def check_cut_at_every_request(reading: Reading) -> None:
    """Each request fails once because the vendor is unwell: what comes of it all is the same."""
    trouble = Unwell("The suite's vendor is unwell.", again_in=7.0)
    await _require_same(reading, _in_spite_of(trouble), "each request failed once")


async def check_denied_at_every_request(reading: Reading) -> None:
    """Each request is denied once: that comes out, and once it is mended nothing is missing."""
    trouble = Denied("The suite's vendor denies it.")
    await _require_same(reading, _in_spite_of(trouble), "each request was denied once")


async def check_killed_after_every_batch(reading: Reading) -> None:
    """A batch that was read but not kept is read again from the cursor before it, all of it."""
    await _require_same(reading, _twice, "the host died before each batch was kept")


async def check_no_cursor(reading: Reading) -> None:
    """A cursor that is none, or of another version, begins anew or is Malformed."""
    (first, *_) = await _told(reading, _plainly)
    cursors = [*_NO_CURSORS, first.cursor[: len(first.cursor) // 2], '{"version": 0}']
    async with _visiting(reading) as visit:
        for cursor in cursors:
            await _bearable(reading, visit, cursor, f"the cursor {cursor:.60}")


async def check_hostile_answers(reading: Reading) -> None:
    """With any one value of an answer replaced or left out, a batch can be kept, or the contract's
    errors say why there is none."""
    async with _visiting(reading) as visit:
        visit.road.inner = Recorded(visit.site.http)
        batch = await reading.read(visit, None)
        replies = [each for each in visit.road.replies if each.body]
        for number, reply in enumerate(replies, 1):
            for change, body in _changed(reply, _MOST_MUTANTS // len(replies)):
                visit.road.lay_change(number, _saying(body))
                what = f"answer {number} with {change}"
                await _bearable(reading, visit, None, what)
        visit.road.lay_change(0, None)
        again = await reading.read(visit, None)
        same = list(again.observations) == list(batch.observations)
        require(same, "asked again from the same cursor, it tells something else: what is kept?")


async def check_foreign_link(reading: Reading) -> None:
    """Where the vendor leads to another host, nobody goes, and that is not passed over."""
    async with _visiting(reading) as visit:
        base = visit.site.base_url
        visit.road.lay_change(0, lambda reply: _leading_astray(reply, base))
        refused, cursor = False, None
        try:
            for _ in range(MOST_BATCHES):
                batch = await reading.read(visit, cursor)
                cursor = batch.cursor
                if not batch.more:
                    break
        except _TOLD as raised:
            refused = isinstance(raised, Rejected)
        require(not visit.road.strayed, "it asks at another host: use Http.pages, or only paths")
        require(refused or not visit.road.met, "Rejected was swallowed where a Link leads astray")


async def check_odd_record(reading: Reading) -> None:
    """A record that cannot be read is told as Unreadable, and does not stop the rest."""
    usual = await _told(reading, _plainly)
    odd = await _told(replace(reading, world=reading.odd), _plainly)
    put_by = [each for batch in odd for each in batch.unreadable]
    require(put_by, "the odd record is not told: put it into Batch.unreadable")
    missing = set(_seen(usual)) - set(_seen(odd))
    require(not missing, f"{len(missing)} records are lost beside the odd one, as {_some(missing)}")
    for each in put_by:
        _require_parked(reading, each)


async def check_secrets_hidden(reading: Reading) -> None:
    """No secret is in a log, a repr, an error, a cursor, an observation, or a record put by."""
    with hiding(reading.connection.secrets.values()) as shown:
        for world in (reading.world, reading.odd):
            shown.write(repr(await _told(replace(reading, world=world), _plainly)))
        shown.write(f"{reading.plugin!r} {reading.connection!r}")
        async with _visiting(reading) as visit:
            for body in _NO_ANSWERS:
                visit.road.lay_change(0, _saying(body))
                try:
                    shown.write(repr(await reading.read(visit, None)))
                except _TOLD as raised:
                    shown.write(f"{raised!r} {raised.args!r} {raised.__cause__!r}")


async def check_nothing_new(polled: Polled) -> None:
    """Where nothing happened, a round ends and tells nothing that was not told before."""
    async with _visiting(polled) as visit:
        told: list[Batch] = []
        told += [each async for each in _round(polled, visit, _plainly, None)]
        visit.site.later()
        told += [each async for each in _round(polled, visit, _plainly, _last(told))]
        again = [each async for each in _round(polled, visit, _plainly, _last(told))]
    news = set(_seen(again)) - set(_seen(told))
    require(not news, f"nothing happened, and yet there is news: {_some(news)}")


async def check_progress(backfilled: Backfilled) -> None:
    """How much of the past is read is told with every batch, from 0 to 1."""
    for batch in await _told(backfilled, _plainly):
        told = batch.progress
        require(told is not None and 0 <= told <= 1, f"progress is 0 to 1, not {told}")


READING_CHECKS = (
    check_round,
    check_cut_at_every_request,
    check_denied_at_every_request,
    check_killed_after_every_batch,
    check_no_cursor,
    check_hostile_answers,
    check_foreign_link,
    check_odd_record,
    check_secrets_hidden,
)
POLLING_CHECKS = (*READING_CHECKS, check_nothing_new)
BACKFILL_CHECKS = (*READING_CHECKS, check_progress)


# ── rounds ───────────────────────────────────────────────────────────────────


def _visiting(reading: Reading) -> AbstractAsyncContextManager[Visit]:
    return visiting(reading.plugin, reading.connection, reading.world)


async def _told(reading: Reading, step: Step) -> list[Batch]:
    """All batches of all rounds in a new world, each come by in this way."""
    told: list[Batch] = []
    async with _visiting(reading) as visit:
        for _ in range(reading.rounds):
            told += [each async for each in _round(reading, visit, step, _last(told))]
            visit.site.later()
    return told


async def _round(
    reading: Reading, visit: Visit, step: Step, cursor: str | None
) -> AsyncIterator[Batch]:
    for _ in range(MOST_BATCHES):
        batch = await step(reading, visit, cursor)
        _require_fit(batch, "a batch")
        yield batch
        if not batch.more:
            return
        require(batch.cursor != cursor, "there is more, but the cursor has not moved: no end of it")
        cursor = json.loads(json.dumps(batch.cursor))
    raise AssertionError(f"after {MOST_BATCHES} batches there is still more: when does it end?")


async def _plainly(reading: Reading, visit: Visit, cursor: str | None) -> Batch:
    return await reading.read(visit, cursor)


async def _twice(reading: Reading, visit: Visit, cursor: str | None) -> Batch:
    await reading.read(visit, cursor)
    return await reading.read(visit, cursor)


def _in_spite_of(trouble: Trouble) -> Step:
    """Ask for a batch until no request of it has yet to meet the trouble."""

    async def step(reading: Reading, visit: Visit, cursor: str | None) -> Batch:
        visit.road.lay(1, trouble)
        while (batch := await _despite(reading, visit, cursor, trouble)) is None:
            visit.road.lay(visit.road.at + 1, trouble)
        visit.road.lay(0)
        return batch

    return step


async def _despite(
    reading: Reading, visit: Visit, cursor: str | None, trouble: Trouble
) -> Batch | None:
    """The batch, or None where the trouble came out."""
    what = f"request {visit.road.at} met {type(trouble).__name__}"
    try:
        batch = await reading.read(visit, cursor)
    except type(trouble) as raised:
        lost = getattr(raised, "again_in", None) != getattr(trouble, "again_in", None)
        require(not lost, f"{what}, and again_in was lost: let the error pass as it is")
        return None
    except Exception as other:
        raise AssertionError(f"{what}, and {type(other).__name__} came out: let it pass") from other
    require(not visit.road.met, f"{what}, which was swallowed: let it pass")
    return batch


async def _require_same(reading: Reading, step: Step, how: str) -> None:
    usual = Counter(_seen(await _told(reading, _plainly)))
    found = Counter(_seen(await _told(reading, step)))
    lost, doubled = usual - found, found - usual
    require(not lost, f"{how}: {lost.total()} observations were lost, as {_some(lost)}")
    require(not doubled, f"{how}: {doubled.total()} observations are new, as {_some(doubled)}")


# ── what is demanded of a batch ──────────────────────────────────────────────


async def _bearable(reading: Reading, visit: Visit, cursor: str | None, what: str) -> None:
    """A batch that can be kept, or an error that the host knows."""
    try:
        batch = await reading.read(visit, cursor)
    except _TOLD:
        return
    except Exception as error:
        raise AssertionError(f"{what}: {type(error).__name__} instead of Malformed") from error
    _require_fit(batch, what)


def _require_fit(batch: Batch, what: str) -> None:
    require(isinstance(batch.cursor, str), f"{what}: a cursor is a text, say JSON")
    require_storable(batch.cursor, f"{what}: the cursor")
    require_kept(batch.observations, what)
    for each in batch.unreadable:
        require(each.key and each.event and each.reason, f"{what}: a record put by lacks a word")
        require_storable(each.key + each.event + each.reason, f"{what}: a record put by")


def _require_parked(reading: Reading, record: Unreadable) -> None:
    """It is parked where webhooks are, and parsed like one when somebody tries again."""
    if isinstance(reading.plugin, ReceivesWebhooks):
        delivery = Delivery(record.event, record.body, connections=(reading.connection,))
        try:
            require_kept(reading.plugin.parse(delivery), f"{record.key} tried again")
        except Malformed:
            return
        except Exception as error:
            what = f"{record.key} tried again: {type(error).__name__} instead of Malformed"
            raise AssertionError(what) from error


def _changed(reply: Reply, most: int) -> Sequence[tuple[str, bytes]]:
    try:
        document = json.loads(reply.body)
    except ValueError:
        return ()
    return [*mutants(document, max(1, most))]


def _saying(body: bytes) -> Change:
    return lambda real: replace(real, body=body)


def _leading_astray(reply: Reply, base_url: str) -> Reply:
    headers = {name: each.replace(base_url, ELSEWHERE) for name, each in reply.headers.items()}
    return Reply(reply.status, headers, reply.body.replace(base_url.encode(), ELSEWHERE.encode()))


def _seen(batches: Sequence[Batch]) -> list[Observation]:
    return [each for batch in batches for each in batch.observations]


def _last(batches: Sequence[Batch]) -> str | None:
    return batches[-1].cursor if batches else None


def _some(observations: "set[Observation] | Counter[Observation]") -> str:
    return f"{next(iter(observations), None)!r:.300}"
