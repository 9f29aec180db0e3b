"""However what is said in a chat comes, and however often, it ends in the same timelines."""

import asyncio
import random
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from integrations.observation import MessageEvent, Observation
from server.commands import incident as incidents
from server.commands.work import Office
from server.domain.incident import Severity
from server.domain.viewer import Viewer
from server.store import tables
from tests.commands.said import ADA, ALAN, channel, hear, public, reacted, said
from tests.commands.stored import Stored
from tests.commands.told import at

EDITED, DELETED = MessageEvent.EDITED, MessageEvent.DELETED
REMOVED = MessageEvent.REACTION_REMOVED

Facts = dict[str, list[Any]]


@pytest.fixture
async def story(office: Office, viewer: Viewer, incident_id: UUID) -> Sequence[Observation]:
    """Two incidents in one channel, one after another, and one of them in a second channel."""
    declared = incidents.Declare("Mail is late", Severity.SEV3, declared_at=at(-120))
    other = await incidents.declare(office, viewer, declared)
    return (
        said("early", -200, "Before anything"),
        said("first", -100, "The mail?", actor=ALAN),
        said("mail", -90, f"{public(other)} @{{U0ADA}}", actor=ALAN, mentions=(ADA,)),
        said("mail", -90, "That mail", event=EDITED, then=-50, actor=ALAN),
        reacted("first", -100, -80, "ANOMALY"),
        said("moved", 1, "Checkout too"),
        channel(2, f"Now {public(incident_id)}"),
        channel(3, "Topics change", name="war-room-2"),
        said("fix", 4, "Restarted", thread="moved"),
        reacted("fix", 4, 6, "MITIGATION"),
        reacted("fix", 4, 7, "RECOVERY", actor=ALAN),
        reacted("fix", 4, 8, "RECOVERY", actor=ALAN, event=REMOVED),
        said("gone", 5, "Sorry"),
        said("gone", 5, event=DELETED, then=9),
        said("same", 10, f"{public(other)} again, not {public(incident_id)}"),
        said("back", 11, public(other)),
        said("second", 12, public(other), channel="C2"),
        said("never", 13, event=DELETED, then=14),
    )


async def facts(stored: Stored) -> Facts:
    """What stands in the timelines, and which channels belong where."""
    people = {row["id"]: row["name"] for row in await stored.rows(tables.person)}
    entries = await stored.rows(tables.timeline_entry, source="slack")
    names = ("incident_id", "external_id", "kind", "body", "body_redacted", "occurred_at")
    return {
        "entries": sorted(
            [*(row[name] for name in names), people[row["actor_id"]]]
            for row in entries
            if not row["retracted"]
        ),
        "channels": sorted(
            [value for name, value in row.items() if name != "id" and value is not None]
            for row in await stored.rows(tables.incident_channel)
        ),
    }


async def forget_everything(office: Office) -> None:
    async with office.database.transaction() as tx:
        await tx.run(
            text(
                "truncate observation, message, message_mention, channel_mention,"
                " incident_channel, timeline_entry, identity cascade"
            )
        )
        await tx.run(text("delete from person"))


@pytest.fixture
async def in_order(office: Office, stored: Stored, story: Sequence[Observation]) -> Facts:
    """The timelines after the story was told once, in order."""
    assert await hear(office, *story) == len(story)
    found = await facts(stored)
    await forget_everything(office)
    return found


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
async def test_any_order_and_any_repetition_end_in_one_state(
    office: Office, stored: Stored, story: Sequence[Observation], in_order: Facts, data: Any
) -> None:
    await forget_everything(office)
    shuffled = data.draw(st.permutations(story))
    repeated = data.draw(st.lists(st.sampled_from(story), max_size=4))
    assert await hear(office, *shuffled, *repeated) == len(story)
    assert await facts(stored) == in_order


async def test_all_at_once_ends_in_the_same_state(
    office: Office, stored: Stored, story: Sequence[Observation], in_order: Facts
) -> None:
    for round_ in range(3):
        shuffled = [*story, *story]
        random.Random(round_).shuffle(shuffled)
        await asyncio.gather(*(hear(office, each) for each in shuffled))
        assert await facts(stored) == in_order
        await forget_everything(office)


async def test_the_story_is_told_as_it_was(in_order: Facts, incident_id: UUID) -> None:
    """The state that all orders end in is the right one, not just the same one."""
    told = {entry[1]: (entry[0] == incident_id, *entry[2:4]) for entry in in_order["entries"]}
    assert {name: first for name, (first, _, _) in told.items()} == {
        "first": False,
        "mail": False,
        "moved": False,
        "fix": True,
        "same": True,
        "back": False,
        "second": False,
    }
    assert told["first"][1:] == ("ANOMALY", "The mail?")
    assert told["mail"][1:] == ("MESSAGE", "That mail")
    assert told["fix"][1:] == ("MITIGATION", "Restarted")
