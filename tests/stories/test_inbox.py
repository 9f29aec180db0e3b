"""A webhook that nobody can read, until somebody mends what reads it: through the real doors."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from server.cli import app
from tests.house import Served, command, eventually, serving
from tests.stories.mended_server import MENDED

SHA = "c0ffee" + "0" * 34
DEPLOYED = {
    "action": "created",
    "deployment": {
        "id": 1,
        "sha": SHA,
        "ref": "main",
        "environment": "production",
        "created_at": "2026-11-02T12:00:00Z",
        "updated_at": "2026-11-02T12:00:00Z",
    },
    "repository": {"full_name": "acme/shop", "default_branch": "main"},
}
DEPLOYMENTS = "{ deployments { nodes { sha } } }"


@pytest.fixture
def mended(tmp_path: Path) -> Path:
    """What has to exist before GitHub's webhooks can be read."""
    return tmp_path / "mended"


@pytest.fixture
async def served(database_url: str, mended: Path) -> AsyncIterator[Served]:
    """A server that cannot read GitHub's webhooks yet."""
    settings = {MENDED.removeprefix("WHYCHAIN_").lower(): str(mended)}
    module = "tests.stories.mended_server"
    async with serving(module=module, database_url=database_url, **settings) as served:
        yield served


def mend(mended: Path) -> None:
    mended.touch()


async def ids(served: Served, state: str) -> list[str]:
    """The deliveries in a state, the newest first."""
    query = "query ($s: DeliveryState) { deliveries(where: {state: $s}) { nodes { id } } }"
    return [each["id"] for each in (await served(query, s=state))["deliveries"]["nodes"]]


async def parked(served: Served, delivery: str) -> str:
    """The id of a webhook that was answered 202, and parked."""
    before = await ids(served, "PARKED")
    assert await served.github("deployment", DEPLOYED, delivery=delivery) == 202
    await eventually(lambda: _is_longer(served, before))
    return (await ids(served, "PARKED"))[0]


async def _is_longer(served: Served, before: list[str]) -> bool:
    return len(await ids(served, "PARKED")) > len(before)


async def test_a_parked_webhook_is_found_looked_at_mended_and_replayed(
    served: Served, database_url: str, mended: Path
) -> None:
    first = await parked(served, "d-1")

    async def inbox(*arguments: str) -> str:
        code, text = await command("inbox", *arguments, database_url=database_url)
        assert code == 0, text
        return text

    listed = await inbox("list", "--state", "parked", "--source", "github")
    assert first in listed
    assert "Malformed: deployment.sha is missing" in listed
    shown = await inbox("show", first)
    assert "d-1" in shown
    assert SHA not in listed + shown
    assert json.dumps(DEPLOYED, separators=(",", ":")) in await inbox("show", first, "--body")

    mend(mended)
    assert (await served(DEPLOYMENTS))["deployments"]["nodes"] == []
    assert SHA not in await inbox("replay", first)
    await eventually(lambda: ids(served, "DONE"))
    assert (await served(DEPLOYMENTS))["deployments"]["nodes"] == [{"sha": SHA}]


async def test_all_that_is_parked_is_replayed_or_given_up(
    served: Served, database_url: str, mended: Path
) -> None:
    given_up, *others = [await parked(served, f"d-{number}") for number in range(3)]
    assert (await command("inbox", "discard", given_up, database_url=database_url))[0] == 0
    page = await command("inbox", "list", "--limit", "1", database_url=database_url)
    assert f"--after {others[-1]}" in page[1]
    mend(mended)
    replay = ("inbox", "replay", "--all-parked", "--source")
    code, text = await command(*replay, "pagerduty", database_url=database_url)
    assert (code, text) == (0, "0 wait to be processed by a running server or worker.\n")
    code, text = await command(*replay, "github", database_url=database_url)
    assert (code, text.splitlines()[-1][:6]) == (0, "2 wait")

    async def are_done() -> bool:
        return set(await ids(served, "DONE")) == set(others)

    await eventually(are_done)
    assert await ids(served, "DISCARDED") == [given_up]
    assert len((await served(DEPLOYMENTS))["deployments"]["nodes"]) == 1


async def test_what_is_not_there_is_refused_in_words(database_url: str) -> None:
    code, text = await command("inbox", "replay", "dlv_" + "0" * 32, database_url=database_url)
    assert (code, text) == (1, "whychain: There is no such delivery.\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["discard", "nonsense"], "dlv_"),
        (["replay"], "--all-parked"),
        (["replay", "dlv_" + "0" * 32, "--all-parked"], "--all-parked"),
        (["replay", "dlv_" + "0" * 32, "--source", "github"], "--source"),
        (["list", "--state", "lost"], "lost"),
        (["list", "--limit", "0"], "--limit"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_done(
    arguments: list[str], said: str
) -> None:
    ended = CliRunner().invoke(app, ["inbox", *arguments])
    assert ended.exit_code == 2
    assert said in ended.stderr
