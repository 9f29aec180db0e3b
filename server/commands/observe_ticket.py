"""What trackers say of tickets, brought into the action items that they stand for.

A ticket is told whole each time, so of its observations the newest counts. While this server is
asking the tracker about it, observations wait: what is heard of our own change before its answer
would look like somebody's there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from integrations.observation import TicketObserved
from server.commands.action_item_change import Author, account, change
from server.commands.work import Work
from server.domain.action_item import ActionItemField, ActionItemState, completed_at
from server.domain.feed import FeedChange, FeedSubject
from server.domain.ticket import RULES, Base, Said, Side, is_apart, is_due, item_of, merge, way
from server.store import incident as incidents
from server.store import person
from server.store import ticket as tickets
from server.store.database import Row
from server.store.directory import directory_of, words
from server.store.queue import Job, JobKind
from server.store.statements import find_row, update_row
from server.store.tables import action_item, ticket

_SHOWN = ("key", "url", "status", "trouble")
"""The columns of a ticket that are seen with its action item."""


@dataclass(frozen=True, slots=True)
class Tracker:
    """Who keeps tickets: an integration's name in our rows, and its title for people."""

    name: str
    title: str


def subject_of(seen: TicketObserved) -> str | None:
    """What an observation is about; None for tickets that stand for no action item.

    Accounts of one tracker may have the same ids, and copies of a ticket its marker.
    """
    item_id = item_of(seen.marker)
    return f"ticket:{item_id.hex}:{seen.external_id}" if item_id else None


async def apply(work: Work, tracker: Tracker, fresh: Sequence[TicketObserved]) -> None:
    """Bring an action item in step with what is news of its ticket."""
    seen = max(fresh, key=lambda each: each.moment)
    item_id = item_of(seen.marker)
    row = await find_row(work.tx, ticket, action_item_id=item_id) if item_id else None
    if row is None or not is_of(row, tracker, seen):
        return
    assignee = await assignee_of(work, seen)
    item, row = await hold(work, row["action_item_id"])
    if (row["leased_until"] and row["leased_until"] > work.now) or is_old(row, seen):
        return
    base = await follow(work, tracker, item, seen, tickets.base_of(row), assignee)
    item = await again(work, item)
    if any(is_due(rule, base[field], ours_of(item, field)) for field, rule in RULES.items()):
        work.later(Job(JobKind.TICKET, item["id"]))
    await keep(work, item, row, columns_of(work, tracker, item, seen, base))


def is_of(row: Row, tracker: Tracker, seen: TicketObserved) -> bool:
    """Whether this is the ticket that was made for the item, and no copy of it."""
    return (row["integration"], row["external_id"]) == (tracker.name, seen.external_id)


def is_old(row: Row, seen: TicketObserved) -> bool:
    """Whether something newer was merged already."""
    return row["seen_at"] is not None and seen.moment.at < row["seen_at"]


async def assignee_of(work: Work, seen: TicketObserved) -> UUID | None:
    """The person a ticket is assigned to, made where nobody is known by that name.

    To be called before any incident is locked, as whoever changes the catalog does.
    """
    if seen.assignee is None:
        return None
    people = await person.find_or_create(work.tx, [seen.assignee])
    return people[seen.assignee.provider, seen.assignee.external_id]


async def hold(work: Work, item_id: UUID) -> tuple[Row, Row]:
    """An action item and its ticket, held against other writers; its incident first."""
    found = await find_row(work.tx, action_item, id=item_id)
    if found:
        await incidents.lock(work.tx, found["incident_id"])
    item = await find_row(work.tx, action_item, lock=True, id=item_id)
    row = await find_row(work.tx, ticket, lock=True, action_item_id=item_id)
    if item is None or row is None:
        raise LookupError("an action item and its ticket are never deleted")
    return item, row


async def follow(
    work: Work,
    tracker: Tracker,
    item: Row,
    seen: TicketObserved,
    base: Base,
    assignee: UUID | None,
) -> Base:
    """Merge what the tracker says into the item, field by field; the new base."""
    changed_at = await tickets.last_changes(work.tx, item["id"])
    theirs = _theirs(seen, assignee)
    merged = {}
    for field, rule in RULES.items():
        ours = Said(ours_of(item, field), changed_at.get(field, item["created_at"]))
        outcome = merge(rule, base[field], ours, theirs[field])
        merged[field] = outcome.agreed
        if outcome.overruled is Side.HERE:
            await tickets.overrule(work.tx, item["id"], field)
        author = Author(theirs[field].at, tracker.name)
        if outcome.overruled is Side.THERE:
            lost = {field.column: theirs[field].value}
            await account(work, field, item, lost, author, overruled=True)
        if outcome.value != ours.value:
            item = await _take(work, tracker, item, field, outcome.value, seen, author)
    return merged


def _theirs(seen: TicketObserved, assignee: UUID | None) -> Mapping[ActionItemField, Said[Any]]:
    at = seen.moment.at
    return {
        ActionItemField.STATE: Said(seen.state, seen.state_at or at),
        ActionItemField.OWNER: Said(assignee, seen.assigned_at or at),
        ActionItemField.DUE_ON: Said(seen.due_on, seen.due_at or at),
    }


def ours_of(item: Row, field: ActionItemField) -> Any:
    """What a field of an item is."""
    value = item[field.column]
    return ActionItemState(value) if field is ActionItemField.STATE else value


async def _take(
    work: Work,
    tracker: Tracker,
    item: Row,
    field: ActionItemField,
    value: Any,
    seen: TicketObserved,
    author: Author,
) -> Row:
    """Make a field what the tracker says; the item as it is then."""
    if field is not ActionItemField.STATE:
        await change(work, item, {field.column: value}, author)
        return await again(work, item)
    for state in way(ActionItemState(item["state"]), value):
        dropped = state is ActionItemState.DROPPED
        reason = f"Closed as {seen.status} in {tracker.title}" if dropped else None
        columns: dict[str, object] = {
            "state": state.value,
            "completed_at": completed_at(state, item["completed_at"], author.at),
            **words("reason", reason, await directory_of(work.tx)),
        }
        await change(work, item, columns, author)
        item = await again(work, item)
    return item


async def again(work: Work, item: Row) -> Row:
    """An item that was changed, as it is now."""
    found = await find_row(work.tx, action_item, id=item["id"])
    return found or item


def columns_of(
    work: Work, tracker: Tracker, item: Row, seen: TicketObserved, base: Base
) -> dict[str, object]:
    """What a ticket's row tells once it was seen and merged."""
    return {
        "key": seen.key,
        "url": seen.url,
        "status": seen.status,
        "synced_at": work.now,
        "seen_at": seen.moment.at,
        "trouble": _trouble(tracker, item, base),
        "failures": 0,
        "gone": False,
        **tickets.columns_of(base),
    }


def _trouble(tracker: Tracker, item: Row, base: Base) -> str | None:
    """What the tracker has otherwise although it was told, in words; None where it has nothing."""
    apart = [
        field.lower().replace("_", " ")
        for field, rule in RULES.items()
        if is_apart(rule, base[field], ours_of(item, field))
    ]
    return f"{tracker.title} has it otherwise: {', '.join(apart)}." if apart else None


async def keep(work: Work, item: Row, row: Row, columns: dict[str, object]) -> None:
    """Set a ticket's columns; who follows its item hears of those that are shown with it."""
    await update_row(work.tx, ticket, columns, id=row["id"])
    if any(columns.get(name, row[name]) != row[name] for name in _SHOWN):
        subject = FeedSubject.ACTION_ITEM
        await work.changed(item["incident_id"], subject, item["id"], FeedChange.REVISED)
