"""Rendering texts anew when people become known."""

from collections.abc import Mapping
from uuid import UUID

import pytest

from server.commands import hypothesis, redaction, timeline
from server.commands import person as people
from server.commands.person import Identity, Upsert
from server.commands.timeline import AddEntries, Entry, ReviseEntry
from server.commands.work import Office
from server.domain.timeline import TimelineKind
from server.domain.viewer import Viewer
from server.store import redaction as renderings
from server.store.database import Database, Row
from server.store.redaction import EVERY_TEXT, PAGE, Texts
from server.store.tables import (
    attribution_candidate,
    identity,
    metadata,
    timeline_entry,
    timeline_revision,
)
from server.store.tables import hypothesis as hypotheses
from tests.commands.conftest import MONDAY
from tests.commands.stored import Stored


async def written(office: Office, viewer: Viewer, incident_id: UUID, *bodies: str) -> list[UUID]:
    entries = tuple(Entry(TimelineKind.NOTE, MONDAY, body) for body in bodies)
    return list(await timeline.add(office, viewer, AddEntries(incident_id, entries)))


async def test_whoever_becomes_known_is_replaced_in_every_text(
    office: Office, viewer: Viewer, incident_id: UUID, stored: Stored
) -> None:
    entry_id, other = await written(office, viewer, incident_id, "Ada Lovelace looks", "Nobody")
    await timeline.revise(office, viewer, ReviseEntry(entry_id, {"body": "Ada Lovelace sees"}))
    raised = await hypothesis.raise_(
        office, viewer, hypothesis.Raise(incident_id, "The cache of Ada Lovelace")
    )
    await people.upsert(office, viewer, Upsert("Ada Lovelace"))
    # The entry, its revision, the hypothesis, and the entry that tells of the hypothesis.
    assert await redaction.rerender(office) == 4
    assert await redaction.rerender(office) == 0
    entry = await stored.row(timeline_entry, id=entry_id)
    assert (entry["body"], entry["body_redacted"]) == ("Ada Lovelace sees", "an engineer sees")
    revision = await stored.row(timeline_revision, entry_id=entry_id)
    assert revision["body_redacted"] == "an engineer looks"
    statement = await stored.row(hypotheses, id=raised)
    assert statement["statement_redacted"] == "The cache of an engineer"
    assert (await stored.row(timeline_entry, id=other))["body_redacted"] is None


async def test_what_was_replaced_stays_replaced_under_another_name(
    office: Office, viewer: Viewer, incident_id: UUID, stored: Stored
) -> None:
    ada = await people.upsert(office, viewer, Upsert("Ada Lovelace"))
    (entry_id,) = await written(office, viewer, incident_id, "Ada Lovelace met Grace Hopper")
    await people.upsert(office, viewer, Upsert("Augusta King", id=ada))
    await people.upsert(office, viewer, Upsert("Grace Hopper"))
    await redaction.rerender(office)
    entry = await stored.row(timeline_entry, id=entry_id)
    assert entry["body_redacted"] == "an engineer met an engineer"


async def test_who_was_renamed_is_known_by_the_former_name(
    office: Office, viewer: Viewer, incident_id: UUID, stored: Stored
) -> None:
    ada = await people.upsert(office, viewer, Upsert("Ada Lovelace"))
    await people.upsert(office, viewer, Upsert("Augusta King", id=ada))
    await people.upsert(office, viewer, Upsert("Augusta Byron", id=ada))
    written_since = ("Ada Lovelace wrote it", "Ask King", "Byron did")
    for entry_id in await written(office, viewer, incident_id, *written_since):
        entry = await stored.row(timeline_entry, id=entry_id)
        assert "an engineer" in entry["body_redacted"]


async def test_who_became_another_is_known_by_both_names(
    office: Office, viewer: Viewer, incident_id: UUID, stored: Stored
) -> None:
    by_source = await stored.person("Countess Lovelace")
    await stored.put(identity, provider="github", external_id="7", person_id=by_source)
    await people.upsert(office, viewer, Upsert("Ada King", identities=(Identity("github", "7"),)))
    (entry_id,) = await written(office, viewer, incident_id, "Lovelace met Ada King")
    entry = await stored.row(timeline_entry, id=entry_id)
    assert entry["body_redacted"] == "an engineer met an engineer"


async def test_nicknames_are_replaced_until_they_are_taken_back(
    office: Office, viewer: Viewer, incident_id: UUID, stored: Stored
) -> None:
    async def shown(body: str) -> str | None:
        (entry_id,) = await written(office, viewer, incident_id, body)
        rendered: str | None = (await stored.row(timeline_entry, id=entry_id))["body_redacted"]
        return rendered

    ada = await people.upsert(office, viewer, Upsert("Ada King", nicknames=("Enchantress", " AK ")))
    assert await shown("Enchantress King saw it") == "an engineer saw it"
    assert await shown("paged AK") == "paged an engineer"
    await people.upsert(office, viewer, Upsert("Ada King", id=ada))
    assert await shown("Enchantress saw it") == "an engineer saw it"
    await people.upsert(office, viewer, Upsert("Ada King", id=ada, nicknames=()))
    assert await shown("Enchantress saw it") is None


async def test_evidence_is_rendered_line_by_line(
    office: Office, viewer: Viewer, incident_id: UUID, stored: Stored
) -> None:
    lines = [{"kind": "TITLE", "detail": "Ada Lovelace's change", "contribution": 1.5}]
    await stored.put(
        attribution_candidate,
        incident_id=incident_id,
        deployment_id=await stored.deployment(MONDAY),
        probability=0.5,
        rank=1,
        evidence=lines,
    )
    await people.upsert(office, viewer, Upsert("Ada Lovelace"))
    assert await redaction.rerender(office) == 1
    row = await stored.row(attribution_candidate, incident_id=incident_id)
    assert row["evidence"] == lines
    assert row["evidence_redacted"] == [{**lines[0], "detail": "an engineer's change"}]


async def test_no_page_is_left_out(
    office: Office, viewer: Viewer, incident_id: UUID, stored: Stored
) -> None:
    for _ in range(PAGE // 500 + 1):
        await written(office, viewer, incident_id, *["Ada Lovelace looks"] * 500)
    await people.upsert(office, viewer, Upsert("Ada Lovelace"))
    await redaction.rerender(office)
    rows = await stored.rows(timeline_entry, kind="NOTE")
    assert {row["body_redacted"] for row in rows} == {"an engineer looks"}


def test_every_rendering_in_the_map_is_kept_up_to_date() -> None:
    renderings = [
        column
        for table in metadata.sorted_tables
        for column in table.columns
        if column.name.endswith("_redacted") and not column.name.endswith("_findings_redacted")
    ]
    assert len(EVERY_TEXT) == len(renderings) > 10


async def test_a_text_that_changed_meanwhile_keeps_its_own_rendering(
    office: Office,
    viewer: Viewer,
    incident_id: UUID,
    stored: Stored,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (entry_id,) = await written(office, viewer, incident_id, "Ada Lovelace looks")
    await people.upsert(office, viewer, Upsert("Ada Lovelace"))
    render = renderings.render

    async def revise_first(
        database: Database, texts: Texts, row: Row, rendered: Mapping[str, object]
    ) -> int:
        change = ReviseEntry(entry_id, {"body": "All is well"})
        await timeline.revise(office, viewer, change)
        return await render(database, texts, row, rendered)

    monkeypatch.setattr(renderings, "render", revise_first)
    await redaction.rerender(office)
    entry = await stored.row(timeline_entry, id=entry_id)
    assert (entry["body"], entry["body_redacted"]) == ("All is well", None)
