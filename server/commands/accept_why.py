"""Accepting an answer of a why-chain as it is: nothing is done about it, for a reason."""

from dataclasses import dataclass
from uuid import UUID

from server.commands.work import Office
from server.domain.feed import FeedChange, FeedSubject
from server.domain.text import check_text
from server.domain.viewer import Scope, Viewer
from server.domain.why import check_acceptance
from server.errors import ErrorCode, Refused, refuse
from server.store import incident as incidents
from server.store.directory import directory_of, words
from server.store.statements import find_row, update_row
from server.store.tables import why
from server.store.why import chain_of

MAX_REASON = 2000


@dataclass(frozen=True, slots=True)
class AcceptWhy:
    """Leave an answer as it is, and say why."""

    id: UUID
    reason: str


async def accept(office: Office, viewer: Viewer, command: AcceptWhy) -> UUID:
    """Accept an answer that speaks of the system, or give another reason for that; its id.

    Raises:
        Refused: NOT_FOUND; INVALID or TOO_MANY, the reason; CONFLICT, it does not speak of the
            system.
    """
    viewer.require(Scope.INCIDENTS_WRITE)
    async with office.work() as work:
        found = await find_row(work.tx, why, id=command.id)
        locked = await incidents.lock(work.tx, found["incident_id"]) if found else None
        nodes = await chain_of(work.tx, locked["id"]) if locked else ()
        node = next((each for each in nodes if each.id == command.id), None)
        if not locked or not node:
            raise refuse(ErrorCode.NOT_FOUND, "There is no such answer.", "id")
        problems = [
            *check_text(command.reason, MAX_REASON, "reason", what="reason"),
            *check_acceptance(node),
        ]
        if problems:
            raise Refused(*problems)
        reason = words("accepted_reason", command.reason.strip(), await directory_of(work.tx))
        by = {"accepted_by_id": viewer.person_id, "accepted_at": work.now}
        await update_row(work.tx, why, {**reason, **by}, id=command.id)
        await work.changed(locked["id"], FeedSubject.WHY, command.id, FeedChange.REVISED)
    return command.id
