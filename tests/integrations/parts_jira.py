"""What Jira's integration is tried with: its webhooks, and the site whose tickets it keeps."""

import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest

from integrations.contract import Assignee, Connection, Secret, TicketChange
from integrations.jira import plugin
from integrations.observation import TicketState
from integrations.testing import (
    Backfilled,
    Checked,
    Fixture,
    Part,
    Polled,
    Site,
    Tickets,
    Vendor,
    listening,
)
from tests.integrations.fake_jira import EMAIL, TOKEN, FakeJira, running
from tests.integrations.jira_rounds import a_site, draft
from tests.integrations.jira_site import LINEAR, SCREEN, START
from tests.integrations.jira_site import Site as Tracker
from tests.integrations.signing import signed

SIGN = signed(b"x-hub-signature", b"sha256")
CHANGE = TicketChange(
    title="Bound every queue",
    description="It grew twice.",
    state=TicketState.DONE,
    assignee=Assignee(email="bob@example.com"),
    due_on=date(2026, 5, 1),
    priority="P0",
    note="It happened again.",
)


def fixture(name: str, body: bytes) -> Fixture:
    return Fixture(name, {b"x-atlassian-webhook-identifier": (b"5c0b3d1e",)}, body)


def webhooks(request: pytest.FixtureRequest) -> Vendor:
    updated = request.getfixturevalue("ticket")
    deleted = {**updated, "webhookEvent": "jira:issue_deleted"}
    del deleted["changelog"]
    bodies = {"updated": updated, "deleted": deleted}
    return Vendor(
        plugin, SIGN, [fixture(name, json.dumps(each).encode()) for name, each in bodies.items()]
    )


@dataclass(frozen=True, slots=True)
class Edition:
    """What one edition is tried with; on Data Center work passes through a longer workflow, and
    tickets have no priority."""

    is_cloud: bool

    @property
    def parts(self) -> Sequence[Callable[[pytest.FixtureRequest], Part]]:
        return (self.polled, self.backfilled, self.checked, self.tickets)

    def polled(self, request: pytest.FixtureRequest) -> Polled:
        return Polled(plugin, self._account, self._world, self._odd)

    def backfilled(self, request: pytest.FixtureRequest) -> Backfilled:
        return Backfilled(plugin, self._account, self._world, self._odd, START)

    def checked(self, request: pytest.FixtureRequest) -> Checked:
        return Checked(plugin, self._account, self._world)

    def tickets(self, request: pytest.FixtureRequest) -> Tickets:
        return Tickets(plugin, self._account, self._world, draft(), CHANGE, gone="99999")

    @property
    def _account(self) -> Connection:
        edition = "cloud" if self.is_cloud else "data-center"
        named = {"edition": edition, "email": EMAIL, "project": "OPS"}
        projects = {"projects": {"payments": "PAY"}}
        return Connection("jira", "acme", "", {**named, **projects}, {"token": Secret(TOKEN)})

    def _world(self) -> AbstractAsyncContextManager[Site]:
        return _serving(self._tracker())

    def _odd(self) -> AbstractAsyncContextManager[Site]:
        fake = self._tracker()
        fields = {"project": {"key": "PAY"}, "summary": "Odd", "labels": ["whychain"]}
        odd = fake.site.create({**fields, "duedate": "soon"}, ())
        odd["fields"]["labels"].append("whychain-odd")
        fake.site.index()
        return _serving(fake)

    def _tracker(self) -> FakeJira:
        site = a_site(7, is_cloud=self.is_cloud)
        if not self.is_cloud:
            site.workflow, site.screen = LINEAR, {*SCREEN} - {"priority"}
        return FakeJira(site, page_size=3)


CLOUD, DATA_CENTER = Edition(is_cloud=True), Edition(is_cloud=False)
PARTS = (webhooks, *CLOUD.parts, *DATA_CENTER.parts)


def _held(site: Tracker) -> Sequence[str]:
    """The tickets without the times of their changes, and what is said below each."""
    told = []
    for issue in site.issues.values():
        fields = {
            name: each
            for name, each in issue["fields"].items()
            if name not in ("created", "updated")
        }
        told.append(f"{issue['key']} {json.dumps(fields)}")
        told += [f"{issue['key']} {json.dumps(each['body'])}" for each in issue["comments"]]
    return told


def _time_passes(site: Tracker) -> None:
    done = site.issues["10003"]
    if done["fields"]["status"]["name"] != "Done":
        site.now = START + timedelta(days=1)
        site.move(done, "Done")


@asynccontextmanager
async def _serving(fake: FakeJira) -> AsyncIterator[Site]:
    async with running(fake):
        site = listening(
            fake.site.base_url,
            held=lambda: _held(fake.site),
            later=lambda: _time_passes(fake.site),
        )
        # A ticket's address is made of the site's, which must be the same each time.
        yield replace(site, base_url="https://acme.example.net")
