"""The integrations are found as any other would be, and stand the suite that is shipped."""

import hmac
import json
import tomllib
from collections.abc import Callable
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest

from integrations import github, pagerduty
from integrations.contract import (
    ENTRY_POINT_GROUP,
    Delivery,
    Headers,
    ReceivesWebhooks,
    Role,
    Secret,
)
from integrations.intake import plugin as intake_plugin
from integrations.observation import Observations
from integrations.testing import CHECKS, Fixture, Vendor

ROOT = Path(__file__).resolve().parents[2]
Check = Callable[[Vendor], None]


def signed(header: bytes, scheme: bytes) -> Callable[[bytes, Secret], Headers]:
    def sign(body: bytes, secret: Secret) -> Headers:
        digest = hmac.digest(secret.value.encode(), body, "sha256").hex().encode()
        return {header: (scheme + b"=" + digest,)}

    return sign


GITHUB_SIGN = signed(b"x-hub-signature-256", b"sha256")
PAGERDUTY_SIGN = signed(b"x-pagerduty-signature", b"v1")


def bearer(body: bytes, secret: Secret) -> Headers:
    return {b"authorization": (b"Bearer " + secret.value.encode(),)}


def github_fixture(event: str, payload: dict[str, Any]) -> Fixture:
    headers = {b"x-github-event": (event.encode(),), b"x-github-delivery": (b"72d3162e-cc78",)}
    return Fixture(event, headers, json.dumps(payload).encode())


@pytest.fixture
def github_vendor(
    deployment: dict[str, Any],
    deployment_status: dict[str, Any],
    pull_request: dict[str, Any],
    push: dict[str, Any],
) -> Vendor:
    events = {
        "deployment": deployment,
        "deployment_status": deployment_status,
        "pull_request": pull_request,
        "push": push,
        "ping": {"zen": "Keep it logically awesome.", "hook_id": 1},
    }
    fixtures = [github_fixture(event, payload) for event, payload in events.items()]
    return Vendor(github.plugin, GITHUB_SIGN, fixtures)


@pytest.fixture
def pagerduty_vendor(page: dict[str, Any], note: dict[str, Any]) -> Vendor:
    headers = {b"x-webhook-id": (b"of-the-delivery",)}
    bodies = {"page": page, "note": note}
    fixtures = [Fixture(name, headers, json.dumps(body).encode()) for name, body in bodies.items()]
    return Vendor(pagerduty.plugin, PAGERDUTY_SIGN, fixtures)


@pytest.fixture
def intake_vendor(
    intake: dict[str, Any],
    argocd: dict[str, Any],
    cdevent: dict[str, Any],
    cloudevent: dict[str, Any],
) -> Vendor:
    context = cdevent["context"]
    binary = {
        b"ce-specversion": (b"1.0",),
        b"ce-id": (context["id"].encode(),),
        b"ce-source": (context["source"].encode(),),
        b"ce-type": (context["type"].encode(),),
        b"content-type": (b"application/cdevents+json",),
    }
    structured = {b"content-type": (b"application/cloudevents+json",)}
    bodies: dict[str, tuple[Headers, Any]] = {
        "our own": ({}, intake),
        "Argo CD": ({b"content-type": (b"application/json",)}, argocd),
        "binary": (binary, cdevent),
        "structured": (structured, cloudevent),
        "of another type": (structured, {**cloudevent, "type": "com.example.other"}),
    }
    fixtures = [
        Fixture(name, headers, json.dumps(body).encode())
        for name, (headers, body) in bodies.items()
    ]
    return Vendor(intake_plugin, bearer, fixtures, signs_body=False)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_github_stands_the_contract(check: Check, github_vendor: Vendor) -> None:
    check(github_vendor)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_pagerduty_stands_the_contract(check: Check, pagerduty_vendor: Vendor) -> None:
    check(pagerduty_vendor)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_intake_stands_the_contract(check: Check, intake_vendor: Vendor) -> None:
    check(intake_vendor)


def test_published_bodies_of_github_stand_the_contract(github_file: Path) -> None:
    event = github_file.name.partition(".")[0]
    fixture = Fixture(
        github_file.name,
        github_fixture(event, {}).headers,
        github_file.read_bytes(),
    )
    stand_all_but_the_walk(Vendor(github.plugin, GITHUB_SIGN, [fixture]))


def test_published_bodies_of_pagerduty_stand_the_contract(pagerduty_file: Path) -> None:
    fixture = Fixture(pagerduty_file.name, {}, pagerduty_file.read_bytes())
    vendor = Vendor(pagerduty.plugin, PAGERDUTY_SIGN, [fixture])
    stand_all_but_the_walk(vendor)


def stand_all_but_the_walk(vendor: Vendor) -> None:
    """The walk through every field takes seconds for bodies of 30 kB; our own small ones do it."""
    for check in CHECKS:
        if check.__name__ != "check_hostile_fields":
            check(vendor)


def test_the_entry_points_name_plugins() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    declared = project["entry-points"][ENTRY_POINT_GROUP]
    assert {"github", "intake", "pagerduty"} <= declared.keys()
    for name, value in declared.items():
        plugin = EntryPoint(name, value, ENTRY_POINT_GROUP).load()
        assert isinstance(plugin, ReceivesWebhooks)
        assert plugin.manifest.name == name


def test_roles_and_settings_are_those_the_documentation_names() -> None:
    assert github.plugin.manifest.roles == {Role.DEPLOYMENTS, Role.CHANGES}
    assert pagerduty.plugin.manifest.roles == {Role.PAGES}
    assert intake_plugin.manifest.roles == {Role.DEPLOYMENTS}
    settings = [
        plugin.manifest.webhook.secret_setting
        for plugin in (github.plugin, pagerduty.plugin, intake_plugin)
        if plugin.manifest.webhook
    ]
    assert settings == [
        "WHYCHAIN_GITHUB_WEBHOOK_SECRET",
        "WHYCHAIN_PAGERDUTY_WEBHOOK_SECRET",
        "WHYCHAIN_INTAKE_TOKEN",
    ]


# ── the suite itself: what it is there to catch, it catches ─────────────────────────────────


class Careless:
    """GitHub's plugin with one method replaced."""

    def __init__(self, **replaced: Any) -> None:
        self.manifest = github.plugin.manifest
        self.verify = replaced.get("verify", github.plugin.verify)
        self.open = replaced.get("open", github.plugin.open)
        self.parse = replaced.get("parse", github.plugin.parse)


def scorns_the_scheme(headers: Headers, body: bytes, secrets: tuple[Secret, ...]) -> None:
    values = headers.get(b"x-hub-signature-256", ())
    bare = [value.removeprefix(b"sha256=") for value in values]
    github.plugin.verify(
        {b"x-hub-signature-256": tuple(b"sha256=" + each for each in bare)}, body, secrets
    )


def trusts_the_first(headers: Headers, body: bytes, secrets: tuple[Secret, ...]) -> None:
    github.plugin.verify({name: values[:1] for name, values in headers.items()}, body, secrets)


def prints_its_secret(headers: Headers, body: bytes, secrets: tuple[Secret, ...]) -> None:
    print([secret.value for secret in secrets])  # noqa: T201 - the carelessness to be caught
    github.plugin.verify(headers, body, secrets)


def takes_only_the_first_secret(headers: Headers, body: bytes, secrets: tuple[Secret, ...]) -> None:
    github.plugin.verify(headers, body, secrets[:1])


def indexes_blindly(delivery: Delivery) -> Observations:
    json.loads(delivery.body)["repository"]["full_name"].lower()
    return github.plugin.parse(delivery)


@pytest.mark.parametrize(
    ("check_name", "careless"),
    [
        ("check_signature", Careless(verify=trusts_the_first)),
        ("check_signature", Careless(verify=lambda *_: None)),
        ("check_signature", Careless(verify=scorns_the_scheme)),
        ("check_rotation", Careless(verify=takes_only_the_first_secret)),
        ("check_hostile_fields", Careless(parse=indexes_blindly)),
        ("check_hostile_bodies", Careless(parse=indexes_blindly)),
        ("check_secrets_hidden", Careless(verify=prints_its_secret)),
    ],
)
def test_the_suite_catches(check_name: str, careless: Careless, github_vendor: Vendor) -> None:
    (check,) = (check for check in CHECKS if check.__name__ == check_name)
    with pytest.raises(AssertionError):
        check(Vendor(careless, github_vendor.sign, github_vendor.fixtures))
