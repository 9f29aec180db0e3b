"""Releases and workflows as deployments, and reverts: what webhooks say where settings decide."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from integrations.contract import Connection, Delivery, Malformed
from integrations.github import plugin
from integrations.hostile import mutants
from integrations.observation import DeploymentState, to_json
from tests.integrations.conftest import ENGINEER, REPOSITORY
from tests.integrations.github_records import START, deployment, pull_request, release, run


def parse(event: str, payload: dict[str, Any], **production: Any) -> list[Any]:
    connections = (
        Connection("github", "other", "", {"production": "nonsense"}),
        Connection("github", "acme", "", {"production": {"Acme/Shop": production}}),
    )
    body = json.dumps(payload).encode()
    return list(plugin.parse(Delivery(event, body, connections=connections)))


def a_release(**others: Any) -> dict[str, Any]:
    release = {
        "id": 5,
        "tag_name": "v5",
        "target_commitish": "a" * 40,
        "draft": False,
        "prerelease": False,
        "published_at": "2026-01-01T00:00:00Z",
        "author": ENGINEER,
        "html_url": "https://github.com/acme/shop/releases/tag/v5",
        **others,
    }
    return {"action": "published", "release": release, "repository": REPOSITORY}


def a_run(path: str = ".github/workflows/deploy.yml", **others: Any) -> dict[str, Any]:
    run = {
        "id": 6,
        "run_attempt": 2,
        "head_sha": "b" * 40,
        "head_branch": "main",
        "status": "completed",
        "conclusion": "success",
        "run_started_at": "2026-01-01T00:00:00Z",
        "updated_at": "2026-01-01T00:05:00Z",
        "triggering_actor": ENGINEER,
        **others,
    }
    return {"workflow": {"path": path}, "workflow_run": run, "repository": REPOSITORY}


def kept(node: dict[str, Any]) -> dict[str, Any]:
    """A record that was put by."""
    return {"repository": "acme/shop", "node": node}


def test_a_release_is_a_deployment() -> None:
    (seen,) = parse("release", a_release(), releases=True)
    assert (seen.external_id, seen.sha, seen.ref) == ("release:5", "a" * 40, "v5")
    assert (seen.environment, seen.state) == ("production", DeploymentState.SUCCESS)


@pytest.mark.parametrize(
    "change", [{"draft": True}, {"prerelease": True}, {"target_commitish": "main"}]
)
def test_a_release_that_is_not_out_or_names_no_commit(change: dict[str, Any]) -> None:
    assert parse("release", a_release(**change), releases=True) == []


@pytest.mark.parametrize("action", ["created", "edited", "deleted", "unpublished"])
def test_only_publishing_deploys(action: str) -> None:
    assert parse("release", a_release() | {"action": action}, releases=True) == []


def test_a_run_of_the_named_workflow_is_a_deployment() -> None:
    (seen,) = parse("workflow_run", a_run(), workflow="deploy.yml")
    assert (seen.external_id, seen.sha, seen.ref) == ("run:6:2", "b" * 40, "main")
    assert (seen.environment, seen.state) == ("production", DeploymentState.SUCCESS)
    assert (seen.created_at, seen.moment.at) == (START, START + timedelta(minutes=5))


@pytest.mark.parametrize(
    ("status", "conclusion", "state"),
    [
        ("requested", None, DeploymentState.PENDING),
        ("in_progress", None, DeploymentState.IN_PROGRESS),
        ("completed", "timed_out", DeploymentState.FAILURE),
        ("completed", "cancelled", DeploymentState.FAILURE),
    ],
)
def test_a_run_in_githubs_words(
    status: str, conclusion: str | None, state: DeploymentState
) -> None:
    payload = a_run(status=status, conclusion=conclusion)
    (seen,) = parse("workflow_run", payload, workflow="deploy.yml")
    assert seen.state is state


def test_another_workflow_deploys_nothing() -> None:
    assert parse("workflow_run", a_run(".github/workflows/ci.yml"), workflow="deploy.yml") == []
    assert parse("workflow_run", a_run(conclusion="skipped"), workflow="deploy.yml") == []


@pytest.mark.parametrize("event", ["release", "workflow_run"])
@pytest.mark.parametrize("said", [{}, {"environment": "live"}, {"tags": True}])
def test_where_no_setting_says_so_nothing_is_deployed(event: str, said: dict[str, Any]) -> None:
    assert parse(event, {"repository": REPOSITORY, "action": "published"}, **said) == []


def test_an_environment_of_another_name(deployment_status: dict[str, Any]) -> None:
    (seen,) = parse("deployment_status", deployment_status, environment="Production EU")
    assert seen.environment == "production"
    deployment_status["deployment_status"]["environment"] = "canary"
    (seen,) = parse("deployment_status", deployment_status, environment="Production EU")
    assert seen.environment == "canary"


def test_published_releases_and_runs_are_read(github_file: Path) -> None:
    event = github_file.name.partition(".")[0]
    payload = json.loads(github_file.read_bytes())
    if event == "release":
        payload["release"]["target_commitish"] = "a" * 40
        seen = _for(event, payload, {"releases": True})
        assert len(seen) == (payload["action"] in ("published", "released"))
    if event == "workflow_run":
        file = payload["workflow"]["path"].rpartition("/")[2]
        assert len(_for(event, payload, {"workflow": file})) == (
            payload["workflow_run"]["conclusion"] != "action_required"
        )


def _for(event: str, payload: dict[str, Any], said: dict[str, Any]) -> list[Any]:
    table = {payload["repository"]["full_name"]: said}
    connection = Connection("github", "acme", "", {"production": table})
    body = json.dumps(payload).encode()
    return list(plugin.parse(Delivery(event, body, connections=(connection,))))


@pytest.mark.parametrize(
    ("event", "payload", "said"),
    [
        ("release", a_release(), {"releases": True}),
        ("workflow_run", a_run(), {"workflow": "deploy.yml"}),
        ("deployment.node", kept(deployment(3, "QUEUED", "SUCCESS")), {}),
        ("pull_request.node", kept(pull_request(3)), {}),
        ("release.node", kept(release(3)), {}),
        ("run.node", kept(run(3)), {}),
    ],
)
def test_any_one_value_may_be_anything(
    event: str, payload: dict[str, Any], said: dict[str, Any]
) -> None:
    assert parse(event, payload, **said)
    connections = (Connection("github", "acme", "", {"production": {"acme/shop": said}}),)
    for change, body in mutants(payload):
        try:
            seen = plugin.parse(Delivery(event, body, connections=connections))
        except Malformed:
            continue
        for each in seen:
            row = json.dumps(to_json(each), ensure_ascii=False)
            assert "\\u0000" not in row, change
            row.encode()


@pytest.mark.parametrize(
    ("body", "branch", "number"),
    [
        (None, "topic", None),
        ("Reverts #9", "topic", 9),
        ("Reverts acme/shop#9\n\nIt broke.", "revert-8-topic", 9),
        ("Reverts Acme/Shop#9", None, 9),
        ("Reverts other/shop#9", "topic", None),
        ("Reverts other/shop#9", "revert-9-topic", 9),
        ("This reverts #9", "topic", None),
        ("reverts: #9", "topic", 9),
        (None, "revert-12-revert-11-topic", 12),
        (None, "revert-topic", None),
        (None, "revert-99999999999-topic", None),
        ("Reverts #0", "topic", None),
        ("Reverts" + " " * 90_000 + "x", "topic", None),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_revert_names_what_it_takes_back(
    pull_request: dict[str, Any], body: str | None, branch: str | None, number: int | None
) -> None:
    pull_request["pull_request"]["body"] = body
    pull_request["pull_request"]["head"] = {"ref": branch}
    (seen,) = parse("pull_request", pull_request)
    assert seen.reverts == number
