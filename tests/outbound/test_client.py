"""The client against a real server: it waits, tries again, follows, and gives nothing away."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web

from integrations.contract import (
    Connection,
    Credential,
    Denied,
    Http,
    Manifest,
    Missing,
    RatePolicy,
    Rejected,
    Secret,
    Unwell,
)
from server.outbound import exchange
from server.outbound.client import Client
from tests.outbound.conftest import NOON, Asking, MakeClient, Time
from tests.vendor import Vendor, breaks_off, hangs_up, says, vendor


async def test_asks_below_the_base_url(client_of: MakeClient, there: Vendor) -> None:
    there.always = echo
    client = client_of(below="/api/v3")
    reply = await client.get("/repos?page=2", query={"q": "a b&c"}, headers={"accept": "x/y"})
    assert there.asked == ["GET /api/v3/repos?page=2&q=a+b%26c"]
    assert there.heard[0].headers["accept"] == "x/y"
    assert (reply.status, reply.json()) == (200, {"sent": ""})
    reply = await client.send("post", "/issues", {"title": "é"})
    assert reply.json() == {"sent": '{"title":"é"}'}
    assert there.heard[1].headers["content-type"] == "application/json"
    with pytest.raises(Rejected):
        await client.get("@elsewhere.example/")


async def echo(request: web.Request) -> web.Response:
    return says({"sent": await request.text()})


@pytest.mark.parametrize(
    ("status", "raised"),
    [
        (401, Denied),
        (403, Denied),
        (404, Missing),
        (410, Missing),
        (400, Rejected),
        (422, Rejected),
    ],
)
async def test_what_cannot_be_helped_is_not_tried_again(
    client: Client, there: Vendor, status: int, raised: type[Exception]
) -> None:
    there.line = [says({"message": "words of theirs"}, status)]
    with pytest.raises(raised, match=rf"^GET /things was answered {status}\.$"):
        await client.get("/things", query={"token": "s3cret"})
    assert len(there.heard) == 1


# ── what is tried again ──────────────────────────────────────────────────────


def twice(trouble: object) -> list[object]:
    """Once more what the client's library asks again by itself: an idempotent request, at once."""
    return [trouble] if trouble is hangs_up else []


@pytest.mark.parametrize("trouble", [says(status=500), says(status=503), hangs_up, breaks_off])
async def test_a_vendor_that_is_unwell_is_asked_again(
    client: Client, there: Vendor, passing: Time, trouble: object
) -> None:
    there.line = [trouble, *twice(trouble), says({"well": True})]  # type: ignore[list-item]
    assert (await client.get("/")).json() == {"well": True}
    assert 0.75 <= sum(passing.slept) <= 1


async def test_after_some_attempts_the_vendor_is_unwell(client: Client, there: Vendor) -> None:
    there.line = [says(status=502), hangs_up, hangs_up, breaks_off]
    with pytest.raises(Unwell, match=r"^GET /x did not answer\.$"):
        await client.get("/x")
    assert len(there.heard) == 4


@pytest.mark.parametrize("trouble", [says(status=500), breaks_off])
async def test_what_may_have_been_done_is_not_done_twice(
    client: Client, there: Vendor, trouble: object
) -> None:
    there.line = [trouble]  # type: ignore[list-item]
    with pytest.raises(Unwell):
        await client.send("POST", "/tickets", {})
    assert len(there.heard) == 1


async def test_what_was_refused_for_a_limit_was_not_done(
    client: Client, there: Vendor, passing: Time
) -> None:
    there.line = [says(status=429, retry_after="30"), says(status=201)]
    assert (await client.send("POST", "/tickets", {})).status == 201
    assert sum(passing.slept) == pytest.approx(30)


async def test_a_put_is_the_same_twice(client: Client, there: Vendor) -> None:
    there.line = [hangs_up, says(status=200)]
    assert (await client.send("PUT", "/tickets/1", {})).status == 200


async def test_who_does_not_listen_is_unwell(client_of: MakeClient, there: Vendor) -> None:
    client = client_of()
    client._base_url = "http://127.0.0.1:1"
    with pytest.raises(Unwell):
        await client.send("POST", "/x", {})


# ── limits ───────────────────────────────────────────────────────────────────


async def test_the_vendor_is_left_alone_as_it_wants(
    client: Client, there: Vendor, passing: Time
) -> None:
    limit = {"x_ratelimit_remaining": "0", "x_ratelimit_reset": str(int(NOON) + 45)}
    there.line = [says(status=403, **limit), says()]
    await client.get("/")
    assert sum(passing.slept) == pytest.approx(45)
    assert client.budget is not None
    assert client.budget.remaining == 0


async def test_nobody_waits_for_longer_than_a_request_may(
    client_of: MakeClient, there: Vendor, passing: Time
) -> None:
    there.line = [says(status=429, retry_after="3600")]
    with pytest.raises(Unwell) as raised:
        await client_of().get("/")
    assert raised.value.again_in == pytest.approx(3600, abs=1)
    with pytest.raises(Unwell):
        await client_of().get("/")
    assert len(there.heard) == 1
    passing.now += 3600
    there.line = [says()]
    await client_of().get("/")


async def test_a_credential_is_used_no_faster_than_its_policy(
    client_of: MakeClient, there: Vendor, passing: Time
) -> None:
    there.always = echo
    plugin = Asking(RatePolicy(requests=2, per_seconds=10))
    one, same, other = client_of(plugin), client_of(plugin), client_of(plugin, secret="other")
    await asyncio.gather(one.get("/1"), same.get("/2"), one.get("/3"))
    assert sum(passing.slept) == 10
    await other.get("/4")
    assert sum(passing.slept) == 10


# ── pages, redirects ─────────────────────────────────────────────────────────


def linking(target: str, *, rel: str = "next") -> web.Response:
    return says([], link=f'<{target}>; rel="{rel}"')


async def test_pages_follow_the_vendors_links(client: Client, there: Vendor) -> None:
    there.line = [
        says([], link=f'</a?page=1>; rel="prev first", <{there.url}/a?page=2,3>; rel=next'),
        linking("?page=4"),
        linking("/a", rel="last"),
    ]
    assert len([reply async for reply in client.pages("/a", query={"page": "1"})]) == 3
    assert there.asked == ["GET /a?page=1", "GET /a?page=2,3", "GET /a?page=4"]


@pytest.mark.parametrize("kind", ["other", "user", "scheme", "backslash"])
async def test_a_link_to_another_host_is_refused(
    client_of: MakeClient, there: Vendor, kind: str
) -> None:
    async with vendor() as elsewhere:
        host = there.url.removeprefix("http://")
        there.line = [
            linking(
                {
                    "other": f"{elsewhere.url}/a",
                    "user": f"http://x@{host}/a",
                    "scheme": f"https://{host}/a",
                    "backslash": f"{there.url}\\@{elsewhere.url.removeprefix('http://')}/a",
                }[kind]
            )
        ]
        pages = client_of(Authorising()).pages("/a")
        await anext(pages)
        with pytest.raises(Rejected, match="leads to another host"):
            await anext(pages)
        assert (len(there.heard), elsewhere.heard) == (1, [])


async def test_a_redirect_is_followed_at_home_only(client_of: MakeClient, there: Vendor) -> None:
    client = client_of(Authorising())
    there.line = [says(status=301, location="/new"), says({"new": True})]
    assert (await client.get("/old")).json() == {"new": True}
    async with vendor() as elsewhere:
        there.line = [says(status=302, location=f"{elsewhere.url}/new")]
        with pytest.raises(Rejected, match="leads to another host"):
            await client.get("/old")
        assert elsewhere.heard == []
    there.line = [says(status=302, location="/new")]
    with pytest.raises(Rejected):
        await client.send("POST", "/old", {})
    there.line = [says(status=302, location="/old") for _ in range(5)]
    with pytest.raises(Rejected, match="without end"):
        await client.get("/old")


# ── what is kept ─────────────────────────────────────────────────────────────


async def test_what_did_not_change_is_answered_from_what_is_kept(
    client: Client, there: Vendor
) -> None:
    there.line = [says([1], etag='"v1"'), says(status=304), says([2], etag='"v2"'), says([3])]
    replies = [await client.get("/a") for _ in range(3)]
    assert [(each.status, each.json()) for each in replies] == [(200, [1]), (200, [1]), (200, [2])]
    assert [each.headers.get("if-none-match") for each in there.heard] == [None, '"v1"', '"v1"']
    await client.get("/a", headers={"accept": "another form"})
    assert "if-none-match" not in there.heard[-1].headers


async def test_a_body_without_end_is_refused(
    client: Client, there: Vendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "MAX_BODY_BYTES", 1000)
    there.line = [says("x" * 997), says("x" * 1000)]
    assert len((await client.get("/")).body) == 999
    with pytest.raises(Rejected, match="larger than 1000 bytes"):
        await client.get("/")


# ── the credential ───────────────────────────────────────────────────────────


@dataclass
class Authorising:
    """An integration whose credential lives for an hour."""

    made: int = 0
    asked: list[Sequence[str]] = field(default_factory=list)

    @property
    def manifest(self) -> Manifest:
        return Asking().manifest

    async def authorise(self, connection: Connection, http: Http) -> Credential:
        self.made += 1
        until = datetime.fromtimestamp(NOON, UTC) + timedelta(hours=1)
        return Credential({"authorization": Secret(f"Bearer {self.made}")}, until)


async def test_a_credential_is_made_once_and_again_before_it_ends(
    client_of: MakeClient, there: Vendor, passing: Time
) -> None:
    there.always = echo
    client = client_of(Authorising())
    await asyncio.gather(client.get("/"), client.get("/"))
    passing.now += 3590
    await client.get("/")
    sent = [each.headers["authorization"] for each in there.heard]
    assert sent == ["Bearer 1", "Bearer 1", "Bearer 2"]


async def test_a_credential_that_is_refused_is_made_anew_once(
    client_of: MakeClient, there: Vendor
) -> None:
    client = client_of(Authorising())
    there.line = [says(status=401), says()]
    await client.get("/")
    there.line = [says(status=401), says(status=401)]
    with pytest.raises(Denied):
        await client.get("/")
    sent = [each.headers["authorization"] for each in there.heard]
    assert sent == ["Bearer 1", "Bearer 2", "Bearer 2", "Bearer 3"]


async def test_nothing_of_a_request_but_its_path_is_logged_or_shown(
    client_of: MakeClient, there: Vendor, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    there.line = [says(status=500), hangs_up, hangs_up, breaks_off]
    with pytest.raises(Unwell) as raised:
        await client_of().get("/a", query={"q": "s3cret"}, headers={"x-token": "s3cret"})
    told = f"{raised.value!r} {raised.value.__cause__!r} {caplog.text}"
    assert "s3cret" not in told
