"""GitHub, PagerDuty, Jira and Slack beside one server, each as a fake that keeps what happens."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.house import Served, serving
from tests.integrations import (
    fake_github,
    fake_jira,
    fake_pagerduty,
    fake_pagerduty_events,
    fake_slack,
)
from tests.integrations.fake_github import FakeGitHub
from tests.integrations.fake_jira import FakeJira
from tests.integrations.fake_pagerduty import FakePagerDuty
from tests.integrations.fake_pagerduty_events import FakeEvents
from tests.integrations.fake_slack import ADA, ROOM, FakeSlack, a_user
from tests.integrations.github_records import START, deployment, pull_request, sha
from tests.integrations.jira_site import Site

ADDRESS = "ada@acme.example"
"""By which one person is known to be the same at PagerDuty, Jira and Slack."""

CONFIG = """
[[connection]]
integration = "github"
name = "code"
base_url = "{github}"
repositories = ["acme/shop"]
token = {{ file = "github" }}

[[connection]]
integration = "pagerduty"
name = "pages"
base_url = "{pagerduty}"
token = {{ file = "pagerduty" }}
resolve = true
from = "ada@acme.example"

[[connection]]
integration = "pagerduty-changes"
name = "changes"
base_url = "{events}"
routing_key = {{ file = "routing_key" }}

[[connection]]
integration = "jira"
name = "tickets"
base_url = "{jira}"
email = "{email}"
token = {{ file = "jira" }}
project = "OPS"

[[connection]]
integration = "slack"
name = "talk"
base_url = "{slack}"
token = {{ file = "slack" }}
"""


@dataclass(frozen=True)
class Vendors:
    """The four, and the one more that PagerDuty takes deployments at."""

    github: FakeGitHub
    pagerduty: FakePagerDuty
    events: FakeEvents
    jira: FakeJira
    slack: FakeSlack

    def config(self, folder: Path) -> Path:
        """The file that names them all, their secrets beside it."""
        secrets = {
            "github": fake_github.TOKEN,
            "pagerduty": fake_pagerduty.TOKEN,
            "routing_key": fake_pagerduty_events.KEY,
            "jira": fake_jira.TOKEN,
            "slack": fake_slack.TOKEN,
        }
        for name, secret in secrets.items():
            (folder / name).write_text(secret)
        file = folder / "whychain.toml"
        file.write_text(
            CONFIG.format(
                github=self.github.base_url,
                pagerduty=self.pagerduty.base_url,
                events=self.events.url,
                jira=self.jira.site.base_url,
                slack=self.slack.base_url,
                email=fake_jira.EMAIL,
            )
        )
        return file

    def deploy(self, number: int, ago: timedelta) -> None:
        """A pull request was merged and went to production, so long ago."""
        minute = (datetime.now(UTC) - ago - START) / timedelta(minutes=1)
        merged_at = (START + timedelta(minutes=minute - 1)).isoformat()
        merged = {"mergedAt": merged_at, "updatedAt": merged_at}
        title = {"title": "Drop the column shop.cart.total"}
        deployed = deployment(number, "IN_PROGRESS", "SUCCESS", minute=minute)
        self.github.records.setdefault("deployments", []).append(deployed)
        pull = pull_request(number, **merged, **title)
        self.github.records.setdefault("pullRequests", []).append(pull)
        self.github.history += [sha(number - 1), sha(number)]


@asynccontextmanager
async def vendors() -> AsyncIterator[Vendors]:
    """All five, running, before anything has happened; what they were asked is known to them."""
    ada = {"id": "ada", "address": ADDRESS, "name": "Ada"}
    found = Vendors(
        FakeGitHub(),
        FakePagerDuty(),
        FakeEvents(),
        FakeJira(Site(people=[ada], now=datetime.now(UTC))),
        FakeSlack(now=time.time(), users=[a_user(ADA, "ada")]),
    )
    found.slack.add_channel(ROOM, "war-room")
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(fake_github.running(found.github))
        await stack.enter_async_context(fake_pagerduty.running(found.pagerduty))
        await stack.enter_async_context(fake_pagerduty_events.taking_events(found.events))
        await stack.enter_async_context(fake_jira.running(found.jira))
        await stack.enter_async_context(fake_slack.running(found.slack))
        yield found
    for each in (found.github, found.pagerduty, found.jira, found.slack):
        each.watch.require_none()


@asynccontextmanager
async def served_beside(there: Vendors, database_url: str, folder: Path) -> AsyncIterator[Served]:
    """A server that knows all of them."""
    config = there.config(folder)
    link = "https://incidents.acme.example/{id}"
    async with serving(database_url=database_url, config=str(config), incident_url=link) as server:
        yield server
