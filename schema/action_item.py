"""Action items, as the API shows them."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

import strawberry

from schema.check_in import CheckIn
from schema.engine.conditions import Where
from schema.engine.connections import Sorts, connection
from schema.engine.declare import Node, column, rows
from schema.engine.edges import many, one, ref
from schema.engine.pages import Connection
from schema.engine.row import REGISTRY
from schema.engine.words import words
from schema.fields import (
    Direction,
    UserError,
    changes_of,
    given,
    idempotency_key,
    key_of,
    key_or_none,
    may_read_incidents,
    mutation,
    needed,
    optional,
    user_errors,
    version,
)
from schema.language import LanguageFinding
from schema.person import Person
from schema.recurrence import Recurrence
from schema.reminder import REMINDED, Reminder
from schema.ticket import CHANGED, ActionItemChange, Ticket
from schema.why import Why
from server.commands import action_item as action_items
from server.domain.action_item import ActionItemKind, ActionItemState, Priority
from server.errors import ErrorCode, Refused, refuse
from server.store import tables as t
from server.store.views import action_item as views
from server.store.views.language import findings_in
from server.store.views.sight import SEES_INCIDENTS
from server.term import Term

if TYPE_CHECKING:
    from schema.incident import Incident

for _words in (ActionItemKind, ActionItemState, Priority):
    words()(_words)


@strawberry.type(description="One thing that the title of an action item does not say.")
class SpecificityFinding:
    missing: str = strawberry.field(description="What is missing: WHAT, WHERE, DONE_WHEN, OWNER.")
    advice: str = strawberry.field(description="What to say.")


@rows(
    t.action_item,
    prefix="act",
    visible=SEES_INCIDENTS,
    allow=may_read_incidents,
    order=[t.action_item.c.due_on],
    keys=[("id",)],
)
class ActionItem(Node):
    """What will be different, who sees to it, and by when."""

    incident: Incident | None = one("The incident that taught it.", t.action_item.c.incident_id)
    why: Why | None = one("The why that it answers.", t.action_item.c.why_id)
    title: str = column("What will be different.", views.title)
    description: str | None = column("More about it.", views.description)
    language_findings: list[LanguageFinding] = column(
        "What is not blameless in the title and the description.",
        findings_in(t.action_item.c.title, t.action_item.c.description),
    )
    kind: ActionItemKind = column("What kind of change it is.")
    priority: Priority = column("How urgent it is.")
    owner: Person = one("The one person who sees to it.", t.action_item.c.owner_id)
    due_on: date = column("The day by which it is to be done.")
    state: ActionItemState = column("How far it has come.")
    overdue: bool = column("Whether its day is over and it is not done.", views.overdue)
    version: int = column("What to send with a change of its texts, so that none is lost.")
    completed_at: datetime | None = column("When it was done.")
    verified_at: datetime | None = column("When somebody saw that it helps.")
    verified_by: Person | None = one("Who saw that it helps.", t.action_item.c.verified_by_id)
    findings: list[SpecificityFinding] = column(
        "What the title leaves open; advice, empty where it says enough."
    )
    check_ins: list[CheckIn] = many(
        "The weekly answers, the newest first: see `checkInActionItem`.",
        via=t.check_in.c.action_item_id,
    )
    reminders: Connection[Reminder] | None = connection(
        "Who was to hear of it, and when, the latest first.",
        via=t.reminder.c.action_item_id,
        sorts=REMINDED,
        backward=False,
    )
    recurred_in: list[Recurrence] = many(
        "The incidents that it did not prevent, although it was verified to help.",
        via=t.recurrence.c.action_item_id,
    )
    ticket: Ticket | None = one(
        "What stands for it in a tracker.", t.action_item.c.id, t.ticket.c.action_item_id
    )
    ticket_trouble: str | None = column(
        "Why there is no ticket yet, or why it does not follow.", views.ticket_trouble
    )
    changes: Connection[ActionItemChange] | None = connection(
        "How it came to be as it is, the newest change first.",
        via=t.action_item_change.c.action_item_id,
        sorts=CHANGED,
        backward=False,
    )


@strawberry.input(description="Which action items; all members given must hold.")
class ActionItemWhere:
    state: list[ActionItemState] | None = optional("In one of these states.")
    owner: strawberry.ID | None = optional("Owned by this Person.")
    teams: list[str] | None = optional("Owned by people of one of these teams, by slug.")
    kind: list[ActionItemKind] | None = optional("Of one of these kinds.")
    overdue: bool | None = optional("Overdue, or not.")
    due_before: date | None = optional("Due before this day.")


class ActionItemOrderField(Term):
    """What action items are ordered by."""

    DUE_ON = "DUE_ON", "The day it is due."
    PRIORITY = "PRIORITY", "How urgent it is, P0 first when ascending."
    CREATED_AT = "CREATED_AT", "When it was created."


words()(ActionItemOrderField)


@strawberry.input(description="An order of action items.")
class ActionItemOrder:
    field: ActionItemOrderField = needed("What by.")
    direction: Direction = needed("Which way.")


DUE = Sorts(
    ActionItemOrder,
    {
        "DUE_ON": t.action_item.c.due_on,
        "PRIORITY": t.action_item.c.priority,
        "CREATED_AT": t.action_item.c.created_at,
    },
    descending=False,
)


@strawberry.type
class ActionItemQueries:
    action_items: Connection[ActionItem] | None = connection(
        "Action items, the one due first at the top.",
        sorts=DUE,
        where=Where(ActionItemWhere, views.ACTION_ITEMS, {"owner": "per"}),
    )


@strawberry.input(description="An action item to create.")
class CreateActionItemInput:
    incident: strawberry.ID = needed("The incident that taught it.")
    why: strawberry.ID | None = optional("The why that it answers.")
    title: str = needed("What will be different, specific enough to be a ticket.")
    description: str | None = optional("More about it.")
    kind: ActionItemKind = needed("What kind of change it is.")
    owner: strawberry.ID = needed("The one person who sees to it: a Person's id.")
    priority: Priority | None = optional("How urgent it is; by default the kind's.")
    due_on: date | None = optional("The day by which it is to be done; by default the kind's.")
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What became of it.")
class CreateActionItemPayload:
    action_item: ActionItem | None = ref("The action item.")
    user_errors: list[UserError] = user_errors()


@strawberry.input(description="A change of an action item; what is left out stays.")
class UpdateActionItemInput:
    id: strawberry.ID = needed("The action item.")
    title: str | None = optional("What will be different.")
    description: str | None = optional("More about it.")
    kind: ActionItemKind | None = optional("What kind of change it is.")
    owner: strawberry.ID | None = optional("Who sees to it: a Person's id.")
    priority: Priority | None = optional("How urgent it is.")
    due_on: date | None = optional("The day by which it is to be done.")
    state: ActionItemState | None = optional("How far it has come.")
    reason: str | None = optional("Why it is blocked or dropped.")
    version: int | None = version()


@strawberry.type(description="What became of it.")
class UpdateActionItemPayload:
    action_item: ActionItem | None = ref("The action item, as it is now.")
    user_errors: list[UserError] = user_errors()


def owner_key(text: str) -> UUID:
    """The key of the one person whom an owner's id names.

    Raises:
        Refused: INVALID, it names a team or several; BAD_ID, it is no id of a person.
    """
    try:
        return key_of("Person", text, "owner")
    except Refused as refused:
        if text.startswith(f"{REGISTRY['Team'].prefix}_") or text.count("_") > 1:
            message = "An owner is one person, no team and no list: name who sees to it."
            raise refuse(ErrorCode.INVALID, message, "owner") from refused
        raise


_COLUMNS = {
    name: name for name in ("title", "description", "kind", "priority", "due_on", "state", "reason")
}


@strawberry.type
class ActionItemMutations:
    @mutation("Create an action item: one owner, a day, and a title that says what to do.")
    async def create_action_item(
        self,
        info: strawberry.Info,
        input: CreateActionItemInput,  # noqa: A002  # GraphQL's name
    ) -> CreateActionItemPayload | None:
        command = action_items.Create(
            incident=key_of("Incident", input.incident, "incident"),
            title=input.title,
            kind=input.kind,
            owner=owner_key(input.owner),
            why=key_or_none("Why", input.why, "why"),
            description=given(input.description),
            priority=given(input.priority),
            due_on=given(input.due_on),
        )
        context = info.context
        item_id = await action_items.create(
            context.office, context.viewer, command, given(input.idempotency_key)
        )
        return CreateActionItemPayload(action_item=ActionItem.keyed(item_id))

    @mutation("Change an action item, or move it on.")
    async def update_action_item(
        self,
        info: strawberry.Info,
        input: UpdateActionItemInput,  # noqa: A002  # GraphQL's name
    ) -> UpdateActionItemPayload | None:
        item_id = key_of("ActionItem", input.id, "id")
        changes = changes_of(input, _COLUMNS)
        if given(input.owner) is not None:
            changes["owner_id"] = owner_key(str(input.owner))
        command = action_items.Update(item_id, changes, given(input.version))
        context = info.context
        await action_items.update(context.office, context.viewer, command)
        return UpdateActionItemPayload(action_item=ActionItem.keyed(item_id))
