"""Changing action items, and accounting for it: who changed what, here or in a tracker."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from server.commands.work import Work
from server.domain.action_item import ActionItemField, ActionItemState, verified_at
from server.domain.feed import FeedChange, FeedSubject
from server.errors import ErrorCode, refuse
from server.store import incident as incidents
from server.store.database import Row
from server.store.ids import new_id
from server.store.statements import find_row, insert_row, update_row
from server.store.tables import action_item, action_item_change

PERSON = "person"
"""The source of what is changed here."""


@dataclass(frozen=True, slots=True)
class Author:
    """Who changes an action item, and when: a person here, or a tracker by its own time."""

    at: datetime
    source: str = PERSON
    person_id: UUID | None = None


_TEXTS = ("title", "description", "reason")


async def hold(work: Work, item_id: UUID) -> Row:
    """The item that is to be changed; its incident is locked first, so that writers never cross.

    Raises:
        Refused: NOT_FOUND.
    """
    found = await find_row(work.tx, action_item, id=item_id)
    if found:
        await incidents.lock(work.tx, found["incident_id"])
        found = await find_row(work.tx, action_item, lock=True, id=item_id)
    if not found:
        raise refuse(ErrorCode.NOT_FOUND, "There is no such action item.", "id")
    return found


async def change(work: Work, old: Row, columns: Mapping[str, object], author: Author) -> None:
    """Set columns of an action item, and account for those that became another."""
    for field in ActionItemField:
        if columns.get(field.column, old[field.column]) != old[field.column]:
            await account(work, field, old, columns, author)
    changes = {**columns, **_verification(old, columns, author), "updated_at": work.now}
    if any(columns.get(name, old[name]) != old[name] for name in _TEXTS):
        changes["version"] = old["version"] + 1
    await update_row(work.tx, action_item, changes, id=old["id"])
    subject = FeedSubject.ACTION_ITEM
    await work.changed(old["incident_id"], subject, old["id"], FeedChange.REVISED)


def _verification(old: Row, columns: Mapping[str, object], author: Author) -> dict[str, object]:
    """Who saw that it helps, and when, as columns; nothing while the state stays."""
    state = ActionItemState(str(columns.get("state", old["state"])))
    if state == old["state"]:
        return {}
    at = verified_at(state, old["verified_at"], author.at)
    return {"verified_at": at, "verified_by_id": author.person_id if at else None}


async def account(
    work: Work,
    field: ActionItemField,
    old: Row,
    new: Mapping[str, object],
    author: Author,
    *,
    overruled: bool = False,
) -> None:
    """Note that a field was changed, or that a change of it was overruled."""
    await insert_row(
        work.tx,
        action_item_change,
        id=new_id(),
        action_item_id=old["id"],
        at=author.at,
        by_id=author.person_id,
        source=author.source,
        field=field.value,
        overruled=overruled,
        **_values("before", "owner_before_id", field, old),
        **_values("after", "owner_after_id", field, new),
    )


def _values(
    text: str, owner: str, field: ActionItemField, row: Mapping[str, object] | Row
) -> dict[str, object]:
    """A field's value as columns: an owner by reference, a title with its redacted rendering."""
    value, redacted = row[field.column], None
    if field is ActionItemField.OWNER:
        return {owner: value, text: None, f"{text}_redacted": None}
    if field is ActionItemField.TITLE:
        redacted = row["title_redacted"]
    shown = None if value is None else str(value)
    return {owner: None, text: shown, f"{text}_redacted": redacted}
