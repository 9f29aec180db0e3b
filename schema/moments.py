"""The moments that a timeline must capture, as the API shows them."""

from __future__ import annotations

from schema.engine.declare import column, rows
from schema.engine.edges import one
from schema.engine.row import Row
from schema.engine.words import words
from schema.timeline import TimelineEntry
from server.domain.moments import MomentKind
from server.store import tables as t
from server.store.views.incident import moment_prompt

words()(MomentKind)


@rows(t.moment, key=t.moment.c.kind, order=[t.moment.c.place])
class Moment(Row):
    """One of the moments that every account of an incident has: told, or still to be told."""

    kind: MomentKind = column("Which moment it is.")
    entry: TimelineEntry | None = one("The entry that tells it.", t.moment.c.entry_id)
    missing: bool = column(
        "Whether it is still to be told. No deployment is missing where a person's verdict is "
        "that none caused it."
    )
    prompt: str | None = column("The question to ask where it is missing.", moment_prompt)
    questions: list[str] = column(
        "All that is still to ask of it, also where an entry tells it; empty where it is complete."
    )
