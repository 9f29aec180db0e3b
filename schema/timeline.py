"""Timelines, as the API shows them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import strawberry

from schema.deployment import Deployment
from schema.engine.conditions import Filter
from schema.engine.connections import Sorts
from schema.engine.declare import Node, column, rows
from schema.engine.edges import many, one, ref
from schema.engine.row import Row
from schema.engine.words import words
from schema.fields import (
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
from server.commands import timeline
from server.domain.timeline import TimelineKind
from server.store import tables as t
from server.store.views.incident import ENTRY_KINDS, KNOWN_BEFORE
from server.store.views.language import findings_in
from server.store.views.sight import SEES_INCIDENTS, told

if TYPE_CHECKING:
    from schema.hypothesis import Hypothesis

words()(TimelineKind)


@rows(t.timeline_revision, order=[t.timeline_revision.c.at])
class TimelineRevision(Row):
    """What an entry said before it was changed."""

    at: datetime = column("When it was changed.")
    by: Person | None = one("Who changed it.", t.timeline_revision.c.by_id)
    kind: TimelineKind = column("What kind it was.")
    occurred_at: datetime = column("When it said it happened.")
    known_at: datetime | None = column("When it said that the team could first know it.")
    body: str = column("What it said.", told(t.timeline_revision.c.body))
    url: str | None = column("Where it said that the source shows it.")


@rows(
    t.timeline_entry,
    prefix="ent",
    visible=SEES_INCIDENTS,
    allow=may_read_incidents,
    order=[t.timeline_entry.c.occurred_at],
)
class TimelineEntry(Node):
    """Something that happened during an incident, from its source."""

    kind: TimelineKind = column("What it tells.")
    occurred_at: datetime = column("When it happened.")
    recorded_at: datetime = column("When it was written down here.")
    known_at: datetime | None = column(
        "When the team could first know it, where that was not at once."
    )
    source: str = column("Where it comes from: pagerduty, github, person …")
    actor: Person | None = one("Who did or said it.", t.timeline_entry.c.actor_id)
    body: str = column("What happened.", told(t.timeline_entry.c.body))
    findings: list[LanguageFinding] = column(
        "What is not blameless in it, if a person wrote it.",
        findings_in(t.timeline_entry.c.body),
    )
    url: str | None = column("Where the source shows it.")
    deployment: Deployment | None = one(
        "The deployment it tells of.", t.timeline_entry.c.deployment_id
    )
    hypothesis: Hypothesis | None = one(
        "The hypothesis it tells of.", t.timeline_entry.c.hypothesis_id
    )
    sequence: int = column("The position of its last change in the incident's feed.")
    version: int = column(
        "What to send with a change of its texts, so that none is lost.",
        t.timeline_entry.c.sequence,
    )
    retracted: bool = column("Whether it was taken back.")
    revisions: list[TimelineRevision] = many(
        "What it said before, the oldest first.", via=t.timeline_revision.c.entry_id
    )


OCCURRED = Sorts(None, {"OCCURRED_AT": t.timeline_entry.c.occurred_at}, descending=False)
ENTRIES = {
    "kinds": Filter(list[TimelineKind] | None, "Only entries of these kinds.", ENTRY_KINDS),
    "known_before": Filter(
        datetime | None, "Only what the team could know before this time.", KNOWN_BEFORE
    ),
}


@strawberry.input(description="One entry to write.")
class TimelineEntryInput:
    kind: TimelineKind = needed("What it tells.")
    occurred_at: datetime = needed("When it happened.")
    known_at: datetime | None = optional("When the team could first know it.")
    body: str = needed("What happened.")
    url: str | None = optional("Where the source shows it.")
    actor: strawberry.ID | None = optional("Who did it: a Person's id; you by default.")
    deployment: strawberry.ID | None = optional("The deployment it tells of.")
    hypothesis: strawberry.ID | None = optional("The hypothesis it tells of.")


@strawberry.input(description="Entries to write: all of them, or none.")
class AddTimelineEntriesInput:
    incident: strawberry.ID = needed("The incident.")
    entries: list[TimelineEntryInput] = needed("The entries, at most 500.")
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What became of it.")
class AddTimelineEntriesPayload:
    entries: list[TimelineEntry] | None = ref("The entries, in the order of the input.")
    user_errors: list[UserError] = user_errors()


@strawberry.input(description="A change of an entry; what is left out stays.")
class ReviseTimelineEntryInput:
    id: strawberry.ID = needed("The entry.")
    kind: TimelineKind | None = optional("What it tells.")
    occurred_at: datetime | None = optional("When it happened.")
    known_at: datetime | None = optional("When the team could first know it.")
    body: str | None = optional("What happened.")
    url: str | None = optional("Where the source shows it.")
    version: int | None = version()


@strawberry.type(description="What became of it.")
class ReviseTimelineEntryPayload:
    entry: TimelineEntry | None = ref("The entry, as it is now.")
    user_errors: list[UserError] = user_errors()


@strawberry.input(description="An entry to take back.")
class RetractTimelineEntryInput:
    id: strawberry.ID = needed("The entry.")
    reason: str | None = optional("Why; it takes the place of the text.")


@strawberry.type(description="What became of it.")
class RetractTimelineEntryPayload:
    entry: TimelineEntry | None = ref("The entry, as it is now.")
    user_errors: list[UserError] = user_errors()


_COLUMNS = {name: name for name in ("kind", "occurred_at", "known_at", "body", "url")}


@strawberry.type
class TimelineMutations:
    @mutation("Write entries into an incident's timeline: one, or many at once.")
    async def add_timeline_entries(
        self,
        info: strawberry.Info,
        input: AddTimelineEntriesInput,  # noqa: A002  # GraphQL's name
    ) -> AddTimelineEntriesPayload | None:
        entries = tuple(_entry(index, each) for index, each in enumerate(input.entries))
        command = timeline.AddEntries(key_of("Incident", input.incident, "incident"), entries)
        context = info.context
        ids = await timeline.add(
            context.office, context.viewer, command, given(input.idempotency_key)
        )
        return AddTimelineEntriesPayload(entries=[TimelineEntry.keyed(each) for each in ids])

    @mutation("Change what an entry says; what it said before stays readable.")
    async def revise_timeline_entry(
        self,
        info: strawberry.Info,
        input: ReviseTimelineEntryInput,  # noqa: A002  # GraphQL's name
    ) -> ReviseTimelineEntryPayload | None:
        entry_id = key_of("TimelineEntry", input.id, "id")
        command = timeline.ReviseEntry(entry_id, changes_of(input, _COLUMNS), given(input.version))
        context = info.context
        await timeline.revise(context.office, context.viewer, command)
        return ReviseTimelineEntryPayload(entry=TimelineEntry.keyed(entry_id))

    @mutation("Take an entry back: it stays in its place, without its text.")
    async def retract_timeline_entry(
        self,
        info: strawberry.Info,
        input: RetractTimelineEntryInput,  # noqa: A002  # GraphQL's name
    ) -> RetractTimelineEntryPayload | None:
        entry_id = key_of("TimelineEntry", input.id, "id")
        command = timeline.RetractEntry(entry_id, given(input.reason))
        context = info.context
        await timeline.retract(context.office, context.viewer, command)
        return RetractTimelineEntryPayload(entry=TimelineEntry.keyed(entry_id))


def _entry(index: int, data: TimelineEntryInput) -> timeline.Entry:
    path = ("entries", str(index))
    return timeline.Entry(
        kind=data.kind,
        occurred_at=data.occurred_at,
        body=data.body,
        known_at=given(data.known_at),
        url=given(data.url),
        actor=key_or_none("Person", data.actor, *path, "actor"),
        deployment=key_or_none("Deployment", data.deployment, *path, "deployment"),
        hypothesis=key_or_none("Hypothesis", data.hypothesis, *path, "hypothesis"),
    )
