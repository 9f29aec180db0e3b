"""Saying that an incident has a cause which an action item was verified to have mended."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from server.commands.action_item_change import hold
from server.commands.once import once
from server.commands.timeline import require_incident
from server.commands.work import Office, Work
from server.domain.feed import FeedChange, FeedSubject
from server.domain.recurrence import MAX_REASON, check_recurrence
from server.domain.text import check_text
from server.domain.viewer import Scope, Viewer
from server.errors import ErrorCode, Refused, refuse
from server.store.directory import directory_of, words
from server.store.statements import find_row, insert_row
from server.store.tables import action_item, recurrence


@dataclass(frozen=True, slots=True)
class Link:
    """Say that an incident recurred in spite of an action item, and why the causes are the same."""

    action_item: UUID
    incident: UUID
    reason: str


async def link(office: Office, viewer: Viewer, command: Link, key: str | None = None) -> UUID:
    """Link an incident to the action item that was to prevent it; the action item's id.

    Raises:
        Refused: NOT_FOUND; CONFLICT, it is linked already; or every rule that it breaks.
    """
    viewer.require(Scope.ACTIONS_WRITE)
    async with office.work() as work:

        async def make() -> Sequence[UUID]:
            return [await _link(work, viewer, command)]

        return (await once(work, viewer, command, key, make))[0]


async def _link(work: Work, viewer: Viewer, command: Link) -> UUID:
    if not await find_row(work.tx, action_item, id=command.action_item):
        raise refuse(ErrorCode.NOT_FOUND, "There is no such action item.", "actionItem")
    later = await require_incident(work, command.incident)
    item = await hold(work, command.action_item)
    began = later["started_at"] or later["detected_at"] or later["declared_at"]
    same = item["incident_id"] == later["id"]
    problems = [
        *check_text(command.reason, MAX_REASON, "reason", what="reason"),
        *check_recurrence(item["verified_at"], began, same_incident=same),
    ]
    if problems:
        raise Refused(*problems)
    if await find_row(work.tx, recurrence, action_item_id=item["id"], incident_id=later["id"]):
        raise refuse(ErrorCode.CONFLICT, "The two are linked already.", "incident")
    await insert_row(
        work.tx,
        recurrence,
        action_item_id=item["id"],
        incident_id=later["id"],
        at=work.now,
        by_id=viewer.person_id,
        **words("reason", command.reason.strip(), await directory_of(work.tx)),
    )
    item_id, revised = item["id"], FeedChange.REVISED
    await work.changed(item["incident_id"], FeedSubject.ACTION_ITEM, item_id, revised)
    await work.changed(later["id"], FeedSubject.INCIDENT, later["id"], revised)
    return command.action_item
