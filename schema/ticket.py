"""Tickets of action items, and how these came to be as they are, as the API shows them."""

from __future__ import annotations

from datetime import datetime

from schema.engine.connections import Sorts
from schema.engine.declare import column, rows
from schema.engine.edges import one
from schema.engine.row import Row
from schema.engine.words import words
from schema.person import Person
from server.domain.action_item import ActionItemField
from server.store import tables as t
from server.store.views import action_item as views
from server.store.views.sight import told

words()(ActionItemField)


@rows(t.ticket, visible=views.HAS_TICKET)
class Ticket(Row):
    """What stands for an action item in a tracker; each follows the other."""

    provider: str = column("The tracker: jira.", t.ticket.c.integration)
    called: str = column(
        "What people call it: PAY-12.", t.ticket.c.key, never_null=True, name="key"
    )
    url: str = column("Where the tracker shows it.", never_null=True)
    status: str = column("How far it is, in the tracker's own word.", never_null=True)
    synced_at: datetime = column("When it was last heard of.", never_null=True)


@rows(t.action_item_change)
class ActionItemChange(Row):
    """A change of an action item, made here or in its tracker."""

    at: datetime = column("When it was changed.")
    by: Person | None = one("Who changed it here.", t.action_item_change.c.by_id)
    source: str = column("Where: person, or the tracker.")
    field: ActionItemField = column("What was changed.")
    before: str | None = column(
        "What it was; null for owners.", told(t.action_item_change.c.before)
    )
    after: str | None = column(
        "What it became; null for owners, and where a tracker emptied it.",
        told(t.action_item_change.c.after),
    )
    owner_before: Person | None = one(
        "Who saw to it before.", t.action_item_change.c.owner_before_id
    )
    owner_after: Person | None = one("Who sees to it now.", t.action_item_change.c.owner_after_id)
    overruled: bool = column("Whether it did not hold: the other side had changed the same, later.")


CHANGED = Sorts(None, {"AT": t.action_item_change.c.at}, descending=True)
