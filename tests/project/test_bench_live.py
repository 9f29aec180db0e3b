"""The benchmarks' subscribers: they believe nothing but every event, once, in order."""

import json

import pytest

from tests.bench.live.events import body
from tests.bench.live.frames import ID, hear
from tests.bench.live.sides import raw_side


def _message(number: int) -> str:
    data = {"timeline": {"sequence": number, "entry": {"body": body(number)}}}
    return json.dumps({"id": ID.decode(), "type": "next", "payload": {"data": data}})


def _frame(number: int) -> bytes:
    """As a server sends it: not masked."""
    payload = _message(number).encode()
    return b"\x81\x7e" + len(payload).to_bytes(2, "big") + payload


def test_hears_whole_events_and_keeps_the_start_of_the_next() -> None:
    heard = hear(_frame(7) + _frame(8) + _frame(9)[:50])
    assert (heard.numbers, heard.rest) == (range(7, 9), _frame(9)[:50])


def test_answers_both_kinds_of_ping() -> None:
    assert hear(b"\x89\x02ab").answers == b"\x8a\x82\0\0\0\0ab"
    assert b'"pong"' in hear(b'\x81\x0f{"type":"ping"}').answers


@pytest.mark.parametrize("numbers", [(7, 7), (7, 9), (8, 7)])
def test_refuses_events_that_do_not_follow_each_other(numbers: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="lost, doubled or out of order"):
        hear(b"".join(map(_frame, numbers)))


async def test_counts_every_delivery_and_ends_when_one_is_missing(
    capfd: pytest.CaptureFixture[str],
) -> None:
    async with raw_side(3, _message(1)) as side:
        one, burst = await side.send(), await side.send(8)
        assert [each.deliveries for each in (*one.delivered, *burst.delivered)] == [3] * 9
        assert one.start < one.delivered[0].times[0] < burst.delivered[-1].times[-1]
        await side.publisher.publish([side.newest + 2])
        with pytest.raises(AssertionError, match="the subscribers ended"):
            await side.followers.reached(side.newest + 2)
    assert "was to come" in capfd.readouterr().err
