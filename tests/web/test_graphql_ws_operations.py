"""Operations over graphql-transport-ws: their results, their errors, and their end."""

import asyncio
import json
import socket
from collections import Counter
from struct import pack
from typing import Any

import pytest
from structlog.testing import capture_logs

from server.web.graphql_ws import MAX_OPERATIONS
from tests.web.conftest import BOTH_WAYS, House
from tests.web.probe import acknowledged, closed, eventually, receive, send, subscribe

pytestmark = BOTH_WAYS


@pytest.mark.parametrize(
    ("query", "data"),
    [("{ hello }", {"hello": "hello world"}), ("mutation { add(to: 1, n: 1) }", {"add": 2})],
)
async def test_a_query_and_a_mutation_are_one_next_and_a_complete(
    house: House, query: str, data: dict[str, Any]
) -> None:
    async with acknowledged(house) as socket:
        await send(socket, subscribe(query, 'é\n"1'))
        assert await receive(socket) == {"id": 'é\n"1', "type": "next", "payload": {"data": data}}
        assert await receive(socket) == {"id": 'é\n"1', "type": "complete"}


async def test_a_subscription_is_its_results_and_a_complete(house: House) -> None:
    async with acknowledged(house) as socket:
        query = "subscription($to: Int!) { count(to: $to) }"
        await send(socket, subscribe(query, to=3))
        results = [(await receive(socket))["payload"]["data"]["count"] for _ in range(3)]
        assert results == ["0", "1", "2"]
        assert await receive(socket) == {"id": "1", "type": "complete"}


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{", "PARSE_FAILED"),
        ("{ nothing }", "VALIDATION_FAILED"),
        ("{ forbidden }", "FORBIDDEN"),
        ("{ unavailable }", "UNAVAILABLE"),
        ("{ crash }", "INTERNAL"),
        ("subscription { count(to: null) }", "VALIDATION_FAILED"),
        ("subscription($to: Int!) { count(to: $to) }", "BAD_REQUEST"),
    ],
)
async def test_a_bad_operation_is_an_error_of_its_own_and_the_socket_lives(
    house: House, query: str, code: str
) -> None:
    async with acknowledged(house) as socket:
        await send(socket, subscribe(query))
        error = await receive(socket)
        assert (error["id"], error["type"]) == ("1", "error")
        assert error["payload"][0]["extensions"]["code"] == code
        await send(socket, subscribe("{ hello }"))
        assert (await receive(socket))["type"] == "next"


async def test_a_crash_inside_a_stream_is_masked_and_logged(house: House) -> None:
    with capture_logs() as logs:
        async with acknowledged(house) as socket:
            await send(socket, subscribe("subscription { explode }"))
            assert (await receive(socket))["type"] == "next"
            frames = [await receive(socket)]
            while frames[-1]["type"] == "next":
                frames.append(await receive(socket))
    (error,) = frames[-1]["payload"]
    assert error["extensions"]["code"] == "INTERNAL"
    assert "the source crashed" not in json.dumps(frames)
    assert [entry["error_id"] for entry in logs] == [error["extensions"]["id"]]


async def test_one_operation_more_than_the_limit_is_an_error_of_its_own(house: House) -> None:
    async with acknowledged(house) as socket:
        for number in range(MAX_OPERATIONS + 1):
            await send(socket, subscribe("subscription { forever }", str(number)))
        frames = [await receive(socket) for _ in range(MAX_OPERATIONS + 1)]
        (error,) = [frame for frame in frames if frame["type"] == "error"]
        assert error["id"] == str(MAX_OPERATIONS)
        assert error["payload"][0]["extensions"]["code"] == "TOO_MANY"
        assert house.toy.open_streams == MAX_OPERATIONS
        await send(socket, {"type": "complete", "id": "0"}, subscribe("{ hello }", "again"))
        assert (await receive(socket))["type"] == "next"
    await eventually(lambda: house.toy.open_streams == 0)


async def test_operations_run_beside_each_other(house: House) -> None:
    async with acknowledged(house) as socket:
        await send(socket, subscribe("{ wait }", "slow"), subscribe("{ hello }", "quick"))
        assert (await receive(socket))["id"] == "quick"
        assert house.toy.waiting == 1


async def test_complete_cancels_the_operation(house: House) -> None:
    async with acknowledged(house) as socket:
        await send(socket, subscribe("subscription { forever }"), subscribe("{ wait }", "2"))
        await receive(socket)
        await eventually(lambda: (house.toy.open_streams, house.toy.waiting) == (1, 1))
        await send(socket, {"type": "complete", "id": "1"}, {"type": "complete", "id": "2"})
        await eventually(lambda: (house.toy.open_streams, house.toy.waiting) == (0, 0))
        await send(socket, {"type": "complete", "id": "1"}, {"type": "complete", "id": "never"})
        await send(socket, {"type": "ping"})
        assert await receive(socket) == {"type": "pong"}


@pytest.mark.parametrize("politely", [True, False])
async def test_a_disconnect_cancels_everything(house: House, politely: bool) -> None:
    async with acknowledged(house) as socket:
        for number in range(10):
            await send(socket, subscribe("subscription { forever }", f"s{number}"))
            await send(socket, subscribe("{ wait }", f"q{number}"))
        await eventually(lambda: (house.toy.open_streams, house.toy.waiting) == (10, 10))
        if politely:
            await socket.close()
        else:
            socket.transport.abort()
        await eventually(lambda: (house.toy.open_streams, house.toy.waiting) == (0, 0))


async def test_a_client_that_does_not_read_holds_its_source_back(house: House) -> None:
    size, total = 100_000, 2_000
    async with acknowledged(house) as socket:
        query = f"subscription {{ count(to: {total}, size: {size}) }}"
        await send(socket, subscribe(query))
        produced = -1
        while produced < house.toy.produced:
            produced = house.toy.produced
            await asyncio.sleep(0.2)
        # What the kernel's buffers and the client's queue of 16 frames take, and no more.
        assert produced < total / 4
        for number in range(total):
            frame = await receive(socket)
            assert frame["payload"]["data"]["count"].rstrip("x") == str(number)
        assert (await receive(socket))["type"] == "complete"


async def test_a_source_that_never_waits_leaves_room_for_others(house: House) -> None:
    async with acknowledged(house) as socket, acknowledged(house) as other:
        await send(socket, subscribe("subscription { count(to: 100000) }"))
        await receive(socket)
        await send(other, {"type": "ping"})
        assert await receive(other) == {"type": "pong"}
        assert house.toy.produced < 100_000


async def test_a_broken_frame_while_results_are_sent_is_no_fault(house: House) -> None:
    """uvicorn closes the socket by itself then, and the next send must not look like a crash."""
    with capture_logs() as logs:
        async with acknowledged(house) as socket:
            await send(socket, subscribe("subscription { count(to: 100000) }"))
            await receive(socket)
            socket.transport.write(b"\xff\xff\xff\xff")
            await closed(socket)
        await eventually(lambda: house.toy.open_streams == 0)
    assert logs == []


async def test_an_id_is_free_again_after_its_last_frame(house: House) -> None:
    async with acknowledged(house) as socket:
        for query in ["{ hello }", "{", "subscription { count(to: 0) }", "{ crash }"] * 5:
            await send(socket, subscribe(query))
            while (await receive(socket))["type"] not in {"complete", "error"}:
                pass


async def test_an_id_is_free_again_once_the_client_completes_it(house: House) -> None:
    async with acknowledged(house) as socket:
        for _ in range(10):
            await send(
                socket, subscribe("subscription { forever }"), {"type": "complete", "id": "1"}
            )
        await send(socket, subscribe("{ hello }", "2"))
        while (await receive(socket)) != {"id": "2", "type": "complete"}:
            pass
    await eventually(lambda: house.toy.open_streams == 0)


async def test_ten_thousand_operations_hold_up_nobody_else(house: House) -> None:
    flood = [subscribe("subscription { forever }", f"{number:05}") for number in range(10_000)]
    async with acknowledged(house) as socket, acknowledged(house) as other:
        socket.transport.write(b"".join(map(masked, flood)))
        await send(other, {"type": "ping"})
        assert await receive(other) == {"type": "pong"}
        kinds = Counter([(await receive(socket))["type"] for _ in flood])
        assert kinds == {"next": MAX_OPERATIONS, "error": len(flood) - MAX_OPERATIONS}
        assert house.toy.open_streams == MAX_OPERATIONS


async def test_a_subscription_has_one_root_field(house: House) -> None:
    async with acknowledged(house) as socket:
        await send(socket, subscribe("subscription { forever count(to: 1) }"))
        error = await receive(socket)
        assert error["payload"][0]["extensions"]["code"] == "VALIDATION_FAILED"


def masked(message: dict[str, Any]) -> bytes:
    """A client's text frame (RFC 6455, 5.2), of fewer than 126 bytes and masked with zeros."""
    data = json.dumps(message, separators=(",", ":")).encode()
    assert len(data) < 126
    return pack("!BB4x", 0x81, 0x80 | len(data)) + data


async def test_who_asks_and_never_reads_is_not_answered_without_end(house: House) -> None:
    narrow = socket.socket()
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    host, _, port = house.address.rpartition(":")
    narrow.connect((host, int(port)))
    async with house.socket(sock=narrow) as silent, acknowledged(house) as other:
        silent.transport.pause_reading()
        pings = masked({"type": "ping"}) * 1_600_000
        silent.transport.write(pings)
        left = -1
        while left != (left := silent.transport.get_write_buffer_size()):  # noqa: ASYNC110
            await asyncio.sleep(0.5)
        assert len(pings) - left < len(pings) / 2, "the server reads on and on"
        await send(other, {"type": "ping"})
        assert await receive(other) == {"type": "pong"}
        silent.transport.abort()
