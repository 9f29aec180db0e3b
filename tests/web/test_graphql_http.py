"""GraphQL over HTTP: what is answered, and how everything else is refused."""

import asyncio
import io
import json
from typing import Any

import aiohttp
import pytest
from structlog.testing import capture_logs

from server.web.graphql_http import MAX_BODY_BYTES
from tests.web.conftest import House
from tests.web.toys import BEARER, COST, TOKEN, code_of

GRAPHQL_RESPONSE = "application/graphql-response+json"
JSON = {"Content-Type": "application/json"}


async def post(
    house: House, body: object, status: int = 200, **headers: str
) -> tuple[aiohttp.ClientResponse, Any]:
    """POST `body` (JSON unless bytes) with a good token, and read the JSON that comes back."""
    data = io.BytesIO(body if isinstance(body, bytes) else json.dumps(body).encode())
    sent = {**BEARER, **JSON, **{name.replace("_", "-"): value for name, value in headers.items()}}
    async with house.http.post(house.graphql, data=data, headers=sent) as response:
        answer = await response.json(content_type=None)
        assert response.status == status, answer
        return response, answer


async def test_a_query_is_answered(house: House) -> None:
    body = {
        "query": "query A { a: __typename } query B($n: String) { hello(name: $n) }",
        "operationName": "B",
        "variables": {"n": "Zoë 🏊"},
        "extensions": {"some": "thing"},
        "unknown": "members are ignored",
    }
    response, answer = await post(house, body, Accept=GRAPHQL_RESPONSE)
    assert answer == {"data": {"hello": "hello Zoë 🏊"}}
    assert response.headers["Content-Type"] == f"{GRAPHQL_RESPONSE}; charset=utf-8"
    assert response.headers["Vary"] == "Accept"
    assert response.headers["GraphQL-Cost"] == str(COST)


async def test_a_mutation_is_run(house: House) -> None:
    _, answer = await post(house, {"query": "mutation { add(to: 1, n: 2) }"})
    assert answer == {"data": {"add": 3}}


@pytest.mark.parametrize(("accept", "status"), [(GRAPHQL_RESPONSE, 294), ("application/json", 200)])
async def test_a_partial_result_has_the_status_of_its_media_type(
    house: House, accept: str, status: int
) -> None:
    _, answer = await post(house, {"query": "{ hello half }"}, status, Accept=accept)
    assert answer["data"] == {"hello": "hello world", "half": None}
    assert len(answer["errors"]) == 1


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("application/*", "application/json"),
        ("text/event-stream, */*;q=0.1", "application/json"),
        (f"{GRAPHQL_RESPONSE}, application/json", GRAPHQL_RESPONSE),
        (f"application/json, {GRAPHQL_RESPONSE}", GRAPHQL_RESPONSE),
        (f"{GRAPHQL_RESPONSE};q=0.5, application/json", "application/json"),
        (f"{GRAPHQL_RESPONSE};q=0.5, */*", "application/json"),
        ("application/json;q=0, */*", GRAPHQL_RESPONSE),
        ("APPLICATION/JSON; charset=UTF-8", "application/json"),
    ],
)
async def test_the_media_type_is_negotiated(house: House, accept: str, chosen: str) -> None:
    response, _ = await post(house, {"query": "{ hello }"}, Accept=accept)
    assert response.content_type == chosen


@pytest.mark.parametrize(
    "accept",
    [
        "text/html",
        "image/*",
        "application/json;q=0",
        "application/json; charset=utf-16",
        "nonsense",
    ],
)
async def test_what_is_not_made_here_is_not_acceptable(house: House, accept: str) -> None:
    _, answer = await post(house, {"query": "{ hello }"}, 406, Accept=accept)
    assert code_of(answer) == "BAD_REQUEST"


BAD_BODIES: dict[str, bytes] = {
    "empty": b"",
    "malformed": b'{"query": "{ hello }"',
    "null": b"null",
    "number": b"5",
    "string": b'"x"',
    "list": b'[{"query":"{ hello }"}]',
    "empty list": b"[]",
    "no query": b"{}",
    "query null": b'{"query":null}',
    "query number": b'{"query":1}',
    "operationName list": b'{"query":"{ hello }","operationName":[]}',
    "variables string": b'{"query":"{ hello }","variables":"{}"}',
    "variables list": b'{"query":"{ hello }","variables":[]}',
    "extensions false": b'{"query":"{ hello }","extensions":false}',
    "NaN": b'{"query":"{ hello }","variables":{"a":NaN}}',
    "infinity": b'{"query":"{ hello }","variables":{"a":1e999}}',
    "not UTF-8": b'{"query":"\xff"}',
    "UTF-16": '{"query":"{ hello }"}'.encode("utf-16"),
    "byte order mark": b'\xef\xbb\xbf{"query":"{ hello }"}',
    "lone surrogate": b'{"query":"\\ud800"}',
    "open lists": b"[" * 50_000,
    "nested lists": b"[" * 50_000 + b"]" * 50_000,
    "nested objects": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    "nested variables": b'{"query":"{ hello }","variables":{"a":'
    + b"[" * 100 + b"]" * 100 + b"}}",
    "huge number": b"9" * 50_000,
}  # fmt: skip


@pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES)
@pytest.mark.parametrize("accept", [GRAPHQL_RESPONSE, "application/json"])
async def test_a_body_that_is_no_request_is_refused(house: House, body: bytes, accept: str) -> None:
    response, answer = await post(house, body, 400, Accept=accept)
    assert code_of(answer) == "BAD_REQUEST"
    assert response.content_type == accept


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/plain",
        "application/jsonfoo",
        "application/graphql",
        "application/json; charset=utf-16",
        "application/json; charset=latin-1",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        ";;;",
    ],
)
async def test_other_content_types_are_unsupported(house: House, content_type: str) -> None:
    _, answer = await post(house, {"query": "{ hello }"}, 415, Content_Type=content_type)
    assert code_of(answer) == "BAD_REQUEST"


async def test_a_compressed_body_is_unsupported(house: House) -> None:
    _, answer = await post(house, b"\x1f\x8b", 415, Content_Encoding="gzip")
    assert code_of(answer) == "BAD_REQUEST"


async def test_a_body_that_says_it_is_too_large_is_refused(house: House) -> None:
    _, answer = await post(house, b" " * (MAX_BODY_BYTES + 1), 413)
    assert code_of(answer) == "TOO_MANY"


async def test_a_body_that_becomes_too_large_is_refused_before_it_ends(house: House) -> None:
    """The sender never ends it: an answer proves that nobody waited for the whole."""
    reader, writer = await asyncio.open_connection(*house.address.split(":"))
    head = (
        f"POST /graphql HTTP/1.1\r\nHost: {house.address}\r\nAuthorization: Bearer {TOKEN}\r\n"
        "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    writer.write(head.encode())
    for _ in range(17):
        writer.write(b"10000\r\n" + b" " * 0x10000 + b"\r\n")
    await writer.drain()
    assert b" 413 " in await reader.readline()
    writer.close()


async def test_a_body_of_the_greatest_size_is_taken(house: House) -> None:
    body = json.dumps({"query": "{ hello }"}).encode()
    _, answer = await post(house, body.ljust(MAX_BODY_BYTES))
    assert answer["data"] == {"hello": "hello world"}


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "QUERY"])
async def test_other_methods_are_not_allowed(house: House, method: str) -> None:
    async with house.http.request(method, house.graphql, headers=BEARER) as response:
        assert response.status == 405
        assert {"GET", "POST"} <= set(response.headers["Allow"].replace(" ", "").split(","))
        assert code_of(await response.json()) == "BAD_REQUEST"


@pytest.mark.parametrize("accept", [GRAPHQL_RESPONSE, "application/json"])
async def test_a_subscription_by_post_is_refused(house: House, accept: str) -> None:
    _, answer = await post(house, {"query": "subscription { forever }"}, 400, Accept=accept)
    assert code_of(answer) == "BAD_REQUEST"
    assert house.toy.open_streams == 0


@pytest.mark.parametrize(("accept", "status"), [(GRAPHQL_RESPONSE, 400), ("application/json", 200)])
@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"query": "{"}, "PARSE_FAILED"),
        ({"query": ""}, "PARSE_FAILED"),
        ({"query": "{ nothing }"}, "VALIDATION_FAILED"),
        ({"query": "query($n: Int!) { padding(size: $n) }"}, "BAD_REQUEST"),
    ],
)
async def test_a_request_error_has_the_status_of_its_media_type(
    house: House, body: object, code: str, accept: str, status: int
) -> None:
    _, answer = await post(house, body, status, Accept=accept)
    assert code_of(answer) == code
    assert "data" not in answer


async def test_a_missing_database_is_unavailable(house: House) -> None:
    house.toy.database = False
    response, answer = await post(house, {"query": "{ hello }"}, 503)
    assert int(response.headers["Retry-After"]) > 0
    assert code_of(answer) == "UNAVAILABLE"


@pytest.mark.parametrize("accept", [GRAPHQL_RESPONSE, "application/json"])
async def test_an_executor_that_cannot_answer_now_is_unavailable(house: House, accept: str) -> None:
    response, answer = await post(house, {"query": "{ full }"}, 503, Accept=accept)
    assert int(response.headers["Retry-After"]) > 0
    assert code_of(answer) == "UNAVAILABLE"


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [("{ forbidden }", 403, "FORBIDDEN"), ("{ unavailable }", 503, "UNAVAILABLE")],
)
async def test_a_coded_error_of_the_executor_keeps_its_code(
    house: House, query: str, status: int, code: str
) -> None:
    _, answer = await post(house, {"query": query}, status)
    assert code_of(answer) == code


@pytest.mark.parametrize("token", [TOKEN, "crash"])
async def test_an_unexpected_exception_is_masked_and_logged_without_body_or_token(
    house: House, token: str
) -> None:
    with capture_logs() as logs:
        _, answer = await post(
            house,
            {"query": "{ crash }", "variables": {"secret": "the body's secret"}},
            500,
            Authorization=f"Bearer {token}",
        )
    assert code_of(answer) == "INTERNAL"
    assert "crashed" not in json.dumps(answer)
    (entry,) = logs
    assert entry["error_id"] == answer["errors"][0]["extensions"]["id"]
    assert entry["kind"] == "RuntimeError"
    assert TOKEN not in repr(logs)
    assert "the body's secret" not in repr(logs)


async def test_a_client_that_leaves_in_its_body_is_no_fault(house: House) -> None:
    with capture_logs() as logs:
        _, writer = await asyncio.open_connection(*house.address.split(":"))
        writer.write(
            f"POST /graphql HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\n"
            "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{".encode()
        )
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        await post(house, {"query": "{ hello }"})
    assert logs == []
