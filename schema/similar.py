"""Incidents that are alike, as the API shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schema.engine.declare import column, rows
from schema.engine.edges import one
from schema.engine.row import Row
from server.store import tables as t
from server.store.views import incident as views
from server.store.views.sight import SEES_INCIDENTS

if TYPE_CHECKING:
    from schema.incident import Incident


@rows(
    t.similar,
    key=t.similar.c.other_id,
    visible=SEES_INCIDENTS,
    order=[t.similar.c.rank],
)
class SimilarIncident(Row):
    """Another incident that may teach something about this one."""

    incident: Incident = one("The other incident.", t.similar.c.other_id)
    score: float = column("How similar they are, from 0 to 1; for order, not for statistics.")
    reason: str = column("What they share.", views.similar_reason)
