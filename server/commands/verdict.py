"""A person's word on what caused an incident; it stands above the model's."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from uuid import UUID

from server.commands.attribution import attribute_again
from server.commands.work import Office, Work
from server.domain.attribution import VerdictKind, check_verdict
from server.domain.text import check_bounds
from server.domain.viewer import Scope, Viewer
from server.errors import ErrorCode, Problem, Refused, refuse
from server.store import attribution_kept as kept
from server.store import incident as incidents
from server.store.database import Row
from server.store.deployment import standing
from server.store.directory import directory_of, words

MAX_REASON = 20_000
"""Characters of a verdict's reason."""


@dataclass(frozen=True, slots=True)
class RecordVerdict:
    """Say what caused an incident: a deployment, or none."""

    incident: UUID
    kind: VerdictKind
    deployment: UUID | None = None
    reason: str | None = None


async def record_verdict(office: Office, viewer: Viewer, command: RecordVerdict) -> UUID:
    """Keep a verdict in the place of any earlier one; the incident's id.

    Raises:
        Refused: every rule that the input breaks.
    """
    viewer.require(Scope.INCIDENTS_WRITE)
    async with office.work() as work:
        row = await incidents.lock(work.tx, command.incident)
        if row is None:
            raise refuse(ErrorCode.NOT_FOUND, "There is no such incident.", "incident")
        led = await standing(work.tx, [command.deployment] if command.deployment else [])
        problems = _problems(command, led)
        if problems:
            raise Refused(*problems)
        cause = led[command.deployment] if command.deployment else None
        await _store(work, viewer, replace(command, deployment=cause), row)
    incident_id: UUID = row["id"]
    return incident_id


def _problems(command: RecordVerdict, known: Collection[UUID]) -> list[Problem]:
    problems = list(check_verdict(command.kind, command.deployment is not None))
    problems += check_bounds(command.reason or "", MAX_REASON, "reason", what="reason")
    if command.deployment and command.deployment not in known:
        message = "There is no such deployment."
        problems.append(Problem(ErrorCode.NOT_FOUND, message, ("deployment",)))
    return problems


async def _store(work: Work, viewer: Viewer, command: RecordVerdict, row: Row) -> None:
    """Store the verdict unless it stands so already, and what follows from it."""
    told = {
        "verdict_kind": command.kind.value,
        "verdict_deployment_id": command.deployment,
        **words("verdict_reason", command.reason or None, await directory_of(work.tx)),
    }
    old = await kept.find(work.tx, row["id"])
    if old and all(old[name] == value for name, value in told.items()):
        return
    by = {"verdict_by_id": viewer.person_id, "verdict_at": work.now}
    await kept.put_verdict(work.tx, row["id"], {**told, **by})
    await attribute_again(work, row, revised=True)
