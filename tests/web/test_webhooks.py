"""The door for webhooks: signed bytes in, 202 out, and nothing kept of anything else."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import aiohttp
import pytest
from structlog.testing import capture_logs

from tests.web.conftest import House
from tests.web.toys import SECRET, ToyVendor, code_of, sign

BODY = b'{"id":"d-1"}'


async def deliver(
    house: House,
    body: bytes,
    status: int,
    *,
    to: str = "toy",
    headers: Mapping[str, str] | None = None,
) -> tuple[aiohttp.ClientResponse, Any]:
    """Post a delivery, signed unless `headers` says otherwise."""
    sent = {"X-Toy-Signature": sign(body)} if headers is None else headers
    async with house.http.post(house.url(f"/webhooks/{to}"), data=body, headers=sent) as response:
        assert response.status == status, await response.text()
        return response, await response.json()


async def test_a_signed_delivery_is_kept_as_it_came(house: House) -> None:
    _, answer = await deliver(house, BODY, 202)
    assert answer == {"accepted": True, "duplicate": False}
    assert house.toy.deliveries == {("toy", "d-1"): BODY}


async def test_a_repeated_delivery_is_accepted_and_kept_once(house: House) -> None:
    await deliver(house, BODY, 202)
    _, answer = await deliver(house, BODY, 202)
    assert answer == {"accepted": True, "duplicate": True}
    assert len(house.toy.deliveries) == 1


async def test_any_of_the_secrets_will_do_while_one_rotates(house: House) -> None:
    await deliver(house, BODY, 202, headers={"X-Toy-Signature": sign(BODY, "the-next-secret")})


BAD_SIGNATURES: dict[str, Any] = {
    "missing": {},
    "empty": {"X-Toy-Signature": ""},
    "other body": {"X-Toy-Signature": sign(b"{}")},
    "other secret": {"X-Toy-Signature": sign(BODY, "other")},
    "empty secret": {"X-Toy-Signature": sign(BODY, "")},
    "not ASCII": {"X-Toy-Signature": "é" * 64},
    "doubled": [("X-Toy-Signature", sign(BODY)), ("X-Toy-Signature", sign(BODY))],
}


@pytest.mark.parametrize("headers", BAD_SIGNATURES.values(), ids=BAD_SIGNATURES)
async def test_a_bad_signature_is_unauthorized(house: House, headers: Any) -> None:
    _, answer = await deliver(house, BODY, 401, headers=headers)
    assert code_of(answer) == "UNAUTHENTICATED"
    assert house.toy.deliveries == {}


@pytest.mark.parametrize("body", [b"", b"{", b"null", b"[]", b"{}", b"\xff", b"[" * 900])
async def test_a_signed_body_that_cannot_be_read_gets_the_vendors_status(
    house: House, body: bytes
) -> None:
    _, answer = await deliver(house, body, 422)
    assert code_of(answer) == "BAD_REQUEST"
    _, answer = await deliver(house, body, 202, to="patient")
    assert answer["accepted"] is False
    assert code_of(answer) == "BAD_REQUEST"
    assert house.toy.deliveries == {}


@pytest.mark.parametrize("to", ["unset", "empty"])
async def test_without_a_secret_the_setting_is_named(house: House, to: str) -> None:
    headers = {"X-Toy-Signature": sign(BODY, "")}
    response, answer = await deliver(house, BODY, 503, to=to, headers=headers)
    assert code_of(answer) == "UNAVAILABLE"
    assert "TOY_WEBHOOK_SECRET" in answer["errors"][0]["message"]
    assert int(response.headers["Retry-After"]) > 0
    assert house.toy.deliveries == {}


async def test_a_challenge_is_answered_once_it_is_verified_and_not_kept(house: House) -> None:
    body = b'{"challenge":"3eZbrw1aB10"}'
    address = house.url("/webhooks/asking")
    async with house.http.post(address, data=body, headers={"X-Toy-Signature": sign(body)}) as told:
        assert (told.status, await told.text()) == (200, "3eZbrw1aB10")
    _, answer = await deliver(house, body, 401, to="asking", headers={})
    assert code_of(answer) == "UNAUTHENTICATED"
    await deliver(house, BODY, 202, to="asking")
    assert house.toy.deliveries == {("asking", "d-1"): BODY}


async def test_an_unknown_integration_is_not_found(house: House) -> None:
    _, answer = await deliver(house, BODY, 404, to="nobody")
    assert code_of(answer) == "NOT_FOUND"


async def test_a_body_over_the_vendors_limit_is_too_large(house: House) -> None:
    _, answer = await deliver(house, b" " * (ToyVendor().max_body_bytes + 1), 413)
    assert code_of(answer) == "TOO_MANY"


async def test_a_body_that_never_ends_is_refused_at_the_limit(house: House) -> None:
    reader, writer = await asyncio.open_connection(*house.address.split(":"))
    writer.write(b"POST /webhooks/toy HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _ in range(2):
        writer.write(b"10000\r\n" + b" " * 0x10000 + b"\r\n")
    await writer.drain()
    assert b" 413 " in await reader.readline()
    writer.close()


async def test_what_cannot_be_stored_shall_be_sent_again(house: House) -> None:
    house.toy.database = False
    response, answer = await deliver(house, BODY, 503)
    assert code_of(answer) == "UNAVAILABLE"
    assert int(response.headers["Retry-After"]) > 0


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS"])
async def test_other_methods_are_not_allowed(house: House, method: str) -> None:
    async with house.http.request(method, house.url("/webhooks/toy")) as response:
        assert response.status == 405
        assert response.headers["Allow"] == "POST"
        assert code_of(await response.json()) == "BAD_REQUEST"


async def test_a_plugins_crash_is_masked_and_the_body_stays_out_of_the_log(house: House) -> None:
    with capture_logs() as logs:
        _, answer = await deliver(house, b"crash 4711", 500)
    assert code_of(answer) == "INTERNAL"
    (entry,) = logs
    assert entry["error_id"] in json.dumps(answer)
    assert "4711" not in repr(logs)
    assert SECRET not in repr(logs)
