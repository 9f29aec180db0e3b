"""The language of what people write: judged when it is written, and never in a source's words."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Table

from server.commands import action_item, hypothesis, postmortem, redaction, timeline
from server.commands import incident as incidents
from server.commands import why as whys
from server.commands.language import MAX_PEOPLE, MAX_TEXT, CheckLanguage, check
from server.commands.merge_incidents import MergeIncidents, merge_incidents
from server.commands.person import Upsert, upsert
from server.commands.timeline import AddEntries, Entry, RetractEntry, ReviseEntry
from server.commands.work import Office
from server.domain.action_item import ActionItemKind
from server.domain.hypothesis import HypothesisState
from server.domain.timeline import TimelineKind
from server.domain.viewer import Viewer
from server.errors import ErrorCode, Forbidden, Refused
from server.store import tables
from server.store.ids import new_id
from server.store.redaction import EVERY_TEXT
from tests.commands.conftest import MONDAY
from tests.commands.stored import Stored

INVALID, NOT_FOUND, TOO_MANY = ErrorCode.INVALID, ErrorCode.NOT_FOUND, ErrorCode.TOO_MANY

BLAMING = "Ada Lovelace broke the build"


async def noted(office: Office, viewer: Viewer, incident_id: UUID, body: str) -> UUID:
    entries = (Entry(TimelineKind.NOTE, MONDAY, body),)
    return (await timeline.add(office, viewer, AddEntries(incident_id, entries)))[0]


def words_of(findings: Any) -> list[str] | None:
    return None if findings is None else [each["text"] for each in findings]


async def found_in(stored: Stored, table: Table, column: str, key: UUID) -> tuple[Any, Any]:
    """What is found in a text, and in its rendering."""
    row = await stored.row(table, id=key)
    return words_of(row[f"{column}_findings"]), words_of(row[f"{column}_findings_redacted"])


async def raised(office: Office, viewer: Viewer, incident_id: UUID) -> UUID:
    return await hypothesis.raise_(office, viewer, hypothesis.Raise(incident_id, BLAMING))


async def settled(office: Office, viewer: Viewer, incident_id: UUID) -> UUID:
    settle = hypothesis.Settle(
        await raised(office, viewer, incident_id), HypothesisState.RULED_IN, BLAMING
    )
    return await hypothesis.settle(office, viewer, settle)


async def answered(office: Office, viewer: Viewer, incident_id: UUID) -> UUID:
    return await whys.answer(office, viewer, whys.Answer(incident_id, BLAMING, BLAMING))


async def told(office: Office, viewer: Viewer, incident_id: UUID) -> UUID:
    changes = {"title": BLAMING, "summary": BLAMING}
    return await incidents.update(office, viewer, incidents.Update(incident_id, changes))


async def entered(office: Office, viewer: Viewer, incident_id: UUID) -> UUID:
    return await noted(office, viewer, incident_id, BLAMING)


async def revised(office: Office, viewer: Viewer, incident_id: UUID) -> UUID:
    entry_id = await noted(office, viewer, incident_id, "All is well")
    return await timeline.revise(office, viewer, ReviseEntry(entry_id, {"body": BLAMING}))


async def retracted(office: Office, viewer: Viewer, incident_id: UUID) -> UUID:
    entry_id = await noted(office, viewer, incident_id, "All is well")
    return await timeline.retract(office, viewer, RetractEntry(entry_id, BLAMING))


async def decided(office: Office, viewer: Viewer, incident_id: UUID) -> UUID:
    owner = await upsert(office, viewer, Upsert("Grace Hopper"))
    create = action_item.Create(
        incident_id, BLAMING, ActionItemKind.MONITORING, owner, description=BLAMING
    )
    return await action_item.create(office, viewer, create)


async def concluded(office: Office, viewer: Viewer, incident_id: UUID) -> UUID:
    texts = dict.fromkeys(("summary", "impact", "lessons"), BLAMING)
    return await postmortem.write(office, viewer, postmortem.Write(incident_id, texts))


WRITTEN = {
    raised: (tables.hypothesis, "statement"),
    settled: (tables.hypothesis, "reason"),
    answered: (tables.why, "question", "answer"),
    told: (tables.incident, "title", "summary"),
    entered: (tables.timeline_entry, "body"),
    revised: (tables.timeline_entry, "body"),
    retracted: (tables.timeline_entry, "body"),
    decided: (tables.action_item, "title", "description"),
    concluded: (tables.postmortem, "summary", "impact", "lessons"),
}


@pytest.mark.parametrize("write", WRITTEN, ids=lambda each: each.__name__)
async def test_what_people_write_is_judged_as_it_is_and_without_names(
    office: Office, viewer: Viewer, incident_id: UUID, stored: Stored, write: Any
) -> None:
    await upsert(office, viewer, Upsert("Ada Lovelace"))
    table, *columns = WRITTEN[write]
    key = await write(office, viewer, incident_id)
    for column in columns:
        found = await found_in(stored, table, column, key)
        assert found == (["Ada Lovelace broke"], ["an engineer broke"])


def test_every_text_that_is_judged_was_written_here() -> None:
    tried = {(table.name, column) for table, *columns in WRITTEN.values() for column in columns}
    assert sum(each.judged for each in EVERY_TEXT) == len(tried)


async def test_places_are_those_of_the_text_that_is_read(
    office: Office, viewer: Viewer, incident_id: UUID, stored: Stored
) -> None:
    await upsert(office, viewer, Upsert("Ada Lovelace"))
    key = await noted(office, viewer, incident_id, f"Ada Lovelace knew. {BLAMING}.")
    row = await stored.row(tables.timeline_entry, id=key)
    for text, findings in (("body", "body_findings"), ("body_redacted", "body_findings_redacted")):
        (found,) = row[findings]
        assert row[text][found["start"] : found["end"]] == found["text"]
        assert (found["field"], found["rule"]) == ("body", "BLAME")


async def test_a_clean_text_has_no_findings(
    office: Office, viewer: Viewer, incident_id: UUID, stored: Stored
) -> None:
    key = await noted(office, viewer, incident_id, "The queue grew")
    assert await found_in(stored, tables.timeline_entry, "body", key) == ([], None)


async def test_a_sources_words_are_not_judged(
    office: Office, viewer: Viewer, incident_id: UUID, stored: Stored
) -> None:
    await upsert(office, viewer, Upsert("Ada Lovelace"))
    async with office.work() as work:
        entry = Entry(TimelineKind.NOTE, MONDAY, BLAMING)
        (key,) = await timeline.write_all(work, incident_id, [entry], [("slack", None)])
    assert await found_in(stored, tables.timeline_entry, "body", key) == (None, None)
    await upsert(office, viewer, Upsert("Grace Hopper"))
    await redaction.rerender(office)
    assert await found_in(stored, tables.timeline_entry, "body", key) == (None, None)


async def test_whoever_becomes_known_is_blamed_by_what_was_written_before(
    office: Office, viewer: Viewer, incident_id: UUID, stored: Stored
) -> None:
    key = await noted(office, viewer, incident_id, BLAMING)
    assert await found_in(stored, tables.timeline_entry, "body", key) == ([], None)
    await upsert(office, viewer, Upsert("Ada Lovelace"))
    assert await redaction.rerender(office) == 1
    found = await found_in(stored, tables.timeline_entry, "body", key)
    assert found == (["Ada Lovelace broke"], ["an engineer broke"])
    assert await redaction.rerender(office) == 0


async def test_a_merged_record_keeps_what_is_found_in_the_texts_that_stand(
    office: Office, viewer: Viewer, by_hand: UUID, paged: UUID, stored: Stored
) -> None:
    changes = {"title": "Obviously down", "summary": "Obviously"}
    await incidents.update(office, viewer, incidents.Update(by_hand, changes))
    target = await merge_incidents(office, viewer, MergeIncidents(by_hand, paged))
    for column in changes:
        found = await found_in(stored, tables.incident, column, target)
        assert found == (["Obviously"], None)


# ── a text that is not kept ──────────────────────────────────────────────────


async def test_a_text_is_judged_and_not_kept(office: Office, reader: Viewer) -> None:
    (found,) = await check(office, reader, CheckLanguage("Obviously, it was late."))
    assert (found.rule, found.start, found.end) == ("HINDSIGHT", 0, 9)


async def test_the_directory_and_the_people_given_are_persons(
    office: Office, viewer: Viewer, reader: Viewer
) -> None:
    rose = await upsert(office, viewer, Upsert("Rose Abara"))
    assert await check(office, reader, CheckLanguage("Rose Abara broke it"))
    assert not await check(office, reader, CheckLanguage("Will you say Rose tripped? Mark it."))
    assert not await check(office, viewer, CheckLanguage("Rose never cared."))
    assert await check(office, viewer, CheckLanguage("Rose never cared.", (rose,)))


async def test_whoever_may_not_see_people_cannot_ask_by_a_text_who_somebody_is(
    office: Office, viewer: Viewer, reader: Viewer
) -> None:
    rose = await upsert(office, viewer, Upsert("Rose Abara"))
    with pytest.raises(Forbidden):
        await check(office, reader, CheckLanguage("Rose broke it", (rose,)))


async def test_checking_takes_the_right_to_read(office: Office) -> None:
    with pytest.raises(Forbidden):
        await check(office, Viewer("t", "t", frozenset()), CheckLanguage("Fine."))


@pytest.mark.parametrize(
    ("text", "people", "told"),
    [
        ("x" * (MAX_TEXT + 1), (), [(TOO_MANY, ("text",))]),
        ("x" * 1_000_000, (), [(TOO_MANY, ("text",))]),
        ("nul \0", (), [(INVALID, ("text",))]),
        ("half \ud800", (), [(INVALID, ("text",))]),
        ("Fine.", (new_id(),), [(NOT_FOUND, ("people", "0"))]),
        ("Fine.", (new_id(),) * (MAX_PEOPLE + 1), [(TOO_MANY, ("people",))]),
    ],
    ids=["long", "very long", "NUL", "surrogate", "stranger", "crowd"],
)
async def test_what_cannot_be_judged_is_refused(
    office: Office, viewer: Viewer, text: str, people: tuple[UUID, ...], told: object
) -> None:
    with pytest.raises(Refused) as refused:
        await check(office, viewer, CheckLanguage(text, people))
    assert [(each.code, each.field) for each in refused.value.problems] == told


async def test_control_characters_are_as_good_as_any(office: Office, reader: Viewer) -> None:
    (found,) = await check(office, reader, CheckLanguage("\x01\ue000\ue001 obviously\x7f"))
    assert found.text == "obviously"
