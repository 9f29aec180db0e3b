"""GitHub's webhooks, each event once by hand and every published one."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from integrations.contract import Delivery, Malformed
from integrations.github import plugin
from integrations.observation import (
    DeploymentObserved,
    DeploymentState,
    Moment,
    Observation,
    PersonRef,
    PullRequestObserved,
    PushObserved,
    to_json,
)

ADA = PersonRef("github", "41", handle="ada")


def encoded(payload: dict[str, Any]) -> bytes:
    return json.dumps(payload).encode()


def digest(payload: dict[str, Any]) -> str:
    return hashlib.sha256(encoded(payload)).hexdigest()


def parse(event: str, payload: dict[str, Any]) -> tuple[Observation, ...]:
    return tuple(plugin.parse(Delivery(event, encoded(payload))))


def only(event: str, payload: dict[str, Any]) -> Any:
    (observation,) = parse(event, payload)
    return observation


def on_new_year(hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, 1, 1, hour, minute, second, tzinfo=UTC)


def test_a_deployment_is_pending(deployment: dict[str, Any]) -> None:
    assert only("deployment", deployment) == DeploymentObserved(
        moment=Moment(on_new_year(), 20, digest(deployment)),
        external_id="900",
        repository="acme/shop",
        sha="a" * 40,
        environment="Production EU",
        state=DeploymentState.PENDING,
        ref="main",
        created_at=on_new_year(),
        deployer=ADA,
    )


def test_a_status_is_a_fact_about_its_deployment(deployment_status: dict[str, Any]) -> None:
    assert only("deployment_status", deployment_status) == DeploymentObserved(
        moment=Moment(on_new_year(minute=5), 23, digest(deployment_status)),
        external_id="900",
        repository="acme/shop",
        sha="a" * 40,
        environment="Production EU",
        state=DeploymentState.SUCCESS,
        ref="main",
        created_at=on_new_year(),
        deployer=ADA,
        url="https://ci.example.com/runs/5",
    )


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("queued", DeploymentState.PENDING),
        ("waiting", DeploymentState.PENDING),
        ("pending", DeploymentState.PENDING),
        ("in_progress", DeploymentState.IN_PROGRESS),
        ("success", DeploymentState.SUCCESS),
        ("failure", DeploymentState.FAILURE),
        ("error", DeploymentState.FAILURE),
    ],
)
def test_a_state_in_githubs_words(
    deployment_status: dict[str, Any], word: str, state: DeploymentState
) -> None:
    deployment_status["deployment_status"]["state"] = word
    assert only("deployment_status", deployment_status).state is state


@pytest.mark.parametrize("word", ["inactive", "abandoned"])
def test_a_state_that_says_nothing_of_success(deployment_status: dict[str, Any], word: str) -> None:
    deployment_status["deployment_status"]["state"] = word
    assert parse("deployment_status", deployment_status) == ()


def test_only_what_was_created_happened(deployment_status: dict[str, Any]) -> None:
    for event in ("deployment", "deployment_status"):
        assert len(parse(event, deployment_status)) == 1
        assert parse(event, deployment_status | {"action": "deleted"}) == ()


def test_a_status_may_move_its_deployment(deployment_status: dict[str, Any]) -> None:
    deployment_status["deployment_status"]["environment"] = "canary"
    assert only("deployment_status", deployment_status).environment == "canary"


def test_in_one_second_the_end_is_last(
    deployment: dict[str, Any], deployment_status: dict[str, Any]
) -> None:
    status = deployment_status["deployment_status"]
    status["created_at"] = deployment["deployment"]["created_at"]
    seen = [only("deployment", deployment)]
    for word in ("failure", "success", "in_progress", "queued"):
        status["state"] = word
        seen.append(only("deployment_status", deployment_status))
    assert [one.state for one in sorted(seen, key=lambda one: one.moment)] == [
        DeploymentState.PENDING,
        DeploymentState.PENDING,
        DeploymentState.IN_PROGRESS,
        DeploymentState.SUCCESS,
        DeploymentState.FAILURE,
    ]


@pytest.mark.parametrize(
    "account",
    [
        None,
        {"id": 42, "login": "shipper[bot]", "type": "Bot"},
        {"id": 43, "login": "acme", "type": "Organization"},
        {"id": 44, "login": "nobody"},
    ],
)
def test_only_a_user_is_a_person(deployment: dict[str, Any], account: Any) -> None:
    deployment["deployment"]["creator"] = account
    assert only("deployment", deployment).deployer is None


def test_a_merged_pull_request(pull_request: dict[str, Any]) -> None:
    assert only("pull_request", pull_request) == PullRequestObserved(
        moment=Moment(on_new_year(second=11), 12, digest(pull_request)),
        repository="acme/shop",
        number=12,
        title="Drop the column orders.note",
        additions=3,
        deletions=140,
        changed_files=2,
        author=ADA,
        merged_by=None,  # a bot pressed the button
        merged_at=on_new_year(second=10),
        merge_sha="b" * 40,
        url="https://github.com/acme/shop/pull/12",
        depends_on=(11,),
    )


def test_the_sha_of_a_trial_merge_is_no_merge(pull_request: dict[str, Any]) -> None:
    pull_request["pull_request"]["merged_at"] = None
    seen = only("pull_request", pull_request)
    assert (seen.merged_at, seen.merge_sha) == (None, None)


def test_the_simple_form_has_no_sizes(pull_request: dict[str, Any]) -> None:
    for name in ("additions", "deletions", "changed_files", "merged_by", "body"):
        del pull_request["pull_request"][name]
    seen = only("pull_request", pull_request)
    assert (seen.additions, seen.deletions, seen.changed_files) == (0, 0, 0)
    assert seen.depends_on == ()


def test_a_long_title_is_cut_and_a_nul_is_replaced(pull_request: dict[str, Any]) -> None:
    pull_request["pull_request"]["title"] = "\x00" + "x" * 5_000
    title = only("pull_request", pull_request).title
    assert len(title) == 1_000
    assert title.startswith("\N{REPLACEMENT CHARACTER}x")


@pytest.mark.parametrize(
    ("body", "numbers"),
    [
        (None, ()),
        ("Depends-on: #11", (11,)),
        ("First.\r\ndepends-on:   #11\r\nDepends On: #3\r\n", (3, 11)),
        ("- Depends-on: #11, #9 (both in production)", (9, 11)),
        ("Depends-on: #11\nDepends-on: #11", (11,)),
        ("Depends-on: #12", ()),
        ("Depends-on: other/repository#11", ()),
        ("It depends-on: #11", ()),
        ("Depends-on: #11th", ()),
        ("Depends-on: #0", ()),
        ("Depends-on: #99999999999", ()),
        ("Depends-on: #" + "1" * 90_000, ()),
        ("Depends-on:" + " " * 90_000 + "x", ()),
        ("Depends-on: #11" + " ,\t" * 30_000 + "x", (11,)),
        ("\n".join(f"Depends-on: #{n}" for n in range(100, 900)), tuple(range(100, 150))),
    ],
    ids=lambda value: str(value)[:30],
)
def test_depends_on_is_read_from_lines(
    pull_request: dict[str, Any], body: str | None, numbers: tuple[int, ...]
) -> None:
    pull_request["pull_request"]["body"] = body
    assert only("pull_request", pull_request).depends_on == numbers


def test_a_push_to_a_branch(push: dict[str, Any]) -> None:
    assert only("push", push) == PushObserved(
        moment=Moment(on_new_year(), 0, digest(push)),
        repository="acme/shop",
        ref="refs/heads/main",
        before="a" * 40,
        after="c" * 40,
        commits=("b" * 40, "c" * 40),
    )


def test_the_push_has_its_own_time_before_that_of_its_commit(push: dict[str, Any]) -> None:
    push["repository"]["pushed_at"] = "2026-01-01T07:00:00Z"
    assert only("push", push).moment.at == on_new_year(7)
    push["repository"]["pushed_at"] = None
    assert only("push", push).moment.at == datetime(2025, 12, 31, 8, tzinfo=UTC)
    push["head_commit"] = None
    with pytest.raises(Malformed, match="head_commit is missing"):
        parse("push", push)


@pytest.mark.parametrize(
    "change",
    [
        {"ref": "refs/tags/v1"},
        {"deleted": True},
        {"after": "0" * 40, "head_commit": None},
    ],
)
def test_tags_and_deletions_bring_no_commits(push: dict[str, Any], change: dict[str, Any]) -> None:
    assert parse("push", push | change) == ()


def test_commits_are_bounded(push: dict[str, Any]) -> None:
    push["commits"] = [{"id": f"{number:040}"} for number in range(3_000)]
    assert len(only("push", push).commits) == 2_048


HEADERS = {b"x-github-event": (b"push",), b"x-github-delivery": (b"72d3162e-cc78",)}


def test_the_envelope_is_in_the_headers(push: dict[str, Any]) -> None:
    envelope = plugin.open(HEADERS, encoded(push))
    assert (envelope.key, envelope.event) == ("72d3162e-cc78", "push")


def test_a_form_says_what_its_json_says(push: dict[str, Any]) -> None:
    push["commits"][0]["id"] = "a+b & c = d % é"
    form = urlencode({"payload": json.dumps(push), "other": "x"}).encode()
    assert plugin.open(HEADERS, form) == plugin.open(HEADERS, encoded(push))
    (seen,) = plugin.parse(Delivery("push", form))
    assert seen.moment.digest == hashlib.sha256(form).hexdigest()
    assert isinstance(seen, PushObserved)
    assert seen.commits == only("push", push).commits
    for broken in (b"payload=", b"payload=%7B", b"payload=%FF", b"payload=5&payload=%7B%7D"):
        with pytest.raises(Malformed):
            plugin.open(HEADERS, broken)


@pytest.mark.parametrize("event", ["ping", "check_run", "release", "workflow_run", ""])
def test_other_events_say_nothing(push: dict[str, Any], event: str) -> None:
    assert parse(event, push) == ()


def test_a_body_of_another_event_is_malformed(push: dict[str, Any]) -> None:
    with pytest.raises(Malformed, match="pull_request is missing"):
        parse("pull_request", push)


def test_every_published_event_is_read(github_file: Path) -> None:
    body = github_file.read_bytes()
    event = github_file.name.partition(".")[0]
    headers = HEADERS | {b"x-github-event": (event.encode(),)}
    seen = plugin.parse(Delivery(plugin.open(headers, body).event, body))
    payload = json.loads(body)
    followed = event in {"deployment", "deployment_status", "pull_request"} or (
        event == "push" and payload["ref"].startswith("refs/heads/") and not payload["deleted"]
    )
    assert len(seen) == followed
    assert all(to_json(one)["repository"] == payload["repository"]["full_name"] for one in seen)
