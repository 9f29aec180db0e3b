"""Bearer tokens: what is read as one, and that nothing else can do more than be refused."""

import asyncio
import json
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.errors import Unauthenticated
from server.web.authentication import MAX_HEADER_BYTES, bearer_token
from tests.web.conftest import House
from tests.web.toys import TOKEN, code_of

TOKENS = st.text(string.ascii_letters + string.digits + "._~+/-", min_size=1, max_size=400)


@given(TOKENS, st.sampled_from(["Bearer", "bearer", "BEARER"]), st.integers(1, 5))
def test_a_token_is_read_as_it_was_sent(token: str, scheme: str, spaces: int) -> None:
    assert bearer_token([f"{scheme}{' ' * spaces}{token}".encode()]) == token


@given(st.lists(st.binary(max_size=MAX_HEADER_BYTES + 10), max_size=3))
def test_any_headers_are_a_token_or_refused(headers: list[bytes]) -> None:
    try:
        token = bearer_token(headers)
    except Unauthenticated:
        return
    assert token.isascii()
    assert len(headers) == 1


def test_an_overlong_token_is_refused() -> None:
    longest = b"Bearer " + b"a" * (MAX_HEADER_BYTES - 7)
    assert len(bearer_token([longest])) == MAX_HEADER_BYTES - 7
    with pytest.raises(Unauthenticated):
        bearer_token([longest + b"a"])


BAD_TOKENS: dict[str, tuple[bytes, ...]] = {
    "none": (),
    "unknown": (b"Bearer nobody",),
    "doubled": (f"Bearer {TOKEN}".encode(),) * 2,
    "other scheme": (b"Basic dXNlcjpwYXNz",),
    "scheme alone": (b"Bearer",),
    "empty": (b"Bearer ",),
    "two words": (b"Bearer a b",),
    "quoted": (b'Bearer "x"',),
    "not ASCII": (b"Bearer \xc3\xa9\xff",),
    "overlong": (b"Bearer " + b"a" * 600,),
    "listed": (f"Bearer {TOKEN}, Bearer {TOKEN}".encode(),),
}


@pytest.mark.parametrize("tokens", BAD_TOKENS.values(), ids=BAD_TOKENS)
async def test_a_bad_token_is_unauthorized(house: House, tokens: tuple[bytes, ...]) -> None:
    """By a raw socket: no client would send some of these."""
    reader, writer = await asyncio.open_connection(*house.address.split(":"))
    body = b'{"query":"{ hello }"}'
    writer.write(
        b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        + b"".join(b"Authorization: " + token + b"\r\n" for token in tokens)
        + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body)
        + body
    )
    head, _, answer = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    assert head.startswith(b"HTTP/1.1 401 ")
    assert b"\r\nwww-authenticate: bearer\r\n" in head.lower()
    assert code_of(json.loads(answer)) == "UNAUTHENTICATED"


async def test_the_scheme_of_a_token_has_no_case(house: House) -> None:
    headers = {"Authorization": f"bEARER  {TOKEN}"}
    async with house.http.post(house.graphql, json={"query": "{ hello }"}, headers=headers) as sent:
        assert sent.status == 200


async def test_nobody_is_told_anything_of_a_document_without_a_token(house: House) -> None:
    async with house.http.post(
        house.graphql, data=b"not JSON", headers={"Content-Type": "application/json"}
    ) as response:
        assert response.status == 401
