"""Weekly answers about action items, as the API shows and takes them."""

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
    optional,
    user_errors,
)
from schema.person import Person
from server.commands import check_in as check_ins
from server.store import tables as t
from server.store.views.sight import told

if TYPE_CHECKING:
    from schema.action_item import ActionItem


@rows(t.check_in, order=[t.check_in.c.at.desc()])
class CheckIn(Row):
    """An answer about how an action item goes."""

    at: datetime = column("When it was given.")
    by: Person | None = one("Who gave it.", t.check_in.c.by_id)
    on_track: bool = column("Whether it will be done by its day.")
    blocked_by: str | None = column("What it waits for.", told(t.check_in.c.blocked_by))
    note: str | None = column("More about it.", told(t.check_in.c.note))


@strawberry.input(description="How an action item goes.")
class CheckInActionItemInput:
    id: strawberry.ID = needed("The action item.")
    on_track: bool = needed(
        "Whether it will be done by its day. One that was blocked is in progress again."
    )
    blocked_by: str | None = optional("What it waits for; with this it becomes blocked.")
    note: str | None = optional("More about it.")
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What became of it.")
class CheckInActionItemPayload:
    action_item: ActionItem | None = ref("The action item, as it is now.")
    user_errors: list[UserError] = user_errors()


@strawberry.type
class CheckInMutations:
    @mutation("Answer how an action item goes: on track, or blocked by what.")
    async def check_in_action_item(
        self,
        info: strawberry.Info,
        input: CheckInActionItemInput,  # noqa: A002  # GraphQL's name
    ) -> CheckInActionItemPayload | None:
        item_id = key_of("ActionItem", input.id, "id")
        command = check_ins.CheckIn(
            item_id, input.on_track, given(input.blocked_by), given(input.note)
        )
        context = info.context
        key = given(input.idempotency_key)
        await check_ins.answer(context.office, context.viewer, command, key)
        return CheckInActionItemPayload(action_item=keyed("ActionItem", item_id))
