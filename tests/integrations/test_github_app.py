"""A GitHub App's token, and where GitHub's two interfaces are."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from integrations.contract import Credential, Denied, Secret
from integrations.github import app, plugin
from integrations.github.act import OF_APP, ask_again
from integrations.github.ask import GitHubApi
from server.outbound.clients import Clients
from tests.integrations.fake_github import ENDS_AT, TOKEN, FakeGitHub
from tests.integrations.github_records import delivery
from tests.integrations.github_rounds import reading

APP = {"app": "Iv1.app", "installation": 7}
KEY = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()
NOW = datetime.now(UTC).replace(microsecond=0)


async def test_an_app_gets_a_token_of_its_installation() -> None:
    fake = FakeGitHub(app_key=KEY.public_key())
    async with reading(fake) as reader:
        bare = reader.http.inner
        connection = replace(reader.connection, settings=APP, secrets={"app_key": Secret(PEM)})
        given = await app.credential(connection, bare, NOW)
    assert given == Credential({"authorization": Secret(f"Bearer {TOKEN}")}, ENDS_AT)
    assert TOKEN not in repr(given)
    assert fake.claims == {
        "iss": "Iv1.app",
        "iat": int((NOW - timedelta(minutes=1)).timestamp()),
        "exp": int((NOW + timedelta(minutes=9)).timestamp()),
    }


async def test_another_key_is_denied() -> None:
    other = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
    async with reading(FakeGitHub(app_key=other.public_key())) as reader:
        connection = replace(reader.connection, settings=APP, secrets={"app_key": Secret(PEM)})
        with pytest.raises(Denied):
            await app.credential(connection, reader.http, NOW)


@pytest.mark.parametrize("key", ["", "the key", PEM[:400]])
async def test_what_is_no_key_is_told_without_quoting_it(key: str) -> None:
    async with reading(FakeGitHub()) as reader:
        connection = replace(reader.connection, settings=APP, secrets={"app_key": Secret(key)})
        with pytest.raises(Denied, match="cannot be read") as refused:
            await app.credential(connection, reader.http, NOW)
    assert refused.value.__cause__ is None


async def test_failed_deliveries_of_an_app_are_asked_for_by_the_app_itself() -> None:
    fake = FakeGitHub(app_key=KEY.public_key(), deliveries=[delivery(1), delivery(2, 202)])
    async with reading(fake, webhooks=[OF_APP], **APP) as reader:
        connection = replace(reader.connection, secrets={"app_key": Secret(PEM)})
        assert await ask_again(GitHubApi(connection, reader.http), OF_APP, 0) == 1
        assert fake.claims["iss"] == APP["app"]
        good = await plugin.check(connection, reader.http)
    assert all(each.good for each in good)
    assert [each for each in fake.asked if "attempts" in each] == [
        "POST /app/hook/deliveries/1/attempts"
    ]


async def test_a_connection_without_an_app_may_not_ask_about_its_webhook() -> None:
    async with reading(FakeGitHub(), webhooks=[OF_APP]) as reader:
        with pytest.raises(Denied, match="names no GitHub App"):
            await reader.round()
        findings = await plugin.check(reader.connection, reader.http)
    assert [each.subject for each in findings if not each.good] == ["webhooks"]


async def test_a_token_that_lasts_needs_no_other() -> None:
    async with reading(FakeGitHub()) as reader:
        assert (await plugin.authorise(reader.connection, reader.http)).until is None
        assert reader.fake.asked == []


async def test_the_hosts_client_asks_with_the_apps_token() -> None:
    fake = FakeGitHub(app_key=KEY.public_key())
    async with reading(fake) as reader, Clients.open() as clients:
        connection = replace(reader.connection, settings=APP, secrets={"app_key": Secret(PEM)})
        client = clients.of(plugin, connection)
        assert (await GitHubApi(connection, client).get("/rate_limit")).status == 200


@pytest.mark.parametrize(
    ("base_url", "prefix"), [("https://api.github.com", ""), ("https://ghe.example.com/api", "/v3")]
)
async def test_an_enterprise_server_has_rest_below_v3(base_url: str, prefix: str) -> None:
    fake = FakeGitHub()
    async with reading(fake, token="wrong") as reader:
        there = replace(reader.connection, base_url=base_url)
        api = GitHubApi(there, reader.http)
        for question in (api.get("/rate_limit"), api.post("/app"), api.page("acme/shop", {})):
            with pytest.raises(Denied):
                await question
    assert fake.asked == [f"GET {prefix}/rate_limit", f"POST {prefix}/app", "POST /graphql"]
