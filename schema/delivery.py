"""The inbox of webhooks, as the API shows it to who may administrate: never what a body says."""

from __future__ import annotations

from datetime import datetime

import strawberry

from schema.engine.conditions import Where
from schema.engine.connections import Sorts, connection
from schema.engine.declare import Node, column, rows
from schema.engine.edges import ref
from schema.engine.pages import Connection
from schema.engine.words import words
from schema.fields import (
    UserError,
    key_of,
    may_administrate,
    mutation,
    needed,
    optional,
    user_errors,
)
from server.commands import inbox
from server.domain.delivery import DeliveryState
from server.store import tables as t
from server.store.views import delivery as views
from server.store.views.sight import SEES_INBOX

words()(DeliveryState)


@rows(t.delivery, prefix="dlv", visible=SEES_INBOX, allow=may_administrate)
class Delivery(Node):
    """A webhook that was answered and kept. Only for viewers with `admin`."""

    source: str = column("The integration that it came to.")
    event: str = column("What kind of event it is, in its source's words.")
    state: DeliveryState = column("Where it stands.")
    attempts: int = column("How often it was tried since it came in, or was replayed.")
    error: str | None = column("Why the last attempt failed.")
    received_at: datetime = column("When it came in.")
    processed_at: datetime | None = column("When it was done, or parked.")


@strawberry.input(description="Which deliveries; all members given must hold.")
class DeliveryWhere:
    state: DeliveryState | None = optional("In this state.")
    source: str | None = optional("That came to this integration.")
    event: str | None = optional("Of this kind.")
    received_after: datetime | None = optional("That came in after this time.")
    received_before: datetime | None = optional("That came in before this time.")


RECEIVED = Sorts(None, {"RECEIVED_AT": t.delivery.c.received_at}, descending=True)


@strawberry.type
class DeliveryQueries:
    deliveries: Connection[Delivery] | None = connection(
        "Webhooks that were kept, the newest first. Needs `admin`.",
        sorts=RECEIVED,
        where=Where(DeliveryWhere, views.DELIVERIES),
        backward=False,
    )


@strawberry.input(description="A delivery to process once more.")
class ReplayDeliveryInput:
    id: strawberry.ID = needed("The delivery.")


@strawberry.type(description="What became of it.")
class ReplayDeliveryPayload:
    delivery: Delivery | None = ref("The delivery, as it is now.")
    user_errors: list[UserError] = user_errors()


@strawberry.type
class DeliveryMutations:
    @mutation(
        "Process a delivery once more; one that is done changes nothing by it. Needs `admin`."
    )
    async def replay_delivery(
        self,
        info: strawberry.Info,
        input: ReplayDeliveryInput,  # noqa: A002  # GraphQL's name
    ) -> ReplayDeliveryPayload | None:
        delivery_id = key_of("Delivery", input.id, "id")
        context = info.context
        await inbox.replay(context.office, context.viewer, delivery_id)
        return ReplayDeliveryPayload(delivery=Delivery.keyed(delivery_id))
