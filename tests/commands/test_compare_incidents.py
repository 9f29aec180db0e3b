"""Incidents that may be records of one are proposed on both sides, until they are not."""

from uuid import UUID

from integrations.observation import PageEvent
from server.commands import incident as incidents
from server.commands.compare_incidents import compare
from server.commands.incident import Declare, declare
from server.commands.merge_incidents import MergeIncidents, merge_incidents
from server.commands.work import Office
from server.domain.incident import Severity
from server.domain.viewer import Viewer
from server.store import tables
from server.store.queue import JobKind
from tests.commands.stored import Stored, twice_at_once
from tests.commands.told import page, tell


async def pair(office: Office, viewer: Viewer, stored: Stored) -> tuple[UUID, UUID]:
    """One incident as a person declared it and as it was paged."""
    await tell(office, page(PageEvent.TRIGGERED, 1))
    paged: UUID = (await stored.row(tables.incident, external_id="PINC"))["id"]
    command = Declare("Checkout is down", Severity.SEV1, services=("shop",))
    return await declare(office, viewer, command), paged


async def proposed(stored: Stored) -> set[tuple[UUID, UUID]]:
    rows = await stored.rows(tables.likely_same)
    return {(row["incident_id"], row["other_id"]) for row in rows}


async def test_a_pair_is_proposed_on_both_sides_and_told_in_both_feeds(
    office: Office, viewer: Viewer, stored: Stored
) -> None:
    by_hand, paged = await pair(office, viewer, stored)
    assert set(await stored.jobs(JobKind.COMPARE)) == {by_hand, paged}
    fed = {each: len(await stored.feed(each)) for each in (by_hand, paged)}
    await compare(office, by_hand)
    assert await proposed(stored) == {(by_hand, paged), (paged, by_hand)}
    for each, before in fed.items():
        assert (await stored.feed(each))[before:] == [("INCIDENT", "REVISED")]
    await compare(office, paged)
    await compare(office, by_hand)
    for each, before in fed.items():
        assert len(await stored.feed(each)) == before + 1
    assert await stored.jobs(JobKind.COMPARE) == []


async def test_what_is_no_longer_likely_is_taken_back(
    office: Office, viewer: Viewer, stored: Stored
) -> None:
    by_hand, paged = await pair(office, viewer, stored)
    await compare(office, paged)
    await stored.automatic_service("mail", "pagerduty", "PMAIL")
    command = incidents.Update(by_hand, {"title": "Mail waits"}, services=("mail",))
    await incidents.update(office, viewer, command)
    await compare(office, by_hand)
    assert await proposed(stored) == set()


async def test_a_merger_answers_the_question(
    office: Office, viewer: Viewer, stored: Stored
) -> None:
    by_hand, paged = await pair(office, viewer, stored)
    other = await declare(office, viewer, Declare("Checkout is down", Severity.SEV3))
    for each in (by_hand, paged, other):
        await compare(office, each)
    assert len(await proposed(stored)) == 6
    await merge_incidents(office, viewer, MergeIncidents(paged, by_hand))
    ended = await stored.feed(paged)
    for each in await stored.jobs(JobKind.COMPARE):
        await compare(office, each)
    assert await proposed(stored) == {(by_hand, other), (other, by_hand)}
    assert await stored.feed(paged) == ended


async def test_comparing_and_merging_at_once_leaves_nothing_of_the_merged(
    office: Office, viewer: Viewer, stored: Stored
) -> None:
    by_hand, paged = await pair(office, viewer, stored)
    command = MergeIncidents(paged, by_hand)
    await twice_at_once(merge_incidents(office, viewer, command), compare(office, by_hand))
    for each in await stored.jobs(JobKind.COMPARE):
        await compare(office, each)
    assert await proposed(stored) == set()
    assert (await stored.feed(paged))[-1] == ("MERGER", "ADDED")


async def test_both_sides_at_once_propose_the_pair_once(
    office: Office, viewer: Viewer, stored: Stored
) -> None:
    by_hand, paged = await pair(office, viewer, stored)
    await twice_at_once(compare(office, by_hand), compare(office, paged))
    assert len(await proposed(stored)) == 2
    assert (await stored.feed(by_hand)).count(("INCIDENT", "REVISED")) == 1
