"""Incidents that came back after their cause was thought to be mended, as the API shows them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import strawberry

from schema.engine.declare import column, rows
from schema.engine.edges import one, ref
from schema.engine.row import Row
from schema.fields import (
    UserError,
    given,
    idempotency_key,
    key_of,
    keyed,
    mutation,
    needed,
    user_errors,
)
from schema.person import Person
from server.commands import recurrence as recurrences
from server.store import tables as t
from server.store.views.sight import told

if TYPE_CHECKING:
    from schema.action_item import ActionItem
    from schema.incident import Incident


@rows(
    t.recurrence,
    key=t.recurrence.c.incident_id,
    order=[t.recurrence.c.at, t.recurrence.c.action_item_id],
)
class Recurrence(Row):
    """An incident that an action item did not prevent, although it was verified to help."""

    incident: Incident | None = one("The later incident.", t.recurrence.c.incident_id)
    action_item: ActionItem | None = one(
        "What was to prevent it; it leads to the earlier one.", t.recurrence.c.action_item_id
    )
    reason: str = column("Why the causes are the same.", told(t.recurrence.c.reason))
    by: Person | None = one("Who said so.", t.recurrence.c.by_id)
    at: datetime = column("When.")


@strawberry.input(description="An incident that an action item did not prevent.")
class LinkRecurrenceInput:
    action_item: strawberry.ID = needed("The action item; it was verified before.")
    incident: strawberry.ID = needed("The incident that began after.")
    reason: str = needed("Why the causes are the same.")
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What became of it.")
class LinkRecurrencePayload:
    action_item: ActionItem | None = ref("The action item: see `recurredIn`.")
    user_errors: list[UserError] = user_errors()


@strawberry.type
class RecurrenceMutations:
    @mutation("Say that an incident has a cause which an action item was verified to have mended.")
    async def link_recurrence(
        self,
        info: strawberry.Info,
        input: LinkRecurrenceInput,  # noqa: A002  # GraphQL's name
    ) -> LinkRecurrencePayload | None:
        command = recurrences.Link(
            key_of("ActionItem", input.action_item, "actionItem"),
            key_of("Incident", input.incident, "incident"),
            input.reason,
        )
        context = info.context
        key = given(input.idempotency_key)
        item_id = await recurrences.link(context.office, context.viewer, command, key)
        return LinkRecurrencePayload(action_item=keyed("ActionItem", item_id))
