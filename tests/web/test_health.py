"""The probes."""

from tests.web.conftest import House


async def test_a_process_without_its_database_lives(house: House) -> None:
    house.toy.not_ready = "The database is away."
    async with house.http.get(house.url("/livez")) as response:
        assert response.status == 200


async def test_readiness_says_why_not(house: House) -> None:
    async with house.http.get(house.url("/readyz")) as response:
        assert response.status == 200
    house.toy.not_ready = "The database is away."
    async with house.http.get(house.url("/readyz")) as response:
        assert response.status == 503
        assert (await response.json())["reason"] == "The database is away."
        assert int(response.headers["Retry-After"]) > 0


async def test_a_draining_server_is_alive_but_not_ready(house: House) -> None:
    await house.doors.drain(0)
    async with house.http.get(house.url("/readyz")) as response:
        assert response.status == 503
        assert "shutting down" in (await response.json())["reason"]
    async with house.http.get(house.url("/livez")) as response:
        assert response.status == 200
