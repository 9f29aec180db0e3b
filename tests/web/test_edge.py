"""What every request gets, whatever its path: an id, security headers, JSON errors."""

import pytest

from tests.web.conftest import House
from tests.web.toys import BEARER


@pytest.mark.parametrize("given", ["abc-123", "a" * 128, "1-67891233-abcdef012345678912345678"])
async def test_a_harmless_request_id_comes_back(house: House, given: str) -> None:
    async with house.http.get(house.url("/livez"), headers={"X-Request-Id": given}) as response:
        assert response.headers.getall("X-Request-Id") == [given]


@pytest.mark.parametrize("given", ["", "a" * 129, "a b", "<script>", "é", '{"a":1}'])
async def test_any_other_request_id_is_replaced(house: House, given: str) -> None:
    async with house.http.get(house.url("/livez"), headers={"X-Request-Id": given}) as response:
        (made,) = response.headers.getall("X-Request-Id")
    assert len(made) == 32
    assert made.isalnum()


async def test_a_doubled_request_id_is_replaced(house: House) -> None:
    headers = [("X-Request-Id", "a"), ("X-Request-Id", "b")]
    async with house.http.get(house.url("/livez"), headers=headers) as response:
        assert len(response.headers["X-Request-Id"]) == 32


async def test_a_socket_has_a_request_id(house: House) -> None:
    async with house.socket() as socket:
        assert socket.response is not None
        assert len(socket.response.headers["X-Request-Id"]) == 32


@pytest.mark.parametrize(
    "path", ["/", "/graphql/", "/webhooks", "/webhooks/toy/x", "/admin", "/%00"]
)
async def test_other_paths_are_not_found(house: House, path: str) -> None:
    async with house.http.get(house.url(path), headers=BEARER, allow_redirects=False) as response:
        assert response.status == 404
        (error,) = (await response.json())["errors"]
        assert error["extensions"]["code"] == "NOT_FOUND"


@pytest.mark.parametrize("path", ["/livez", "/nowhere", "/graphql", "/webhooks/toy"])
async def test_json_is_neither_sniffed_nor_stored_nor_framed(house: House, path: str) -> None:
    async with house.http.get(house.url(path)) as response:
        assert response.content_type == "application/json"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]


async def test_a_response_keeps_its_own_headers(house: House) -> None:
    async with house.http.get(house.graphql, headers={"Accept": "text/html"}) as response:
        assert response.headers["Cache-Control"] == "no-cache"
