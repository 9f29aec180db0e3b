"""Two records of one incident, as the API shows and joins them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import strawberry

from schema.engine.declare import column, rows
from schema.engine.edges import one, ref
from schema.engine.row import Row
from schema.fields import UserError, key_of, keyed, mutation, needed, user_errors
from server.commands import merge_incidents as merging
from server.store import tables as t

if TYPE_CHECKING:
    from schema.incident import Incident


@rows(
    t.likely_same,
    key=t.likely_same.c.other_id,
    order=[t.likely_same.c.score.desc()],
)
class LikelySame(Row):
    """Another incident that may be a record of the same one."""

    incident: Incident = one("The other incident.", t.likely_same.c.other_id)
    reason: str = column("Why it may be the same.")
    score: float = column("How likely it is, from 0 to 1; for order, not for statistics.")


@strawberry.input(description="Two records of one incident.")
class MergeIncidentsInput:
    from_: strawberry.ID = strawberry.field(
        name="from", description="The record that becomes part of the other one."
    )
    into: strawberry.ID = needed("The record that stands for both from then on.")


@strawberry.type(description="What became of it.")
class MergeIncidentsPayload:
    incident: Incident | None = ref("The incident that stands for both.")
    user_errors: list[UserError] = user_errors()


@strawberry.type
class MergingMutations:
    @mutation(
        "Join two records of one incident: all that belongs to the one becomes the other's, and "
        "its id and number lead there. Whys, hypotheses and action items keep their ids."
    )
    async def merge_incidents(
        self,
        info: strawberry.Info,
        input: MergeIncidentsInput,  # noqa: A002  # GraphQL's name
    ) -> MergeIncidentsPayload | None:
        command = merging.MergeIncidents(
            key_of("Incident", input.from_, "from"), key_of("Incident", input.into, "into")
        )
        context = info.context
        incident_id = await merging.merge_incidents(context.office, context.viewer, command)
        return MergeIncidentsPayload(incident=keyed("Incident", incident_id))
