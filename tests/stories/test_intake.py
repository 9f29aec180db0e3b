"""Deployments told in each dialect, as the README says to tell them, through the real door."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.go_template import render
from tests.house import Served, eventually

README = Path(__file__).parents[2].joinpath("README.md").read_text("utf-8")

DEPLOYMENT = """
query ($repository: String!, $sha: String!) {
  deployment(repository: $repository, sha: $sha) {
    environment status startedAt finishedAt url service { slug }
    pullRequests { number } deployer { name } rollbackOf { sha }
  }
}
"""

APPLICATION: dict[str, Any] = {
    "metadata": {"name": "shop-staging", "labels": {"environment": "staging"}},
    "spec": {
        "source": {"repoURL": "https://git.example.com/acme/shop.git", "targetRevision": "main"},
        "destination": {"namespace": "shop"},
    },
    "status": {
        "operationState": {
            "phase": "Succeeded",
            "startedAt": "2026-01-01T00:00:00Z",
            "finishedAt": "2026-01-01T00:05:00Z",
            "operation": {"sync": {"revision": "c" * 40}},
            "syncResult": {"revision": "c" * 40},
        }
    },
}


async def post(served: Served, body: object, **headers: str) -> tuple[int, Any]:
    """Send a delivery with the token; status and answer."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    known = {"authorization": f"Bearer {served.keys.intake}"}
    url = f"{served.url}/webhooks/intake"
    async with served.http.post(url, data=raw, headers=known | headers) as response:
        return response.status, await response.json()


async def deployed(served: Served, sha: str) -> Any:
    """The deployment of a commit of acme/shop, once it is there."""

    async def ask() -> Any:
        data = await served(DEPLOYMENT, repository="acme/shop", sha=sha)
        return data["deployment"]

    return await eventually(ask)


def commands() -> list[str]:
    """The README's shell commands that post to the intake."""
    blocks = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    return [block for block in blocks if "/webhooks/intake" in block]


async def run(served: Served, command: str, **variables: str) -> Any:
    """Run a command of the README's against this server; what it prints."""
    if shutil.which("curl") is None:
        pytest.skip("no curl on this machine")
    environment: Mapping[str, str] = {
        **os.environ,
        "WHYCHAIN_INTAKE_TOKEN": served.keys.intake,
        **variables,
    }
    process = await asyncio.create_subprocess_shell(
        command.replace("http://127.0.0.1:8000", served.url).replace("curl ", "curl -sS ", 1),
        env=environment,
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await asyncio.wait_for(process.communicate(), 20)
    assert process.returncode == 0, out
    return json.loads(out)


async def test_the_readmes_commands_tell_of_deployments(served: Served) -> None:
    ours, cloudevent = commands()
    for command, letter in ((ours, "a"), (cloudevent, "b")):
        variables = {"GIT_COMMIT": letter * 40, "BUILD_NUMBER": f"run-{letter}"}
        assert await run(served, command, **variables) == {"accepted": True, "duplicate": False}
        seen = await deployed(served, letter * 40)
        assert (seen["environment"], seen["status"]) == ("production", "SUCCESS")
        assert seen["service"] == {"slug": "shop"}
        assert seen["finishedAt"]
    assert (await run(served, ours, GIT_COMMIT="a" * 40, BUILD_NUMBER="run-a"))["duplicate"]


async def test_argo_cds_notifications_tell_of_deployments(served: Served) -> None:
    (manifest,) = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    template = textwrap.dedent(manifest.partition("body: |\n")[2])
    context = {"argocdUrl": "https://argocd.example.com"}
    body = render(template, app=APPLICATION, context=context).encode()
    assert (await post(served, body))[0] == 202
    seen = await deployed(served, "c" * 40)
    assert (seen["environment"], seen["status"]) == ("staging", "SUCCESS")
    assert (seen["startedAt"], seen["finishedAt"]) == (
        "2026-01-01T00:00:00+00:00",
        "2026-01-01T00:05:00+00:00",
    )
    assert seen["url"] == "https://argocd.example.com/applications/shop-staging"


async def test_a_deployment_goes_its_course_however_its_news_come(served: Served) -> None:
    run_ = {"repository": "acme/shop", "sha": "d" * 40, "id": "7", "pullRequests": [12]}
    news = [
        {**run_, "status": "success", "finishedAt": "2026-01-01T00:05:00Z"},
        {**run_, "status": "running", "startedAt": "2026-01-01T00:00:00Z"},
    ]
    person = {"id": "41", "provider": "github", "name": "Ada"}
    for each in (*news, news[0], {**news[0], "deployer": person}):
        assert (await post(served, each))[0] == 202

    async def settled() -> bool:
        seen = await deployed(served, "d" * 40)
        return bool(seen["deployer"] and seen["startedAt"] != seen["finishedAt"])

    await eventually(settled)
    seen = await deployed(served, "d" * 40)
    assert (seen["status"], seen["startedAt"], seen["finishedAt"]) == (
        "SUCCESS",
        "2026-01-01T00:00:00+00:00",
        "2026-01-01T00:05:00+00:00",
    )
    assert seen["pullRequests"] == [{"number": 12}]
    assert seen["deployer"] == {"name": "Ada"}


async def test_what_was_rolled_back_to_took_the_later_one_back(served: Served) -> None:
    for number, (predicate, letter) in enumerate(
        [("deployed", "e"), ("upgraded", "f"), ("rolledback", "e")]
    ):
        type_ = f"dev.cdevents.service.{predicate}.0.2.0"
        attributes = {"source": "/pipelines/shop", "id": str(number), "type": type_}
        content = {
            "environment": {"id": "production"},
            "artifactId": f"pkg:github/acme/shop@{letter * 40}",
        }
        event = {
            "context": {**attributes, "timestamp": f"2026-01-01T00:0{number}:00Z"},
            "subject": {"id": "shop", "content": content},
        }
        body = {"specversion": "1.0", **attributes, "data": event}
        kind = "application/cloudevents+json; charset=utf-8"
        assert (await post(served, body, **{"content-type": kind}))[0] == 202

    async def taken_back() -> bool:
        return bool((await deployed(served, "f" * 40))["status"] == "ROLLED_BACK")

    await eventually(taken_back)
    assert (await deployed(served, "e" * 40))["rollbackOf"] == {"sha": "f" * 40}


BARE = {"repository": "acme/shop", "sha": "a" * 40}
CE = {"ce-specversion": "1.0", "ce-id": "1", "ce-source": "/x"}


MISTAKES: list[tuple[object, dict[str, str], int, str]] = [
    (BARE, {"authorization": "Bearer nobody"}, 401, "token"),
    (BARE, {"authorization": "Basic eDp5"}, 401, "Bearer"),
    (BARE, {"authorization": "Bearer \u00e9"}, 401, "token"),
    (b"", {}, 422, "JSON"),
    ([BARE], {}, 422, "object"),
    ({"sha": "a" * 40}, {}, 422, "repository"),
    ({**BARE, "enviroment": "x"}, {}, 422, "enviroment"),
    ({**BARE, "sha": "\x00"}, {}, 422, "sha"),
    ({**BARE, "\ud800\x00": 1}, {}, 422, "is not known"),
    ([{}], {"content-type": "application/cloudevents-batch+json"}, 422, "one by one"),
    ({}, {**CE, "ce-type": "dev.cdevents.service.deployed"}, 422, "context"),
    ({}, CE, 422, "ce-type"),
    ({"specversion": "1.0"}, {}, 422, "source"),
    ({"argocd": {"phase": "Succeeded"}}, {}, 422, "argocd.startedAt"),
]


async def test_a_mistake_is_answered_with_a_code_and_its_place(served: Served) -> None:
    for body, headers, status, said in MISTAKES:
        found, answer = await post(served, body, **headers)
        assert found == status, answer
        (error,) = answer["errors"]
        code = "UNAUTHENTICATED" if status == 401 else "BAD_REQUEST"
        assert error["extensions"]["code"] == code
        assert said in error["message"]
        assert served.keys.intake not in json.dumps(answer)
    twice = [("Authorization", f"Bearer {served.keys.intake}")] * 2
    url = f"{served.url}/webhooks/intake"
    async with served.http.post(url, json=BARE, headers=twice) as response:
        assert response.status == 401


async def test_events_of_other_things_are_taken(served: Served) -> None:
    headers = {**CE, "ce-type": "dev.cdevents.taskrun.started.0.2.0"}
    assert await post(served, {}, **headers) == (202, {"accepted": True, "duplicate": False})
