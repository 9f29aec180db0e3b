"""Raising what the cause might be, and settling it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from server.commands.evidence import add_evidence, evidence_problems
from server.commands.once import once
from server.commands.timeline import Entry, require_incident, write
from server.commands.work import Office, Work
from server.domain.feed import FeedChange, FeedSubject
from server.domain.hypothesis import HypothesisState, check_settlement
from server.domain.text import check_bounds, check_text
from server.domain.timeline import TimelineKind
from server.domain.viewer import Scope, Viewer
from server.errors import ErrorCode, Refused, refuse
from server.store import incident as incidents
from server.store.database import Row
from server.store.directory import directory_of
from server.store.ids import new_id
from server.store.language import said
from server.store.statements import find_row, insert_row, update_row
from server.store.tables import hypothesis, hypothesis_evidence

MAX_STATEMENT = 2000
MAX_REASON = 2000


@dataclass(frozen=True, slots=True)
class Raise:
    """Say what the cause might be. `evidence` are entries of the incident's timeline."""

    incident: UUID
    statement: str
    evidence: tuple[UUID, ...] = ()


async def raise_(office: Office, viewer: Viewer, command: Raise, key: str | None = None) -> UUID:
    """Raise a hypothesis; its id.

    Raises:
        Refused: every rule that the input breaks.
    """
    viewer.require(Scope.INCIDENTS_WRITE)
    async with office.work() as work:

        async def create() -> Sequence[UUID]:
            return [await _raise(work, viewer, command)]

        return (await once(work, viewer, command, key, create))[0]


async def _raise(work: Work, viewer: Viewer, command: Raise) -> UUID:
    incident_id: UUID = (await require_incident(work, command.incident))["id"]
    problems = [
        *check_text(command.statement, MAX_STATEMENT, "statement", what="statement"),
        *await evidence_problems(work, incident_id, command.evidence),
    ]
    if problems:
        raise Refused(*problems)
    hypothesis_id = new_id()
    statement = command.statement.strip()
    await insert_row(
        work.tx,
        hypothesis,
        id=hypothesis_id,
        incident_id=incident_id,
        **said("statement", statement, await directory_of(work.tx), work.rules),
        state=HypothesisState.OPEN.value,
        raised_at=work.now,
    )
    await _add_evidence(work, hypothesis_id, command.evidence)
    await work.changed(incident_id, FeedSubject.HYPOTHESIS, hypothesis_id)
    await _tell(work, viewer, incident_id, hypothesis_id, f"Hypothesis: {statement}")
    return hypothesis_id


@dataclass(frozen=True, slots=True)
class Settle:
    """Rule a hypothesis in or out. `evidence` is added to what it has."""

    id: UUID
    state: HypothesisState
    reason: str
    evidence: tuple[UUID, ...] = ()


_SETTLED = {HypothesisState.RULED_IN: "Ruled in", HypothesisState.RULED_OUT: "Ruled out"}


async def settle(office: Office, viewer: Viewer, command: Settle) -> UUID:
    """Settle a hypothesis, or settle it anew when more is known; its id.

    Settling it again in the same words changes nothing.

    Raises:
        Refused: every rule that the input breaks.
    """
    viewer.require(Scope.INCIDENTS_WRITE)
    async with office.work() as work:
        old = await _hypothesis(work, command.id)
        problems = [
            *check_settlement(command.state, command.reason),
            *check_bounds(command.reason, MAX_REASON, "reason", what="reason"),
            *await evidence_problems(work, old["incident_id"], command.evidence),
        ]
        if problems:
            raise Refused(*problems)
        await _settle(work, viewer, old, command)
        return command.id


async def _settle(work: Work, viewer: Viewer, old: Row, command: Settle) -> None:
    reason = command.reason.strip()
    added = await _add_evidence(work, command.id, command.evidence)
    said_before = (old["state"], old["reason"]) == (command.state, reason)
    if said_before and not added:
        return
    changes = {
        "state": command.state.value,
        **said("reason", reason, await directory_of(work.tx), work.rules),
        "settled_at": work.now,
    }
    await update_row(work.tx, hypothesis, changes, id=command.id)
    incident_id = old["incident_id"]
    await work.changed(incident_id, FeedSubject.HYPOTHESIS, command.id, FeedChange.REVISED)
    body = f"{_SETTLED[command.state]}: {reason}"
    await _tell(work, viewer, incident_id, command.id, body)


async def _tell(
    work: Work, viewer: Viewer, incident_id: UUID, hypothesis_id: UUID, body: str
) -> None:
    """Write its course into the timeline."""
    entry = Entry(
        TimelineKind.HYPOTHESIS,
        work.now,
        body,
        actor=viewer.person_id,
        hypothesis=hypothesis_id,
    )
    await write(work, incident_id, entry)


async def _add_evidence(work: Work, hypothesis_id: UUID, entries: Sequence[UUID]) -> bool:
    """Add what speaks for or against it; whether any of it is new."""
    return await add_evidence(work, hypothesis_evidence, "hypothesis_id", hypothesis_id, entries)


async def _hypothesis(work: Work, hypothesis_id: UUID) -> Row:
    """The hypothesis; its incident is locked first, so that writers never cross."""
    found = await find_row(work.tx, hypothesis, id=hypothesis_id)
    if found:
        await incidents.lock(work.tx, found["incident_id"])
        found = await find_row(work.tx, hypothesis, lock=True, id=hypothesis_id)
    if not found:
        raise refuse(ErrorCode.NOT_FOUND, "There is no such hypothesis.", "id")
    return found
