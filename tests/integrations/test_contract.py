"""The integrations are found as any other would be, and stand the suite that is shipped."""

import json
import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest

from integrations.contract import (
    ENTRY_POINT_GROUP,
    Delivery,
    Headers,
    Integration,
    Role,
    Secret,
)
from integrations.github import plugin as github_plugin
from integrations.intake import plugin as intake_plugin
from integrations.jira import plugin as jira_plugin
from integrations.observation import Observations
from integrations.pagerduty import plugin as pagerduty_plugin
from integrations.testing import CHECKS, Fixture, Vendor, checks_of
from tests.integrations import parts_github, parts_jira, parts_pagerduty, parts_slack
from tests.integrations.parts import PARTS, MakePart

ROOT = Path(__file__).resolve().parents[2]
DECLARED = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]


def declared(name: str) -> Integration:
    """The plugin of an entry point."""
    plugin: Integration = EntryPoint(
        name, DECLARED[ENTRY_POINT_GROUP][name], ENTRY_POINT_GROUP
    ).load()
    return plugin


@pytest.mark.parametrize("name", DECLARED[ENTRY_POINT_GROUP])
async def test_every_power_of_every_integration_is_tried(
    name: str, request: pytest.FixtureRequest
) -> None:
    plugin = declared(name)
    assert plugin.manifest.name == name
    assert name in PARTS, f"say in tests/integrations/parts.py what {name} is tried with"
    parts = [make(request) for make in PARTS[name]]
    for check in checks_of(plugin, *parts):
        if check.subject is plugin or check.name.endswith("-untried"):
            await check()


@pytest.mark.parametrize(
    ("name", "make"),
    [
        pytest.param(name, make, id=f"{name}-{make.__name__}")
        for name, makes in PARTS.items()
        for make in makes
    ],
)
async def test_the_contract_is_kept(
    name: str, make: MakePart, request: pytest.FixtureRequest
) -> None:
    part = make(request)
    checks = [each for each in checks_of(part.plugin, part) if each.subject is part]
    assert checks
    faults = []
    for check in checks:
        try:
            await check()
        except AssertionError as fault:
            faults.append(f"{check}: {fault}")
    assert not faults, "\n".join(faults)


def test_published_bodies_of_github_stand_the_contract(github_file: Path) -> None:
    event = github_file.name.partition(".")[0]
    headers = parts_github.fixture(event, {}).headers
    fixture = Fixture(github_file.name, headers, github_file.read_bytes())
    stand_all_but_the_walk(Vendor(github_plugin, parts_github.SIGN, [fixture]))


def test_published_bodies_of_jira_stand_the_contract(jira_file: Path) -> None:
    fixture = parts_jira.fixture(jira_file.name, jira_file.read_bytes().strip())
    stand_all_but_the_walk(Vendor(jira_plugin, parts_jira.SIGN, [fixture]))


def test_published_bodies_of_pagerduty_stand_the_contract(pagerduty_file: Path) -> None:
    fixture = Fixture(pagerduty_file.name, {}, pagerduty_file.read_bytes())
    stand_all_but_the_walk(Vendor(pagerduty_plugin, parts_pagerduty.SIGN, [fixture]))


def test_published_bodies_of_slack_stand_the_contract(slack_file: Path) -> None:
    fixture = parts_slack.fixture(slack_file.name, slack_file.read_bytes())
    stand_all_but_the_walk(Vendor(parts_slack.SIGNING, parts_slack.sign, [fixture]))


def stand_all_but_the_walk(vendor: Vendor) -> None:
    """The walk through every field takes seconds for bodies of 30 kB; our own small ones do it."""
    for check in CHECKS:
        if check.__name__ != "check_hostile_fields":
            check(vendor)


def test_roles_and_settings_are_those_the_documentation_names() -> None:
    assert github_plugin.manifest.roles == {Role.DEPLOYMENTS, Role.CHANGES}
    assert pagerduty_plugin.manifest.roles == {Role.PAGES}
    assert intake_plugin.manifest.roles == {Role.DEPLOYMENTS}
    settings = [
        plugin.manifest.webhook.secret_setting
        for plugin in (github_plugin, pagerduty_plugin, intake_plugin)
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
        self.manifest = github_plugin.manifest
        self.verify = replaced.get("verify", github_plugin.verify)
        self.open = replaced.get("open", github_plugin.open)
        self.parse = replaced.get("parse", github_plugin.parse)


def scorns_the_scheme(headers: Headers, body: bytes, secrets: tuple[Secret, ...]) -> None:
    values = headers.get(b"x-hub-signature-256", ())
    bare = [value.removeprefix(b"sha256=") for value in values]
    github_plugin.verify(
        {b"x-hub-signature-256": tuple(b"sha256=" + each for each in bare)}, body, secrets
    )


def trusts_the_first(headers: Headers, body: bytes, secrets: tuple[Secret, ...]) -> None:
    github_plugin.verify({name: values[:1] for name, values in headers.items()}, body, secrets)


def prints_its_secret(headers: Headers, body: bytes, secrets: tuple[Secret, ...]) -> None:
    print([secret.value for secret in secrets])  # noqa: T201 - the carelessness to be caught
    github_plugin.verify(headers, body, secrets)


def takes_only_the_first_secret(headers: Headers, body: bytes, secrets: tuple[Secret, ...]) -> None:
    github_plugin.verify(headers, body, secrets[:1])


def indexes_blindly(delivery: Delivery) -> Observations:
    json.loads(delivery.body)["repository"]["full_name"].lower()
    return github_plugin.parse(delivery)


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
def test_the_suite_catches(
    check_name: str, careless: Careless, request: pytest.FixtureRequest
) -> None:
    usual = parts_github.webhooks(request)
    (check,) = (check for check in CHECKS if check.__name__ == check_name)
    with pytest.raises(AssertionError):
        check(Vendor(careless, usual.sign, usual.fixtures))
