"""graphql-transport-ws, probed frame by frame: the handshake, every close code, keeping alive."""

import asyncio
import json
from contextlib import AsyncExitStack
from typing import Any

import pytest
from structlog.testing import capture_logs
from websockets.asyncio.client import ClientConnection

from server.web.graphql_ws import MAX_FRAME_BYTES
from tests.web.conftest import BOTH_WAYS, House, open_house
from tests.web.probe import (
    IMPATIENT,
    INIT,
    acknowledged,
    closed,
    eventually,
    receive,
    send,
    subscribe,
)
from tests.web.toys import TOKEN

pytestmark = BOTH_WAYS


@pytest.mark.parametrize(
    "offered", [("none",), ("graphql-ws",), ("graphql-transport-wsx",), ("GRAPHQL-TRANSPORT-WS",)]
)
async def test_another_subprotocol_is_4406(house: House, offered: tuple[str, ...]) -> None:
    async with house.socket(*offered) as socket:
        assert await closed(socket) == 4406


async def test_the_subprotocol_is_chosen_from_an_offer_of_several(house: House) -> None:
    async with house.socket("graphql-ws", "graphql-transport-ws") as socket:
        assert socket.subprotocol == "graphql-transport-ws"


async def test_who_does_not_initialise_in_time_is_4408(direct: bool) -> None:
    async with open_house(IMPATIENT, direct=direct) as house, house.socket() as socket:
        assert await closed(socket) == 4408


async def test_a_second_initialisation_is_4429(house: House) -> None:
    async with acknowledged(house) as socket:
        await send(socket, INIT)
        assert await closed(socket) == 4429


async def test_a_second_initialisation_before_the_first_is_answered_is_4429(house: House) -> None:
    async with house.socket() as socket:
        await send(socket, INIT, INIT)
        assert await closed(socket) == 4429


@pytest.mark.parametrize("before", [[], [{"type": "ping"}]])
async def test_an_operation_before_the_acknowledgement_is_4401(
    house: House, before: list[dict[str, Any]]
) -> None:
    async with house.socket() as socket:
        await send(socket, *before, subscribe("{ hello }"))
        assert await closed(socket) == 4401


@pytest.mark.parametrize(
    "payload",
    [
        None,
        {},
        {"authorization": "Bearer nobody"},
        {"authorization": TOKEN},
        {"authorization": ""},
        {"authorization": 5},
        {"authorization": None},
        {"authorization": "Bearer é\ud83d\ude00"},
        {"authorization": "Bearer " + "a" * 600},
        {"authorization": f"Bearer {TOKEN}", "Authorization": f"Bearer {TOKEN}"},
        {"token": TOKEN},
    ],
)
async def test_a_bad_token_is_4403(house: House, payload: object) -> None:
    async with house.socket() as socket:
        await send(socket, {"type": "connection_init", "payload": payload})
        assert await closed(socket) == 4403


async def test_the_token_may_be_spelt_as_its_header_is(house: House) -> None:
    async with house.socket() as socket:
        payload = {"Authorization": f"Bearer {TOKEN}", "other": ["things"]}
        await send(socket, {"type": "connection_init", "payload": payload})
        assert await receive(socket) == {"type": "connection_ack"}


async def test_a_missing_database_at_initialisation_is_1013(house: House) -> None:
    house.toy.database = False
    async with house.socket() as socket:
        await send(socket, INIT)
        assert await closed(socket) == 1013


BAD_FRAMES: dict[str, str | bytes] = {
    "binary": json.dumps({"type": "ping"}).encode(),
    "empty": "",
    "malformed": '{"type":',
    "null": "null",
    "number": "5",
    "string": '"ping"',
    "list": '[{"type":"ping"}]',
    "NaN": '{"type":"ping","payload":{"a":NaN}}',
    "nested": "[" * 50_000,
    "nested payload": '{"type":"ping","payload":' + '{"a":' * 100 + "1" + "}" * 101,
    "no type": "{}",
    "unknown type": '{"type":"start"}',
    "type number": '{"type":1}',
    "type list": '{"type":["ping"]}',
    "the server's next": '{"type":"next","id":"1","payload":{}}',
    "the server's ack": '{"type":"connection_ack"}',
    "ping payload": '{"type":"ping","payload":"x"}',
    "pong payload": '{"type":"pong","payload":[]}',
    "init payload": '{"type":"connection_init","payload":[]}',
}


@pytest.mark.parametrize("frame", BAD_FRAMES.values(), ids=BAD_FRAMES)
async def test_a_frame_that_is_no_message_is_4400(house: House, frame: str | bytes) -> None:
    async with house.socket() as socket:
        await socket.send(frame)
        assert await closed(socket) == 4400


@pytest.mark.parametrize(
    "message",
    [
        {"type": "subscribe", "payload": {"query": "{ hello }"}},
        {"type": "subscribe", "id": "", "payload": {"query": "{ hello }"}},
        {"type": "subscribe", "id": 1, "payload": {"query": "{ hello }"}},
        {"type": "subscribe", "id": "x" * 256, "payload": {"query": "{ hello }"}},
        {"type": "subscribe", "id": "1"},
        {"type": "subscribe", "id": "1", "payload": None},
        {"type": "subscribe", "id": "1", "payload": {}},
        {"type": "subscribe", "id": "1", "payload": {"query": 5}},
        {"type": "subscribe", "id": "1", "payload": {"query": "{ hello }", "variables": []}},
        {"type": "subscribe", "id": "1", "payload": {"query": "{ hello }", "operationName": 1}},
        {"type": "subscribe", "id": "1", "payload": {"query": "{ hello }", "extensions": "x"}},
        {"type": "complete"},
        {"type": "complete", "id": 5},
    ],
)
async def test_a_malformed_message_is_4400(house: House, message: dict[str, Any]) -> None:
    async with acknowledged(house) as socket:
        await send(socket, message)
        assert await closed(socket) == 4400


async def test_a_message_that_is_too_large_is_1009(house: House) -> None:
    async with acknowledged(house) as socket:
        await socket.send(json.dumps({"type": "ping"}).ljust(MAX_FRAME_BYTES + 1))
        assert await closed(socket) == 1009


async def test_a_message_of_the_greatest_size_is_taken(house: House) -> None:
    async with acknowledged(house) as socket:
        await socket.send(json.dumps({"type": "ping"}).ljust(MAX_FRAME_BYTES))
        assert await receive(socket) == {"type": "pong"}


async def test_a_running_operations_id_again_is_4409(house: House) -> None:
    async with acknowledged(house) as socket:
        await send(socket, subscribe("subscription { forever }"), subscribe("{ hello }"))
        assert await closed(socket) == 4409
    await eventually(lambda: house.toy.open_streams == 0)


async def test_a_ping_is_answered_before_and_after_the_acknowledgement(house: House) -> None:
    async with house.socket() as socket:
        await send(socket, {"type": "ping"}, {"type": "pong"})
        assert await receive(socket) == {"type": "pong"}
        await send(socket, INIT)
        assert await receive(socket) == {"type": "connection_ack"}
        await send(socket, {"type": "ping", "payload": {"any": "thing"}})
        assert await receive(socket) == {"type": "pong"}


async def test_the_server_pings_and_keeps_who_answers(direct: bool) -> None:
    async with open_house(IMPATIENT, direct=direct) as house, acknowledged(house) as socket:
        for _ in range(3):
            assert await receive(socket) == {"type": "ping"}
            await send(socket, {"type": "pong"})
        await send(socket, subscribe("{ hello }"))
        assert (await receive(socket))["payload"] == {"data": {"hello": "hello world"}}


async def test_who_does_not_answer_a_ping_is_4499(direct: bool) -> None:
    async with open_house(IMPATIENT, direct=direct) as house, acknowledged(house) as socket:
        await socket.wait_closed()
        assert socket.close_code == 4499


async def test_a_revoked_token_ends_its_socket_with_4403(direct: bool) -> None:
    async with open_house(IMPATIENT, direct=direct) as house, acknowledged(house) as socket:
        await send(socket, subscribe("subscription { forever }"))
        house.toy.revoked = True
        assert await closed(socket) == 4403
        await eventually(lambda: house.toy.open_streams == 0)


async def test_a_database_that_is_away_for_a_moment_ends_no_socket(direct: bool) -> None:
    async with open_house(IMPATIENT, direct=direct) as house, acknowledged(house) as socket:
        house.toy.database = False
        for _ in range(3):
            assert await receive(socket) == {"type": "ping"}
            await send(socket, {"type": "pong"})


async def test_draining_sends_every_socket_away_with_1012(house: House) -> None:
    async with acknowledged(house) as busy, house.socket() as idle:
        await send(busy, subscribe("subscription { forever }"))
        await receive(busy)
        await house.doors.drain(0.1)
        assert await closed(busy) == 1012
        assert await closed(idle) == 1012
    assert house.toy.open_streams == 0
    async with house.socket() as late:
        assert await closed(late) == 1012


async def test_a_crash_of_authorisation_is_masked(house: House) -> None:
    with capture_logs() as logs:
        async with house.socket() as socket:
            payload = {"authorization": "Bearer crash"}
            await send(socket, {"type": "connection_init", "payload": payload})
            assert await closed(socket) == 1011
    assert [entry["kind"] for entry in logs] == ["RuntimeError"]


async def test_other_paths_have_no_socket(house: House) -> None:
    with pytest.raises(Exception, match="403"):
        async with house.socket(path="/elsewhere"):
            pass


async def test_a_revoked_token_ends_its_socket_within_a_second(house: House) -> None:
    async with acknowledged(house) as socket, house.socket() as stranger:
        await send(socket, subscribe("subscription { forever }"))
        await receive(socket)
        house.toy.revoked = True
        async with asyncio.timeout(1):
            assert await closed(socket) == 4403
        await send(stranger, {"type": "ping"})
        assert await receive(stranger) == {"type": "pong"}, "who has no token yet may stay"
    assert house.toy.open_streams == 0


async def test_all_leave_one_after_another_when_the_server_drains(house: House) -> None:
    async with AsyncExitStack() as stack:
        sockets = [await stack.enter_async_context(acknowledged(house)) for _ in range(20)]
        clock = asyncio.get_running_loop().time
        left: list[float] = []

        async def leave(socket: ClientConnection) -> None:
            assert await closed(socket) == 1012
            left.append(clock())

        await asyncio.gather(house.doors.drain(1.0), *map(leave, sockets))
    assert max(left) - min(left) > 0.5, "they do not all come back at once"
