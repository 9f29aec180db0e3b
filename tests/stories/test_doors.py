"""The real server's doors against what should not come in."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Mapping

import orjson

from tests.house import Keys, Served, command, serving

PING = b'{"zen": "Design for failure."}'


def signed(secret: str, body: bytes, **more: str) -> dict[str, str]:
    """GitHub's headers for a body."""
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    known = {
        "X-GitHub-Event": "ping",
        "X-GitHub-Delivery": "d-1",
        "X-Hub-Signature-256": f"sha256={digest}",
        "Content-Type": "application/json",
    }
    return {**known, **more}


async def posted(served: Served, path: str, body: bytes, headers: Mapping[str, str]) -> int:
    async with served.http.post(served.url + path, data=body, headers=headers) as response:
        answer = await response.json()
        assert response.status < 500, answer
        assert "errors" in answer or "accepted" in answer
        return response.status


async def test_a_webhook_that_is_not_githubs_changes_nothing(served: Served) -> None:
    secret = served.keys.github
    good = signed(secret, PING)
    unsigned = {name: value for name, value in good.items() if "Signature" not in name}
    for body, headers, status in [
        (PING, unsigned, 401),
        (PING, {**good, "X-Hub-Signature-256": "sha256=" + "0" * 64}, 401),
        (PING, {**good, "X-Hub-Signature-256": "sha1=" + "0" * 40}, 401),
        (PING, {**good, "X-Hub-Signature-256": "sha256=\u00e9"}, 401),
        (PING + b" ", good, 401),
        (b"{", signed(secret, b"{"), 422),
        (b"[1]", signed(secret, b"[1]"), 422),
        (b"[" * 50_000, signed(secret, b"[" * 50_000), 422),
        (PING, {**good, "X-GitHub-Delivery": ""}, 422),
        (PING, good, 202),
        (PING, {**good, "X-GitHub-Event": "no_such_event", "X-GitHub-Delivery": "d-2"}, 202),
    ]:
        assert await posted(served, "/webhooks/github", body, headers) == status, headers
    assert await posted(served, "/webhooks/nobody", PING, good) == 404


async def test_a_repeated_signature_header_is_refused(served: Served) -> None:
    good = signed(served.keys.github, PING)
    doubled = [*good.items(), ("X-Hub-Signature-256", good["X-Hub-Signature-256"])]
    async with served.http.post(
        served.url + "/webhooks/github", data=PING, headers=doubled
    ) as response:
        assert response.status == 401


async def test_pagerduty_is_never_told_no_for_what_it_signed(served: Served) -> None:
    assert await served.pagerduty(b"{") == 202
    assert await served.pagerduty(b'{"event": {"id": "1", "event_type": "pagey.ping"}}') == 202
    assert await served.pagerduty({"event": {"id": "2", "event_type": "incident.unheard"}}) == 202


async def test_a_missing_secret_is_our_own_trouble(database_url: str) -> None:
    async with (
        serving(keys=Keys(github=""), database_url=database_url) as served,
        served.http.post(served.url + "/webhooks/github", data=PING) as response,
    ):
        assert response.status == 503
        assert "WHYCHAIN_GITHUB_WEBHOOK_SECRET" in await response.text()


async def test_health_is_open_and_graphql_is_not(served: Served) -> None:
    for path, status in [("/livez", 200), ("/readyz", 200), ("/nowhere", 404)]:
        async with served.http.get(served.url + path) as response:
            assert response.status == status, path
    async with served.http.post(
        served.url + "/graphql", json={"query": "{ viewer { name } }"}
    ) as r:
        assert r.status == 401
        assert (await r.json())["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_bad_operations_are_coded(served: Served) -> None:
    for query, code in [
        ("{ nothing }", "VALIDATION_FAILED"),
        ("{", "PARSE_FAILED"),
        ("{ incidents(first: 1000) { totalCount } }", "INVALID"),
        ('{ incidents(after: "x") { totalCount } }', "BAD_CURSOR"),
        ('{ incident(id: "x") { id } }', "BAD_ID"),
        ("{ incident { id } }", "INVALID"),
        ('{ service(slug: "a\\u0000b") { id } }', "INVALID"),
        ("{" + "a: viewer { name } " * 101 + "}", "TOO_MANY"),
        ("query ($a: Int!) { incident(number: $a) { id } }", "VALIDATION_FAILED"),
        ("{ incident(number: 99999999999) { id } }", "VALIDATION_FAILED"),
        ("{ incidents(where: {severity: [SEV9]}) { totalCount } }", "VALIDATION_FAILED"),
    ]:
        answer = await served.answer(query)
        assert answer["errors"][0]["extensions"]["code"] == code, answer


async def test_a_token_carries_its_scopes_until_it_is_revoked(
    served: Served, database_url: str
) -> None:
    made = await command(
        "token", "create", "board", "--scope", "incidents:read", database_url=database_url
    )
    assert made[0] == 0, made
    headers = {"authorization": f"Bearer {made[1].strip()}"}

    async def asked(query: str) -> tuple[int, str]:
        async with served.http.post(
            served.url + "/graphql", json={"query": query}, headers=headers
        ) as response:
            return response.status, await response.text()

    status, text = await asked("{ viewer { scopes } incidents { totalCount } }")
    assert status == 200
    assert orjson.loads(text)["data"]["viewer"] == {"scopes": ["incidents:read"]}
    declare = (
        'mutation { declareIncident(input: {title: "x", severity: SEV1}) { userErrors { code } } }'
    )
    assert "FORBIDDEN" in (await asked(declare))[1]
    assert "board" in (await command("token", "list", database_url=database_url))[1]
    assert (await command("token", "revoke", "board", database_url=database_url))[0] == 0
    await asyncio.sleep(1)  # the promise: within a second
    assert (await asked("{ viewer { name } }"))[0] == 401


async def test_the_doctor_says_what_is_missing(database_url: str) -> None:
    code, text = await command("doctor", database_url=database_url, github_webhook_secret="")
    assert code == 0, text
    assert "WHYCHAIN_GITHUB_WEBHOOK_SECRET" in text
    code, text = await command("doctor", database_url="postgresql://127.0.0.1:1/none")
    assert code == 1
    assert "WHYCHAIN_DATABASE_URL" in text


async def test_a_token_for_nobody_is_refused_in_words(database_url: str) -> None:
    create = ("token", "create", "x", "--scope", "admin", "--person")
    for person, said in [("nonsense", "--person"), ("per_" + "0" * 32, "no such person")]:
        code, text = await command(*create, person, database_url=database_url)
        assert code != 0
        assert said in text
        assert "Traceback" not in text


async def test_wrong_settings_are_named() -> None:
    code, text = await command("serve", port="many")
    assert code == 2
    assert "WHYCHAIN_PORT" in text


async def test_queries_are_counted_by_how_they_were_answered(served: Served) -> None:
    await served("{ incidents { totalCount } }")
    await served("{ viewer { name } }")
    async with served.http.get(served.url + "/metrics") as response:
        text = await response.text()
    assert 'whychain_queries_total{by="statement"} 1.0' in text
    assert 'whychain_queries_total{by="resolvers"} 1.0' in text


async def test_pages_of_chosen_origins_may_call_the_api(database_url: str) -> None:
    ours, other = "https://ui.acme.example", "https://elsewhere.example"
    async with serving(database_url=database_url, cors_origins=ours) as served:
        for origin, allowed in [(ours, ours), (other, None)]:
            asked = {
                "origin": origin,
                "access-control-request-method": "POST",
                "access-control-request-headers": "authorization,content-type",
            }
            async with served.http.options(served.url + "/graphql", headers=asked) as response:
                assert response.headers.get("access-control-allow-origin") == allowed


async def test_an_operation_says_what_it_costs_and_may_cost_so_much(database_url: str) -> None:
    query = {"query": "query ($n: Int!) { incidents(first: $n) { nodes { number title } } }"}
    async with serving(database_url=database_url, max_cost="1000") as served:
        headers = {"authorization": f"Bearer {served.keys.token}"}
        ask = {"json": {**query, "variables": {"n": 50}}, "headers": headers}
        async with served.http.post(f"{served.url}/graphql", **ask) as response:
            assert response.headers["GraphQL-Cost"] == "102"
        wide = " ".join(f"a{n}: title" for n in range(12))
        answer = await served.answer(f"{{ incidents(first: 100) {{ nodes {{ {wide} }} }} }}")
        (error,) = answer["errors"]
        assert error["extensions"]["code"] == "TOO_MANY"
        assert "1,202 values" in error["message"]
