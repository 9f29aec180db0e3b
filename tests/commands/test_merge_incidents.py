"""Two records become one: nothing is lost, and the one is what both come to."""

from dataclasses import replace
from random import Random
from uuid import UUID

import pytest

from server.commands import action_item, hypothesis, timeline
from server.commands import incident as incidents
from server.commands.attribution import recompute
from server.commands.incident import Declare, declare
from server.commands.merge_incidents import MergeIncidents, merge_incidents
from server.commands.timeline import RetractEntry, ReviseEntry
from server.commands.verdict import RecordVerdict, record_verdict
from server.commands.work import Office
from server.domain.action_item import ActionItemKind
from server.domain.attribution import VerdictKind
from server.domain.incident import IncidentStatus, ResponderRole, Severity
from server.domain.viewer import Viewer
from server.domain.why import MAX_NODES
from server.errors import ErrorCode, Forbidden
from server.store import tables
from server.store.ids import new_id
from server.store.incident_parts import CHAT, PARTS, UNITED
from server.store.merging import references
from server.store.queue import JobKind
from tests.commands.conftest import Clock
from tests.commands.stored import Stored, refusal
from tests.commands.told import at
from tests.commands.two_records import answered, note, row_of

CONFLICT, NOT_FOUND = ErrorCode.CONFLICT, ErrorCode.NOT_FOUND
TOOLING = ActionItemKind.TOOLING_IMPROVEMENT
CAUSED = VerdictKind.CAUSED_BY_DEPLOYMENT


# ── nothing is lost ──────────────────────────────────────────────────────────


@pytest.mark.parametrize("seed", range(6))
async def test_every_part_is_the_targets_and_its_feed_has_no_hole(
    office: Office, viewer: Viewer, stored: Stored, by_hand: UUID, paged: UUID, seed: int
) -> None:
    chance = Random(seed)
    for incident_id in (by_hand, paged):
        await _fill(office, viewer, stored, incident_id, chance)
    merged, target = chance.sample((by_hand, paged), 2)
    tables_moved = (*PARTS.values(), tables.timeline_entry)
    before = {table.name: await stored.rows(table) for table in tables_moved}
    revisions = await stored.rows(tables.timeline_revision)
    evidence = await stored.rows(tables.hypothesis_evidence)
    fed = len(await stored.feed(target))
    own = [row for row in before["timeline_entry"] if row["incident_id"] == merged]
    old_feed = await stored.feed(merged)

    await merge_incidents(office, viewer, MergeIncidents(merged, target))

    for table in tables_moved:
        after = {row["id"]: row for row in await stored.rows(table)}
        assert after.keys() >= {row["id"] for row in before[table.name]}
        assert {row["incident_id"] for row in after.values()} <= {target}
        for row in before[table.name]:
            told = dict(after[row["id"]])
            moved = {"incident_id", "sequence"}
            assert {k: v for k, v in told.items() if k not in moved} == {
                k: v for k, v in row.items() if k not in moved
            }
    assert await stored.rows(tables.timeline_revision) == revisions
    assert await stored.rows(tables.hypothesis_evidence) == evidence
    moved_parts = sum(
        row["incident_id"] == merged for table in PARTS.values() for row in before[table.name]
    )
    new = (await stored.feed(target))[fed:]
    # The incident itself, its parts, and the entry that tells of the merger.
    assert len(new) == 1 + len(own) + moved_parts + 1
    assert new[0] == ("INCIDENT", "REVISED")
    assert new[1 : 1 + len(own)] == [("TIMELINE", "ADDED")] * len(own)
    entries = {row["id"]: row["sequence"] for row in await stored.timeline(target)}
    own.sort(key=lambda row: row["sequence"])
    assert [entries[row["id"]] for row in own] == list(range(fed + 2, fed + 2 + len(own)))
    assert await stored.feed(merged) == [*old_feed, ("MERGER", "ADDED")]


async def _fill(
    office: Office, viewer: Viewer, stored: Stored, incident_id: UUID, chance: Random
) -> None:
    """Give an incident some of everything that it can have."""
    bodies = [f"note {number}" for number in range(chance.randint(0, 9))]
    entries = [await note(office, viewer, incident_id, body) for body in bodies]
    for entry_id in entries:
        if chance.random() < 0.3:
            await timeline.revise(office, viewer, ReviseEntry(entry_id, {"body": "Better"}))
        elif chance.random() < 0.2:
            await timeline.retract(office, viewer, RetractEntry(entry_id, "Wrong room"))
    for _ in range(chance.randint(0, 3)):
        known = tuple(chance.sample(entries, min(2, len(entries))))
        command = hypothesis.Raise(incident_id, "The cache", known)
        await hypothesis.raise_(office, viewer, command)
    parent = None
    for _ in range(chance.randint(0, 4)):
        parent = await answered(office, viewer, incident_id, parent=parent)
    owner = await stored.person("Ada Lovelace")
    for _ in range(chance.randint(0, 3)):
        item = action_item.Create(
            incident_id,
            "Alert on a full pool",
            TOOLING,
            owner,
            why=parent,
        )
        await action_item.create(office, viewer, item)


async def test_every_table_of_an_incident_is_moved_or_stays_for_a_reason() -> None:
    stays = {
        "feed": "its past is its own",
        "attribution": "the record of its own; the target's is computed anew",
        "attribution_candidate": "as attribution",
        "suspect": "taken away: deployments name the target",
        "library_entry": "found no more: it derives from the target's own parts",
        "likely_same": "taken away: the question is answered",
        "why_open": "taken away: derived of the whys that moved",
        "moment": "the record of its own; the target's are derived anew",
        "similar": "taken away, and found anew for the target",
        "incident": "the redirect itself",
        "postmortem": "moved where the target has none; else it is the record's own",
        "facilitator_asked": "the rota: who was asked was asked for that record",
    }
    moved = {table.name for table in (*PARTS.values(), *UNITED, *CHAT, tables.timeline_entry)}
    found = {column.table.name for column in references(tables.incident)}
    assert found == moved | stays.keys()


async def test_services_and_responders_are_united(
    office: Office, viewer: Viewer, stored: Stored, by_hand: UUID, paged: UUID
) -> None:
    (grace,) = await stored.rows(tables.responder, incident_id=paged)
    ada = await stored.person("Ada Lovelace")
    mail = await stored.automatic_service("mail", "pagerduty", "PMAIL")
    responders = (
        (ada, ResponderRole.COMMANDER),
        (grace["person_id"], ResponderRole.PAGED),
        (grace["person_id"], ResponderRole.RESPONDER),
    )
    command = incidents.Update(by_hand, {}, services=("mail",), responders=responders)
    await incidents.update(office, viewer, command)
    await merge_incidents(office, viewer, MergeIncidents(paged, by_hand))
    people = await stored.rows(tables.responder)
    assert {(row["incident_id"], row["person_id"], row["role"]) for row in people} == {
        (by_hand, person_id, role.value) for person_id, role in responders
    }
    services = await stored.rows(tables.incident_service)
    assert {row["incident_id"] for row in services} == {by_hand}
    assert len(services) == 2
    assert mail in {row["service_id"] for row in services}


async def both_after_a_deployment(
    office: Office, viewer: Viewer, stored: Stored
) -> tuple[UUID, UUID, UUID]:
    """Two records of one incident, whose timelines both tell of the third: a deployment."""
    shop = await stored.automatic_service("shop", "pagerduty", "PSHOP")
    shipped = await stored.deployment(at(-5), service_id=shop)
    command = Declare("Checkout fails", Severity.SEV2, services=("shop",))
    one, other = [await declare(office, viewer, command) for _ in range(2)]
    for incident_id in (one, other):
        await recompute(office, incident_id)
    return one, other, shipped


async def test_what_both_tell_of_a_deployment_stands_once(
    office: Office, viewer: Viewer, stored: Stored
) -> None:
    target, merged, shipped = await both_after_a_deployment(office, viewer, stored)
    ours, theirs = [
        next(row for row in await stored.timeline(each) if row["deployment_id"] == shipped)
        for each in (target, merged)
    ]
    raised = await hypothesis.raise_(
        office, viewer, hypothesis.Raise(merged, "It", (theirs["id"],))
    )
    await merge_incidents(office, viewer, MergeIncidents(merged, target))
    (evidence,) = await stored.rows(tables.hypothesis_evidence, hypothesis_id=raised)
    assert evidence["entry_id"] == ours["id"]
    told = [row["id"] for row in await stored.timeline(target) if row["deployment_id"] == shipped]
    assert told == [ours["id"]]
    assert (await stored.row(tables.timeline_entry, id=theirs["id"]))["incident_id"] == merged
    assert await stored.rows(tables.suspect, incident_id=merged) == []


async def test_what_a_person_made_of_a_double_is_moved_beside_it(
    office: Office, viewer: Viewer, stored: Stored
) -> None:
    target, merged, shipped = await both_after_a_deployment(office, viewer, stored)
    theirs = next(row for row in await stored.timeline(merged) if row["deployment_id"] == shipped)
    await timeline.revise(office, viewer, ReviseEntry(theirs["id"], {"body": "The one"}))
    await merge_incidents(office, viewer, MergeIncidents(merged, target))
    moved = await stored.row(tables.timeline_entry, id=theirs["id"])
    assert (moved["incident_id"], moved["body"]) == (target, "The one")
    await recompute(office, target)
    told = [row for row in await stored.timeline(target) if row["deployment_id"] == shipped]
    assert len(told) == 2


# ── what they come to ────────────────────────────────────────────────────────


async def test_the_row_is_what_both_records_come_to(
    office: Office, viewer: Viewer, stored: Stored, by_hand: UUID, paged: UUID, clock: Clock
) -> None:
    ada = await stored.person("Ada Lovelace")
    viewer = replace(viewer, person_id=ada)
    now = clock.forward(minutes=10)
    await merge_incidents(office, viewer, MergeIncidents(paged, by_hand))
    row = await row_of(stored, by_hand)
    assert (row["title"], row["severity"], row["status"]) == ("Checkout fails", "SEV2", "DECLARED")
    assert (row["declared_at"], row["detected_at"], row["detected_by"]) == (at(0), at(0), "ALERT")
    assert row["url"] == "https://pd.example/1"
    told = (await stored.timeline(by_hand))[-1]
    number = (await row_of(stored, paged))["number"]
    assert told["body"] == f"Merged with #{number}: Checkout answers 500"
    assert (told["kind"], told["actor_id"]) == ("STATUS", ada)
    old = await row_of(stored, paged)
    assert (old["merged_into_id"], old["merged_at"], old["merged_by_id"]) == (by_hand, now, ada)
    assert (old["title"], old["severity"]) == ("Checkout answers 500", "SEV1")
    assert by_hand in await stored.jobs(JobKind.ATTRIBUTE)


async def test_a_person_who_closed_one_record_closed_the_incident(
    office: Office, viewer: Viewer, stored: Stored, by_hand: UUID, paged: UUID, clock: Clock
) -> None:
    clock.forward(minutes=30)
    changes: dict[str, object] = {"status": IncidentStatus.RESOLVED.value, "started_at": at(-9)}
    await incidents.update(office, viewer, incidents.Update(by_hand, changes))
    await merge_incidents(office, viewer, MergeIncidents(by_hand, paged))
    row = await row_of(stored, paged)
    assert (row["status"], row["resolved_at"]) == ("RESOLVED", at(30))
    assert row["title"] == "Checkout fails"
    assert row["time_to_resolve"] == at(30) - at(-9)


async def test_whys_stand_beside_each_other_as_first_questions(
    office: Office, viewer: Viewer, stored: Stored, by_hand: UUID, paged: UUID
) -> None:
    await answered(office, viewer, by_hand, systemic=True)
    await merge_incidents(office, viewer, MergeIncidents(paged, by_hand))
    assert (await row_of(stored, by_hand))["why_complete"] is True
    other = await declare(office, viewer, Declare("Again", Severity.SEV3))
    first = await answered(office, viewer, other)
    await answered(office, viewer, other, parent=first)
    await merge_incidents(office, viewer, MergeIncidents(other, by_hand))
    rows = await stored.rows(tables.why, incident_id=by_hand)
    assert sorted((row["depth"], row["parent_id"]) for row in rows if row["parent_id"]) == [
        (2, first)
    ]
    assert [row["depth"] for row in rows if not row["parent_id"]] == [1, 1]
    assert (await row_of(stored, by_hand))["why_complete"] is False


async def test_a_verdict_moves_and_one_that_must_give_way_is_told(
    office: Office, viewer: Viewer, stored: Stored, by_hand: UUID, paged: UUID
) -> None:
    shipped = await stored.deployment(at(-5))
    verdict = RecordVerdict(by_hand, CAUSED, shipped, "It dropped the column")
    await record_verdict(office, viewer, verdict)
    await merge_incidents(office, viewer, MergeIncidents(by_hand, paged))
    found = await stored.row(tables.attribution, incident_id=paged)
    assert (found["verdict_kind"], found["verdict_deployment_id"]) == (CAUSED, shipped)
    await recompute(office, by_hand)
    found = await stored.row(tables.attribution, incident_id=paged)
    assert found["linked_id"] == shipped

    other = await declare(office, viewer, Declare("Again", Severity.SEV3))
    none = RecordVerdict(other, VerdictKind.NOT_A_DEPLOYMENT, None, "A cable")
    await record_verdict(office, viewer, none)
    await merge_incidents(office, viewer, MergeIncidents(other, paged))
    found = await stored.row(tables.attribution, incident_id=paged)
    assert found["verdict_kind"] == CAUSED
    number = (await row_of(stored, other))["number"]
    bodies = [row["body"] for row in await stored.timeline(paged)]
    assert f"The verdict on #{number}: no deployment caused it: A cable" in bodies


# ── refused ──────────────────────────────────────────────────────────────────


async def test_what_cannot_be_merged_is_refused(
    office: Office, viewer: Viewer, by_hand: UUID, paged: UUID
) -> None:
    async def refused(from_: UUID, into: UUID) -> set[tuple[ErrorCode, tuple[str, ...]]]:
        return await refusal(merge_incidents(office, viewer, MergeIncidents(from_, into)))

    assert await refused(paged, paged) == {(ErrorCode.INVALID, ("into",))}
    assert await refused(new_id(), paged) == {(NOT_FOUND, ("from",))}
    assert await refused(paged, new_id()) == {(NOT_FOUND, ("into",))}
    await merge_incidents(office, viewer, MergeIncidents(paged, by_hand))
    assert await refused(paged, by_hand) == {(CONFLICT, ("from",))}
    assert await refused(by_hand, paged) == {(CONFLICT, ("into",))}


async def test_chains_that_are_too_long_for_one_are_refused_and_nothing_is_moved(
    office: Office, viewer: Viewer, stored: Stored, by_hand: UUID, paged: UUID
) -> None:
    for incident_id in (by_hand, paged):
        for _ in range(MAX_NODES // 2 + 1):
            await stored.add(
                tables.why,
                incident_id=incident_id,
                depth=1,
                question="Why?",
                answer="Because.",
                systemic=False,
            )
    attempt = merge_incidents(office, viewer, MergeIncidents(paged, by_hand))
    assert await refusal(attempt) == {(ErrorCode.TOO_MANY, ())}
    assert (await row_of(stored, paged))["merged_into_id"] is None
    assert len(await stored.timeline(paged)) > 0


async def test_merging_needs_the_right_to_write_incidents(
    office: Office, reader: Viewer, by_hand: UUID, paged: UUID
) -> None:
    with pytest.raises(Forbidden):
        await merge_incidents(office, reader, MergeIncidents(paged, by_hand))
