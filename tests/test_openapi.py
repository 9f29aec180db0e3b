"""Vendors' descriptions find what is wrong in a request and in an answer to it."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from tests.openapi import Description, Watch, description_of

GITHUB, PAGERDUTY, JIRA, SLACK = "github", "pagerduty", "jira", "slack"
PULLS = "/repos/acme/shop/pulls"
DELIVERIES = "/repos/acme/shop/hooks/42/deliveries"
TYPED = {"Content-Type": "application/json; charset=utf-8"}
BASIC = {"Authorization": "Basic YTpi"}
ACCEPT = {"Accept": "application/vnd.pagerduty+json;version=2"}
KEY = {"Authorization": "Token token=secret"}


def _described(vendor: str) -> Description:
    description = description_of(vendor)
    if description is None:
        pytest.skip(f"the description of {vendor} does not lie beside the project")
    return description


def _ask(
    vendor: str,
    call: str,
    query: Mapping[str, str] | None = None,
    body: Any = None,
    headers: Mapping[str, str] = TYPED,
) -> None:
    method, path = call.split()
    sent = b"" if body is None else json.dumps(body).encode()
    _described(vendor).check_request(method, path, query or {}, headers, sent)


def _answer(vendor: str, call: str, body: Any, status: int = 200) -> None:
    method, path = call.split()
    _described(vendor).check_answer(method, path, {}, status, json.dumps(body).encode())


def test_what_the_vendor_takes_passes() -> None:
    _ask(GITHUB, f"GET {PULLS}", {"state": "all", "per_page": "100"})
    _ask(GITHUB, "GET /repos/acme/shop/actions/runs", {"created": "2026-01-01T00:00:00Z..*"})
    _ask(GITHUB, f"POST {DELIVERIES}/7/attempts", body={})
    _ask(
        JIRA,
        "PUT /rest/api/3/issue/AB-1",
        body={"fields": {"summary": "Pages"}},
        headers=TYPED | BASIC,
    )
    _ask(PAGERDUTY, "GET /incidents", {"since": "2026-01-01T00:00:00Z"}, headers=KEY | ACCEPT)


@pytest.mark.parametrize(
    ("call", "query", "body", "fault"),
    [
        (f"GET {PULLS}/none/such", {}, None, "there is no"),
        (f"DELETE {PULLS}", {}, None, "there is no"),
        (f"GET {PULLS}", {"stat": "all"}, None, "no parameter stat"),
        (f"GET {PULLS}", {"state": "merged"}, None, "state"),
        (f"GET {PULLS}", {"page": "first"}, None, "page"),
        (f"POST {DELIVERIES}/7/attempts", {}, {"again": True}, "takes no body"),
        (
            "POST /app/installations/7/access_tokens",
            {},
            {"repositories": "shop"},
            "repositories|array",
        ),
        (
            "POST /app/installations/7/access_tokens",
            {},
            {"repos": ["shop"]},
            "no such field: .repos",
        ),
    ],
)
def test_what_the_vendor_does_not_take_is_named(
    call: str, query: dict[str, str], body: Any, fault: str
) -> None:
    with pytest.raises(AssertionError, match=fault):
        _ask(GITHUB, call, query, body)


def test_a_request_without_its_credential_or_body_is_refused() -> None:
    with pytest.raises(AssertionError, match="Security"):
        _ask(PAGERDUTY, "GET /incidents", headers=ACCEPT)
    with pytest.raises(AssertionError, match="body"):
        _ask(JIRA, "POST /rest/api/3/issue", headers=TYPED | BASIC)


def test_a_body_of_another_kind_is_refused() -> None:
    with pytest.raises(AssertionError, match="text/plain"):
        _ask(
            GITHUB,
            "POST /app/installations/7/access_tokens",
            body={},
            headers={"content-type": "text/plain"},
        )


def test_an_answer_may_say_less_than_the_vendor() -> None:
    _answer(GITHUB, f"GET {PULLS}", [{"number": 7, "user": {"login": "ada"}}])
    _answer(SLACK, "GET /conversations.info", {"ok": True, "channel": {"id": "C024BE91L"}})
    _answer(SLACK, "GET /users.list", {"ok": True, "members": []})


@pytest.mark.parametrize(
    ("call", "status", "body", "fault"),
    [
        (f"GET {PULLS}", 200, [{"number": "7"}], "integer"),
        (f"GET {PULLS}", 200, [{"numero": 7}], r"no such field: \[\].numero"),
        (f"GET {PULLS}", 200, [{"user": {"nick": "ada"}}], r"no such field: \[\].user.nick"),
        (f"GET {PULLS}", 200, {}, "array"),
        (f"GET {PULLS}", 418, [], "never answers 418"),
        (f"GET {PULLS}/none/such", 200, [], "there is no"),
    ],
)
def test_an_answer_that_the_vendor_never_gives_is_named(
    call: str, status: int, body: Any, fault: str
) -> None:
    with pytest.raises(AssertionError, match=fault):
        _answer(GITHUB, call, body, status)


def test_a_description_is_loaded_once() -> None:
    assert _described(GITHUB) is _described(GITHUB)


def test_a_vendor_without_a_description_is_not_held_to_one() -> None:
    assert description_of("nobody") is None


async def test_a_watch_remembers_what_nobody_minded() -> None:
    _described(GITHUB)
    watch = Watch(GITHUB)
    await watch.exchange(make_mocked_request("GET", PULLS), web.json_response([]))
    watch.require_none()
    with pytest.raises(AssertionError):
        await watch.exchange(make_mocked_request("GET", PULLS), web.json_response({}))
    with pytest.raises(AssertionError, match="array"):
        watch.require_none()


async def test_a_watch_lets_pass_what_is_newer_than_the_description() -> None:
    _described(GITHUB)
    answer = web.json_response([{"number": 7, "user": {"vibe": "calm"}}])
    request = make_mocked_request("GET", f"{PULLS}?vibe=calm")
    await Watch(GITHUB, frozenset({"vibe"})).exchange(request, answer)
    with pytest.raises(AssertionError, match="vibe"):
        await Watch(GITHUB, frozenset({"mood"})).exchange(request, answer)
