"""Asking somebody to facilitate a post-mortem who took no part in the response."""

from dataclasses import dataclass
from uuid import UUID

from server.commands.timeline import require_incident
from server.commands.work import Office, Work
from server.domain.facilitator import MAX_CANDIDATES, Candidate, by_rota, check_facilitator
from server.domain.feed import FeedChange, FeedSubject
from server.domain.postmortem import PostmortemState
from server.domain.viewer import Scope, Viewer
from server.errors import CodedError, ErrorCode, Problem, Refused, refuse
from server.store import facilitator as rota
from server.store import postmortem as postmortems
from server.store.database import Database
from server.store.ids import new_id
from server.store.statements import find_row, insert_row, update_row
from server.store.tables import facilitator_asked, person, postmortem


class NotIndependent(Refused):
    """The refusal of a facilitator who took part, with those who did not."""

    def __init__(self, *problems: Problem, candidates: tuple[Candidate, ...]) -> None:
        super().__init__(*problems)
        self.candidates = candidates


@dataclass(frozen=True, slots=True)
class Assign:
    """Ask a person to facilitate the post-mortem of an incident."""

    incident: UUID
    person: UUID


async def assign(office: Office, viewer: Viewer, command: Assign) -> UUID:
    """Make somebody the facilitator; the id of the post-mortem, which is begun if there is none.

    Raises:
        NotIndependent: they took part in the response; with candidates who did not.
        Refused: there is no such incident or person; CONFLICT, it is published.
    """
    viewer.require(Scope.INCIDENTS_WRITE)
    async with office.work() as work:
        incident_id: UUID = (await require_incident(work, command.incident))["id"]
        if not await find_row(work.tx, person, id=command.person):
            raise refuse(ErrorCode.NOT_FOUND, "There is no such person.", "person")
        await _require_independent(work, incident_id, command.person)
        return await _assign(work, viewer, incident_id, command.person)


async def _require_independent(work: Work, incident_id: UUID, person_id: UUID) -> None:
    took_part = await rota.took_part(work.tx, incident_id)
    if problems := check_facilitator(person_id, took_part):
        known = await rota.colleagues(work.tx, incident_id)
        raise NotIndependent(*problems, candidates=by_rota(known, took_part)[:MAX_CANDIDATES])


async def _assign(work: Work, viewer: Viewer, incident_id: UUID, person_id: UUID) -> UUID:
    found, begun = await postmortems.opened(work.tx, incident_id, work.now)
    if found["state"] == PostmortemState.PUBLISHED:
        raise refuse(ErrorCode.CONFLICT, "It is published. Reopen it to change its facilitator.")
    if found["facilitator_id"] != person_id:
        changes = {"facilitator_id": person_id, "updated_at": work.now}
        await update_row(work.tx, postmortem, changes, id=found["id"])
        await insert_row(
            work.tx,
            facilitator_asked,
            id=new_id(),
            incident_id=incident_id,
            person_id=person_id,
            at=work.now,
            by_id=viewer.person_id,
        )
        change = FeedChange.ADDED if begun else FeedChange.REVISED
        await work.changed(incident_id, FeedSubject.POSTMORTEM, found["id"], change)
    return found["id"]  # type: ignore[no-any-return]


async def candidates(
    database: Database, viewer: Viewer, postmortem_id: UUID, first: int
) -> tuple[Candidate, ...]:
    """Who could facilitate a post-mortem, in the order in which to ask them.

    Raises:
        CodedError: `first` is not from 1 to `MAX_CANDIDATES`.
    """
    viewer.require(Scope.INCIDENTS_READ)
    if not 1 <= first <= MAX_CANDIDATES:
        code = ErrorCode.TOO_MANY if first > 0 else ErrorCode.INVALID
        raise CodedError(f"Ask for 1 to {MAX_CANDIDATES} candidates.", code)
    async with database.transaction() as tx:
        found = await find_row(tx, postmortem, id=postmortem_id)
        if not found:
            return ()
        took_part = await rota.took_part(tx, found["incident_id"])
        return by_rota(await rota.colleagues(tx, found["incident_id"]), took_part)[:first]
