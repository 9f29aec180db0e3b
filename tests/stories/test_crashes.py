"""Nothing that was answered with success is lost, whatever is killed."""

import asyncio
import os
import signal
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.house import Keys, Served, eventually, serving

DEPLOYMENTS = "{ deployments(first: 100) { nodes { sha } } }"

DECLARE = """
mutation ($title: String!) {
  declareIncident(input: {title: $title, severity: SEV3}) { incident { id } userErrors { code } } }
"""

INCIDENTS = "{ incidents(first: 100) { totalCount nodes { title } } }"


def deployment(number: int) -> dict[str, Any]:
    """A deployment of its own, as GitHub tells of it."""
    at = "2026-03-01T10:00:00Z"
    return {
        "action": "created",
        "deployment": {
            "id": number,
            "sha": f"{number:040x}",
            "ref": "main",
            "environment": "production",
            "created_at": at,
            "updated_at": at,
            "creator": {"login": "robo", "id": 1, "type": "Bot"},
        },
        "repository": {"name": "shop", "full_name": "acme/shop"},
    }


async def shas(served: Served) -> set[str]:
    nodes = (await served(DEPLOYMENTS))["deployments"]["nodes"]
    return {node["sha"] for node in nodes}


async def test_what_was_accepted_is_processed_after_a_kill(database_url: str) -> None:
    keys = Keys()
    wanted = {f"{number:040x}" for number in range(1, 21)}
    async with serving("--no-jobs", keys=keys, database_url=database_url) as served:
        for number in range(1, 21):
            assert await served.github("deployment", deployment(number)) == 202
        assert await shas(served) == set()
        served.process.kill()
        await served.process.wait()
    async with serving(keys=keys, database_url=database_url) as served:

        async def all_there() -> bool:
            return await shas(served) == wanted

        await eventually(all_there, seconds=30)


async def test_a_kill_amid_the_work_loses_and_doubles_nothing(database_url: str) -> None:
    keys = Keys()
    accepted: set[str] = set()
    async with serving(keys=keys, database_url=database_url) as served:
        killing = asyncio.get_running_loop().call_later(0.3, served.process.kill)
        with pytest.raises(aiohttp.ClientError):  # noqa: PT012  # it breaks at any of these
            for number in range(1, 100_000):
                assert await served.github("deployment", deployment(number)) == 202
                accepted.add(f"{number:040x}")
        killing.cancel()
        await served.process.wait()
    assert accepted
    async with serving(keys=keys, database_url=database_url) as served:

        async def all_there() -> bool:
            query = (
                'query ($sha: String!) { deployment(repository: "acme/shop", sha: $sha) { id } }'
            )
            found = [await served(query, sha=sha) for sha in sorted(accepted)]
            return all(each["deployment"] for each in found)

        await eventually(all_there, seconds=30)


async def test_a_killed_postgresql_comes_back_with_every_row(tmp_path: Path) -> None:
    async with serving(data_dir=str(tmp_path / "data")) as served:
        for number in range(5):
            answer = await served(DECLARE, title=f"before {number}")
            assert answer["declareIncident"]["incident"]
        os.kill(postmaster_of(tmp_path / "data"), signal.SIGKILL)

        async def declared_again() -> bool:
            answer = await served.answer(DECLARE, title="after")
            return "errors" not in answer and bool(answer["data"]["declareIncident"]["incident"])

        await eventually(declared_again)
        found = (await served(INCIDENTS))["incidents"]
        titles = {node["title"] for node in found["nodes"]}
        assert titles == {"after", *(f"before {number}" for number in range(5))}


def postmaster_of(data: Path) -> int:
    """The process that runs the embedded server."""
    (file,) = data.rglob("postmaster.pid")
    return int(file.read_text().splitlines()[0])


async def test_a_server_that_is_asked_to_stop_ends_well(database_url: str) -> None:
    async with serving(database_url=database_url) as served:
        served.process.terminate()
        assert await asyncio.wait_for(served.process.wait(), 10) == 0
