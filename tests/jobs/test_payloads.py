"""Bodies that vendors publish, through the inbox: one state, in whatever order they come."""

import json
import random
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from integrations.github import plugin as github
from integrations.pagerduty import plugin as pagerduty
from server.commands import attribution
from server.commands.delivery import Inbox
from server.commands.work import Office
from server.domain.action_item import Sprints
from server.jobs.process_delivery import ProcessDelivery
from server.store import tables
from server.store.database import Database
from server.store.queue import JobKind
from tests.commands.state import Facts, state_of
from tests.commands.stored import Stored

PAYLOADS = Path(__file__).parents[3] / "shared/payloads"

pytestmark = pytest.mark.skipif(
    not PAYLOADS.is_dir(), reason=f"the vendors' payloads are not there: {PAYLOADS}"
)

Body = tuple[str, str, bytes]
"""An integration's name, the event's, and the body."""


def bodies() -> Sequence[Body]:
    """Every body of the two vendors that is a webhook's."""
    found: list[Body] = []
    for file in sorted(PAYLOADS.glob("github/*.json")):
        found.append(("github", file.name.split(".")[0], file.read_bytes()))
    for file in sorted(PAYLOADS.glob("pagerduty/*.json")):
        event = json.loads(file.read_bytes()).get("event")
        if event:
            found.append(("pagerduty", event["event_type"], file.read_bytes()))
    return found


@pytest.fixture
def stored(database: Database) -> Stored:
    """What is stored."""
    return Stored(database)


async def post(office: Office, stored: Stored, story: Sequence[Body]) -> Facts:
    """Post these, each under a key of its own, process them, and tell the state."""
    inbox = Inbox(office)
    for number, (source, event, body) in enumerate(story):
        assert await inbox(source=source, key=f"k{number}", event=event, body=body)
    process = ProcessDelivery(office, {"github": github, "pagerduty": pagerduty})
    for delivery in await stored.jobs(JobKind.DELIVERY):
        assert await process.run(delivery, 1) is None
    for row in await stored.rows(tables.incident):
        await attribution.recompute(office, row["id"])
    return await state_of(stored)


async def test_they_end_in_one_state_twice_and_shuffled(database: Database, stored: Stored) -> None:
    office = Office(database, lambda _: None, lambda: None, Sprints(date(2026, 11, 2), 7))
    states = []
    for round_ in range(4):
        story = [*bodies(), *bodies()]
        if round_:
            random.Random(round_).shuffle(story)
        states.append(await post(office, stored, story))
        parked = await stored.rows(tables.delivery, state="PARKED")
        assert [row["error"] for row in parked] == []
        async with database.transaction() as tx:
            await tx.run(
                text(
                    "truncate delivery, observation, incident, deployment, pull_request, push,"
                    " service, person, identity, service_source, jobs.pgqueuer cascade"
                )
            )
    first = states[0]
    for other in states[1:]:
        assert other == first
    assert len(first["deployment"]) > 0
    assert len(first["incident"]) > 0
    assert len(first["pull_request"]) > 0
    assert len(first["push"]) > 0
