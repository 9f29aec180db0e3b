"""A group tells everybody everything: each event once, in order, executed once for them all."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.errors import Unavailable
from server.live import group as groups
from server.live.script import Page
from tests.live.scripted import GAP, Client, Past, settle

MOVES = st.lists(
    st.tuples(
        st.sampled_from(["happen", "replace", "skip", "join", "stall", "resume", "leave", "flush"]),
        st.integers(0, 7),
        st.booleans(),
    ),
    max_size=60,
)


def skipped_of(gap: Any) -> int:
    name, skipped, _ = gap
    assert name == GAP
    return int(skipped)


def account(client: Client, after: int, positions: list[int]) -> None:
    """Hold what a client saw against what happened: gaps are told, and as large as they say."""
    expected = [each for each in positions if each > after]
    at = 0
    for each in client.seen:
        if isinstance(each, int):
            assert expected[at] == each, (client.seen, expected)
            at += 1
        else:
            at += skipped_of(each)
    assert at == len(expected), (client.seen, expected)


class Play:
    """A group, its past as it happens, and clients that come and go."""

    def __init__(self, room: int, slowness: int) -> None:
        self.past = Past(slowness=slowness)
        self.group = self.past.group(room=room)
        self.clients: dict[Client, int] = {}
        self.position = 0

    def happen(self, _: int, *, replaces: bool = False) -> None:
        self.position += 1
        self.past.happen(self.position, replaces=replaces)
        self.past.topic.reach(self.position)

    def replace(self, number: int) -> None:
        self.happen(number, replaces=True)

    def skip(self, _: int) -> None:
        """Another kind of change takes a position."""
        self.position += 1
        self.past.topic.reach(self.position)

    def flush(self, _: int) -> None:
        self.group.flush()

    def join(self, number: int) -> None:
        after = min(number, self.position)
        self.clients[Client(self.group, after)] = after

    def stall(self, number: int) -> None:
        for client in self._chosen(number):
            client.stalled = True

    def resume(self, number: int) -> None:
        for client in self._chosen(number):
            client.resume()

    def leave(self, number: int) -> None:
        for client in self._chosen(number):
            client.place.leave()
            del self.clients[client]

    def _chosen(self, number: int) -> list[Client]:
        return [list(self.clients)[number % len(self.clients)]] if self.clients else []

    async def end(self) -> None:
        await settle()
        for client in self.clients:
            client.resume()
        for _ in range(30):
            await settle()
        self.group.close()


@settings(max_examples=200, deadline=None)
@given(moves=MOVES, room=st.sampled_from([4, 12, 1 << 20]), slowness=st.sampled_from([1, 7]))
def test_nobody_misses_or_hears_twice(
    moves: list[tuple[str, int, bool]], room: int, slowness: int
) -> None:
    async def run() -> None:
        play = Play(room, slowness)
        for move, number, pause in moves:
            getattr(play, move)(number)
            if pause:
                await settle()
        await play.end()
        for client, after in play.clients.items():
            account(client, after, play.past.positions)

    asyncio.run(run())


async def test_an_event_is_executed_once_for_all() -> None:
    past = Past()
    group = past.group()
    clients = [Client(group, 0) for _ in range(600)]
    await settle()
    for position in (1, 2, 3):
        past.happen(position)
    past.topic.reach(3)
    await settle()
    assert all(client.seen == [1, 2, 3] for client in clients)
    assert past.encoded == 3
    assert all(client.offered == 1 for client in clients), "what comes at once is sent at once"
    group.close()


async def test_all_who_resume_at_one_place_share_its_pages() -> None:
    past = Past()
    for position in range(1, 11):
        past.happen(position)
    past.topic.reach(10)
    group = past.group()
    clients = [Client(group, 2) for _ in range(50)]
    for _ in range(10):
        await settle()
    assert all(client.seen == list(range(3, 11)) for client in clients)
    assert past.pages <= 4, "two full pages, the rest, and one to see that there is no more"
    group.close()


async def test_a_slow_client_is_told_once_what_it_missed_and_goes_on() -> None:
    past = Past()
    group = past.group(room=5)
    slow, quick = Client(group, 0), Client(group, 0)
    await settle()
    slow.stalled = True
    for position in range(1, 10):
        past.happen(position)
        past.topic.reach(position)
        await settle()
    slow.resume()
    await settle()
    past.happen(10)
    past.topic.reach(10)
    await settle()
    assert quick.seen == list(range(1, 11))
    assert slow.seen == [(GAP, "9", "0"), 10]
    group.close()


async def test_what_was_replaced_is_not_told_from_memory() -> None:
    past = Past()
    group = past.group()
    slow = Client(group, 0)
    await settle()
    slow.stalled = True
    past.happen(1)
    past.topic.reach(1)
    await settle()
    encoded = past.encoded
    past.happen(2, replaces=True)
    past.topic.reach(2)
    await settle()
    slow.resume()
    for _ in range(5):
        await settle()
    assert slow.seen == [1, 2]
    assert past.encoded == encoded + 3, "the first was encoded anew, with what it is now"
    group.close()


async def test_a_fault_ends_the_stream_of_everybody_with_its_error() -> None:
    past = Past()
    group = past.group()
    client = Client(group, 0)
    await settle()
    past.fault = RuntimeError("broken")
    past.topic.reach(1)
    await settle()
    assert client.place.end
    assert client.place.end.errors == b"broken"
    late = Client(group, 0)
    await settle()
    assert late.place.end
    group.close()


async def test_a_fault_of_a_page_ends_the_stream_of_who_asked() -> None:
    past = Past()
    past.topic.reach(1)
    group = past.group()
    past.fault = RuntimeError("broken")
    client = Client(group, 0)
    await settle()
    assert client.place.end
    group.close()


async def test_a_database_that_is_away_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(groups, "RETRY_SECONDS", 0)
    past = Past()
    group = past.group()
    client = Client(group, 0)
    await settle()
    past.fault = Unavailable("away")
    past.happen(1)
    past.topic.reach(1)
    await settle()
    assert client.seen == []
    past.fault = None
    await settle()
    assert client.seen == [1]
    group.close()


async def test_who_is_ahead_of_the_group_hears_nothing_twice() -> None:
    past = Past(slowness=10)
    group = past.group()
    past.happen(1)
    past.happen(2)
    past.topic.reach(2)
    client = Client(group, 1)
    await settle()
    assert client.seen == [2]
    group.close()


class Pairs(Past):
    """A past in which two things happen at each position, as on a board."""

    async def news(self, after: int, upto: int) -> Page:
        page = await super().news(after, upto)
        return replace(page, events=[each for each in page.events for _ in range(2)])


async def test_what_happened_at_one_position_is_told_whole_however_little_is_taken_at_once() -> (
    None
):
    past = Pairs()
    group = past.group()
    client = Client(group, 0)
    await settle()
    client.stalled = True
    for position in (1001, 1002):
        past.happen(position)
    past.topic.reach(1002)
    await settle()
    client.resume()
    assert client.seen == [1001, 1001, 1002, 1002]
    group.close()


async def test_what_waits_of_a_page_is_read_anew_when_something_was_replaced() -> None:
    past = Past()
    for position in (1, 2, 3):
        past.happen(position)
    past.topic.reach(3)
    group = past.group()
    client = Client(group, 0)
    client.stalled = True
    await settle()
    assert [result.position for result in client.place.take(1)] == [1]
    encoded = past.encoded
    past.happen(4, replaces=True)
    past.topic.reach(4)
    await settle()
    client.resume()
    for _ in range(5):
        await settle()
    assert client.seen == [2, 3, 4]
    assert past.encoded >= encoded + 3, "the second and the third once more, as they are now"
    group.close()
