"""What `check` says of a connection to GitHub, and that it says what to click."""

import pytest

from integrations.contract import Connection, Finding
from integrations.github import plugin
from integrations.github.check import NEEDS
from tests.integrations.fake_github import FakeGitHub
from tests.integrations.github_rounds import Reader, reading

EVERYTHING = {
    "production": {"acme/shop": {"workflow": "deploy.yml"}},
    "webhooks": ["repos/acme/shop/hooks/42"],
}


async def findings(reader: Reader) -> dict[str, Finding]:
    found = await plugin.check(reader.connection, reader.http)
    return {each.subject: each for each in found}


async def test_one_finding_for_each_right() -> None:
    async with reading(FakeGitHub(), **EVERYTHING) as reader:
        found = await findings(reader)
    settings = {"repositories", "webhooks", "base_url", "production", "token"}
    assert found.keys() == settings | {need.scope for need in NEEDS}
    assert all(each.good and not each.advice for each in found.values())


async def test_what_is_not_needed_is_not_asked_for() -> None:
    async with reading(FakeGitHub()) as reader:
        found = await findings(reader)
    assert not found.keys() & {"actions: read", "webhooks: read and write"}


async def test_a_wrong_token_is_the_one_finding() -> None:
    async with reading(FakeGitHub(), token="wrong") as reader:
        found = await findings(reader)
    assert not found["token"].good
    assert "Generate new token" in found["token"].advice
    assert "contents: read" not in found


@pytest.mark.parametrize(
    ("token", "words"),
    [
        ("github_pat_secret", "Repository access"),
        ("ghp_secret", "tick repo_deployment"),
        ("ghs_secret", "Permissions & events"),
    ],
)
async def test_a_right_that_lacks_says_what_to_click(
    token: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.integrations.fake_github.TOKEN", token)
    fake = FakeGitHub(refused={"/deployments"})
    async with reading(fake, ("acme/shop", "acme/gone"), token=token) as reader:
        found = await findings(reader)
    assert not found["deployments: read"].good
    assert words in found["deployments: read"].advice
    assert "acme/shop, acme/gone" in found["deployments: read"].advice
    assert found["contents: read"].advice.startswith("At acme/gone: ")
    assert not any(token in each.advice for each in found.values())


async def test_settings_that_cannot_be_right() -> None:
    async with reading(FakeGitHub(), ("shop",), production={"acme/shop": {"tag": 1}}) as reader:
        found = await findings(reader)
        there = Connection("github", "ours", "https://ghe.example.com/api/v3", {}, {})
        moved = {each.subject: each for each in await plugin.check(there, reader.http)}
    assert not found["repositories"].good
    assert "acme/shop" in found["production"].advice
    assert "https://ghe.example.com/api instead" in moved["base_url"].advice
