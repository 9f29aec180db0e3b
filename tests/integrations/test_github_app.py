"""A GitHub App's token, and where GitHub's two interfaces are."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from integrations.contract import Authorizes, Denied, Secret
from integrations.github import plugin
from integrations.github.ask import GitHubApi
from tests.integrations.fake_github import TOKEN, FakeGitHub
from tests.integrations.github_records import START
from tests.integrations.github_rounds import reading

APP = {"app": "Iv1.app", "installation": 7}


def sign(key: Secret, claims: Mapping[str, Any]) -> str:
    """Stands for the host's signature: it tells what was to be signed."""
    return f"signed with {key.value} of {claims['iss']}, {claims['iat']} to {claims['exp']}"


async def test_an_app_gets_a_token_of_its_installation() -> None:
    authorizing: Authorizes = plugin
    async with reading(FakeGitHub()) as reader:
        connection = replace(
            reader.connection, settings=APP, secrets={"app_key": Secret("the key")}
        )
        token = await authorizing.authorize(connection, reader.http, sign, START)
        assert token is not None
        assert (token.secret, token.ends_at) == (Secret(TOKEN), START + timedelta(hours=1))
        assert TOKEN not in repr(token)
        later = START + timedelta(minutes=1)
        with pytest.raises(Denied):
            await authorizing.authorize(connection, reader.http, sign, later)


async def test_a_token_that_lasts_needs_no_other() -> None:
    async with reading(FakeGitHub()) as reader:
        assert await plugin.authorize(reader.connection, reader.http, sign, START) is None
        assert reader.fake.asked == []


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
