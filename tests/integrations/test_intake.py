"""The intake's three dialects, each told once by hand, and what each refuses in words."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from integrations.contract import Delivery, Envelope, Headers, Malformed
from integrations.intake import plugin
from integrations.observation import DeploymentObserved, DeploymentState, PersonRef
from integrations.payload import digest_of

NOW = datetime(2026, 1, 2, tzinfo=UTC)
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
LATER = NEW_YEAR.replace(day=9)
FIVE_PAST = NEW_YEAR.replace(minute=5)

BARE = {"repository": "acme/shop", "sha": "a" * 40}


def told(body: Any, headers: Headers | None = None) -> tuple[Any, ...]:
    """What a delivery says, once it is opened."""
    raw = json.dumps(body).encode()
    envelope = plugin.open(headers or {}, raw)
    return tuple(plugin.parse(Delivery(envelope.event, raw, NOW)))


def opened(body: Any, **headers: str) -> Envelope:
    raw = {name.replace("_", "-").encode(): (value.encode(),) for name, value in headers.items()}
    return plugin.open(raw, json.dumps(body).encode())


def course(body: Any) -> list[tuple[DeploymentState, datetime]]:
    return [(each.state, each.moment.at) for each in told(body)]


def refusal(body: Any, headers: Headers | None = None) -> str:
    with pytest.raises(Malformed) as refused:
        told(body, headers)
    return str(refused.value)


# ── our own ─────────────────────────────────────────────────────────────────────────────────


def test_a_deployment_begins_and_ends(intake: dict[str, Any]) -> None:
    began, ended = told(intake)
    assert isinstance(ended, DeploymentObserved)
    assert (began.state, began.moment.at) == (DeploymentState.IN_PROGRESS, NEW_YEAR)
    assert (ended.state, ended.moment.at) == (DeploymentState.FAILURE, FIVE_PAST)
    assert began.external_id == ended.external_id
    assert (ended.repository, ended.sha, ended.environment) == ("acme/shop", "a" * 40, "staging")
    assert (ended.ref, ended.url) == ("main", "https://ci.example.com/runs/7")
    assert ended.pull_requests == (11, 12)
    assert ended.deployer == PersonRef("github", "41", handle="ada", email="a@example.com")


def test_repository_and_commit_are_enough() -> None:
    (seen,) = told(BARE)
    assert (seen.state, seen.environment) == (DeploymentState.SUCCESS, "production")
    assert seen.moment.at == NOW


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"finishedAt": "2026-01-01T00:05:00Z"}, [("SUCCESS", FIVE_PAST)]),
        ({"startedAt": "2026-01-01T00:05:00Z"}, [("IN_PROGRESS", FIVE_PAST), ("SUCCESS", NOW)]),
        ({"startedAt": "2026-01-01T00:05:00Z", "status": "RUNNING"}, [("IN_PROGRESS", FIVE_PAST)]),
        ({"status": "pending"}, [("PENDING", NOW)]),
        # Our clock is behind theirs: it does not end before it begins.
        ({"startedAt": "2026-01-09T00:00:00Z"}, [("IN_PROGRESS", LATER), ("SUCCESS", LATER)]),
    ],
)
def test_times_are_the_senders_where_it_tells_them(
    members: dict[str, str], expected: list[tuple[str, datetime]]
) -> None:
    assert course(BARE | members) == expected


@pytest.mark.parametrize(
    "address",
    [
        "acme/shop",
        "https://github.com/acme/shop",
        "https://ci:token@git.example.com:8443/acme/shop.git",
        "ssh://git@github.com/acme/shop.git",
        "git@github.com:acme/shop.git",
        "git+https://github.com/acme/shop.git/",
    ],
)
def test_a_repository_by_name_or_address(address: str) -> None:
    assert told(BARE | {"repository": address})[0].repository == "acme/shop"


def test_a_commit_is_written_in_small_letters() -> None:
    assert told(BARE | {"sha": "ABCDEF1"})[0].sha == "abcdef1"


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"status": "running", "finishedAt": None}, True),
        ({"sha": "b" * 40}, True),
        ({"id": "run-8"}, False),
        ({"environment": "production"}, False),
        ({"repository": "acme/till"}, False),
    ],
)
def test_an_id_names_a_deployment_in_its_place(
    intake: dict[str, Any], change: dict[str, Any], same: bool
) -> None:
    (first, *_), (second, *_) = told(intake), told(intake | change)
    assert (first.external_id == second.external_id) is same
    assert opened(intake).key != opened(intake | change).key


def test_without_an_id_the_start_names_it_or_the_end() -> None:
    started = BARE | {"startedAt": "2026-01-01T00:00:00Z"}
    ended = started | {"finishedAt": "2026-01-01T00:05:00Z"}
    (running,), (_, success) = told(started | {"status": "running"}), told(ended)
    assert running.external_id == success.external_id
    once, again = (told(BARE | {"finishedAt": f"2026-01-0{day}T00:00:00Z"})[0] for day in (1, 2))
    assert once.external_id != again.external_id


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"repository": None}, "repository"),
        ({"repository": "shop"}, "repository"),
        ({"repository": "acme/../shop?"}, "repository"),
        ({"sha": "main"}, "sha"),
        ({"sha": 5}, "sha"),
        ({"status": "great"}, "status"),
        ({"startedAt": "yesterday"}, "startedAt"),
        ({"startedAt": "2026-01-01T00:06:00Z"}, "finishedAt"),
        ({"status": "running"}, "finishedAt"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"pullRequests": 12}, "pullRequests"),
        ({"pullRequests": [0]}, "pullRequests"),
        ({"pullRequests": [True]}, "pullRequests"),
        ({"pullRequests": [1] * 251}, "pullRequests"),
        ({"enviroment": "staging"}, "enviroment"),
        ({"deployer": "ada"}, "deployer"),
        ({"deployer": {"handle": "ada"}}, "deployer.id"),
        ({"deployer": {"id": "1", "provider": "Git Hub"}}, "deployer.provider"),
        ({"deployer": {"id": "1", "email": "ada"}}, "deployer.email"),
        ({"deployer": {"id": "1", "mail": "a@b"}}, "deployer.mail"),
    ],
)
def test_a_mistake_is_told_with_its_member(
    intake: dict[str, Any], change: dict[str, Any], named: str
) -> None:
    assert named in refusal(intake | change)


def test_a_delivery_without_any_time_cannot_be_read_out_of_time() -> None:
    with pytest.raises(Malformed, match="finishedAt is missing"):
        plugin.parse(Delivery("deployment", json.dumps(BARE).encode()))


# ── CloudEvents ─────────────────────────────────────────────────────────────────────────────


def binary(cdevent: dict[str, Any], **changes: str) -> dict[bytes, tuple[bytes, ...]]:
    context = cdevent["context"]
    attributes = {"specversion": "1.0"} | {name: context[name] for name in ("id", "source", "type")}
    return {
        f"ce-{name}".encode(): (value.encode(),) for name, value in (attributes | changes).items()
    }


def test_both_modes_say_the_same(cdevent: dict[str, Any], cloudevent: dict[str, Any]) -> None:
    encoded = {
        **{name: value for name, value in cloudevent.items() if name != "data"},
        "data_base64": base64.b64encode(json.dumps(cdevent).encode()).decode(),
    }
    (seen,) = told(cloudevent)
    for other in (told(encoded)[0], told(cdevent, binary(cdevent))[0]):
        assert other.external_id == seen.external_id
        assert (other.sha, other.moment.at) == (seen.sha, seen.moment.at)
    assert (seen.repository, seen.sha, seen.environment) == ("acme/shop", "a" * 40, "production")
    assert seen.state is DeploymentState.SUCCESS
    assert seen.moment.at == FIVE_PAST.replace(microsecond=315384)


def test_a_cloudevent_is_told_by_its_source_and_id(
    cdevent: dict[str, Any], cloudevent: dict[str, Any]
) -> None:
    key = opened(cloudevent).key
    assert plugin.open(binary(cdevent), json.dumps(cdevent).encode()).key == key
    assert opened(cloudevent | {"time": "2026-01-01T00:00:00Z"}).key == key
    assert opened(cloudevent | {"id": "2"}).key != key
    assert opened(cloudevent | {"source": "/elsewhere"}).key != key


@pytest.mark.parametrize("predicate", ["deployed", "upgraded", "rolledback"])
@pytest.mark.parametrize("version", ["", ".0.2.0", ".0.3.0-draft"])
def test_what_runs_now_was_deployed(
    cloudevent: dict[str, Any], predicate: str, version: str
) -> None:
    cloudevent["type"] = f"dev.cdevents.service.{predicate}{version}"
    assert len(told(cloudevent)) == 1


@pytest.mark.parametrize(
    "type_",
    [
        "dev.cdevents.service.removed.0.2.0",
        "dev.cdevents.service.published.0.2.0",
        "dev.cdevents.taskrun.started.0.2.0",
        "com.example.deployed",
        "deployment",
        "argocd.operation",
    ],
)
def test_events_of_other_things_are_taken_and_say_nothing(
    cdevent: dict[str, Any], cloudevent: dict[str, Any], type_: str
) -> None:
    assert told(cloudevent | {"type": type_, "data": None}) == ()
    assert told({"any": "thing"}, binary(cdevent, type=type_)) == ()


def test_an_environment_goes_by_its_name(cloudevent: dict[str, Any]) -> None:
    content = cloudevent["data"]["subject"]["content"]
    content["environment"] = {"id": "1234", "name": "staging"}
    assert told(cloudevent)[0].environment == "staging"


def test_custom_data_tells_what_the_artifact_does_not(cloudevent: dict[str, Any]) -> None:
    cloudevent["data"]["subject"]["content"]["artifactId"] = "pkg:generic/shop@1.4.2"
    assert "customData" in refusal(cloudevent)
    cloudevent["data"]["customData"] = {"repository": "acme/till", "sha": "c" * 40}
    (seen,) = told(cloudevent)
    assert (seen.repository, seen.sha) == ("acme/till", "c" * 40)


def test_what_a_cloudevent_lacks_is_named(
    cdevent: dict[str, Any], cloudevent: dict[str, Any]
) -> None:
    for name in ("id", "source", "type"):
        assert name in refusal({**cloudevent, name: None})
        headers = {
            key: value for key, value in binary(cdevent).items() if key != b"ce-" + name.encode()
        }
        assert f"ce-{name}" in refusal(cdevent, headers)
    assert "specversion" in refusal(cloudevent | {"specversion": "0.3"})
    assert "data is missing" in refusal({**cloudevent, "data": None})
    assert "data_base64" in refusal({**cloudevent, "data_base64": "§"})
    del cloudevent["data"]["context"]["timestamp"]
    assert "context.timestamp" in refusal(cloudevent)


def test_a_batch_is_refused_in_words(cloudevent: dict[str, Any]) -> None:
    headers = {b"content-type": (b"application/cloudevents-batch+json; charset=utf-8",)}
    assert "one by one" in refusal([cloudevent], headers)


# ── Argo CD ─────────────────────────────────────────────────────────────────────────────────


def test_an_operation_is_a_deployment(argocd: dict[str, Any]) -> None:
    began, ended = told(argocd)
    assert (began.state, began.moment.at) == (DeploymentState.IN_PROGRESS, NEW_YEAR)
    assert (ended.state, ended.moment.at) == (DeploymentState.SUCCESS, FIVE_PAST)
    assert (ended.repository, ended.sha, ended.environment) == ("acme/shop", "a" * 40, "production")
    assert (ended.ref, ended.url) == ("main", argocd["argocd"]["url"])


@pytest.mark.parametrize(
    ("phase", "states"),
    [
        ("Running", ["IN_PROGRESS"]),
        ("Failed", ["IN_PROGRESS", "FAILURE"]),
        ("Error", ["IN_PROGRESS", "FAILURE"]),
        ("Terminating", []),
    ],
)
def test_a_phase_in_argo_cds_words(argocd: dict[str, Any], phase: str, states: list[str]) -> None:
    argocd["argocd"] |= {"phase": phase}
    if phase == "Running":
        argocd["argocd"]["finishedAt"] = None
    assert [each.state for each in told(argocd)] == states


def test_mending_what_drifted_deploys_nothing(argocd: dict[str, Any]) -> None:
    argocd["argocd"]["partial"] = True
    assert told(argocd) == ()


def test_the_same_operation_is_one_deployment_and_the_next_another(argocd: dict[str, Any]) -> None:
    running = {**argocd["argocd"], "phase": "Running", "finishedAt": None}
    later = {**argocd["argocd"], "startedAt": "2026-01-01T00:01:00Z"}
    names = [told({"argocd": each})[0].external_id for each in (argocd["argocd"], running, later)]
    assert names[0] == names[1]
    assert names[0] != names[2]


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("phase", None),
        ("startedAt", ""),
        ("application", ""),
        ("repoURL", "https://charts.example.com"),
        ("revision", "1.2.3"),
        ("environment", ""),
    ],
)
def test_a_member_that_is_not_as_the_template_makes_it_is_named(
    argocd: dict[str, Any], member: str, value: str | None
) -> None:
    argocd["argocd"][member] = value
    assert f"argocd.{member}" in refusal(argocd)


def test_the_key_of_what_has_no_id_of_its_own_is_its_digest(argocd: dict[str, Any]) -> None:
    raw = json.dumps(argocd).encode()
    assert plugin.open({}, raw) == Envelope(digest_of(raw), "argocd.operation")
