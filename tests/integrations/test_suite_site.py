"""The suite's own client asks as the host's does: by function, or at an address."""

import json

import pytest

from integrations.contract import Denied, Missing, Rejected, Reply, Unwell
from integrations.testing import Asked, in_memory, listening
from tests.vendor import says, vendor


def paging(asked: Asked) -> Reply:
    """Three pages, each but the last with a Link to the next."""
    page = int(asked.query.get("page", "1"))
    link = {"link": f'<http://vendor.test/runs?page={page + 1}>; rel="next"'} if page < 3 else {}
    return Reply(200, link, json.dumps(page).encode())


async def test_pages_are_followed_to_the_last() -> None:
    async with in_memory(paging) as site:
        assert [each.json() async for each in site.http.pages("/runs")] == [1, 2, 3]


async def test_a_link_elsewhere_is_not_followed() -> None:
    asked = []

    def astray(request: Asked) -> Reply:
        asked.append(request.path)
        return Reply(200, {"link": '<http://other.test/runs?page=2>; rel="next"'}, b"1")

    async with in_memory(astray) as site:
        with pytest.raises(Rejected):
            [each async for each in site.http.pages("/runs")]
    assert asked == ["/runs"]


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, Denied),
        (403, Denied),
        (404, Missing),
        (410, Missing),
        (422, Rejected),
        (429, Unwell),
        (503, Unwell),
    ],
)
async def test_each_status_is_the_contracts_error(status: int, error: type[Exception]) -> None:
    async with in_memory(lambda asked: Reply(status, {}, b"")) as site:
        with pytest.raises(error, match=f"POST /deploys was answered {status}"):
            await site.http.send("POST", "/deploys", {})


async def test_a_fake_at_an_address_hears_the_same() -> None:
    async with vendor() as there:
        there.line.append(says({"number": 7}, etag="x"))
        there.line.append(says({}, status=503))
        http = listening(there.url).http
        reply = await http.send("PUT", "/tickets/7", {"title": "é"}, headers={"X-Own": "yes"})
        with pytest.raises(Unwell):
            await http.get("/tickets", query={"after": "1 2"})
    heard, other = there.heard
    assert (reply.json(), reply.headers["etag"]) == ({"number": 7}, "x")
    assert (heard.method, heard.path, json.loads(heard.body)) == (
        "PUT",
        "/tickets/7",
        {"title": "é"},
    )
    assert (heard.headers["x-own"], heard.headers["content-type"]) == ("yes", "application/json")
    assert other.path == "/tickets?after=1+2"
