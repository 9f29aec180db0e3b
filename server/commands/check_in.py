"""Answering each week how an action item goes."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from server.commands.action_item_change import Author, change, hold
from server.commands.once import once
from server.commands.work import Office, Work
from server.domain.action_item import ActionItemState
from server.domain.check_in import MAX_ANSWERS, check_answer, state_after
from server.domain.viewer import Scope, Viewer
from server.errors import ErrorCode, Refused, refuse
from server.store.database import Row
from server.store.directory import directory_of, words
from server.store.ids import new_id
from server.store.queue import Job, JobKind
from server.store.statements import find_rows, insert_row
from server.store.tables import check_in


@dataclass(frozen=True, slots=True)
class CheckIn:
    """Say whether it is on track, or what it waits for."""

    id: UUID
    on_track: bool
    blocked_by: str | None = None
    note: str | None = None

    @property
    def blocker(self) -> str | None:
        """What it waits for; None where nothing is said."""
        return (self.blocked_by or "").strip() or None


async def answer(office: Office, viewer: Viewer, command: CheckIn, key: str | None = None) -> UUID:
    """Record an answer, and move the item as it says; the answer's id.

    Raises:
        Refused: NOT_FOUND, or every rule that the answer breaks.
    """
    viewer.require(Scope.ACTIONS_WRITE)
    async with office.work() as work:

        async def make() -> Sequence[UUID]:
            return [await _answer(work, viewer, command)]

        return (await once(work, viewer, command, key, make))[0]


async def _answer(work: Work, viewer: Viewer, command: CheckIn) -> UUID:
    item = await hold(work, command.id)
    state = ActionItemState(item["state"])
    problems = check_answer(state, command.on_track, command.blocked_by, command.note)
    if problems:
        raise Refused(*problems)
    if len(await find_rows(work.tx, check_in, action_item_id=command.id)) >= MAX_ANSWERS:
        message = f"An action item takes {MAX_ANSWERS} answers. Close it, or open another."
        raise refuse(ErrorCode.TOO_MANY, message, "id")
    directory = await directory_of(work.tx)
    answer_id = new_id()
    await insert_row(
        work.tx,
        check_in,
        id=answer_id,
        action_item_id=command.id,
        at=work.now,
        by_id=viewer.person_id,
        on_track=command.on_track,
        **words("blocked_by", command.blocker, directory),
        **words("note", (command.note or "").strip() or None, directory),
    )
    await _move(work, viewer, item, command)
    return answer_id


async def _move(work: Work, viewer: Viewer, item: Row, command: CheckIn) -> None:
    """Let the item follow the answer; its change is told in any case."""
    state = ActionItemState(item["state"])
    wanted = state_after(state, command.on_track, command.blocker is not None)
    columns: dict[str, object] = {"state": wanted.value}
    if command.blocker or wanted is not state:
        columns |= words("reason", command.blocker, await directory_of(work.tx))
    await change(work, item, columns, Author(work.now, person_id=viewer.person_id))
    if wanted is not state:
        work.later(Job(JobKind.TICKET, command.id))
