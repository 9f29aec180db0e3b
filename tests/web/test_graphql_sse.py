"""GraphQL over server-sent events: distinct connections, resumed by the last id."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import orjson
import pytest
from starlette.requests import ClientDisconnect

from server.errors import CodedError, ErrorCode
from server.operation import Stream
from server.web.graphql_sse import stream_response
from server.web.sessions import Sessions
from tests.web.conftest import House
from tests.web.probe import eventually
from tests.web.toys import BEARER, VIEWER, Toy, code_of

ACCEPT = {"Accept": "text/event-stream"}
COUNT = "subscription { count(to: 3) }"


@asynccontextmanager
async def asked(house: House, query: str, **headers: str) -> AsyncIterator[aiohttp.ClientResponse]:
    """The response to an operation of which events are wanted."""
    wanted = {**BEARER, **ACCEPT, **headers}
    async with house.http.post(house.graphql, json={"query": query}, headers=wanted) as response:
        yield response


def events(text: str) -> list[dict[str, Any]]:
    """The events of a stream, read as WHATWG's specification of them says."""
    found = []
    for block in text.split("\n\n"):
        fields = [
            line.partition(": ")[::2] for line in block.split("\n") if line[:1] not in {":", ""}
        ]
        event: dict[str, Any] = dict(fields)
        if event:
            data = event.get("data")
            found.append({**event, "data": orjson.loads(data) if data else None})
    return found


async def test_a_subscription_is_numbered_events_and_a_complete(house: House) -> None:
    async with asked(house, COUNT) as response:
        assert response.status == 200
        assert response.headers["Content-Type"] == "text/event-stream; charset=utf-8"
        assert response.headers["Cache-Control"] == "no-store"
        text = (await response.read()).decode()
    assert "\r" not in text
    *counted, last = [each for each in events(text) if each]
    assert [(each["event"], each["id"], each["data"]) for each in counted] == [
        ("next", str(n + 1), {"data": {"count": str(n)}}) for n in range(3)
    ]
    assert last["event"] == "complete"
    await eventually(lambda: house.toy.open_streams == 0)


async def test_the_last_id_resumes(house: House) -> None:
    async with asked(house, COUNT, **{"Last-Event-ID": "2"}) as response:
        counted = events((await response.read()).decode())
    assert [each["id"] for each in counted if "id" in each] == ["3"]


@pytest.mark.parametrize("last", ["x", "-1", "1.5", "99999999999999999999", "٣"])
async def test_an_id_that_was_never_sent_is_refused(house: House, last: str) -> None:
    async with asked(house, COUNT, **{"Last-Event-ID": last}) as response:
        assert response.status == 400
        assert code_of(await response.json(content_type=None)) == "BAD_REQUEST"


@pytest.mark.parametrize(
    ("query", "data"),
    [("{ hello }", {"hello": "hello world"}), ("mutation { add(to: 1, n: 1) }", {"add": 2})],
)
async def test_a_query_and_a_mutation_are_one_event(
    house: House, query: str, data: dict[str, Any]
) -> None:
    async with asked(house, query) as response:
        first, last = events((await response.read()).decode())
    assert (first["event"], first["data"]) == ("next", {"data": data})
    assert last["event"] == "complete"


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("{", 400, "PARSE_FAILED"),
        ("{ nothing }", 400, "VALIDATION_FAILED"),
        ("{ unavailable }", 503, "UNAVAILABLE"),
        ("{ full }", 503, "UNAVAILABLE"),
    ],
)
async def test_what_is_not_executed_is_refused_in_json(
    house: House, query: str, status: int, code: str
) -> None:
    async with asked(house, query) as response:
        assert response.status == status
        assert code_of(await response.json(content_type=None)) == code


async def test_a_fault_in_the_stream_is_its_last_event(house: House) -> None:
    async with asked(house, "subscription { explode }") as response:
        text = (await response.read()).decode()
    first, error, last = events(text)
    assert first["data"] == {"data": {"explode": 1}}
    assert error["data"]["errors"][0]["extensions"]["code"] == "INTERNAL"
    assert last["event"] == "complete"
    assert "the source crashed" not in text


@pytest.mark.parametrize(
    "accept",
    [
        "application/json, text/event-stream",
        "application/graphql-response+json, application/json, text/event-stream, multipart/mixed",
        "*/*",
        "text/event-stream;q=0",
    ],
)
async def test_who_takes_json_gets_json(house: House, accept: str) -> None:
    async with asked(house, "{ hello }", Accept=accept) as response:
        assert not response.headers["Content-Type"].startswith("text/event-stream")


async def test_a_browsers_event_source_asks_by_get(house: House) -> None:
    headers = {**BEARER, **ACCEPT, "GraphQL-Require-Preflight": "1"}
    async with house.http.get(house.graphql, params={"query": COUNT}, headers=headers) as response:
        assert [each["event"] for each in events((await response.read()).decode())] == [
            "next", "next", "next", "complete"
        ]  # fmt: skip
    async with house.http.get(
        house.graphql, params={"query": "mutation { add(to: 1, n: 1) }"}, headers=headers
    ) as response:
        assert response.status == 405


async def test_who_leaves_frees_the_stream(house: House) -> None:
    async with asked(house, "subscription { forever }") as response:
        await response.content.readuntil(b"\n\n")
        await eventually(lambda: house.toy.open_streams == 1)
    await eventually(lambda: house.toy.open_streams == 0)
    assert len(house.doors.desk.sessions) == 0


async def test_a_client_that_does_not_read_holds_its_source_back(house: House) -> None:
    async with asked(house, "subscription { count(to: 2000, size: 100000) }"):
        produced = -1
        while produced < house.toy.produced:
            produced = house.toy.produced
            await asyncio.sleep(0.2)
    assert produced < 500


async def test_a_revoked_token_ends_the_stream_within_a_second(house: House) -> None:
    async with asked(house, "subscription { forever }") as response:
        await response.content.readuntil(b"\n\n")
        house.toy.revoked = True
        async with asyncio.timeout(1):
            await response.content.read()
    await eventually(lambda: house.toy.open_streams == 0)


async def test_a_server_that_leaves_ends_the_stream(house: House) -> None:
    async with asked(house, "subscription { forever }") as response:
        await response.content.readuntil(b"\n\n")
        await house.doors.drain(0)
        async with asyncio.timeout(1):
            assert events((await response.content.read()).decode())[0]["event"] == "next"


async def test_without_a_token_nothing_is_told(house: House) -> None:
    async with house.http.post(house.graphql, json={"query": COUNT}, headers=ACCEPT) as response:
        assert response.status == 401


async def test_who_leaves_before_the_first_event_follows_nothing() -> None:
    followed: list[object] = []

    def follow(listener: object) -> Any:
        followed.append(listener)

    async def gone(message: object) -> None:
        raise ClientDisconnect

    async def waiting() -> Any:
        await asyncio.Event().wait()

    toy = Toy()
    sessions = Sessions(toy.vouch, asyncio.Event())
    response = stream_response(Stream(follow), "token", VIEWER, sessions)
    scope = {"type": "http", "asgi": {"spec_version": "2.3"}}
    with pytest.raises(BaseException):  # noqa: B017, PT011 - as the server wraps it
        await response(scope, waiting, gone)
    assert (followed, len(sessions)) == ([], 0)


async def test_a_stream_that_cannot_begin_says_so_in_its_only_event() -> None:
    def follow(_: object) -> Any:
        raise CodedError("Too many.", ErrorCode.TOO_MANY)

    response: Any = stream_response(
        Stream(follow), "token", VIEWER, Sessions(Toy().vouch, asyncio.Event())
    )
    text = b"".join([part async for part in response.body_iterator]).decode()
    error, last = events(text)
    assert code_of(error["data"]) == "TOO_MANY"
    assert last["event"] == "complete"
