"""What led to an incident leads to the one that it became part of, also at that moment."""

import asyncio
from typing import Any
from uuid import UUID

from integrations.observation import PageEvent, PageObserved, PageState, ServiceRef
from server.commands import action_item, hypothesis, why
from server.commands import incident as incidents
from server.commands.incident import Declare, declare
from server.commands.merge_incidents import MergeIncidents, merge_incidents
from server.commands.verdict import RecordVerdict, record_verdict
from server.commands.work import Office
from server.domain.action_item import ActionItemKind
from server.domain.attribution import VerdictKind
from server.domain.incident import Severity
from server.domain.viewer import Viewer
from server.errors import ErrorCode, Refused
from server.store import tables
from server.store.incident_parts import PARTS
from tests.commands.stored import Stored, twice_at_once
from tests.commands.told import at, page, reference, tell
from tests.commands.two_records import answered, note, row_of

CONFLICT = ErrorCode.CONFLICT
TOOLING = ActionItemKind.TOOLING_IMPROVEMENT


# ── whatever led to the one leads to the other ───────────────────────────────


async def test_a_late_word_of_the_page_lands_on_the_target(
    office: Office, viewer: Viewer, stored: Stored, by_hand: UUID, paged: UUID
) -> None:
    await merge_incidents(office, viewer, MergeIncidents(paged, by_hand))
    old, before = await row_of(stored, paged), await row_of(stored, by_hand)
    await tell(office, page(PageEvent.PRIORITY_CHANGED, 2, priority="P3", title="Renamed"))
    await tell(office, reference(PageEvent.NOTE, 3, text="Still looking"))
    row = await row_of(stored, by_hand)
    same = ("title", "severity", "declared_at", "detected_at", "status")
    assert [row[name] for name in same] == [before[name] for name in same]
    assert (await stored.timeline(by_hand))[-1]["body"] == "Still looking"
    await tell(office, page(PageEvent.ACKNOWLEDGED, 4, state=PageState.ACKNOWLEDGED))
    await tell(office, page(PageEvent.RESOLVED, 20, state=PageState.RESOLVED))
    row = await row_of(stored, by_hand)
    assert (row["status"], row["acknowledged_at"], row["resolved_at"]) == (
        "RESOLVED",
        at(4),
        at(20),
    )
    assert await row_of(stored, paged) == old
    assert len(await stored.rows(tables.incident)) == 2


async def test_what_the_page_said_before_is_not_told_twice(
    office: Office, viewer: Viewer, stored: Stored, by_hand: UUID, paged: UUID
) -> None:
    await tell(office, page(PageEvent.RESOLVED, 20, state=PageState.RESOLVED))
    await merge_incidents(office, viewer, MergeIncidents(paged, by_hand))
    row, told = await row_of(stored, by_hand), await stored.timeline(by_hand)
    assert (row["status"], row["resolved_at"]) == ("RESOLVED", at(20))
    again = page(PageEvent.RESOLVED, 20, state=PageState.RESOLVED)
    object.__setattr__(again.moment, "digest", "told again")
    await tell(office, again)
    assert await row_of(stored, by_hand) == row
    assert await stored.timeline(by_hand) == told


async def test_pages_of_one_incident_are_folded_together_in_any_order(
    office: Office, viewer: Viewer, stored: Stored, paged: UUID
) -> None:
    def other(event: PageEvent, minute: float, **others: Any) -> PageObserved:
        mail = ServiceRef("pagerduty", "PMAIL", "Mail")
        told = page(event, minute, title="Mail waits", service=mail, **others)
        object.__setattr__(told, "external_id", "POTHER")
        return told

    await tell(office, other(PageEvent.TRIGGERED, 2))
    second = (await stored.row(tables.incident, external_id="POTHER"))["id"]
    await merge_incidents(office, viewer, MergeIncidents(second, paged))
    await tell(office, other(PageEvent.RESOLVED, 30, state=PageState.RESOLVED))
    await tell(office, page(PageEvent.ACKNOWLEDGED, 5, state=PageState.ACKNOWLEDGED))
    row = await row_of(stored, paged)
    assert (row["title"], row["status"]) == ("Checkout answers 500", "RESOLVED")
    assert (row["acknowledged_at"], row["resolved_at"]) == (at(5), at(30))
    await tell(office, page(PageEvent.REOPENED, 40))
    assert (await row_of(stored, paged))["status"] == "INVESTIGATING"
    services = await stored.rows(tables.incident_service)
    assert {row["incident_id"] for row in services} == {paged}
    assert len(services) == 2


async def test_whoever_writes_into_the_old_one_writes_into_the_target(
    office: Office, viewer: Viewer, stored: Stored, by_hand: UUID, paged: UUID
) -> None:
    await merge_incidents(office, viewer, MergeIncidents(paged, by_hand))
    fed = len(await stored.feed(paged))
    ada = await stored.person("Ada Lovelace")
    evidence = (await note(office, viewer, paged, "Late"),)
    first = await answered(office, viewer, paged, evidence=evidence)
    await hypothesis.raise_(office, viewer, hypothesis.Raise(paged, "It", evidence))
    item = action_item.Create(paged, "Alert on it", TOOLING, ada, why=first)
    await action_item.create(office, viewer, item)
    changed = incidents.Update(paged, {"severity": "SEV4"})
    assert await incidents.update(office, viewer, changed) == by_hand
    verdict = RecordVerdict(paged, VerdictKind.NOT_A_DEPLOYMENT)
    assert await record_verdict(office, viewer, verdict) == by_hand
    for table in (*PARTS.values(), tables.timeline_entry):
        rows = await stored.rows(table)
        assert {row["incident_id"] for row in rows} == {by_hand}
    assert (await row_of(stored, by_hand))["severity"] == "SEV4"
    assert (await row_of(stored, paged))["severity"] == "SEV1"
    assert len(await stored.feed(paged)) == fed
    await why.remove(office, viewer, why.Remove(first))


async def test_a_target_that_is_merged_takes_along_what_led_to_it(
    office: Office, viewer: Viewer, stored: Stored, by_hand: UUID, paged: UUID
) -> None:
    last = await declare(office, viewer, Declare("The whole of it", Severity.SEV1))
    await merge_incidents(office, viewer, MergeIncidents(paged, by_hand))
    await merge_incidents(office, viewer, MergeIncidents(by_hand, last))
    assert (await row_of(stored, paged))["merged_into_id"] == last
    await tell(office, page(PageEvent.RESOLVED, 20, state=PageState.RESOLVED))
    assert (await row_of(stored, last))["status"] == "RESOLVED"


async def test_a_key_that_declared_the_one_is_answered_with_the_other(
    office: Office, viewer: Viewer, by_hand: UUID
) -> None:
    command = Declare("Twice", Severity.SEV2)
    first = await declare(office, viewer, command, "key")
    await merge_incidents(office, viewer, MergeIncidents(first, by_hand))
    assert await declare(office, viewer, command, "key") == by_hand


# ── at once ──────────────────────────────────────────────────────────────────


async def test_of_two_mergers_at_once_one_is_refused(
    office: Office, viewer: Viewer, stored: Stored, by_hand: UUID, paged: UUID
) -> None:
    done = await asyncio.gather(
        merge_incidents(office, viewer, MergeIncidents(by_hand, paged)),
        merge_incidents(office, viewer, MergeIncidents(paged, by_hand)),
        return_exceptions=True,
    )
    (refused,) = [each for each in done if isinstance(each, Refused)]
    assert [problem.code for problem in refused.problems] == [CONFLICT]
    leading = [row["merged_into_id"] for row in await stored.rows(tables.incident)]
    assert leading.count(None) == 1


async def test_what_is_written_during_the_merger_is_the_targets(
    office: Office, viewer: Viewer, stored: Stored, by_hand: UUID, paged: UUID
) -> None:
    async def write(number: int) -> UUID:
        return await note(office, viewer, (by_hand, paged)[number % 2], f"note {number}")

    writing = [asyncio.create_task(write(number)) for number in range(30)]
    await asyncio.sleep(0.01)
    await merge_incidents(office, viewer, MergeIncidents(paged, by_hand))
    written = set(await asyncio.gather(*writing))
    told = await stored.timeline(by_hand)
    assert {row["id"] for row in told} >= written
    assert await stored.timeline(paged) == []
    fed = await stored.feed(by_hand)
    sequences = [row["sequence"] for row in told]
    assert len(set(sequences)) == len(sequences)
    assert max(sequences) <= len(fed)
    assert (await stored.feed(paged))[-1] == ("MERGER", "ADDED")


async def test_a_page_that_speaks_during_the_merger_is_heard(
    office: Office, viewer: Viewer, stored: Stored, by_hand: UUID, paged: UUID
) -> None:
    resolved = page(PageEvent.RESOLVED, 20, state=PageState.RESOLVED)
    command = MergeIncidents(paged, by_hand)
    await twice_at_once(merge_incidents(office, viewer, command), tell(office, resolved))
    row = await row_of(stored, by_hand)
    assert (row["status"], row["resolved_at"]) == ("RESOLVED", at(20))
    told = [row for row in await stored.timeline(by_hand) if row["kind"] == "RECOVERY"]
    assert len(told) == 1
