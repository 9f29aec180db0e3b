"""What `check` finds wrong with a workspace, and what the app's manifest asks for."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from hatchling.builders.wheel import WheelBuilder

from integrations import slack
from integrations.contract import Checks, Finding, Role
from integrations.slack import plugin
from integrations.slack.check import NEEDS
from integrations.slack.emoji import KINDS, USUAL
from integrations.slack.translate import EVENTS
from server.domain.timeline import TimelineKind
from tests.integrations.fake_slack import LOBBY, ROOM, SCOPES
from tests.integrations.slack_rounds import Reader, a_workspace, reading

ROOT = Path(__file__).resolve().parents[2]
MANIFEST = Path(slack.__file__).with_name("app-manifest.yaml")


async def check(reader: Reader) -> Sequence[Finding]:
    assert isinstance(plugin, Checks)
    return await plugin.check(reader.connection, reader.http)


async def test_all_is_well() -> None:
    settings = {"channels": [ROOM], "teams": {"payments": LOBBY}, "emoji": {"tada": "NOTE"}}
    async with reading(a_workspace(), **settings) as reader:
        findings = await check(reader)
    assert [each.subject for each in findings] == [
        "emoji",
        "token",
        *(need.scope for need in NEEDS),
        "channels",
        "teams",
    ]
    assert all(each.good and not each.advice for each in findings)


@pytest.mark.parametrize("scope", SCOPES.split(","))
async def test_a_scope_that_lacks_is_named_with_what_to_click(scope: str) -> None:
    scopes = ", ".join(each for each in SCOPES.split(",") if each != scope)
    async with reading(a_workspace(scopes=scopes)) as reader:
        findings = [each for each in await check(reader) if not each.good]
    assert [each.subject for each in findings] == [scope]
    assert f"→ {scope};" in findings[0].advice


async def test_a_token_that_is_refused_is_all_that_is_said() -> None:
    async with reading(a_workspace(), token="xoxb-wrong", channels=[ROOM]) as reader:
        findings = await check(reader)
    assert [(each.subject, each.good) for each in findings] == [("emoji", True), ("token", False)]


async def test_a_channel_that_cannot_be_read_is_named() -> None:
    fake = a_workspace()
    fake.add_channel("C0ABSENT01", "absent", is_member=False)
    fake.add_channel("C0OVER0001", "over", is_archived=True)
    settings: dict[str, Any] = {
        "channels": [ROOM, "C0ABSENT01", "#lobby"],
        "teams": {"payments": "C0OVER0001", "search": "C0NOWHERE1", "growth": 5},
    }
    async with reading(fake, **settings) as reader:
        channels, teams = [each for each in await check(reader) if not each.good]
    assert (channels.subject, teams.subject) == ("channels", "teams")
    assert ROOM not in channels.advice
    assert all(f"{each}: the app is not in" in channels.advice for each in ("C0ABSENT01", "#lobby"))
    assert "C0OVER0001 is archived" in teams.advice
    assert all(f"{each}: the app is not in" in teams.advice for each in ("C0NOWHERE1", "5"))


async def test_an_emoji_of_no_kind_is_named() -> None:
    async with reading(a_workspace(), emoji={"tada": "PARTY", "pushpin": "NOTE"}) as reader:
        (finding, *_) = await check(reader)
    assert (finding.subject, finding.good) == ("emoji", False)
    assert "tada" in finding.advice
    assert "pushpin" not in finding.advice


def test_the_kinds_are_those_of_the_timeline() -> None:
    assert {each.value for each in TimelineKind} == KINDS
    assert set(USUAL.values()) <= KINDS


def test_the_apps_manifest_asks_for_what_is_needed_and_subscribes_to_what_is_understood() -> None:
    manifest = yaml.safe_load(MANIFEST.read_text("utf-8"))
    assert set(manifest["oauth_config"]["scopes"]["bot"]) == {need.scope for need in NEEDS}
    subscriptions = manifest["settings"]["event_subscriptions"]
    assert {each.partition(".")[0] for each in subscriptions["bot_events"]} == set(EVENTS)
    assert subscriptions["request_url"].endswith("/webhooks/slack")
    # Direct conversations are not subscribed to.
    assert not {"message.im", "message.mpim"} & set(subscriptions["bot_events"])


def test_the_apps_manifest_is_shipped() -> None:
    files = WheelBuilder(str(ROOT)).recurse_included_files()
    assert "integrations/slack/app-manifest.yaml" in {each.distribution_path for each in files}


def test_the_role_and_the_setting_are_those_the_documentation_names() -> None:
    assert plugin.manifest.roles == {Role.MESSAGES}
    assert plugin.manifest.webhook is not None
    assert plugin.manifest.webhook.secret_setting == "WHYCHAIN_SLACK_SIGNING_SECRET"
    section = (ROOT / "README.md").read_text("utf-8").partition("## Slack in five minutes")[2]
    for setting in plugin.manifest.settings:
        assert f"- `{setting.name}`" in section.partition("\n## ")[0]
