"""Writing a post-mortem, and moving it on to publication."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from server.commands import action_item as action_items
from server.commands import facilitator as facilitators
from server.commands import postmortem as postmortems
from server.commands import postmortem_state as states
from server.commands import timeline
from server.commands import why as whys
from server.commands.merge_incidents import MergeIncidents, merge_incidents
from server.commands.postmortem import Outdated, Write
from server.commands.postmortem_state import Publish, Reopen
from server.commands.work import Office
from server.domain.action_item import ActionItemKind
from server.domain.timeline import TimelineKind
from server.domain.viewer import Viewer
from server.errors import ErrorCode, Forbidden
from server.store.ids import new_id
from server.store.tables import postmortem
from tests.commands.conftest import MONDAY
from tests.commands.stored import Stored, refusal, twice_at_once

INVALID, NOT_FOUND = ErrorCode.INVALID, ErrorCode.NOT_FOUND
TOO_MANY, CONFLICT = ErrorCode.TOO_MANY, ErrorCode.CONFLICT

TEXTS = {"summary": "The cache was cold.", "impact": "Slow pages.", "lessons": "Warm it."}
BLAMING = {**TEXTS, "summary": "Grace Hopper should have warmed the cache."}


async def written(
    office: Office,
    viewer: Viewer,
    incident_id: UUID,
    texts: Mapping[str, str | None] = TEXTS,
    version: int | None = None,
) -> UUID:
    return await postmortems.write(office, viewer, Write(incident_id, texts, version))


@pytest.fixture
async def facilitator(stored: Stored) -> UUID:
    """Somebody who took no part in the response."""
    return await stored.person("Grace Hopper")


async def filled(
    office: Office,
    viewer: Viewer,
    incident_id: UUID,
    facilitator: UUID,
    texts: Mapping[str, str] = TEXTS,
) -> UUID:
    """A post-mortem in review of which nothing is missing but what `texts` lack."""
    await facilitators.assign(office, viewer, facilitators.Assign(incident_id, facilitator))
    told = tuple(timeline.Entry(kind, MONDAY, "So it was") for kind in TimelineKind)
    await timeline.add(office, viewer, timeline.AddEntries(incident_id, told))
    answer = whys.Answer(incident_id, "Why was it cold?", "Nothing warms it", systemic=True)
    why = await whys.answer(office, viewer, answer)
    kind, due = ActionItemKind.PROCESS_CHANGE, date(2026, 11, 20)
    title = "Warm the cache before traffic is let in"
    item = action_items.Create(incident_id, title, kind, facilitator, why, due_on=due)
    await action_items.create(office, viewer, item)
    found = await written(office, viewer, incident_id, texts)
    await states.submit(office, viewer, incident_id)
    return found


# ── writing ──────────────────────────────────────────────────────────────────


async def test_the_first_writing_begins_it(
    office: Office, viewer: Viewer, incident_id: UUID, stored: Stored
) -> None:
    await stored.person("Ada Lovelace")
    found = await written(office, viewer, incident_id, {"summary": " Ada Lovelace saw it. "})
    row = await stored.row(postmortem, id=found)
    assert (row["summary"], row["summary_redacted"]) == (
        "Ada Lovelace saw it.",
        "an engineer saw it.",
    )
    assert (row["state"], row["version"], row["incident_id"]) == ("DRAFT", 1, incident_id)
    assert (await stored.feed(incident_id))[2] == ("POSTMORTEM", "ADDED")


async def test_a_second_writer_is_told_of_both_texts(
    office: Office, viewer: Viewer, incident_id: UUID, stored: Stored
) -> None:
    found = await written(office, viewer, incident_id)
    await written(office, viewer, incident_id, {"summary": "First"}, 1)
    for version in (1, None, 3):
        with pytest.raises(Outdated) as refused:
            await written(office, viewer, incident_id, {"summary": "Second"}, version)
        assert refused.value.postmortem_id == found
        (problem,) = refused.value.problems
        assert (problem.code, problem.field) == (CONFLICT, ("version",))
    assert (await stored.row(postmortem))["summary"] == "First"


async def test_two_at_once_cannot_both_win(
    office: Office, viewer: Viewer, incident_id: UUID, stored: Stored
) -> None:
    await written(office, viewer, incident_id)

    async def attempt(text: str) -> bool:
        try:
            await written(office, viewer, incident_id, {"lessons": text}, 1)
        except Outdated:
            return False
        return True

    assert sorted(await twice_at_once(attempt("One"), attempt("Two"))) == [False, True]
    assert (await stored.row(postmortem))["version"] == 2


async def test_what_stands_there_is_written_once(
    office: Office, viewer: Viewer, incident_id: UUID, stored: Stored
) -> None:
    await written(office, viewer, incident_id)
    before = await stored.feed(incident_id)
    await written(office, viewer, incident_id)
    assert await stored.feed(incident_id) == before
    assert (await stored.row(postmortem))["version"] == 1


async def test_a_text_can_be_taken_out_again(
    office: Office, viewer: Viewer, incident_id: UUID, stored: Stored
) -> None:
    await written(office, viewer, incident_id)
    await written(office, viewer, incident_id, {"impact": None}, 1)
    row = await stored.row(postmortem)
    assert (row["impact"], row["lessons"]) == (None, TEXTS["lessons"])


@pytest.mark.parametrize(
    ("texts", "problem"),
    [
        ({"summary": "s" * 50_001}, (TOO_MANY, ("summary",))),
        ({"impact": "x" * 1_000_000}, (TOO_MANY, ("impact",))),
        ({"lessons": "\0"}, (INVALID, ("lessons",))),
    ],
)
async def test_an_unsound_text_is_refused(
    office: Office,
    viewer: Viewer,
    incident_id: UUID,
    stored: Stored,
    texts: dict[str, str],
    problem: Any,
) -> None:
    assert await refusal(written(office, viewer, incident_id, texts)) == {problem}
    assert not await stored.rows(postmortem)


async def test_who_may_not_write_is_refused(
    office: Office, reader: Viewer, viewer: Viewer, incident_id: UUID
) -> None:
    with pytest.raises(Forbidden):
        await written(office, reader, incident_id)
    assert await refusal(written(office, viewer, new_id())) == {(NOT_FOUND, ("incident",))}


# ── what is missing ──────────────────────────────────────────────────────────


async def test_what_is_missing_follows_whatever_changes(
    office: Office, viewer: Viewer, incident_id: UUID, stored: Stored, facilitator: UUID
) -> None:
    await written(office, viewer, incident_id, BLAMING)
    first = (await stored.row(postmortem))["missing"]
    assert [each.split(":")[0] for each in first] == [
        "A facilitator",
        "Blameless language",
        *["A moment of the timeline"] * 6,
        "A why-chain of which each branch ends at the system.",
        "An action item",
    ]
    entry = timeline.Entry(TimelineKind.RECOVERY, MONDAY, "Normal again")
    await timeline.add(office, viewer, timeline.AddEntries(incident_id, (entry,)))
    now = (await stored.row(postmortem))["missing"]
    assert set(first) - set(now) == {"A moment of the timeline: The system was normal again."}


async def test_nothing_is_missing_in_the_end(
    office: Office, viewer: Viewer, incident_id: UUID, stored: Stored, facilitator: UUID
) -> None:
    await filled(office, viewer, incident_id, facilitator)
    assert (await stored.row(postmortem))["missing"] == []


# ── publication ──────────────────────────────────────────────────────────────


async def test_it_is_published_as_it_is_then(
    office: Office, viewer: Viewer, incident_id: UUID, stored: Stored, facilitator: UUID
) -> None:
    await filled(office, viewer, incident_id, facilitator)
    await states.publish(office, viewer, Publish(incident_id))
    row = await stored.row(postmortem)
    assert (row["state"], row["published_at"]) == ("PUBLISHED", MONDAY)
    assert "| **Facilitator** | Grace Hopper |" in row["markdown"]
    assert "| **Facilitator** | an engineer |" in row["markdown_redacted"]
    assert "Hopper" not in row["markdown_redacted"]
    entry = timeline.Entry(TimelineKind.NOTE, MONDAY, "Later")
    await timeline.add(office, viewer, timeline.AddEntries(incident_id, (entry,)))
    assert (await stored.row(postmortem))["markdown"] == row["markdown"]


async def test_each_missing_part_is_named(
    office: Office, viewer: Viewer, incident_id: UUID, stored: Stored
) -> None:
    await written(office, viewer, incident_id, {"summary": "It was cold."})
    await states.submit(office, viewer, incident_id)
    assert await refusal(states.publish(office, viewer, Publish(incident_id))) == {
        (INVALID, (part,))
        for part in ("facilitator", "impact", "lessons", "moments", "whyChain", "actionItems")
    }
    assert (await stored.row(postmortem))["state"] == "IN_REVIEW"


async def test_only_the_facilitator_overrides_language_and_it_is_told(
    office: Office, viewer: Viewer, incident_id: UUID, stored: Stored, facilitator: UUID
) -> None:
    await filled(office, viewer, incident_id, facilitator, BLAMING)
    plain, reasoned = Publish(incident_id), Publish(incident_id, "Ada asked for these words")
    attempt = states.publish(office, viewer, plain)
    assert await refusal(attempt) == {(INVALID, ("language",))}
    somebody = replace(viewer, person_id=await stored.person("Edsger"))
    for other in (viewer, somebody):
        assert await refusal(states.publish(office, other, reasoned)) == {
            (ErrorCode.FORBIDDEN, ("overrideReason",))
        }
    await states.publish(office, replace(viewer, person_id=facilitator), reasoned)
    row = await stored.row(postmortem)
    assert (row["override_reason"], row["published_by_id"]) == (
        reasoned.override_reason,
        facilitator,
    )
    entry = (await stored.timeline(incident_id))[-1]
    assert entry["actor_id"] == facilitator
    assert entry["body"].endswith("in spite of its language: Ada asked for these words")


async def test_a_reason_that_overrides_nothing_is_not_kept(
    office: Office, viewer: Viewer, incident_id: UUID, stored: Stored, facilitator: UUID
) -> None:
    await filled(office, viewer, incident_id, facilitator)
    before = await stored.timeline(incident_id)
    by_facilitator = replace(viewer, person_id=facilitator)
    await states.publish(office, by_facilitator, Publish(incident_id, "To be sure"))
    assert (await stored.row(postmortem))["override_reason"] is None
    assert await stored.timeline(incident_id) == before


async def test_what_is_published_is_reopened_with_a_reason(
    office: Office, viewer: Viewer, incident_id: UUID, stored: Stored, facilitator: UUID
) -> None:
    await filled(office, viewer, incident_id, facilitator)
    await states.publish(office, viewer, Publish(incident_id))
    attempt = written(office, viewer, incident_id, {"summary": "New"}, 1)
    assert await refusal(attempt) == {(CONFLICT, ())}
    other = facilitators.Assign(incident_id, await stored.person("Edsger"))
    assert await refusal(facilitators.assign(office, viewer, other)) == {(CONFLICT, ())}
    attempt = states.reopen(office, viewer, Reopen(incident_id))
    assert await refusal(attempt) == {(INVALID, ("reason",))}
    await states.reopen(office, viewer, Reopen(incident_id, "A cause more"))
    row = await stored.row(postmortem)
    assert (row["state"], row["published_at"], row["markdown"]) == ("DRAFT", None, None)
    assert (await stored.timeline(incident_id))[-1]["body"] == "Post-mortem reopened: A cause more"


async def test_it_is_published_only_from_review(
    office: Office, viewer: Viewer, incident_id: UUID
) -> None:
    attempt = states.submit(office, viewer, incident_id)
    assert await refusal(attempt) == {(NOT_FOUND, ("incident",))}
    await written(office, viewer, incident_id)
    attempt = states.publish(office, viewer, Publish(incident_id))
    assert await refusal(attempt) == {(CONFLICT, ())}
    attempt = states.reopen(office, viewer, Reopen(incident_id))
    assert await refusal(attempt) == {(CONFLICT, ())}
    await states.submit(office, viewer, incident_id)
    await states.reopen(office, viewer, Reopen(incident_id))


# ── two records of one incident ──────────────────────────────────────────────


async def test_it_moves_with_its_incident(
    office: Office, viewer: Viewer, by_hand: UUID, paged: UUID, stored: Stored
) -> None:
    found = await written(office, viewer, paged)
    await merge_incidents(office, viewer, MergeIncidents(paged, by_hand))
    assert (await stored.row(postmortem, id=found))["incident_id"] == by_hand
    assert ("POSTMORTEM", "ADDED") in await stored.feed(by_hand)


async def test_it_stays_with_its_record_where_the_other_has_one(
    office: Office, viewer: Viewer, by_hand: UUID, paged: UUID, stored: Stored
) -> None:
    own = await written(office, viewer, by_hand)
    other = await written(office, viewer, paged)
    await merge_incidents(office, viewer, MergeIncidents(paged, by_hand))
    assert (await stored.row(postmortem, id=own))["incident_id"] == by_hand
    assert (await stored.row(postmortem, id=other))["incident_id"] == paged
