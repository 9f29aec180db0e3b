"""Raising and settling hypotheses."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from server.commands import hypothesis as hypotheses
from server.commands import timeline
from server.commands.hypothesis import Raise, Settle
from server.commands.incident import Declare, declare
from server.commands.timeline import AddEntries, Entry
from server.commands.work import Office
from server.domain.hypothesis import HypothesisState
from server.domain.incident import Severity
from server.domain.timeline import TimelineKind
from server.domain.viewer import Viewer
from server.errors import ErrorCode, Forbidden
from server.store.ids import new_id
from server.store.tables import hypothesis, hypothesis_evidence
from tests.commands.conftest import MONDAY, Clock
from tests.commands.stored import Stored, refusal, twice_at_once

INVALID, NOT_FOUND = ErrorCode.INVALID, ErrorCode.NOT_FOUND
TOO_MANY, CONFLICT = ErrorCode.TOO_MANY, ErrorCode.CONFLICT
RULED_IN, RULED_OUT = HypothesisState.RULED_IN, HypothesisState.RULED_OUT


async def seen(office: Office, viewer: Viewer, incident_id: UUID) -> UUID:
    """An entry of the incident's timeline."""
    entries = (Entry(TimelineKind.ANOMALY, MONDAY, "Errors rise"),)
    return (await timeline.add(office, viewer, AddEntries(incident_id, entries)))[0]


async def evidence_of(stored: Stored, hypothesis_id: UUID) -> set[UUID]:
    rows = await stored.rows(hypothesis_evidence, hypothesis_id=hypothesis_id)
    return {row["entry_id"] for row in rows}


async def test_what_is_raised_stands_open_and_in_the_timeline(
    office: Office, viewer: Viewer, incident_id: UUID, stored: Stored
) -> None:
    ada = await stored.person("Ada Lovelace")
    entry_id = await seen(office, viewer, incident_id)
    command = Raise(incident_id, " The cache that Ada Lovelace built ", (entry_id, entry_id))
    raised = await hypotheses.raise_(office, replace(viewer, person_id=ada), command)
    row = await stored.row(hypothesis, id=raised)
    assert (row["state"], row["raised_at"], row["settled_at"]) == ("OPEN", MONDAY, None)
    assert row["statement"] == "The cache that Ada Lovelace built"
    assert row["statement_redacted"] == "The cache that an engineer built"
    assert await evidence_of(stored, raised) == {entry_id}
    told = (await stored.timeline(incident_id))[-1]
    assert (told["kind"], told["hypothesis_id"], told["actor_id"]) == ("HYPOTHESIS", raised, ada)
    assert told["body"] == "Hypothesis: The cache that Ada Lovelace built"
    assert (await stored.feed(incident_id))[-2:] == [
        ("HYPOTHESIS", "ADDED"),
        ("TIMELINE", "ADDED"),
    ]


async def test_it_is_settled_and_settled_anew(
    office: Office, viewer: Viewer, incident_id: UUID, stored: Stored, clock: Clock
) -> None:
    raised = await hypotheses.raise_(office, viewer, Raise(incident_id, "The cache"))
    first, second = [await seen(office, viewer, incident_id) for _ in range(2)]
    clock.forward(minutes=5)
    await hypotheses.settle(office, viewer, Settle(raised, RULED_OUT, "It was empty", (first,)))
    clock.forward(minutes=5)
    again = Settle(raised, RULED_IN, "It was full after all", (second, first))
    await hypotheses.settle(office, viewer, again)
    row = await stored.row(hypothesis, id=raised)
    assert (row["state"], row["reason"]) == ("RULED_IN", "It was full after all")
    assert row["settled_at"] == MONDAY + timedelta(minutes=10)
    assert await evidence_of(stored, raised) == {first, second}
    bodies = [entry["body"] for entry in await stored.timeline(incident_id)]
    assert bodies[-2:] == ["Ruled out: It was empty", "Ruled in: It was full after all"]
    assert (await stored.feed(incident_id))[-4:] == [
        ("HYPOTHESIS", "REVISED"),
        ("TIMELINE", "ADDED"),
    ] * 2


async def test_settling_it_in_the_same_words_changes_nothing(
    office: Office, viewer: Viewer, incident_id: UUID, stored: Stored, clock: Clock
) -> None:
    raised = await hypotheses.raise_(office, viewer, Raise(incident_id, "The cache"))
    command = Settle(raised, RULED_OUT, "It was empty")
    await hypotheses.settle(office, viewer, command)
    before = await stored.feed(incident_id)
    clock.forward(minutes=5)
    await hypotheses.settle(office, viewer, command)
    assert await stored.feed(incident_id) == before
    assert (await stored.row(hypothesis, id=raised))["settled_at"] == MONDAY


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("", (INVALID, ("statement",))),
        ("s" * 2001, (TOO_MANY, ("statement",))),
        ("s\0", (INVALID, ("statement",))),
    ],
)
async def test_an_unsound_statement_is_refused(
    office: Office, viewer: Viewer, incident_id: UUID, statement: str, problem: Any
) -> None:
    attempt = hypotheses.raise_(office, viewer, Raise(incident_id, statement))
    assert await refusal(attempt) == {problem}


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"state": HypothesisState.OPEN}, (INVALID, ("state",))),
        ({"reason": " "}, (INVALID, ("reason",))),
        ({"reason": "r" * 2001}, (TOO_MANY, ("reason",))),
        ({"evidence": (new_id(),)}, (NOT_FOUND, ("evidence", "0"))),
        ({"id": new_id()}, (NOT_FOUND, ("id",))),
    ],
)
async def test_an_unsound_settlement_is_refused(
    office: Office,
    viewer: Viewer,
    incident_id: UUID,
    stored: Stored,
    changes: dict[str, Any],
    problem: Any,
) -> None:
    raised = await hypotheses.raise_(office, viewer, Raise(incident_id, "The cache"))
    command = replace(Settle(raised, RULED_IN, "It was full"), **changes)
    assert await refusal(hypotheses.settle(office, viewer, command)) == {problem}
    assert (await stored.row(hypothesis, id=raised))["state"] == "OPEN"


async def test_evidence_is_of_the_same_incident(
    office: Office, viewer: Viewer, incident_id: UUID
) -> None:
    other = await declare(office, viewer, Declare("Other", Severity.SEV4))
    elsewhere = await seen(office, viewer, other)
    here = await seen(office, viewer, incident_id)
    attempt = hypotheses.raise_(office, viewer, Raise(incident_id, "It", (here, elsewhere)))
    assert await refusal(attempt) == {(NOT_FOUND, ("evidence", "1"))}
    attempt = hypotheses.raise_(office, viewer, Raise(incident_id, "It", (here,) * 101))
    assert await refusal(attempt) == {(TOO_MANY, ("evidence",))}


async def test_an_unknown_incident_is_not_found(office: Office, viewer: Viewer) -> None:
    attempt = hypotheses.raise_(office, viewer, Raise(new_id(), "The cache"))
    assert await refusal(attempt) == {(NOT_FOUND, ("incident",))}


async def test_readers_raise_and_settle_nothing(
    office: Office, viewer: Viewer, reader: Viewer, incident_id: UUID
) -> None:
    raised = await hypotheses.raise_(office, viewer, Raise(incident_id, "The cache"))
    with pytest.raises(Forbidden, match="incidents:write"):
        await hypotheses.raise_(office, reader, Raise(incident_id, "The cache"))
    with pytest.raises(Forbidden, match="incidents:write"):
        await hypotheses.settle(office, reader, Settle(raised, RULED_IN, "It was full"))


async def test_a_key_raises_it_once(
    office: Office, viewer: Viewer, incident_id: UUID, stored: Stored
) -> None:
    command = Raise(incident_id, "The cache")
    first, second = await twice_at_once(
        hypotheses.raise_(office, viewer, command, "k"),
        hypotheses.raise_(office, viewer, command, "k"),
    )
    assert first == second
    assert len(await stored.rows(hypothesis)) == 1
    assert len(await stored.feed(incident_id)) == 4
    other = hypotheses.raise_(office, viewer, replace(command, statement="The queue"), "k")
    assert await refusal(other) == {(CONFLICT, ("idempotencyKey",))}
